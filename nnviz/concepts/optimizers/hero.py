"""The hero: the race on the surface in three dimensions, and the same from above."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.optimizers import look
from nnviz.concepts.optimizers.model import Run
from nnviz.concepts.optimizers.race import Race
from nnviz.concepts.optimizers.settings import GROUNDS, NAMES

SIDE = 61
TAIL = 16  # steps of a comet's tail
LEVELS = 16
EYES = {
    "rosenbrock": (-0.65, 1.1, 0.95),
    "beale": (0.25, -1.0, 1.25),
    "himmelblau": (0.62, -0.85, 1.05),
    "rastrigin": (-0.75, 0.95, 1.1),
}
"""From where a surface is first seen, in units of the scene; others from the south-east."""
AWAY = 1.2  # how much farther: so that the axes' names are seen too
LIFT = 0.015  # of the surface's height: ways run a little above it, or the surface would hide them
SCALE = [[0.0, "$blue/0.55"], [0.35, "$blue/0.25"], [1.0, "$blue/0.04"]]
SOLID = [[0.0, "$sky"], [0.45, "$faint"], [1.0, "$paper"]]
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def grid(run: Run) -> tuple[Floats, Floats, Floats]:
    """Return both axes (N,) and the height over them, (N, N), as it is drawn: log(1 + f)."""
    x, y, reach = run.params.window
    across, up = np.linspace(x - reach, x + reach, SIDE), np.linspace(y - reach, y + reach, SIDE)
    points = np.stack(np.meshgrid(across, up), axis=-1)
    return across, up, np.log1p(run.params.ground.value(points))


def inside(run: Run, race: Race) -> Floats:
    """Return the first draw's ways and their drawn heights, (M, T + 1, 3); NaN outside the window."""
    x, y, reach = run.params.window
    ways = race.ways[:, 0]
    with np.errstate(invalid="ignore"):
        out = np.abs(ways - np.array([x, y])).max(axis=-1) > reach
    heights = np.log1p(np.where(out, np.nan, race.heights[:, 0]))
    return np.where(out[..., None], np.nan, np.concatenate([ways, heights[..., None]], axis=-1))


def tails(way: Floats, frames: Whole) -> look.Pixels:
    """Return the last steps of a way (T + 1, d) before each frame, the newest last, (F, TAIL + 1, d)."""
    rows = frames[:, None] + np.arange(-TAIL, 1)
    return np.asarray(np.where((rows >= 0)[..., None], way[np.maximum(rows, 0)], np.nan), np.float32)


def solid(run: Run, race: Race, frames: Whole) -> Chart:
    """Draw the surface as a landscape with the racers on it."""
    across, up, height = grid(run)
    top = float(height.max())
    lines = {"highlight": False, "show": True, "usecolormap": False, "color": "$grey/0.35", "width": 1}
    ground: look.Trace = {
        "type": "surface",
        "x": across.astype(np.float32),
        "y": up.astype(np.float32),
        "z": height.astype(np.float32),
        "colorscale": SOLID,
        "showscale": False,
        "hoverinfo": "skip",
        "contours": {
            "z": lines | {"start": 0.0, "end": top, "size": top / LEVELS},
            "x": {"highlight": False},
            "y": {"highlight": False},
        },
        "lighting": {"ambient": 0.85, "diffuse": 0.45, "specular": 0.05, "roughness": 0.9},
    }
    traces: list[look.Trace] = [ground, goal(run, top)]
    moving: dict[str, Any] = {}
    for index, name in enumerate(run.params.racers):
        way = inside(run, race)[index] + np.array([0, 0, LIFT * top])
        traces.append(_trail(way, name))
        tail = tails(way, frames)
        moving |= {f"data.{len(traces)}.{axis}": tail[:, :, k] for k, axis in enumerate("xyz")}
        traces.append(_comet(tail[-1], name))
        moving |= {f"data.{len(traces)}.{axis}": tail[:, -1:, k] for k, axis in enumerate("xyz")}
        traces.append(_ball(tail[-1, -1:], name))
    title = f"{GROUNDS[run.params.surface]}: the race, from one start (drag to turn)"
    return Chart("race", title, {"data": traces, "layout": _scene(run, top)}, alt(run, race), moving)


def _trail(way: Floats, name: str) -> look.Trace:
    x, y, z = way.T.astype(np.float32)
    thin = {"color": look.token(name), "width": 4}
    base: look.Trace = {"type": "scatter3d", "mode": "lines", "x": x, "y": y, "z": z, "line": thin, "opacity": 0.8}
    return base | {"hoverinfo": "skip", "showlegend": False}


def _comet(tail: look.Pixels, name: str) -> look.Trace:
    x, y, z = tail.T
    thick = {"color": look.token(name), "width": 9}
    base: look.Trace = {"type": "scatter3d", "mode": "lines", "x": x, "y": y, "z": z, "line": thick}
    return base | {"hoverinfo": "skip", "showlegend": False}


