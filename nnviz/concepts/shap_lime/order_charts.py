"""The Shapley value as an average over orders: one walk, and how the average settles."""

from typing import Any

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.shap_lime.axes import base_and_answer, limits, rows_axis, spread
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.words import answer_name, number, short, signed

Trace = dict[str, Any]


def walk(run: Run) -> Chart:
    """Draw one order: what the coalition is worth each time a player joins."""
    walks = run.walks
    players = walks.order.shape[1]
    names = [["nobody", *(short(run.game.names[player]) for player in order)] for order in walks.order]
    look = {"type": "scatter", "mode": "lines+markers", "line": {"shape": "vh", "color": "$purple", "width": 2.2}}
    path = look | {"x": walks.path[-1], "y": np.arange(players + 1), "marker": {"size": 8, "color": "$purple"}}
    path |= {"text": names[-1], "hovertemplate": "+ %{text}: %{x:.3g}<extra></extra>"}
    x, y = build.axis(answer_name(run), *limits(run, walks.path)), rows_axis("who joins", names[-1])
    last = " → ".join(names[-1][1:])
    alt = f"In the order {last} the answer goes from {number(run.base)} to {number(run.prediction)}."
    frames: dict[str, Any] = {"data.0.x": walks.path, "layout.yaxis.ticktext": names, "data.0.text": names}
    figure = build.figure([path], x, y, shapes=base_and_answer(run), showlegend=False)
    return Chart("order", "One order: the answer as the players arrive, top to bottom", figure, alt, frames)


def average(run: Run) -> Chart:
    """Draw the running average of each player's gains over the orders, and the exact value it goes to."""
    walks, players = run.walks, len(run.exact)
    low, high = _reach(run)
    dots: Trace = {"color": [theme.colour(player) for player in range(players)], "size": 8}
    dashes: Trace = {"symbol": "line-ew-open", "size": 12, "color": "$ink", "line": {"width": 2}}
    text: Trace = {"mode": "text", "textposition": "middle right", "textfont": {"size": 11}}
    text |= {"text": [short(name, 14) for name in run.game.names]}
    plain: Trace = {"type": "scatter", "mode": "markers", "hoverinfo": "skip"}
    end = np.full(players, float(walks.of))
    traces = [
        *(
            build.line(walks.counts, walks.average[:, player], short(name), player)
            for player, name in enumerate(run.game.names)
        ),
        plain | {"x": end, "y": walks.average[-1], "marker": dots, "name": "average so far"},
        plain | {"x": 1.3 * end, "y": run.exact, "marker": dashes, "name": "exact value"},
        plain | {"x": 1.5 * end, "y": spread_out(run.exact, (high - low) / 15), "name": "names"} | text,
    ]
    moved = np.repeat(walks.counts[:, None], players, axis=1)
    frames: dict[str, Any] = {f"data.{players}.x": moved, f"data.{players}.y": walks.average}
    x = build.axis("orders averaged (log)", 0.9, 2.0 * max(walks.of, 2) ** 1.45, log=True, dtick=1)
    y = build.axis("average gain", low, high)
    what = f"all {walks.of}" if walks.every else f"{walks.of} of many"
    off = float(np.abs(walks.average[-1] - run.exact).max())
    alt = f"After {what} orders the averages are {', '.join(signed(float(value)) for value in walks.average[-1])}, "
    alt += f"off the exact values (black dashes) by at most {number(off)}."
    title = f"The average over orders settles on the Shapley value ({what} orders)"
    return Chart("average", title, build.figure(traces, x, y, showlegend=False), alt, frames)


def spread_out(values: Floats, gap: float) -> Floats:
    """Return places for labels: the values, moved apart where they are nearer than `gap`."""
    order = np.argsort(values)
    places = values[order].astype(np.float64)
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + gap)
    result = np.empty(len(values))
    result[order] = places - (places.mean() - values.mean())
    return result


def captions(run: Run) -> list[str]:
    """Return how far the running averages are off the exact values, per snapshot."""
    off = np.abs(run.walks.average - run.exact).max(axis=1)
    return [f"off by {number(float(each))}" if each > 1e-12 else "exact" for each in off]


def _reach(run: Run) -> tuple[float, float]:
    """Return an axis that holds the first walks, widened in steps."""
    step = 0.1 if run.case.kind == "probability" else spread(run) / 4
    low, high = min(float(run.walks.average.min()), -step), max(float(run.walks.average.max()), step)
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
