"""The network as a picture: every unit's answer over the plane as a thumbnail, wires by weight, frame by frame."""

import html
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts.build import Trace
from nnviz.concepts.playground.model import Run
from nnviz.concepts.playground.problem import FEATURES
from nnviz.concepts.playground.settings import ACTIVATION_NAMES

MIDDLE, BLANK = 100, 255  # codes of a thumbnail's pixel: 0…200 is −1…1, 255 shows the paper
THUMBNAILS = [[0, "$blue"], [100 / 255, "$paper"], [200 / 255, "$orange"], [200.5 / 255, "$paper/0"], [1, "$paper/0"]]
SIGNED = [[0, "$blue"], [0.5, "$grey"], [1, "$orange"]]
MOST_WIRES = 240  # drawn at a time, the heaviest of every layer
LOOKS = (("$blue", "dot", -1, 1), ("$blue", "dot", -1, 0), ("$orange", "solid", 1, 1), ("$orange", "solid", 1, 0))
FAINT, STRONG = 0.02, 0.4  # of the heaviest weight beside it: from there a wire is drawn, and drawn thick
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Where units stand: column c, row r of a picture in which thumbnails are `width` × `height` of a cell."""

    sizes: tuple[int, ...]
    width: float
    height: float

    @classmethod
    def of(cls, sizes: tuple[int, ...]) -> "Places":
        """Make thumbnails about square in a picture of 470 × 290 pixels, and never larger than 62."""
        across, down = 470 / len(sizes), 290 / max(sizes)
        side = min(0.82 * down, 0.55 * across, 62)
        return cls(sizes, side / across, side / down)

    def corner(self, column: int, row: int) -> tuple[float, float]:
        """Return the left and upper end of a thumbnail."""
        return column + (1 - self.width) / 2, row + (1 - self.height) / 2

    def side(self, column: int, right: bool) -> float:
        """Return where wires leave a column to the right, or reach it from the left."""
        return self.corner(column, 0)[0] + (self.width if right else 0)


@dataclass(frozen=True)
class Wires:
    """All W wires: layer, unit, source (W, 3); ends (W, 4) x, y, x, y; weights (T, W), drawn beside `heaviest` (W,)."""

    index: NDArray[np.int64]
    ends: Floats
    weights: Floats
    heaviest: Floats


def diagram(run: Run) -> tuple[list[Trace], dict[str, Any], list[Trace]]:
    """Return traces, frames by "index of the trace.what", and annotations of the diagram."""
    places = Places.of(run.network.sizes)
    wires = collect(run, places)
    traces, frames = wire_traces(wires)
    codes = thumbnails(run)
    x, y = edges(places, run.story.units.shape[1])
    heat = {"type": "heatmap", "x": x, "y": y, "z": codes[-1], "zmin": 0, "zmax": BLANK, "colorscale": THUMBNAILS}
    frames[f"{len(traces)}.z"] = codes
    traces.append(heat | {"showscale": False, "hoverinfo": "skip"})
    traces.append(borders(places))
    handle_trace, colours = handles(run, places, wires)
    frames[f"{len(traces)}.marker.color"] = colours
    traces += [handle_trace, units(run, places), names(run, places)]
    return traces, frames, headings(run, places)


def collect(run: Run, places: Places) -> Wires:
    """Gather all wires with both ends; a weight that is not a number is drawn as none.

    Widths compare a weight with the heaviest of all; where layers are normalized, and so the size of a layer's weights
    says nothing, with the heaviest of its layer.
    """
    index, ends, weights = [], [], []
    for layer, (matrix, _) in enumerate(run.network.layers(run.story.weights.astype(np.float64))):
        unit, source = (part.ravel() for part in np.indices(matrix.shape[1:]))
        index.append(np.column_stack([np.full(len(unit), layer), unit, source]))
        left, right = places.side(layer, True), places.side(layer + 1, False)
        whole = np.ones(len(unit))
        ends.append(np.column_stack([left * whole, source + 0.5, right * whole, unit + 0.5]))
        weights.append(np.nan_to_num(matrix.reshape(len(matrix), -1), nan=0.0, posinf=0.0, neginf=0.0))
    tops = np.array([max(float(np.abs(part).max()), 1e-9) for part in weights])
    tops = tops if run.params.normalization != "none" else np.full(len(tops), tops.max())
    places_of = np.concatenate(index)
    return Wires(places_of, np.concatenate(ends), np.concatenate(weights, axis=1), tops[places_of[:, 0]])


def wire_traces(wires: Wires) -> tuple[list[Trace], dict[str, Any]]:
    """Return four traces (sign × strength), each with the ends of just those wires that belong to it at a frame."""
    shown = heavy(wires)
    traces: list[Trace] = []
    frames: dict[str, Any] = {}
    for token, dash, sign, strong in LOOKS:
        size = wires.weights * sign / wires.heaviest
        wanted = shown & ((size >= STRONG) if strong else (size >= FAINT) & (size < STRONG))
        paths = [outline(wires.ends[chosen]) for chosen in wanted]
        frames[f"{len(traces)}.x"], frames[f"{len(traces)}.y"] = [x for x, _ in paths], [y for _, y in paths]
        stroke = {"color": token, "dash": dash if strong else "solid", "width": 2.6 if strong else 1.0}
        base = {"type": "scatter", "mode": "lines", "x": paths[-1][0], "y": paths[-1][1], "line": stroke}
        traces.append(base | {"hoverinfo": "skip", "opacity": 0.9 if strong else 0.55})
    return traces, frames


def heavy(wires: Wires) -> NDArray[np.bool_]:
    """Return which wires are drawn at each frame (T, W): the heaviest of every layer where there are very many."""
    layers = wires.index[:, 0]
    most = MOST_WIRES // (int(layers.max()) + 1)
    found = np.ones(wires.weights.shape, bool)
    for layer in np.unique(layers):
        own = np.flatnonzero(layers == layer)
        if len(own) > most:
            size = np.abs(wires.weights[:, own])
            found[:, own] = size >= np.sort(size, axis=1)[:, -most][:, None]
    return found


def outline(ends: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return x and y of lines with a gap after each; never empty, for what is empty cannot be moved without drawing anew."""
    ends = ends if len(ends) else np.full((1, 4), np.nan)
    gap = np.full(len(ends), np.nan)
    x, y = np.column_stack([ends[:, 0], ends[:, 2], gap]), np.column_stack([ends[:, 1], ends[:, 3], gap])
    return x.ravel().astype(np.float32), y.ravel().astype(np.float32)


