"""The map of trainability, its edge's boxes, and the network of one pixel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.learning_rate import look
from nnviz.concepts.learning_rate.boxes import SIDES
from nnviz.concepts.learning_rate.kernel import CEILING
from nnviz.concepts.learning_rate.model import Run
from nnviz.concepts.learning_rate.settings import FARTHEST, HOME
from nnviz.concepts.learning_rate.trainability import Map, Window
from nnviz.core.notation import power, significant
from nnviz.core.timeline import even_steps

FRAMES = 41
OUT = 4.0  # how much wider “Zoom out” makes the window
FINEST = -2  # power of ten of a decade that ticks still spell out
WIDE = 0.9  # decades, from which round rates are ticks enough
CORNERS = ("x0", "x1", "y0", "y1")


def codes(found: Map) -> NDArray[np.uint8]:
    """Return each pixel's shade: trained ones by how fast, the others by how late, each evenly over its half."""
    result = np.empty(found.ends.shape, np.uint8)
    good = found.trained
    result[good] = look.ranks(found.totals[good], look.TRAINED)
    result[~good] = look.ranks(-found.lasted[~good], look.BLOWN)
    return result


def moments(run: Run) -> NDArray[np.int64]:
    """Return the steps at which the timeline stands."""
    return even_steps(run.params.steps, FRAMES)


def map_chart(run: Run) -> Chart:
    """The hero: every pixel a network; a rectangle dragged on it is trained anew."""
    shades, window = codes(run.map), run.map.window
    rows, columns = shades.shape
    cell = (window.width / columns, window.height / rows)
    trace = {
        "type": "heatmap", "z": shades, "zmin": 0, "zmax": 255, "colorscale": look.scale(), "colorbar": _legend(),
        "x0": window.x0 + cell[0] / 2, "dx": cell[0], "y0": window.y0 + cell[1] / 2, "dy": cell[1],
        "hovertemplate": "click: its loss<extra></extra>",
    }  # fmt: skip
    layout = {
        "dragmode": "zoom", "uirevision": str(window), "annotations": _diagonal_name(window), "showlegend": False,
        "margin": {"l": 60, "r": 12, "t": 8, "b": 44},
    }  # fmt: skip
    traces = [trace, _pixel(run)]
    if diagonal := _diagonal(window):
        traces.append(diagonal)
    axes: dict[str, Any] = {"constrain": "domain", "showgrid": False}
    x = build.axis(_axis_title(1, window.x0, window.x1), window.x0, window.x1, **_ticks(window.x0, window.x1), **axes)
    y = build.axis(_axis_title(2, window.y0, window.y1), window.y0, window.y1, **_ticks(window.y0, window.y1), **axes)
    figure = build.figure(traces, x, y, **layout)
    title = f"{rows * columns:,} networks, one a pixel, each at its own two rates: drag a rectangle to zoom in"
    zoom = dict(zip(CORNERS, CORNERS, strict=True))
    return Chart(
        "map", title, figure, _alt(run), _frames(run, shades), {"px": "x", "py": "y"}, zoom=zoom, wider=wider(window)
    )


def wider(window: Window) -> dict[str, float]:
    """Return the window that “Zoom out” sets: four times as wide and high, or the first one; nothing from there on."""
    home = Window.of(*HOME)
    if window == home:
        return {}
    out = window.around((window.x0 + window.x1) / 2, (window.y0 + window.y1) / 2, 1 / OUT)
    if out.width >= home.width or out.height >= home.height:
        out = home
    kept = [float(np.clip(round(side, 11), -FARTHEST, FARTHEST)) for side in (out.x0, out.x1, out.y0, out.y1)]
    return dict(zip(CORNERS, kept, strict=True))


def _frames(run: Run, shades: NDArray[np.uint8]) -> dict[str, Any]:
    """Let the pixels that have blown up by each moment take their colour; only on the finished large picture."""
    if run.params.picture != "map" or run.counting is None:
        return {}
    blown = ~run.map.trained
    lasted, blown_codes = run.map.lasted[blown], shades[blown]
    order = np.argsort(lasted)
    after = np.searchsorted(lasted[order], moments(run), side="right")
    return {"data.0.colorscale": [_scale_after(int(count), blown_codes[order]) for count in after]}


def _scale_after(count: int, in_order: NDArray[np.uint8]) -> list[list[Any]]:
    if count == len(in_order):
        return look.scale()
    return look.scale(look.BLOWN[1] + 1 if count == 0 else int(in_order[count - 1]))


def _ticks(low: float, high: float) -> dict[str, Any]:
    """Return ticks at round rates, or, in a narrow window, at round distances from its middle."""
    if high - low > WIDE:
        digits = (1,) if high - low > 2 else (1, 2, 5)
        rates = [digit * 10.0**power for power in range(-7, 7) for digit in digits]
        kept = [rate for rate in rates if low <= np.log10(rate) <= high]
        return {"tickvals": [float(np.log10(rate)) for rate in kept], "ticktext": [f"{rate:g}" for rate in kept]}
    exponent, times = _step(high - low)
    step, shown = times * 10.0**exponent, 10.0**exponent if exponent < FINEST else 1.0
    offsets = [count * step for count in range(-8, 9) if abs(count * step) <= (high - low) / 2]
    texts = [f"{'+' if each > 0 else '−' if each < 0 else ''}{significant(abs(each) / shown)}" for each in offsets]
    return {"tickvals": [(low + high) / 2 + each for each in offsets], "ticktext": texts}


def _step(size: float) -> tuple[int, int]:
    """Return the power of ten, and how many times it, that lies between two ticks of a narrow window."""
    rough = size / 4
    exponent = int(np.floor(np.log10(rough)))
    return exponent, max(times for times in (1, 2, 5) if times * 10.0**exponent <= rough * (1 + 1e-9))


