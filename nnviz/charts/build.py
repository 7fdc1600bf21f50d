"""Traces and layouts that many charts are made of. All return plain plotly specifications with theme tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.charts import theme
from nnviz.charts.view import Figure
from nnviz.core.statistics import Band

Trace = dict[str, Any]


def axis(title: str, low: float | None = None, high: float | None = None, *, log: bool = False, **more: Any) -> Trace:
    """Return an axis named by its quantity and unit; `low` and `high` are in data units, also on a log axis."""
    spec: Trace = {"title": {"text": title}, "type": "log" if log else "linear"} | more
    if low is not None and high is not None:
        spec["range"] = [float(np.log10(low)), float(np.log10(high))] if log else [low, high]
    return spec


def figure(traces: Sequence[Trace], x: Trace, y: Trace, **layout: Any) -> Figure:
    """Return a figure of traces on one pair of axes."""
    return {"data": list(traces), "layout": {"xaxis": x, "yaxis": y} | layout}


def line(x: ArrayLike, y: ArrayLike, name: str, index: int = 0, *, dashed: bool | None = None, **more: Any) -> Trace:
    """Return a line in the index-th colour; `dashed` None lets the index choose the dash, so colour is never alone."""
    style = theme.dash(index) if dashed is None else ("dash" if dashed else "solid")
    stroke = {"color": theme.colour(index), "dash": style, "width": 2.2}
    base = {"type": "scatter", "mode": "lines", "x": np.asarray(x), "y": np.asarray(y), "name": name, "line": stroke}
    return base | more


def band(
    x: ArrayLike, values: Band, name: str, index: int = 0, *, dashed: bool | None = None, **more: Any
) -> list[Trace]:
    """Return a median line over its 10–90 % band; the band hides and shows together with its line."""
    group = {"legendgroup": name} | more
    median = line(x, values.median, name, index, dashed=dashed, **group)
    return [shade(x, values, theme.colour(index), **group), median]


def shade(x: ArrayLike, values: Band, token: str, opacity: float = 0.2, **more: Any) -> Trace:
    """Return the 10–90 % band as one closed outline, filled in a colour; what is not finite is left out."""
    places = np.asarray(x, dtype=float)
    kept = np.isfinite(values.low) & np.isfinite(values.high)
    there, back = places[kept], places[kept][::-1]
    outline = {"x": np.concatenate([there, back]), "y": np.concatenate([values.high[kept], values.low[kept][::-1]])}
    look = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip"}
    return look | {"fillcolor": theme.faded(token, opacity)} | outline | more | {"showlegend": False}


def points(positions: NDArray[np.float64], targets: NDArray[Any], classes: Sequence[str], **more: Any) -> list[Trace]:
    """Return one trace a class of 2-D points (N, 2), each class with a colour and a marker of its own."""
    traces = []
    for index, name in enumerate(classes):
        chosen = positions[targets == index]
        edge = {"width": 1, "color": "$paper"}
        look = {"color": theme.colour(index), "symbol": theme.marker(index), "size": 7, "line": edge}
        base = {
            "type": "scatter",
            "mode": "markers",
            "x": chosen[:, 0],
            "y": chosen[:, 1],
            "name": name,
            "marker": look,
        }
        traces.append(base | more)
    return traces


def heat(x: ArrayLike, y: ArrayLike, z: ArrayLike, *, title: str, diverging: bool = False, **more: Any) -> Trace:
    """Return a heat map of z (len(y), len(x)); `title` names the quantity on the colour bar. Diverging maps are centred by zmid."""
    scale = theme.DIVERGING if diverging else theme.SEQUENTIAL
    bar = {"title": {"text": title, "side": "right"}, "thickness": 10, "outlinewidth": 0}
    base = {"type": "heatmap", "x": np.asarray(x), "y": np.asarray(y), "z": np.asarray(z), "colorscale": scale}
    return base | ({"zmid": 0} if diverging else {}) | {"colorbar": bar} | more


def relief(
    x: ArrayLike, y: ArrayLike, heights: NDArray[np.float64], scale: Sequence[Any], levels: int, **more: Any
) -> list[Trace]:
    """Return heights from 0 up, (len(y), len(x)), as a heat map under lines at equal steps.

    Two traces: a contour that colours itself has plotly.js find a colour for every pixel of the screen, at each change.
    """
    top = float(heights.max())
    place = {"x": np.asarray(x, np.float32), "y": np.asarray(y, np.float32), "showscale": False}
    shades = np.round(250 * heights / top).astype(np.uint8)
    heat = {"type": "heatmap", "z": shades, "zmin": 0, "zmax": 250, "colorscale": scale, "zsmooth": "fast"}
    steps = {"start": 0.0, "end": top, "size": top / levels, "coloring": "none"}
    lines = {"type": "contour", "z": heights.astype(np.float32), "contours": steps, "hoverinfo": "skip"}
    stroke = {"line": {"width": 0.6, "color": "$blue/0.35"}, "showlegend": False}
    return [place | heat | more, place | lines | stroke]


def bars(names: Sequence[str], values: ArrayLike, index: int = 0, **more: Any) -> Trace:
    """Return vertical bars; add `error_y` for intervals. Zero belongs on the axis."""
    return {"type": "bar", "x": list(names), "y": np.asarray(values), "marker": {"color": theme.colour(index)}} | more


def whiskers(values: ArrayLike, low: ArrayLike, high: ArrayLike) -> Trace:
    """Return an error bar from `low` to `high` around `values`."""
    centre = np.asarray(values, dtype=float)
    ends = {"array": np.asarray(high) - centre, "arrayminus": centre - np.asarray(low)}
    return {"type": "data", "symmetric": False, "thickness": 1.4, "width": 4, "color": "$ink"} | ends


def vertical(x: float, text: str = "", token: str = "$grey", dash: str = "dot") -> Mapping[str, Any]:
    """Return a vertical mark at x as {"shape": …, "annotation": …} for a layout's shapes and annotations."""
    shape = {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"}
    label = {"x": x, "y": 1, "yref": "paper", "text": text, "showarrow": False, "xanchor": "left", "yanchor": "top"}
    return {"shape": shape | {"line": {"color": token, "width": 1.5, "dash": dash}}, "annotation": label}


def words(
    x: ArrayLike, y: ArrayLike, texts: Sequence[str], place: str | Sequence[str] = "middle right", **font: Any
) -> Trace:
    """Return words beside places as one trace, over a halo.

    For words that follow a hand: plotly.js draws and measures each changed note of a layout anew, 2 to 4 ms each.
    """
    base = {"type": "scatter", "mode": "text", "x": x, "y": y, "text": list(texts), "textposition": place}
    look = {"textfont": {"shadow": theme.HALO} | font, "hoverinfo": "skip", "showlegend": False}
    return base | look | {"cliponaxis": False}


def panels(rows: int, columns: int, titles: Sequence[str], *, gap: float = 0.06, top: float = 0.1) -> Trace:
    """Return a layout of rows × columns bare square panels (pictures), each with a title; panel k uses axes x{k}, y{k}."""
    layout: Trace = {"annotations": [], "showlegend": False, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}}
    wide, high = (1 - gap * (columns - 1)) / columns, (1 - top * rows) / rows
    for index, title in enumerate(titles):
        row, column = divmod(index, columns)
        left = column * (wide + gap)
        above = 1 - row * (high + top) - top
        number = "" if index == 0 else str(index + 1)
        bare = {"visible": False, "showgrid": False}
        layout[f"xaxis{number}"] = bare | {"domain": [left, left + wide], "anchor": f"y{number}"}
        layout[f"yaxis{number}"] = bare | {
            "domain": [max(0.0, above - high), above],
            "anchor": f"x{number}",
            "scaleanchor": f"x{number}",
            "autorange": "reversed",
        }
        label = {"x": left + wide / 2, "y": above, "xref": "paper", "yref": "paper", "text": title, "showarrow": False}
        layout["annotations"].append(label | {"xanchor": "center", "yanchor": "bottom", "font": {"size": 12}})
    return layout


def picture(pixels: NDArray[Any], panel: int = 0, *, diverging: bool = False, limit: float = 1.0) -> Trace:
    """Return a picture (H, W) as a heat map on a panel: grey 0…limit, or blue – paper – orange over ±limit."""
    number = "" if panel == 0 else str(panel + 1)
    scale = theme.DIVERGING if diverging else [[0, "#000000"], [1, "#FFFFFF"]]
    low = -limit if diverging else 0
    base = {"type": "heatmap", "z": np.asarray(pixels), "colorscale": scale, "zmin": low, "zmax": limit}
    return base | {"showscale": False, "xaxis": f"x{number}", "yaxis": f"y{number}", "xgap": 0.5, "ygap": 0.5}


def unit_positions(sizes: Sequence[int]) -> list[NDArray[np.float64]]:
    """Return for each layer the (units, 2) positions of its units in a network diagram, in the unit square."""
    across = np.linspace(0, 1, len(sizes))
    return [np.column_stack([np.full(n, x), 1 - (np.arange(n) + 0.5) / n]) for x, n in zip(across, sizes, strict=True)]
