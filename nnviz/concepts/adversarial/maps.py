"""The path of the attack over a map of answers, and the strip of forty digits under the same attack."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build, theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.adversarial.hero import moving
from nnviz.concepts.adversarial.model import Run
from nnviz.concepts.adversarial.plane import Plane
from nnviz.concepts.adversarial.portrait import SHOWN
from nnviz.concepts.adversarial.tasks import task_of

COLUMNS, SIDE = 10, 8
CELL = (9, 12)  # width and height of a digit with the room around it, in pixels
NUMBER = np.arange(SHOWN)
NAMES = ("upper moon", "lower moon")


def path(run: Run) -> Chart:
    """Return the attack's path across the boundary."""
    plane = run.plane
    own = run.params.plane == "cut"
    x, y = ("along the attack (L2 distance)", "across (L2 distance)") if own else ("feature x₁", "feature x₂")
    traces = [_map(plane), _boundary(plane), *([] if own else _points()), _rim(plane), _line(plane), _marker(plane)]
    layout = {
        "xaxis": build.axis(x, float(plane.x[0]), float(plane.x[-1])),
        "yaxis": build.axis(y, float(plane.y[0]), float(plane.y[-1]), scaleanchor="x", constrain="domain"),
        "showlegend": False,
    }
    where = "a cut through the digit’s 64 pixels" if own else "a network with two inputs"
    moves = {"data.{}.x": plane.path[:, :1], "data.{}.y": plane.path[:, 1:]}
    names = tuple(map(str, range(10))) if own else NAMES
    return Chart(
        "path",
        f"The path across the boundary: {where}",
        {"data": traces, "layout": layout},
        _alt(plane, names),
        frames=moving({name.format(len(traces) - 1): values for name, values in moves.items()}),
        click={} if own else {"across": "x", "up": "y"},
        height=360,
    )


def _map(plane: Plane) -> Trace:
    title = "p(own class) − p(best other)" if plane.cut else f"p({NAMES[0]}) − p({NAMES[1]})"
    heat = build.heat(plane.x, plane.y, plane.margin, title=title, diverging=True, zmin=-1, zmax=1, opacity=0.75)
    scale = [[0.0, "$orange"], [0.5, "$paper"], [1.0, "$blue"]]
    heat |= {"colorscale": scale, "hovertemplate": "%{x:.2f}, %{y:.2f}: %{z:.2f}<extra></extra>", "zsmooth": "fast"}
    return heat


def _boundary(plane: Plane) -> Trace:
    contours = {"start": 0, "end": 0, "size": 1, "coloring": "none"}
    line = {"color": "$ink", "width": 2}
    base = {"type": "contour", "x": plane.x, "y": plane.y, "z": plane.margin, "showscale": False}
    return base | {"contours": contours, "line": line, "hoverinfo": "skip", "name": "boundary"}


def _points() -> list[Trace]:
    data = task_of("plane").parts
    positions, targets = data.test.double().numpy(), data.test_labels.numpy()
    return build.points(positions, targets, NAMES, opacity=0.55, hoverinfo="skip")


def _rim(plane: Plane) -> Trace:
    line = {"color": "$ink", "dash": "dot", "width": 1.6}
    base = {"type": "scatter", "mode": "lines", "x": plane.rim[:, 0], "y": plane.rim[:, 1], "line": line}
    return base | {"name": "ball of radius ε", "hoverinfo": "name"}


def _line(plane: Plane) -> Trace:
    marker = {"size": 5, "color": "$ink"}
    base = {"type": "scatter", "mode": "lines+markers", "x": plane.path[:, 0], "y": plane.path[:, 1], "marker": marker}
    return base | {"line": {"color": "$ink", "width": 2.2}, "name": "steps of the attack", "hoverinfo": "name"}


