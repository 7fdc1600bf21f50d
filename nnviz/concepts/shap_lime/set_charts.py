"""Beyond one explanation: the same row again and again, and every row at once."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.shap_lime.axes import effect_axis, rows_axis
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.settings import METHODS
from nnviz.concepts.shap_lime.words import answer_name, number, raw, short

Trace = dict[str, Any]
BINS = 40  # of a beeswarm: points in one bin stand beside each other
HEIGHT = 420  # of the beeswarm, whatever the number of rows, so that the page does not jump
WIDEST = 0.38  # half of the room between two rows
KINDS = (("LIME again", "$green", "x"), ("SHAP again", "$purple", "circle"), ("other networks", "$orange", "diamond"))


def stability(run: Run) -> Chart:
    """Draw what the same row gets when LIME and SHAP draw other samples, and when the network is trained anew."""
    again, players = run.again, len(run.values)
    parts = (again.lime, again.shap, again.networks) if again else (np.zeros((0, players)),) * 3
    traces: list[Trace] = []
    for index, (values, (name, token, symbol)) in enumerate(zip(parts, KINDS, strict=True)):
        places = np.arange(players) + 0.25 * (index - 1)
        look = {"color": f"{token}/0.75", "symbol": symbol, "size": 7}
        base = {"type": "scatter", "mode": "markers", "name": name, "marker": look, "hovertemplate": "%{x:.3g}"}
        traces.append(base | {"x": values.T.ravel(), "y": np.repeat(places, len(values))})
    x = effect_axis(f"effect on the {answer_name(run)}", np.concatenate([*parts, run.before[None]]))
    which = "The same row again, as recorded" if run.params.change else "The same row again"
    title = f"{which}: other samples, other networks"
    if not again:
        return Chart("stability", title, _waiting(traces, x, run), "Explaining the same row again is still under way.")
    method = METHODS[again.explainer].removeprefix("shap: ")
    alt = f"Over {len(again.lime)} repeats the largest spread is {number(spread(again.lime))} for LIME and "
    alt += f"{number(spread(again.shap))} for SHAP by {method}; over {len(again.networks)} networks {number(spread(again.networks))}."
    figure = build.figure(traces, x, _rows(run), legend={"font": {"size": 12}})
    return Chart("stability", f"{title} (SHAP by {method}, {run.params.samples} samples)", figure, alt, height=340)


def spread(values: Floats) -> float:
    """Return the largest standard deviation over repeats (R, M) of any player."""
    return float(values.std(axis=0).max())


def beeswarm(run: Run) -> Chart:
    """Draw the values of every row: one point a row and player, coloured by the feature's value."""
    title = f"Every row at once: SHAP values of the {answer_name(run)}"
    if run.whole is None:
        x = effect_axis(f"SHAP value, {answer_name(run)}", run.before)
        return Chart(
            "beeswarm",
            title,
            _waiting([], x, run),
            "Explaining every row is still under way.",
            wide=True,
            height=HEIGHT,
        )
    values, names, available = run.whole, run.game.names, len(run.game.subject.rows)
    size = np.abs(values).mean(axis=0)
    told = ", ".join(f"{raw(names[player])} {number(float(size[player]))}" for player in np.argsort(-size)[:3])
    alt = f"Mean |φ| over {len(values)} rows: {told}."
    x = effect_axis(f"SHAP value, {answer_name(run)}", values)
    figure = build.figure([_points(run, values), _chosen(run, values)], x, _rows(run))
    title += f" ({len(values)}{f' of {available}' if len(values) < available else ''} rows)"
    return Chart("beeswarm", title, figure, alt, click={"row": "customdata"}, wide=True, height=HEIGHT)


def _points(run: Run, values: Floats) -> Trace:
    """Return one point a row and player; the colour is where the feature's value stands among all rows."""
    rows, players = run.game.subject.rows[: len(values)], range(values.shape[1])
    colours = [_ranks(rows[:, list(group)].mean(axis=1)) for group in run.game.groups]
    bar = {"title": {"text": "feature value", "side": "right"}, "thickness": 10, "outlinewidth": 0}
    look: Trace = {"size": 5.5, "color": np.concatenate(colours), "colorscale": "Cividis", "cmin": 0, "cmax": 1}
    look |= {
        "colorbar": bar | {"tickvals": [0, 1], "ticktext": ["low", "high"]},
        "line": {"color": "$faint", "width": 0.5},
    }
    return {
        "type": "scatter",
        "mode": "markers",
        "x": values.T.ravel(),
        "y": np.concatenate([player + swarm(values[:, player]) for player in players]),
        "customdata": np.tile(np.arange(len(values)), len(players)),
        "marker": look,
        "hovertemplate": "row %{customdata}: %{x:.3g}<extra></extra>",
        "showlegend": False,
    }


def swarm(values: Floats) -> Floats:
    """Return offsets (n,) within ±WIDEST that set points of about the same value beside each other."""
    width = float(np.ptp(values)) or 1.0
    bins = np.floor((values - values.min()) / width * (BINS - 1e-9)).astype(np.int64)
    offsets = np.zeros(len(values))
    crowd = int(np.bincount(bins).max())
    for each in np.unique(bins):
        members = np.flatnonzero(bins == each)
        offsets[members] = (np.arange(len(members)) - (len(members) - 1) / 2) / max(crowd, 12)
    return 2 * WIDEST * offsets


def _ranks(values: Floats) -> Floats:
    """Return where each value stands among all, 0 for the lowest and 1 for the highest."""
    distinct, number_of = np.unique(values, return_inverse=True)
    return np.asarray(number_of / max(len(distinct) - 1, 1), dtype=np.float64)


def _chosen(run: Run, values: Floats) -> Trace:
    chosen = values[run.number] if run.number < len(values) else np.full(values.shape[1], np.nan)
    look = {"symbol": "diamond-open", "size": 13, "color": "$red", "line": {"width": 2.5}}
    base = {"type": "scatter", "mode": "markers", "marker": look, "name": f"row {run.number}", "showlegend": True}
    return base | {"x": chosen, "y": np.arange(len(chosen)), "hoverinfo": "skip"}


def _rows(run: Run) -> Trace:
    return rows_axis("player", [short(name) for name in run.game.names])


def _waiting(traces: list[Trace], x: Trace, run: Run) -> dict[str, Any]:
    note = {"text": "computing …", "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
    empty = {"type": "scatter", "mode": "markers", "x": [], "y": [], "showlegend": False}
    return build.figure(traces or [empty], x, _rows(run), annotations=[note])