def thumbnails(run: Run) -> Bytes:
    """Return all thumbnails in one picture a frame, (T, rows, columns): units of a column from the top down.

    A unit's colours reach to ±1, or to its largest value over the plane where that is larger.
    """
    sizes, values = run.network.sizes, run.story.units  # (T, s, s, U)
    count, side = len(values), values.shape[1]
    codes = np.full((count, max(sizes), side + 1, len(sizes), side + 1), BLANK, np.uint8)
    with np.errstate(invalid="ignore", over="ignore"):
        finite = np.nan_to_num(values, nan=0.0, posinf=1e30, neginf=-1e30)
        reach = np.maximum(1.0, np.abs(finite).max(axis=(1, 2), keepdims=True))
        shades = np.round(MIDDLE * (1 + finite / reach)).astype(np.uint8)[:, ::-1]  # the picture's rows go down
    start = 0
    for column, size in enumerate(sizes):
        part = shades[..., start : start + size].transpose(0, 3, 1, 2)  # (T, size, s, s)
        codes[:, :size, :side, column, :side] = part
        start += size
    return codes.reshape(count, max(sizes) * (side + 1), len(sizes) * (side + 1))


def edges(places: Places, side: int) -> tuple[Floats, Floats]:
    """Return where pixels begin and end, on both axes: `side` within a thumbnail, one wide pixel between two."""
    steps = np.arange(side + 1) / side
    x = np.concatenate([places.corner(column, 0)[0] + places.width * steps for column in range(len(places.sizes))])
    y = np.concatenate([places.corner(0, row)[1] + places.height * steps for row in range(max(places.sizes))])
    return np.append(x, len(places.sizes)), np.append(y, max(places.sizes))


def borders(places: Places) -> Trace:
    """Return a frame around every thumbnail, as one trace."""
    x, y = [], []
    for column, size in enumerate(places.sizes):
        for row in range(size):
            left, top = places.corner(column, row)
            right, bottom = left + places.width, top + places.height
            x += [left, right, right, left, left, np.nan]
            y += [top, top, bottom, bottom, top, np.nan]
    base = {"type": "scatter", "mode": "lines", "x": np.array(x), "y": np.array(y), "hoverinfo": "skip"}
    return base | {"line": {"color": "$grey", "width": 1}}