def _ball(place: look.Pixels, name: str) -> look.Trace:
    x, y, z = place.T
    base: look.Trace = {"type": "scatter3d", "mode": "markers", "x": x, "y": y, "z": z, "marker": look.solid(name)}
    return base | {"name": NAMES[name], "hovertemplate": f"{NAMES[name]}<extra></extra>"}


def goal(run: Run, top: float) -> look.Trace:
    """Return the lowest points, all of height 0."""
    places = {
        "rosenbrock": [(1.0, 1.0)],
        "beale": [(3.0, 0.5)],
        "saddle": [(0.0, 1.0), (0.0, -1.0)],
        "himmelblau": [(3.0, 2.0), (-2.805, 3.131), (-3.779, -3.283), (3.584, -1.848)],
    }.get(run.params.surface, [(0.0, 0.0)])
    x, y = np.array(places, np.float32).T
    face = {"symbol": "cross", "size": 4, "color": "$ink"}
    base: look.Trace = {
        "type": "scatter3d",
        "mode": "markers",
        "x": x,
        "y": y,
        "z": np.full(len(x), 0.02 * top, np.float32),
    }
    return base | {"marker": face, "name": "lowest point", "hovertemplate": "lowest point<extra></extra>"}


def _scene(run: Run, top: float) -> look.Trace:
    x, y, reach = run.params.window
    bare = {"showbackground": False, "gridcolor": "$faint", "zeroline": False, "color": "$grey", "nticks": 5}
    axes = {
        "xaxis": bare | {"title": {"text": "x"}, "range": [x - reach, x + reach]},
        "yaxis": bare | {"title": {"text": "y"}, "range": [y - reach, y + reach]},
        "zaxis": bare | {"title": {"text": "log(1 + f)"}, "range": [0, 1.05 * top]},
    }
    east, north, high = EYES.get(run.params.surface, (0.75, -1.0, 0.9))
    camera = {
        "eye": {"x": AWAY * east, "y": AWAY * north, "z": AWAY * high},
        "center": {"x": 0, "y": 0, "z": -0.2},
    }
    scene = axes | {
        "aspectmode": "manual",
        "aspectratio": {"x": 1.25, "y": 1.25, "z": 0.6},
        "camera": camera,
        "dragmode": "turntable",
    }
    return {"scene": scene, "margin": {"l": 0, "r": 0, "t": 30, "b": 0}, "legend": {"itemsizing": "constant"}}


def above(run: Run, race: Race, frames: Whole) -> Chart:
    """Draw the race from above, on lines of equal height; a click sets the start."""
    across, up, height = grid(run)
    x, y, reach = run.params.window
    cells = [[f"{a:.3g},{b:.3g}" for a in across] for b in up]
    hover = "x %{x:.2f}, y %{y:.2f}<extra></extra>"
    traces = build.relief(across, up, height, SCALE, LEVELS, customdata=cells, hovertemplate=hover)
    moving: dict[str, Any] = {}
    for index, name in enumerate(run.params.racers):
        way = race.ways[index, 0]
        base: look.Trace = {"type": "scatter", "mode": "lines", "x": way[:, 0], "y": way[:, 1], "hoverinfo": "skip"}
        traces.append(base | {"line": look.stroke(name, 1.8), "name": NAMES[name], "opacity": 0.75})
    for index, name in enumerate(run.params.racers):
        way = race.ways[index, 0]
        there = np.flatnonzero(np.isfinite(way).all(axis=1))[-1]
        balls = np.clip(way[np.minimum(frames, there)], -1e6, 1e6).astype(np.float32)
        moving |= {f"data.{len(traces)}.{axis}": balls[:, k : k + 1] for k, axis in enumerate("xy")}
        ball: look.Trace = {"type": "scatter", "mode": "markers", "x": balls[-1, :1], "y": balls[-1, 1:]}
        traces.append(
            ball | {"marker": look.marker(name), "showlegend": False, "hovertemplate": f"{NAMES[name]}<extra></extra>"}
        )
    traces.append(_start(run.params.place))
    plain = {"showgrid": False}
    figure = build.figure(
        traces,
        build.axis("x", x - reach, x + reach, **plain),
        build.axis("y", y - reach, y + reach, **plain),
        hovermode="closest",
    )
    title = "The same from above (click to set the start)"
    return Chart("map", title, figure, alt(run, race), moving, {"start": "customdata"}, height=380)


def _start(place: tuple[float, float]) -> look.Trace:
    face = {"size": 13, "symbol": "circle-open", "color": "$ink", "line": {"width": 2, "color": "$ink"}}
    base: look.Trace = {"type": "scatter", "mode": "markers", "x": [place[0]], "y": [place[1]], "marker": face}
    return base | {"name": "start", "hovertemplate": "start<extra></extra>"}


def alt(run: Run, race: Race) -> str:
    """Say where everybody has ended."""
    heights = np.median(race.heights[:, :, -1], axis=1)
    told = [f"{NAMES[name]} {look.number(float(each))}" for name, each in zip(run.params.racers, heights, strict=True)]
    return f"Height above the lowest point after {run.params.steps} steps: {look.listed(told)}."
