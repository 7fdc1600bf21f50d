"""The large picture: the loss around the trained net, plain and with skips, as two mountains under one light."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import theme
from nnviz.charts.view import Chart
from nnviz.concepts.deep_training.landscape import Slice
from nnviz.concepts.deep_training.model import Run
from nnviz.core.claims import capital
from nnviz.core.notation import number

Trace = dict[str, Any]
Floats = NDArray[np.float64]
NAMES = ("Plain", "With skips")
SCENES = ("scene", "scene2")
CEILINGS = (1.0, 5.0)  # where mountains are cut off: between these, by what the lower of both mountains needs
LIGHT = {"ambient": 0.5, "diffuse": 0.8, "specular": 0.15, "roughness": 0.7, "fresnel": 0.05}
EYE = {"x": 1.38, "y": -1.52, "z": 1.15}
CENTRE = {"x": -0.09, "y": -0.08, "z": -0.16}  # a little to the left, where the name of the upright axis stands
CONTOURS = 14
SMALL = {"size": 12}  # of the axes' names: larger ones stand beyond the edge of a small scene


def landscape_chart(run: Run) -> Chart:
    """Draw both slices on the same heights and colours, with the way of the training and where it stands."""
    assert run.slices is not None
    top = ceiling(run.slices)
    traces: list[Trace] = []
    frames: dict[str, Any] = {}
    for scene, each in zip(SCENES, run.slices, strict=True):
        way = np.column_stack([each.path, np.minimum(each.heights, top)])
        traces += [
            _surface(each, top) | {"scene": scene},
            _way(way) | {"scene": scene},
            _ball(way[-1:], float(each.heights[-1])) | {"scene": scene},
        ]
        route = _frames(way, len(run.plain.moments))
        frames |= {f"data.{len(traces) - 1}.{axis}": route[:, [place]] for place, axis in enumerate("xyz")}
    figure = {"data": traces, "layout": _layout(run, top)}
    return Chart("landscape", title(run), figure, alt(run), frames, height=460)


def ceiling(slices: tuple[Slice, Slice]) -> float:
    """Return the loss at which both pictures are cut off: the top of the lower one, within CEILINGS."""
    tops = [np.quantile(each.loss[np.isfinite(each.loss)], 0.999) for each in slices if np.isfinite(each.loss).any()]
    return float(np.clip(min(tops, default=CEILINGS[0]), *CEILINGS))


def cut(loss: Floats, top: float) -> NDArray[np.float32]:
    """Return heights cut off at `top`, with nothing beyond the rim where they first reach it."""
    high = ~(loss < top)
    padded = np.pad(high, 1, constant_values=True)
    side = len(loss)
    inside = np.all([padded[i : i + side, j : j + side] for i in range(3) for j in range(3)], axis=0)
    return np.where(inside, np.nan, np.where(high, top, loss)).astype(np.float32)


def _surface(shown: Slice, top: float) -> Trace:
    size = top / CONTOURS
    lines = {"show": True, "start": size / 2, "end": top - size / 2, "size": size, "color": "rgba(255,255,255,0.35)"}
    bare = {"highlight": False}
    return {
        "type": "surface",
        "x": shown.ticks,
        "y": shown.ticks,
        "z": cut(shown.loss, top),
        "colorscale": theme.RELIEF,
        "cmin": 0,
        "cmax": top,
        "showscale": False,
        "lighting": LIGHT,
        "contours": {"z": lines | {"width": 1, "usecolormap": False}, "x": bare, "y": bare},
        "customdata": np.minimum(np.nan_to_num(shown.loss, nan=1e30), 1e30),
        "hovertemplate": "loss %{customdata:.3g}<extra></extra>",
    }


def _way(way: Floats) -> Trace:
    stroke = {"color": "$ink", "width": 5}
    return _place(way) | {"mode": "lines", "line": stroke, "hoverinfo": "skip"}


def _ball(place: Floats, loss: float) -> Trace:
    look = {"size": 7, "color": "$paper", "line": {"width": 2, "color": "$ink"}}
    return _place(place) | {
        "mode": "markers",
        "marker": look,
        "hovertext": [f"loss {number(loss)}"],
        "hoverinfo": "text",
    }


def _place(points: Floats) -> Trace:
    base = {"type": "scatter3d", "showlegend": False}
    return base | {"x": points[:, 0], "y": points[:, 1], "z": points[:, 2]}


def _frames(way: Floats, count: int) -> Floats:
    """Return the way at every moment; a network that broke down stays where it was last seen."""
    return np.concatenate([way, np.repeat(way[-1:], count - len(way), axis=0)])


def _layout(run: Run, top: float) -> Trace:
    assert run.slices is not None
    axis = {"showbackground": False, "gridcolor": "$faint", "zeroline": False, "color": "$ink", "showspikes": False}
    flat = axis | {"showticklabels": False, "ticks": ""}
    up = axis | {"title": {"text": "loss", "font": SMALL}, "range": [0, top], "nticks": 5}
    layout: Trace = {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "showlegend": False, "annotations": []}
    for index, each in enumerate(run.slices):
        reach = float(each.ticks[-1])
        span = {"range": [-reach, reach]}
        layout[SCENES[index]] = {
            "domain": {"x": [0.5 * index, 0.5 * index + 0.5], "y": [0, 1]},
            "xaxis": flat | span | {"title": {"text": "d₁", "font": SMALL}},
            "yaxis": flat | span | {"title": {"text": "d₂", "font": SMALL}},
            "zaxis": up,
            "aspectmode": "manual",
            "aspectratio": {"x": 1.2, "y": 1.2, "z": 0.75},
            "camera": {"eye": EYE, "center": CENTRE},
            "dragmode": "turntable",
        }
        words = f"<b>{NAMES[index]}</b>" if run.params.sketch else f"<b>{NAMES[index]}</b><br>{valley_words(each)}"
        note = {"x": 0.02 + 0.5 * index, "y": 1, "xref": "paper", "yref": "paper", "showarrow": False}
        place = {"xanchor": "left", "yanchor": "top", "align": "left"}
        layout["annotations"].append(note | place | {"text": words, "font": {"size": 14}})
    return layout


def valley_words(shown: Slice) -> str:
    """Say how many valleys a straight walk across meets, or why there are none."""
    if shown.broken:
        return "broke down: nothing to see"
    if shown.flat:
        return "flat: no way down"
    return "1 valley across" if shown.valleys < 1.05 else f"{shown.valleys:.1f} valleys across"


def title(run: Run) -> str:
    """Name the picture and what its ground is."""
    ground = "two random directions" if run.params.directions == "random" else "the two directions of the training,"
    layers = "layer" if run.params.depth == 1 else "layers"
    assert run.slices is not None
    cut = f"; cut off at {number(ceiling(run.slices))}"
    return f"The loss around a trained net of {run.params.depth} {layers}, over {ground} d₁ and d₂{cut}"


def alt(run: Run) -> str:
    """Say what both surfaces look like, in numbers."""
    assert run.slices is not None
    parts = [
        f"around {who} {_seen(each)}"
        for who, each in zip(("the plain net", "the net with skips"), run.slices, strict=True)
    ]
    return f"{capital('; '.join(parts))}."


def _seen(shown: Slice) -> str:
    """Say what one surface looks like, in numbers."""
    finite = shown.loss[np.isfinite(shown.loss)]
    if shown.broken:
        return "no loss is a finite number: 0 of the networks there can be seen"
    if shown.flat:
        return f"the loss is {number(float(finite.min()))} everywhere: there is no way down"
    ends = f"the loss runs from {number(float(finite.min()))} to {number(float(finite.max()))}"
    return f"{ends}, with {shown.valleys:.1f} valleys on a straight walk across"
