"""The hero: the fit loosening on the left, and on the right the penalty's shape touching the contours of the loss."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart
from nnviz.concepts.regularization import words
from nnviz.concepts.regularization.model import Plane, Run
from nnviz.concepts.regularization.problems import GRID, Normal, answers, polynomial, true_curve

RIGHT: Trace = {"xaxis": "x2", "yaxis": "y2"}
WINDOWS = (0.9, 1.7, 3.4, 7.0, 15.0, 40.0)  # half widths of the plane: the least that holds what is drawn
LEVELS = (0.03, 0.12, 0.3, 0.6, 1.0)  # contours, as shares of the loss that the features take off
TURNS = 181
ANGLES: NDArray[np.float64] = np.linspace(0, 2 * np.pi, TURNS)
HEIGHTS = (0.0, 4.2)  # of the curve's plane
Floats = NDArray[np.float64]


def touch_chart(run: Run) -> Chart:
    """Draw the fit beside the plane of two weights; the timeline walks from 0 to the touching point."""
    left, across, up = fit_panel(run) if run.params.data == "curve" else bars_panel(run)
    plane, frames = plane_panel(run, len(left))
    reach = window(run.plane)
    first, second = run.plane.names
    layout: Trace = {
        "margin": {"l": 48, "r": 10, "t": 48, "b": 40},
        "showlegend": False,
        "barmode": "overlay",
        "xaxis": across | {"domain": [0, 0.5], "fixedrange": True},
        "yaxis": up | {"fixedrange": True},
        "xaxis2": axis(
            f"weight of {first}",
            -reach,
            reach,
            domain=[0.6, 1],
            anchor="y2",
            fixedrange=True,
            zeroline=True,
            constrain="domain",
        ),
        "yaxis2": axis(
            f"weight of {second}",
            -reach,
            reach,
            anchor="x2",
            scaleanchor="x2",
            fixedrange=True,
            zeroline=True,
            constrain="domain",
        ),
        "annotations": legend(run),
    }
    what = "the fit" if run.params.data == "curve" else "the weights"
    title = f"Left: {what} at {words.strength(run.params.strength)}. Right, with two features only: the penalty's shape meets the loss"
    return Chart("touch", title, {"data": left + plane, "layout": layout}, words.picture(run), frames, least=560)


def fit_panel(run: Run) -> tuple[list[Trace], Trace, Trace]:
    """Return points, true curve, the free fit and the fit under the penalty, with their axes."""
    features = polynomial(GRID, run.params.degree)[None]
    alone = Normal(run.normal.grams[:1], run.normal.correlations[:1], run.normal.centre[:1], run.normal.level[:1])
    both = np.stack([run.free[0], run.chosen[0]])[None]
    free, fitted = np.clip(answers(alone, both, features)[0], HEIGHTS[0] - 20, HEIGHTS[1] + 20)
    base: Trace = {"type": "scatter", "hoverinfo": "skip"}
    dots = {"mode": "markers", "marker": {"size": 9, "color": "$ink/0.65"}}
    traces = [
        base
        | {"mode": "lines", "x": GRID, "y": true_curve(GRID), "line": {"color": "$grey", "dash": "dash", "width": 1.6}},
        base
        | {
            "mode": "lines",
            "x": GRID,
            "y": free,
            "line": {"color": "$red/0.6", "dash": "dot", "width": 2, "simplify": False},
        },
        base | {"mode": "lines", "x": GRID, "y": fitted, "line": {"color": "$blue", "width": 3.4, "simplify": False}},
        base | dots | {"x": run.problem.x[0], "y": run.problem.targets[0]},
    ]
    return traces, axis("x", -1.02, 1.02), axis("y", *HEIGHTS)


def bars_panel(run: Run) -> tuple[list[Trace], Trace, Trace]:
    """Return the patients' weights, free and under the penalty, as bars with their axes."""
    names, skip = list(run.problem.names), int(run.params.bias)
    free = {"type": "bar", "x": names, "y": np.clip(run.free[0, skip:], -1.5, 1.5), "width": 0.82, "hoverinfo": "skip"}
    free |= {"marker": {"color": "$red/0.15", "line": {"color": "$red/0.7", "width": 1.2}}}
    now = {"type": "bar", "x": names, "y": np.clip(run.chosen[0, skip:], -1.5, 1.5), "width": 0.5}
    now |= {"marker": {"color": "$blue"}, "hovertemplate": "%{x}: %{y:.3f}<extra></extra>"}
    return [free, now], {"title": {"text": "measurement"}, "type": "category"}, axis("weight", -1.55, 1.55)


