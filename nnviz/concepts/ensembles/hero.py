"""The hero: the members' boundaries as thin lines over what they say together, and where they disagree."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import theme
from nnviz.charts.build import Trace, heat
from nnviz.charts.planes import pair
from nnviz.charts.view import Chart
from nnviz.concepts.ensembles import words
from nnviz.concepts.ensembles.model import Run
from nnviz.data.toy import WINDOW

WHOLE = 250  # a chance of 1, so that frames are whole numbers of one byte
LOW, HIGH = WINDOW
RIGHT: Trace = {"xaxis": "x2", "yaxis": "y2"}
MOST_SPREAD = 0.5  # the standard deviation of numbers from 0 to 1 is never more
SLOTS = 8  # lines are added so many at a time: a chart that keeps their number follows the hand more quickly
FAINT, NEWEST = 0.55, 1.0  # opacity of a member that has spoken, and of the one that has just come


def hero(run: Run) -> Chart:
    """Draw the first seed's ensemble as it grows: member lines, average and its boundary; beside it the disagreement."""
    average = np.round(WHOLE * run.plane.average).astype(np.uint8)
    spread = np.round(WHOLE * run.plane.spread / MOST_SPREAD).astype(np.uint8)
    traces: list[Trace] = [_surface(run, average[-1]), _doubt(run, spread[-1])]
    frames: dict[str, Any] = {"data.0.z": average, "data.1.z": spread}
    opacity, width = strokes(run.scores.weights[0])
    for member, line in enumerate(run.plane.lines):
        frames[f"data.{len(traces)}.opacity"] = opacity[:, member]
        frames[f"data.{len(traces)}.line.width"] = width[:, member]
        frames[f"data.{len(traces)}.line.color"] = colours(len(opacity), member)
        traces.append(_line(line, f"member {member + 1}", float(width[-1, member]), float(opacity[-1, member])))
    members = len(run.plane.lines)
    later = range(members + 1, members + 1 + -members % SLOTS)
    traces += [_line(np.full((2, 1), np.nan), f"member {number}", 1.0, 1.0) for number in later]
    traces += _border(run, average[-1])
    frames[f"data.{len(traces) - 1}.z"] = average
    traces += [_points(run), _points(run) | RIGHT | {"opacity": 0.55}]
    titles = panel_titles(run)
    frames |= {f"layout.annotations.{panel}.text": titles[panel] for panel in (0, 1)}
    heading = (
        "Thin lines: the members’ boundaries, purple the newest. Thick: theirs together. Right: their disagreement"
    )
    return Chart("members", heading, {"data": traces, "layout": pair(titles, WINDOW)}, words.picture(run), frames)


def strokes(weights: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return opacity and width of every member's line at every size of the ensemble, (T, M) each.

    A member not yet there is not seen; the newest stands out, except at the end; the others are drawn by their say.
    """
    members = len(weights)
    there = np.tril(np.ones((members, members)))
    say = weights / np.maximum(weights.max(axis=1, keepdims=True), 1e-12)
    newest = np.eye(members)
    newest[-1] = 0
    opacity = there * np.where(newest > 0, NEWEST, 0.12 + (FAINT - 0.12) * np.sqrt(say))
    width = np.where(newest > 0, 2.6, 0.6 + 0.9 * say)
    return opacity.astype(np.float32), width.astype(np.float32)


def colours(sizes: int, member: int) -> list[str]:
    """Return the colour of a member's line at every size of the ensemble: its own as long as it is the newest."""
    return ["$purple" if size == member and size < sizes - 1 else "$ink" for size in range(sizes)]


def panel_titles(run: Run) -> tuple[list[str], list[str]]:
    """Return what stands above each panel at each size: how many members, how often right; how far they are apart."""
    left, right = [], []
    spread = run.plane.spread.mean(axis=(1, 2))
    for size, share in enumerate(run.scores.accuracy[0], start=1):
        who = f"{size} members" if size > 1 else "1 member"
        left.append(f"<b>{who}</b>: {100 * share:.1f} % right")
        right.append(f"<b>Disagreement</b>: {spread[size - 1]:.2f}")
    return left, right


def _surface(run: Run, average: NDArray[np.uint8]) -> Trace:
    scale = [[0, "$blue/0.6"], [0.5, "$paper"], [1, "$orange/0.6"]]
    look = {"colorscale": scale, "zmin": 0, "zmax": WHOLE, "zmid": WHOLE / 2, "showscale": False, "zsmooth": "fast"}
    base = heat(run.plane.ticks, run.plane.ticks, average, title="chance of b", diverging=True, hoverinfo="skip")
    return base | look


def _doubt(run: Run, spread: NDArray[np.uint8]) -> Trace:
    base = heat(run.plane.ticks, run.plane.ticks, spread, title="", hoverinfo="skip")
    return base | {"zmin": 0, "zmax": WHOLE, "zsmooth": "fast", "showscale": False} | RIGHT


def _line(line: NDArray[np.float64], name: str, width: float, opacity: float) -> Trace:
    stroke = {"color": "$ink", "width": width}
    place = {"x": line[0].astype(np.float32), "y": line[1].astype(np.float32), "name": name}
    return {"type": "scatter", "mode": "lines", "line": stroke, "opacity": opacity, "hoverinfo": "skip"} | place


def _border(run: Run, average: NDArray[np.uint8]) -> list[Trace]:
    """Return the ensemble's boundary, drawn by the browser so that it follows the frames: in ink over a light edge."""
    border = {"start": WHOLE / 2, "end": WHOLE / 2, "size": WHOLE, "coloring": "none"}
    base = {"type": "contour", "x": run.plane.ticks, "y": run.plane.ticks, "z": average, "hoverinfo": "skip"}
    look = {"autocontour": False, "showscale": False, "contours": border, "showlegend": False}
    return [base | look | {"line": {"color": "$ink", "width": 4}}]


def _points(run: Run) -> Trace:
    points = run.points[0]
    wrong = points.targets != points.truth
    look = {
        "color": [theme.colour(each) for each in points.targets.tolist()],
        "symbol": [theme.marker(each) for each in points.targets.tolist()],
        "size": 7,
        "line": {
            "width": [2.5 if each else 1 for each in wrong],
            "color": ["$red" if each else "$paper" for each in wrong],
        },
    }
    names = [
        f"class {'ab'[each]}{', a wrong label' if off else ''}" for each, off in zip(points.targets, wrong, strict=True)
    ]
    place = {"x": points.inputs[:, 0], "y": points.inputs[:, 1], "text": names}
    hover = {"hovertemplate": "%{text}: (%{x:.2f}, %{y:.2f})<extra></extra>"}
    return {"type": "scatter", "mode": "markers", "marker": look} | place | hover
