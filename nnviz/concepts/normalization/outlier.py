"""One outlier: where it stands, and what it does to the others under each scaling."""

from collections.abc import Mapping

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.normalization import words
from nnviz.concepts.normalization.descent import features
from nnviz.concepts.normalization.model import Run, middle_half
from nnviz.concepts.normalization.scaling import Floats, Scaler, scaled
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import number

SHOWN: tuple[Scaler, ...] = ("minmax", "zscore", "robust")
LOW, HIGH = -3.0, 4.0  # of the scaled axis; what lies beyond stands at its edge
FARTHEST = 30  # deviations to which the outlier may be put
RAW: Trace = {"xaxis": "x2", "yaxis": "y2"}
SQUEEZED = 0.25  # a middle half of less than this share of its usual range is called squeezed


def first_feature(run: Run, scaler: Scaler, outlier: float) -> Floats:
    """Return the two features of the first data set, scaled, (N, 2)."""
    raw = features(run.params.seed, run.params.ratio, run.params.correlation, outlier)
    return scaled(scaler, raw, raw)


def share_left(run: Run, scaler: Scaler) -> float:
    """Return the range of the others' middle half with the outlier, over that without it."""
    return middle_half(first_feature(run, scaler, run.params.outlier)) / middle_half(first_feature(run, scaler, 0.0))


def squeezed(run: Run) -> Finding | None:
    """Tell of an outlier that leaves the other examples little of the range."""
    if run.params.scaler == "layer":
        return None
    left = share_left(run, run.params.scaler)
    if left >= SQUEEZED:
        return None
    half = middle_half(first_feature(run, run.params.scaler, run.params.outlier))
    text = f"One example at {run.params.outlier:g} deviations squeezes the others: the middle half of them spans "
    text += f"{number(half)} of the scaled feature, {number(left)} times what it spans without the outlier."
    return Finding("outlier", "warning", text)


def outlier_chart(run: Run) -> Chart:
    """Draw the first feature with its outlier, raw (drag to move it) and under three scalings."""
    raw = first_feature(run, "none", run.params.outlier)[:, 0]
    jitter = 0.24 * np.sin(12.9 * np.arange(len(raw)))
    traces = [_dots(raw[1:], jitter[1:], "$grey") | RAW, _diamond(raw[0], 0.0, raw[0]) | RAW]
    for row, scaler in enumerate(SHOWN):
        values, place = first_feature(run, scaler, run.params.outlier)[:, 0], 2 - row
        traces.append(_dots(np.clip(values[1:], LOW, HIGH), place + jitter[1:], theme.colour((2, 0, 4)[row])))
        traces.append(_diamond(float(np.clip(values[0], LOW, HIGH)), place, values[0]))
    shares = {scaler: share_left(run, scaler) for scaler in SHOWN}
    told = ", ".join(f"×{number(share)} under {words.NAMES[scaler]}" for scaler, share in shares.items())
    alt = f"The outlier stands at {number(float(raw[0]))} deviations; the middle half of the others spans {told}."
    title = "One outlier ◆ and the others' spread (× what it was); drag it along the raw line"
    figure = {"data": traces, "layout": _layout(shares)}
    return Chart("outlier", title, figure, alt, click={"outlier": "x"}, drag="x2y2")


def _layout(shares: Mapping[Scaler, float]) -> Trace:
    names = [f"{words.NAMES[scaler]} (×{number(share)})" for scaler, share in shares.items()]
    rows: Trace = {"fixedrange": True, "showgrid": False}
    top = build.axis("raw: standard deviations", -4, FARTHEST + 1, fixedrange=True, tickvals=[0, 10, 20, 30])
    return {
        "showlegend": False,
        "margin": {"l": 130, "r": 14, "t": 48, "b": 42},
        "xaxis": build.axis("scaled value", LOW, HIGH, fixedrange=True, dtick=1),
        "yaxis": build.axis("scaling", -0.5, 2.5, domain=[0, 0.7], tickvals=[2, 1, 0], ticktext=names, **rows),
        "xaxis2": top | {"anchor": "y2", "side": "top"},
        "yaxis2": build.axis("data", -0.5, 0.5, domain=[0.76, 1], anchor="x2", tickvals=[0], ticktext=["raw"], **rows),
    }


def _dots(x: Floats, y: Floats, token: str) -> Trace:
    look = {"size": 6, "color": token, "opacity": 0.6}
    return {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": look, "hoverinfo": "skip"}


def _diamond(x: float, y: float, value: float) -> Trace:
    look = {"symbol": "diamond", "size": 13, "color": "$orange", "line": {"color": "$ink", "width": 1.2}}
    beside = {"text": [f"{number(float(value))}\u2002" if value > x else ""], "textposition": "middle left"}
    base = {"type": "scatter", "mode": "markers+text", "x": [float(x)], "y": [y], "marker": look, "cliponaxis": False}
    return base | beside | {"hoverinfo": "skip"}