def plane_panel(run: Run, first: int) -> tuple[list[Trace], dict[str, Any]]:
    """Return contours, the penalty's shape, the touching point and the walk towards it; traces count from `first`."""
    plane = run.plane
    base: Trace = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"} | RIGHT
    whole = 0.5 * float(plane.free @ plane.gram @ plane.free)
    rings = np.concatenate([np.vstack([ellipse(plane, share * whole), [[np.nan, np.nan]]]) for share in LEVELS])
    meeting = ellipse(plane, loss_above(plane))
    shape = region(run)
    walk = plane.path.astype(np.float32)
    look = {"size": 11, "color": "$purple", "line": {"width": 1.5, "color": "$paper"}}
    star = {"size": 16, "symbol": "star", "color": "$blue", "line": {"width": 1.5, "color": "$ink"}}
    cross = {"size": 11, "symbol": "x", "color": "$red"}
    traces = [
        base
        | {
            "x": shape[:, 0],
            "y": shape[:, 1],
            "fill": "toself",
            "fillcolor": "$blue/0.22",
            "line": {"color": "$blue", "width": 2},
        },
        base | {"x": rings[:, 0], "y": rings[:, 1], "line": {"color": "$orange/0.45", "width": 1.2}},
        base | {"x": meeting[:, 0], "y": meeting[:, 1], "line": {"color": "$orange", "width": 2.6}},
        base
        | {"x": plane.trail[:, 0], "y": plane.trail[:, 1], "line": {"color": "$grey", "width": 1.5, "dash": "dot"}},
        base | {"x": walk[:, 0], "y": walk[:, 1], "line": {"color": "$purple/0.6", "width": 1.5}},
        base | {"mode": "markers", "x": plane.free[:1], "y": plane.free[1:], "marker": cross},
        base | {"mode": "markers", "x": plane.touching[:1], "y": plane.touching[1:], "marker": star},
        base | {"mode": "markers", "x": walk[-1:, 0], "y": walk[-1:, 1], "marker": look},
    ]
    number = first + len(traces) - 1
    return traces, {f"data.{number}.x": walk[:, :1], f"data.{number}.y": walk[:, 1:]}


def loss_above(plane: Plane) -> float:
    """Return how much the loss at the touching point exceeds its minimum: ½(w − ŵ)ᵀG(w − ŵ)."""
    away = plane.touching - plane.free
    return 0.5 * float(away @ plane.gram @ away)


def ellipse(plane: Plane, level: float) -> Floats:
    """Return the contour on which the loss exceeds its minimum by `level`, (181, 2)."""
    values, vectors = np.linalg.eigh(plane.gram)
    circle = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
    return np.asarray(plane.free + np.sqrt(2 * level / np.maximum(values, 1e-9)) * circle @ vectors.T)


def region(run: Run) -> Floats:
    """Return the edge of all weights that cost no more than those at the touching point, (181, 2).

    L1: a diamond, L2 and max-norm: a circle, elastic net: between them; by angle, from α r s + ½(1 − α)r² = cost with
    s = |cos| + |sin|. Max-norm's circle has the radius 1/λ, whether it is reached or not.
    """
    plane, penalty = run.plane, run.params.penalty
    share = {"l1": 1.0, "l2": 0.0, "elastic": run.params.mix, "max_norm": 0.0}[penalty]
    size = np.abs(np.cos(ANGLES)) + np.abs(np.sin(ANGLES))
    cost = share * np.abs(plane.touching).sum() + 0.5 * (1 - share) * np.sum(plane.touching**2)
    if penalty == "max_norm":
        distance = np.full(TURNS, 1 / run.params.strength)
    elif share == 1:
        distance = cost / size
    else:
        distance = (np.sqrt((share * size) ** 2 + 2 * (1 - share) * cost) - share * size) / (1 - share)
    return np.asarray(distance[:, None] * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1))


def window(plane: Plane) -> float:
    """Return the half width of the plane."""
    far = float(np.abs(np.stack([plane.free, plane.touching])).max())
    return next((half for half in WINDOWS if far < 0.95 * half), 1.1 * far)


def legend(run: Run) -> list[Trace]:
    """Return two rows of words above each panel."""
    shape = {"l1": "◇ same L1 cost", "l2": "○ same L2 cost", "elastic": "◇ same cost", "max_norm": "○ length ≤ 1/λ"}
    fit = [
        (0.0, 1, "— under the penalty", "$blue"),
        (0.0, 0, "· · least squares", "$red"),
        (0.52, 0, "– – true", "$grey"),
    ]
    if run.params.data == "diabetes":
        fit = [(0.0, 1, "■ under the penalty", "$blue"), (0.0, 0, "□ least squares", "$red")]
    told = [("x domain", *each) for each in fit]
    star = "★ the weights" if words.loose_ball(run) else "★ they touch"
    told += [("x2 domain", 0.0, 1, shape[run.params.penalty], "$blue"), ("x2 domain", 0.6, 1, "— same loss", "$orange")]
    told += [("x2 domain", 0.0, 0, star, "$blue"), ("x2 domain", 0.5, 0, "✕ least squares", "$red")]
    return [note(*each) for each in told]


def note(across: str, x: float, row: int, text: str, token: str) -> Trace:
    """Return a word of a legend; row 1 is the upper one."""
    spot = {"xref": across, "yref": "paper", "x": x, "y": 1, "yshift": 2 + 19 * row, "showarrow": False}
    return spot | {"xanchor": "left", "yanchor": "bottom", "text": text, "font": {"color": token, "size": 12}}


def cursor(run: Run) -> Trace:
    """Return a vertical mark at the λ that is set."""
    return dict(build.vertical(run.params.strength, " now")["shape"])
