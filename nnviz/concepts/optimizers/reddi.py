"""Charts of the game on Reddi's sequence."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.optimizers import look, online
from nnviz.concepts.optimizers.model import Run
from nnviz.concepts.optimizers.settings import NAMES

DRAWN = 400  # rounds of a line that are drawn, evenly
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def thinned(last: int) -> Whole:
    """Return which of 0 … last are drawn: steps of whole periods, so that no saw-tooth is taken for a wave."""
    stride = online.PERIOD * max(1, -(-last // (online.PERIOD * DRAWN)))
    return np.arange(0, last + 1, stride)


def points(run: Run, game: Floats, frames: Whole) -> Chart:
    """Draw where each player stands in every round."""
    rounds = thinned(game.shape[1] - 1)
    traces: list[look.Trace] = []
    moving: dict[str, Any] = {}
    for name, way in zip(run.players, game, strict=True):
        traces.append(build.line(rounds, way[rounds], NAMES[name]) | {"line": look.stroke(name, 2.6)})
    for name, way in zip(run.players, game, strict=True):
        moving |= {f"data.{len(traces)}.x": frames[:, None].astype(np.float32)}
        moving |= {f"data.{len(traces)}.y": way[frames][:, None].astype(np.float32)}
        ball: look.Trace = {"type": "scatter", "mode": "markers", "x": frames[-1:], "y": way[frames[-1:]]}
        traces.append(
            ball
            | {"marker": look.marker(name, 13), "showlegend": False, "hovertemplate": f"{NAMES[name]}<extra></extra>"}
        )
    edges = [("worst point", 1.0, "$red"), ("best point", -1.0, "$green")]
    marks = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": {"color": token, "width": 1.5}}
        for _, y, token in edges
    ]
    words = [
        {
            "xref": "paper",
            "x": 0.99,
            "xanchor": "right",
            "y": y,
            "yshift": -12 if y > 0 else 12,
            "text": text,
            "showarrow": False,
        }
        for text, y, _ in edges
    ]
    x = build.axis("round t", 0, 1.01 * float(rounds[-1]))
    y = build.axis("point xₜ", -1.08, 1.08)
    figure = build.figure(traces, x, y, shapes=marks, annotations=words)
    told = [f"{NAMES[name]} {look.number(float(end))}" for name, end in zip(run.players, game[:, -1], strict=True)]
    alt = (
        f"After {game.shape[1] - 1} rounds the players stand at {look.listed(told)}; the best point is −1, the worst 1."
    )
    title = f"Reddi's sequence: slopes {online.STEEP:g}, −1, −1, again and again; rate {run.online_rate:g}/√t"
    return Chart("race", title, figure, alt, moving)


def regrets(run: Run, game: Floats) -> Chart:
    """Draw the mean regret: what a round has cost, on average, beyond the best fixed point."""
    means = online.regret(game)
    rounds = thinned(means.shape[1])[1:]
    traces = [
        build.line(rounds, means[index, rounds - 1], NAMES[name]) | {"line": look.stroke(name)}
        for index, name in enumerate(run.players)
    ]
    x = build.axis("round t", 0, 1.01 * float(rounds[-1]))
    y = build.axis("mean regret a round", -0.3, 1.6)
    told = [f"{NAMES[name]} {look.number(float(end))}" for name, end in zip(run.players, means[:, -1], strict=True)]
    alt = f"Mean regret a round in the end: {look.listed(told)}; a learner's goes to 0."
    title = "Mean regret: what a round costs beyond standing at the best point all along"
    return Chart("regret", title, build.figure(traces, x, y), alt, wide=True, height=340)