def _axis_title(layer: int, low: float, high: float) -> str:
    """Name an axis; where its ticks are distances, say from which rate."""
    size = high - low
    if size > WIDE:
        return f"learning rate of layer {layer}"
    exponent, _ = _step(size)
    unit = f"{power(exponent)} decades" if exponent < FINEST else "decades"
    return f"layer {layer}: {unit} from {look.rate_at((low + high) / 2, size)}"


def _legend() -> dict[str, Any]:
    """Return the colour bar above the map: what its shades mean, from one end to the other."""
    words = {"tickvals": [26, 127.5, 229], "ticktext": ["trained fast", "slowly · late", "blew up early"]}
    place = {"orientation": "h", "x": 0.5, "y": 1.0, "yanchor": "bottom", "len": 1.0, "thickness": 9, "ypad": 2}
    return words | place | {"ticklabelposition": "outside top", "ticks": "", "outlinewidth": 0}


def _pixel(run: Run) -> dict[str, Any]:
    """Mark the network that is looked at."""
    x, y = run.params.pixel
    look_ = {"symbol": "circle-open", "size": 13, "color": "$ink", "line": {"width": 2.5}}
    return {"type": "scatter", "mode": "markers", "x": [x], "y": [y], "marker": look_, "hoverinfo": "skip",
            "name": "the network below", "showlegend": False}  # fmt: skip


def _diagonal(window: Window) -> dict[str, Any] | None:
    """Return the line of equal rates, which is where everybody trains, as far as it crosses the window."""
    low, high = max(window.x0, window.y0), min(window.x1, window.y1)
    if low >= high:
        return None
    line = {"color": "$ink", "width": 1.5, "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "x": [low, high], "y": [low, high], "line": line, "hoverinfo": "skip",
            "name": "one rate for both"}  # fmt: skip


def _diagonal_name(window: Window) -> list[Any]:
    """Name the line of equal rates at its lower end."""
    low, high = max(window.x0, window.y0), min(window.x1, window.y1)
    if high - low < 0.3 * window.height:
        return []
    spot = {
        "x": low + 0.06 * (high - low),
        "y": low + 0.06 * (high - low),
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 8,
    }
    return [spot | {"text": "one rate for both layers", "showarrow": False, "font": {"size": 12, "color": "$ink"}}]


def _alt(run: Run) -> str:
    found, window = run.map, run.map.window
    corners = [look.rate_at(power, size) for power, size in
               ((window.x0, window.width), (window.x1, window.width), (window.y0, window.height), (window.y1, window.height))]  # fmt: skip
    where = f"Rates of layer 1 from {corners[0]} to {corners[1]}, of layer 2 from {corners[2]} to {corners[3]}"
    return f"{where}: {look.share(found.share)} of {found.ends.size} networks end below their first loss."


def boxes_chart(run: Run) -> Chart:
    """Draw how many boxes the map's edge needs, against their side, between a line's slope and an area's."""
    sides = np.array(SIDES, float)
    if run.counting is None or run.counting.counts[0] == 0:
        figure = build.figure([build.line([], [], "boxes")], build.axis("side of a box (pixels)", 1, 16, log=True),
                              build.axis("boxes on the edge", 1, 1e4, log=True))  # fmt: skip
        why = "There is no edge in this window" if run.counting else "Boxes are counted when the map is trained"
        figure["layout"]["annotations"] = [_said(why)]
        return Chart("boxes", "Boxes that the edge needs", figure, f"{why}: 0 boxes are counted.")
    counts, found = run.counting.counts, run.counting.dimension
    first = float(counts[0])
    traces = [
        build.line(sides, first / sides, "a smooth line: slope 1", 7, dashed=True),
        build.line(sides, first / sides**2, "an area: slope 2", 1, dashed=True),
        build.line(sides, counts.astype(float), f"the edge: {found.estimate:.2f}", 0, mode="lines+markers"),
    ]
    x = build.axis("side of a box (pixels, log)", 0.9, 18, log=True, tickvals=list(SIDES))
    y = build.axis("boxes that hold edge (log)", max(first / 400, 0.5), 1.6 * first, log=True)
    title = f"Box counting: the edge in this window has dimension {found.estimate:.2f}"
    alt = f"From boxes of 1 pixel to boxes of 16 the count falls from {counts[0]} to {counts[-1]}: slope "
    alt += f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f}); a line has 1, an area 2."
    return Chart("boxes", title, build.figure(traces, x, y), alt)


def _said(text: str) -> dict[str, Any]:
    """Write a text into the middle of an empty chart."""
    return {"text": text, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}


def pixel_chart(run: Run) -> Chart:
    """Draw the loss of the network looked at, and of its neighbours one pixel away."""
    steps = np.arange(len(run.seen[0]), dtype=float)
    names = ("this pair of rates", "one pixel to the left", "one pixel to the right")
    low, high = 1e-6, CEILING
    traces = [
        build.line(steps, np.where(losses <= 10 * CEILING, np.maximum(losses, low), np.nan), name, index)
        for losses, name, index in zip(run.seen, names, (0, 1, 2), strict=True)
    ]
    x, y = run.params.pixel
    window = run.map.window
    rates = f"{look.rate_at(x, window.width)} and {look.rate_at(y, window.height)}"
    ends = [f"{name} {significant(float(losses[-1]))}" for losses, name in zip(run.seen, names, strict=True)]
    title = "The network in the circle, and its neighbours (click the map to choose)"
    figure = build.figure(
        traces,
        build.axis("step", 0, len(steps) - 1),
        build.axis("loss (log)", low, high, log=True, exponentformat="power"),
    )
    return Chart("pixel", title, figure, f"At the rates {rates} the last losses are: {'; '.join(ends)}.")