def handles(run: Run, places: Places, wires: Wires) -> tuple[Trace, Bytes]:
    """Return a dot on every wire and at every unit's corner, to read a weight or bias and to click it; colours (T, n)."""
    kept = np.flatnonzero(heavy(wires)[-1])
    along = 0.3 + 0.4 * ((wires.index[kept, 1] + 2 * wires.index[kept, 2]) % 3) / 2  # so that few dots meet
    ends = wires.ends[kept]
    x, y = ends[:, 0] + along * (ends[:, 2] - ends[:, 0]), ends[:, 1] + along * (ends[:, 3] - ends[:, 1])
    values = [wires.weights[:, kept]]
    places_of = [(int(layer), int(unit), int(source)) for layer, unit, source in wires.index[kept]]
    for layer, (_, bias) in enumerate(run.network.layers(run.story.weights.astype(np.float64))):
        for unit in range(bias.shape[1]):
            left, top = places.corner(layer + 1, unit)
            x, y = np.append(x, left), np.append(y, top + places.height)
            places_of.append((layer, unit, -1))
        values.append(np.nan_to_num(bias, nan=0.0, posinf=0.0, neginf=0.0))
    numbers = np.concatenate(values, axis=1)
    shades = np.round(MIDDLE * (1 + np.clip(numbers / 2, -1, 1))).astype(np.uint8)
    chosen = run.params.edge.rpartition(";")[2] if run.edits else ""
    keys = [f"{layer}.{unit}.{'b' if source < 0 else source}" for layer, unit, source in places_of]
    look = {
        "size": np.array([15 if key == chosen else 7 for key in keys]), "color": shades[-1], "cmin": 0, "cmax": 200,
        "colorscale": SIGNED, "symbol": ["square" if key.endswith("b") else "circle" for key in keys],
        "line": {"width": 1, "color": "$paper"},
    }  # fmt: skip
    texts = [
        f"{_said(run, place)}: {value:.3g} at the end" for place, value in zip(places_of, numbers[-1], strict=True)
    ]
    base = {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": look, "hovertext": texts}
    clicks = {"customdata": [_chain(run, key) for key in keys]}
    look["opacity"] = [1] * len(keys)  # a clicked point hands this on, too: it is what `editing` becomes
    clicks["text"] = [f"{float(np.clip(value, -20, 20)):.2f}" for value in numbers[-1]]
    return base | clicks | {"hovertemplate": "%{hovertext}<extra></extra>"}, shades


def _chain(run: Run, key: str) -> str:
    """Return the setting `edge` after a click: the changes so far, then the place that was clicked."""
    kept = [f"{edit.name}={edit.value:.2f}".rstrip("0").rstrip(".") for edit in run.edits if edit.name != key]
    return ";".join([*kept[-40:], key])


def _said(run: Run, place: tuple[int, int, int]) -> str:
    layer, unit, source = place
    to = "output" if layer == run.network.depth - 1 else f"layer {layer + 1}, unit"
    if source < 0:
        return f"bias of {to} {unit + 1}"
    start = feature_names(run)[source] if layer == 0 else f"unit {source + 1}"
    return f"weight {start} → {to} {unit + 1}"


def feature_names(run: Run) -> list[str]:
    """Return what stands beside the features' thumbnails."""
    return [FEATURES[name] for name in run.problem.features] or ["nothing"]


def units(run: Run, places: Places) -> Trace:
    """Return an invisible mark on every thumbnail: a click shows that unit large, the output's brings the answer back."""
    x, y, keys, texts = [], [], [], []
    last = len(places.sizes) - 1
    for column, size in enumerate(places.sizes):
        for row in range(size):
            x.append(column + 0.5)
            y.append(row + 0.5)
            keys.append(f"{column}.{row}" if column < last else "out" if row == 0 else f"out{row}")
            name = feature_names(run)[row] if column == 0 else f"layer {column}, unit {row + 1}"
            texts.append(f"{name}: click to see it large" if column < last else "the answer: click to see it large")
    base = {"type": "scatter", "mode": "markers", "x": x, "y": y, "ids": keys, "hovertext": texts}
    return base | {"marker": {"size": 24, "opacity": 0}, "hovertemplate": "%{hovertext}<extra></extra>"}


def names(run: Run, places: Places) -> Trace:
    """Return the features' names beside their thumbnails, and the outputs' beside theirs, as one trace."""
    last = len(places.sizes) - 1
    answers = [html.escape(name[:10]) for name in run.problem.classes] if run.problem.outputs > 1 else [""]
    labels = [*feature_names(run), *answers]
    x = [places.corner(0, 0)[0] - 0.03] * places.sizes[0] + [places.side(last, True) + 0.03] * len(answers)
    y = [row + 0.5 for row in range(places.sizes[0])] + [row + 0.5 for row in range(len(answers))]
    sides = ["middle left"] * places.sizes[0] + ["middle right"] * len(answers)
    base = {"type": "scatter", "mode": "text", "x": x, "y": y, "text": labels, "textposition": sides}
    return base | {"hoverinfo": "skip", "textfont": {"size": 11}, "cliponaxis": False}


def headings(run: Run, places: Places) -> list[Trace]:
    """Return what stands above every column."""
    crowded = len(places.sizes) > 5
    labels = ["in" if crowded else "features"]
    for layer, size in enumerate(places.sizes[1:-1]):
        joint = int(run.network.joints[layer])
        marks = ("+norm" if joint & 5 else "") + ("+skip" if joint & 2 else "")
        word = ACTIVATION_NAMES[run.params.activations[layer]].split(" ")[0]
        full = f"{size} {word}<br>{marks}" if marks else f"{size} units<br>{word}"
        labels.append(f"{size}<br>{word}" if crowded else full)
    labels.append("out" if crowded else "output")
    font = {"size": 10 if crowded or run.network.joints.any() else 12, "color": "$grey"}
    return [
        {"x": column + 0.5, "y": 1, "xref": "x", "yref": "paper", "yanchor": "bottom", "text": label, "showarrow": False,
         "font": font} for column, label in enumerate(labels)
    ]  # fmt: skip