def _marker(plane: Plane) -> Trace:
    look = {"size": 15, "symbol": "star", "color": "$red", "line": {"color": "$paper", "width": 1.5}}
    base = {"type": "scatter", "mode": "markers", "x": plane.path[-1:, 0], "y": plane.path[-1:, 1], "marker": look}
    return base | {"name": "now", "hoverinfo": "name"}


def _alt(plane: Plane, names: Sequence[str]) -> str:
    steps, length = len(plane.path) - 1, float(np.linalg.norm(plane.path[-1] - plane.path[0]))
    outcome = "is taken for its own class" if plane.answer == plane.label else f"is taken for {names[plane.answer]}"
    return f"After {steps} moves the point is {length:.2f} away from where it began and {outcome}."


def strip(run: Run) -> Chart:
    """Return forty test digits after the attack, each with what the network takes it for. A click shows one large."""
    portrait = run.portrait
    across, down = CELL[0] * (NUMBER % COLUMNS) + (SIDE - 1) / 2, CELL[1] * (NUMBER // COLUMNS) + (SIDE - 1) / 2
    words = [f"a {label}, taken for {answer}" for label, answer in zip(portrait.labels, portrait.answers, strict=True)]
    signs = [f"✗ {answer}" if lost else "✓" for answer, lost in zip(portrait.answers, portrait.fooled, strict=True)]
    colours = ["$red" if lost else "$grey" for lost in portrait.fooled]
    look = {"size": 26, "opacity": 0, "symbol": "square"}
    hit = {"type": "scatter", "mode": "markers", "x": across, "y": down, "customdata": NUMBER, "marker": look}
    below = {"type": "scatter", "mode": "text", "x": across, "y": down + SIDE / 2 + 1.6, "text": signs}
    traces = [
        build.picture(_tiles(portrait.strip)) | {"hoverinfo": "skip", "xgap": 0, "ygap": 0},
        below | {"textfont": {"color": colours, "size": 13}, "hoverinfo": "skip"},
        hit | {"text": words, "hovertemplate": "%{text}<extra></extra>"},
    ]
    wide, high = COLUMNS * CELL[0], SHOWN // COLUMNS * CELL[1]
    bare = {"visible": False, "showgrid": False, "fixedrange": True, "constrain": "domain"}
    layout: Trace = {"xaxis": bare | {"range": [-1, wide]}, "showlegend": False, "hovermode": "closest"}
    layout["yaxis"] = bare | {"range": [high - 0.5, -1], "scaleanchor": "x"}
    layout["margin"] = {"l": 4, "r": 4, "t": 4, "b": 4}
    layout["shapes"] = [] if portrait.drawn else [_frame(run.params.digit)]
    lost = int(portrait.fooled.sum())
    alt = f"{lost} of {SHOWN} test digits are taken for something else{_wanted(run)}."
    title = f"Forty test digits under this attack: ✗ on {lost}. Click one to see it large"
    figure = {"data": traces, "layout": layout}
    return Chart("strip", title, figure, alt, click={"digit": "customdata"}, height=360)


def _tiles(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (40, 64) pictures as one, in rows of ten with room between and below; nan where nothing is."""
    rows = SHOWN // COLUMNS
    tiles = np.full((rows, CELL[1], COLUMNS, CELL[0]), np.nan, dtype=np.float32)
    tiles[:, :SIDE, :, :SIDE] = pictures.reshape(rows, COLUMNS, SIDE, SIDE).transpose(0, 2, 1, 3)
    return tiles.reshape(rows * CELL[1], COLUMNS * CELL[0])


def _frame(digit: int) -> Trace:
    left, top = CELL[0] * (digit % COLUMNS) - 1, CELL[1] * (digit // COLUMNS) - 1
    return {
        "type": "rect",
        "x0": left,
        "x1": left + SIDE + 1,
        "y0": top,
        "y1": top + SIDE + 1,
        "line": {"color": theme.colour(0), "width": 3},
    }


def _wanted(run: Run) -> str:
    return "" if run.params.target == "any" else f", as wanted for {run.params.target}"
