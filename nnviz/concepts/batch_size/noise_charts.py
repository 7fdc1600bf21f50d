"""Charts of the gradient's noise: the cloud of mini-batches, its variance against B, the noise scale in training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.batch_size import hero, look
from nnviz.concepts.batch_size.cloud import PAIR
from nnviz.concepts.batch_size.hero import Race
from nnviz.concepts.batch_size.model import Run
from nnviz.concepts.batch_size.training import EXAMPLES
from nnviz.core.notation import significant
from nnviz.core.statistics import band, loglog_slope

REACH = {"moons": 1.5, "digits": 4.0}  # of the cloud's axes, in units of the gradient
CROSS = {"zeroline": True, "zerolinecolor": "$faint"}
LEAST = 1e-12  # a variance below this is rounding
NOISE_RANGE = {"moons": (1e-3, 10.0), "digits": (1e-3, 100.0)}


def cloud(run: Run, raced: Race) -> Chart:
    """Draw mini-batch gradients around the full gradient, a panel a batch size, as the watched network goes its way."""
    own, count = run.cloud, len(run.batches)
    moments = np.searchsorted(own.steps, np.floor(raced.at[:, run.watched] + 1e-9), side="right") - 1
    full = np.stack([np.zeros(len(moments)), own.full[moments]], axis=1)  # (F, 2): from zero to ‖G‖
    traces: list[look.Trace] = []
    frames: dict[str, Any] = {}
    for index, batch in enumerate(int(one) for one in run.batches):
        points = own.points[moments, index]  # (F, M, 2)
        frames |= {f"data.{2 * index}.x": points[..., 0], f"data.{2 * index}.y": points[..., 1]}
        frames[f"data.{2 * index + 1}.x"] = full
        traces += _panel(points[-1], full[-1], batch, f"x{index + 1 if index else ''}")
    how = "with" if run.params.draw == "with" else "without"
    sizes = np.sqrt(((own.points[-1] - [own.full[-1], 0]) ** 2).sum(axis=-1).mean(axis=-1))  # (B,)
    names = [look.name(int(batch)) for batch in run.batches]
    spreads = [f"{significant(float(size))} for {name}" for name, size in zip(names, sizes, strict=True)]
    alt = (
        f"Mini-batch gradients drawn {how} replacement at the network of {_watched(run)}; the full gradient has length "
    )
    alt += f"{significant(float(own.full[-1]))}, the root-mean-square distance from it is {look.listed(spreads)}."
    title = f"Gradients of mini-batches around the full gradient (arrow to the star; network of {_watched(run)})"
    figure = {"data": traces, "layout": _panels(run, count)}
    return Chart("cloud", title, figure, alt, frames, wide=True, height=330)


def _panel(points: NDArray[np.float32], full: NDArray[np.float64], batch: int, axis: str) -> list[look.Trace]:
    """Return one cloud (M, 2), and the full gradient from zero to its star."""
    dots = {"color": look.token(batch), "symbol": look.marker(batch), "size": 6, "opacity": 0.7}
    star = {"symbol": ["circle", "star"], "size": [5, 13], "color": "$ink", "line": {"width": 1, "color": "$paper"}}
    base: look.Trace = {"type": "scatter", "showlegend": False, "xaxis": axis}
    return [
        base | {"mode": "markers", "marker": dots, "x": points[:, 0], "y": points[:, 1], "name": look.name(batch)},
        base
        | {"mode": "lines+markers", "line": {"color": "$ink", "width": 2.5}, "marker": star, "name": "full gradient"}
        | {"x": full, "y": np.zeros(2)},
    ]


def _panels(run: Run, count: int) -> look.Trace:
    """Return a layout of panels side by side, all in the same units."""
    reach, gap = REACH[run.params.family], 0.02
    wide = (1 - gap * (count - 1)) / count
    y = build.axis("across: the noisiest direction", -reach, reach, scaleanchor="x") | CROSS
    layout: look.Trace = {"yaxis": y, "annotations": [], "margin": {"t": 28}}
    for index, batch in enumerate(run.batches):
        left = index * (wide + gap)
        x = build.axis("along G", -0.8 * reach, 0.8 * reach, domain=[left, left + wide], anchor="y")
        x |= CROSS | ({"matches": "x"} if index else {})
        x["title"]["font"] = {"size": 12}
        layout[f"xaxis{index + 1 if index else ''}"] = x
        place = {"x": left + wide / 2, "y": 1.02, "xref": "paper", "yref": "paper", "yanchor": "bottom"}
        label = {
            "text": _panel_name(int(batch)),
            "showarrow": False,
            "font": {"size": 12, "color": look.token(int(batch))},
        }
        layout["annotations"].append(place | label)
    return layout


def _panel_name(batch: int) -> str:
    return "full" if batch == EXAMPLES else f"B = {batch}"


def _watched(run: Run) -> str:
    return look.name(int(run.batches[run.watched]))


def variance(run: Run) -> Chart:
    """Draw the variance of the gradient against B, with what the single gradients foretell and where signal drowns."""
    own = run.spread
    low, high = NOISE_RANGE[run.params.family]
    measured, expected = look.no_less(own.measured, LEAST), look.no_less(own.expected, LEAST)
    law = "tr Σ / B" if run.params.draw == "with" else "tr Σ (N − B) / ((N − 1) B)"
    face = {"color": "$orange", "symbol": "diamond", "size": 9}
    traces = [
        build.line(own.sizes, expected, law, 0, dashed=False),
        build.line(own.sizes, measured, "measured", 1, mode="markers", marker=face),
        build.line([0.5, 2 * EXAMPLES], [own.signal] * 2, "‖G‖², the signal", 2, dashed=True),
    ]
    words = [
        f"slope {slope(run):.2f} in log–log".replace("-", "−"),
        f"from batches of {PAIR[0]} and {PAIR[1]}:",
        *_estimates(run),
    ]
    notes = [_note(text, 1.0 - 0.075 * line) for line, text in enumerate(words)]
    y = build.axis("variance, mean ‖G_B − G‖² (log)", low, high, log=True, dtick=1, exponentformat="power")
    alt = f"Variance of the mini-batch gradient by batch size: {words[0]}; {words[1]} {words[2]}, {words[3]}."
    when = {"start": "at the start", "middle": "midway", "end": "at the end"}[run.params.moment]
    title = f"The gradient's variance against B (network of {_watched(run)}, {when})"
    return Chart("variance", title, build.figure(traces, look.batch_axis(), y, annotations=notes), alt, height=360)


def slope(run: Run) -> float:
    """Return the exponent k of variance ∝ Bᵏ over the sizes with any variance; nan if there are fewer than two."""
    seen = run.spread.measured > LEAST
    if seen.sum() < 2:
        return float("nan")
    return loglog_slope(run.spread.sizes[seen], run.spread.measured[seen]).estimate


def _estimates(run: Run) -> list[str]:
    own = run.spread
    pairs = (("‖G‖²", own.signal), ("tr Σ", own.noise))
    return [
        f"{name} ≈ {significant(float(got))} ± {significant(float(error))} (exact {significant(exact)})"
        for (name, exact), got, error in zip(pairs, own.estimates, own.errors, strict=True)
    ]


def _note(text: str, y: float) -> look.Trace:
    place = {"x": 0.99, "y": y, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "top"}
    return {"text": text, "showarrow": False, "font": {"size": 11}, "bgcolor": "$paper/0.7"} | place


def noise_scale(run: Run) -> Chart:
    """Draw the gradient noise scale of every batch size's networks as they train."""
    traces: list[look.Trace] = []
    ends = []
    for index, batch in enumerate(run.batches):
        rows = hero.rows_of(run, index)
        found = band(run.noise_scale[rows, index], axis=1)
        traces += look.curve(run.examples[rows, index], found, int(batch))
        ends.append(f"{significant(float(found.median[-1]))} for {look.name(int(batch))}")
    x = build.axis("examples seen (log)", 0.8, 1.6 * float((run.horizon * run.batches).max()), log=True, dtick=1)
    x |= {"exponentformat": "power"}
    y = build.axis("noise scale tr Σ / ‖G‖² (examples, log)", 0.5, 1e5, log=True, dtick=1, exponentformat="power")
    alt = f"Gradient noise scale over training; at the end it is {look.listed(ends)} (examples)."
    title = "Gradient noise scale: the batch at which noise equals signal"
    return Chart("noise-scale", title, build.figure(traces, x, y, **hero.LEGEND), alt, height=360)
