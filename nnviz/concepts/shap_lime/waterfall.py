"""The hero: from the average answer to this row's, one bar a player."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.shap_lime.axes import base_and_answer, limits, rows_axis
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.settings import METHODS
from nnviz.concepts.shap_lime.words import ROOMY, answer_name, number, player_label, signed, value_label

Trace = dict[str, Any]
UP, DOWN = 1, 0  # series of the colours: orange raises the answer, blue lowers it
CLICKABLE = 10  # places that the control "feature" knows


def waterfall(run: Run) -> Chart:
    """Draw base value, bars and prediction; over the timeline the bars are averages over the orders walked so far."""
    players = len(run.values)
    moving = run.params.method == "definition"
    values = run.walks.average if moving else run.values[None]
    if moving:
        values = np.concatenate([values[:-1], run.values[None]])  # the last picture is exact
    ends = run.base + np.cumsum(values, axis=1)  # (T, M)
    starts = ends - values
    places = np.arange(1, players + 1)
    low, high = limits(run, np.concatenate([starts.ravel(), ends.ravel(), run.base + run.before]))
    clicks = [str(place) if place <= min(run.game.singles, CLICKABLE) else None for place in places]
    traces = [
        _bars(values[-1], starts[-1], places, UP, "raises the answer", clicks),
        _bars(values[-1], starts[-1], places, DOWN, "lowers the answer", clicks),
        _connectors(run, ends[-1]),
        _before(run, starts[-1], places),
        _ends(run, low, high, players),
        _changed(run, low),
    ]
    frames = _frames(run, values, starts, ends) if moving else {}
    labels = ["average answer", *(player_label(run, player) for player in range(players)), "this row's answer"]
    x, y = build.axis(answer_name(run), low, high), rows_axis("player", labels, large=players <= ROOMY)
    layout = {"barmode": "overlay", "shapes": base_and_answer(run), "bargap": 0.3, "showlegend": False}
    told = ", ".join(f"{name} {signed(float(value))}" for name, value in zip(run.game.names, run.values, strict=True))
    alt = f"From the average answer {number(run.base)} to this row's {number(run.prediction)}: {told}."
    title = f"From the average answer to this row's, by {METHODS[run.params.method].lower()}"
    title += " (△ before the change)" if run.params.change else ""
    return Chart("waterfall", title, build.figure(traces, x, y, **layout), alt, frames, {"feature": "customdata"})


def _bars(values: Floats, starts: Floats, places: NDArray[np.int64], series: int, name: str, clicks: Any) -> Trace:
    shown = _side(values, series)
    return {
        "type": "bar",
        "orientation": "h",
        "x": shown,
        "base": starts,
        "y": places,
        "text": _texts(values, series),
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": clicks,
        "name": name,
        "marker": {"color": theme.colour(series)},
        "hovertemplate": "%{text}<extra>" + name + "</extra>",
    }


def _side(values: Floats, series: int) -> Floats:
    return np.maximum(values, 0.0) if series == UP else np.minimum(values, 0.0)


def _texts(values: Floats, series: int) -> list[str]:
    return [signed(float(value)) if (value >= 0) == (series == UP) else "" for value in values]


def _connectors(run: Run, ends: Floats) -> Trace:
    """Return hairlines from each bar's end to where the next begins."""
    players = len(ends)
    y = np.repeat(np.arange(players + 1.0), 3) + np.tile([0.0, 1.0, np.nan], players + 1)
    look = {"color": "$grey", "width": 1, "dash": "dot"}
    base = {"type": "scatter", "mode": "lines", "line": look, "hoverinfo": "skip", "name": "so far"}
    return base | {"x": _levels(run, ends), "y": y}


def _levels(run: Run, ends: Floats) -> Floats:
    levels = np.concatenate([np.full((*ends.shape[:-1], 1), run.base), ends], axis=-1)
    return np.repeat(levels, 3, axis=-1)


def _before(run: Run, starts: Floats, places: NDArray[np.int64]) -> Trace:
    """Mark where each bar would end with the row as it was recorded."""
    shown = run.before if run.params.change else np.full(len(starts), np.nan)
    look = {"symbol": "triangle-up-open", "size": 8, "color": "$ink"}
    base = {"type": "scatter", "mode": "markers", "marker": look, "name": "before the change"}
    return base | {"x": starts + shown, "y": places + 0.42, "hovertemplate": "before the change<extra></extra>"}


def _ends(run: Run, low: float, high: float, players: int) -> Trace:
    points = [run.base, run.prediction]
    sides = ["middle right" if value < (low + high) / 2 else "middle left" for value in points]
    texts = [f" <b>{number(value)}</b> " for value in points]
    look = {"symbol": ["circle-open", "circle"], "size": 11, "color": "$ink"}
    base = {"type": "scatter", "mode": "markers+text", "marker": look, "textposition": sides, "hoverinfo": "skip"}
    return base | {"x": points, "y": [0, players + 1], "text": texts, "textfont": {"size": 15}}


def _changed(run: Run, low: float) -> Trace:
    """Return the changed value, which goes on from its name before the axis: names stay as they are under the hand."""
    text = value_label(run)
    place = ([low], [run.player + 1]) if text else ([], [])
    return build.words(*place, [f" <b>{text}</b>"] if text else [])


def _frames(run: Run, values: Floats, starts: Floats, ends: Floats) -> dict[str, Any]:
    frames: dict[str, Any] = {"data.2.x": _levels(run, ends)}
    for trace, series in ((0, UP), (1, DOWN)):
        frames[f"data.{trace}.x"] = _side(values, series)
        frames[f"data.{trace}.base"] = starts
        frames[f"data.{trace}.text"] = [_texts(each, series) for each in values]
    return frames
