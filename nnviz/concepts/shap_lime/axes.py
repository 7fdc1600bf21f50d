"""Axes that several charts of the page share."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.network import Floats

Trace = dict[str, Any]


def rows_axis(title: str, names: Sequence[str], *, large: bool = False) -> Trace:
    """Return a vertical axis with one named row each, the first on top; large names grow and shrink with the page."""
    axis = build.axis(title, len(names) - 0.4, -0.6, showgrid=False) | ({} if large else {"tickfont": {"size": 11}})
    places = {"tickvals": list(range(len(names))), "ticktext": list(names)}
    return axis | places | {"title": {"text": title, "standoff": 6}}


def effect_axis(title: str, *values: Floats, room: float = 1.25) -> Trace:
    """Return a horizontal axis with zero in its middle, `room` times as long as the largest value."""
    largest = max((float(np.abs(each).max()) for each in values if np.isfinite(each).any()), default=0.0)
    reach = room * (largest or 1.0)
    return build.axis(title, -reach, reach, zeroline=True, zerolinecolor="$grey")


def limits(run: Run, values: Floats) -> tuple[float, float]:
    """Return the ends of an axis of answers: 0 and 1, or the average ± whole standard deviations of the training answers.

    Widened in such steps to hold the values and numbers beside them, so that the axis does not move with every move of
    a hand.
    """
    if run.case.kind == "probability":
        middle, step, low, high, room = 0.0, 0.1, 0.0, 1.0, 1.0
    else:
        middle, step, room = float(run.game.answers.mean()), spread(run), 0.4
        low, high = middle - 0.6 * step, middle + 0.6 * step
    low, high = (min(low, float(values.min())) - middle) / step, (max(high, float(values.max())) - middle) / step
    return float(middle + np.floor(low - room) * step), float(middle + np.ceil(high + room) * step)


def spread(run: Run) -> float:
    """Return the standard deviation of the training answers, or 1 where the network always says the same."""
    return float(run.game.answers.std()) or 1.0


def base_and_answer(run: Run) -> list[Trace]:
    """Return vertical marks at the average answer (dotted) and at this row's (dashed)."""
    shape = {"type": "line", "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    marks = ((run.base, "dot"), (run.prediction, "dash"))
    return [shape | {"x0": x, "x1": x, "line": {"color": "$grey/0.5", "width": 1, "dash": dash}} for x, dash in marks]
