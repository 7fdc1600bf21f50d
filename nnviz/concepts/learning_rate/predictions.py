"""What is asked before the reveal; every answer is graded from the run."""

import numpy as np

from nnviz.concepts.learning_rate import look
from nnviz.concepts.learning_rate.boxes import edge
from nnviz.concepts.learning_rate.descent import descend
from nnviz.concepts.learning_rate.model import Run
from nnviz.concepts.learning_rate.settings import GRIDS, HOME, Params
from nnviz.concepts.learning_rate.trainability import Window, train_map
from nnviz.core.lesson import Answer, Prediction
from nnviz.core.notation import significant

FLOOR = 0.05  # |θ| from which the walk counts as done
CLOSER = 50.0  # how much narrower the window of the question is
RAGGED = 1.1  # a dimension above this is no line's


def just_above(params: Params) -> Params:
    """Return a walk at a rate 5 % above the limit."""
    return params.but(picture="descent", schedule="constant", rate=2.1 / params.curvature)


def first_steps(run: Run) -> Answer:
    """Grade what θ does above the limit, by the signs and sizes along the path."""
    path = run.descent.path
    swings, grows = bool(np.all(path[1:6] * path[:5] < 0)), bool(abs(path[5]) > abs(path[0]))
    choice = 0 if swings and grows else 1 if grows else 2 if swings else 3
    steps = ", ".join(significant(float(theta)) for theta in path[:5])
    return Answer(
        choice, f"θ goes {steps}, …: each step multiplies it by {significant(float(run.descent.factors[0]))}."
    )


def a_tenth(params: Params) -> Params:
    """Return a walk at a tenth of the limit."""
    return params.but(picture="descent", schedule="constant", rate=0.2 / params.curvature)


def half_as_fast(run: Run) -> Answer:
    """Grade how many times as many steps half the rate takes."""
    half = descend(run.params.rate / 2, run.params.curvature)
    taken = [int(np.argmax(np.abs(walk.path) < FLOOR)) for walk in (run.descent, half)]
    times = taken[1] / taken[0]
    choice = int(np.argmin([abs(np.log(times / each)) for each in (1.0, 1.4, 2.0, 4.0)]))
    return Answer(
        choice, f"To come within {FLOOR:g} of the floor it takes {taken[0]} steps, and {taken[1]} at half the rate."
    )


def close_up(params: Params) -> Params:
    """Return the map fifty times closer, around the pixel of the first map's edge that is nearest to its middle."""
    home, (rows, columns) = Window.of(*HOME), GRIDS["medium"]
    first = params.but(picture="map", detail="medium")
    rim = np.argwhere(edge(train_map(first.tiny, home, rows, columns).trained))
    x, y = home.centres(rows, columns)
    if len(rim):
        row, column = rim[np.abs(rim - [rows / 2, columns / 2]).sum(axis=1).argmin()]
        near = home.around(float(x[column]), float(y[row]), CLOSER)
    else:
        near = home.around((home.x0 + home.x1) / 2, (home.y0 + home.y1) / 2, CLOSER)
    sides = {name: round(getattr(near, name), 11) for name in ("x0", "x1", "y0", "y1")}
    return first.but(**sides)


def still_ragged(run: Run) -> Answer:
    """Grade what is left of the edge, by its box-counting dimension."""
    counting = run.counting
    if counting is None or counting.counts[0] == 0:
        return Answer(
            2, f"Of {run.map.ends.size:,} networks {look.share(run.map.share)} train: no edge is left in this window."
        )
    found = counting.dimension.estimate
    because = f"The edge in the window fifty times narrower has dimension {found:.2f}: a smooth line has 1."
    return Answer(1 if found > RAGGED else 0, because)


def curves(params: Params) -> Params:
    """Return the nets at every rate, at one rate throughout."""
    return params.but(picture="curves", schedule="constant")


def near_the_edge(run: Run) -> Answer:
    """Grade how far below the largest rate that trains the best one lies."""
    best, largest = run.nets.least, run.nets.largest
    choice = 0 if largest <= 4 * best else 1 if largest <= 30 * best else 2
    return Answer(choice, f"The best rate is {significant(best)}, the largest that trains {significant(largest)}.")


PREDICTIONS = (
    Prediction(
        "The rate is set just above 2/λ. What happens first?",
        ("θ swings from side to side, wider each time", "θ runs off to one side", "θ swings, narrower each time",
         "θ creeps to the floor, only slower"),
        just_above,
        first_steps,
    ),
    Prediction(
        "Far below the limit you halve the rate. How many steps does the same way down take?",
        ("About as many", "About 1.4 times as many", "About twice as many", "About four times as many"),
        a_tenth,
        half_as_fast,
    ),
    Prediction(
        "You zoom fifty times into the middle of the map's edge. What does the edge look like there?",
        ("A smooth line", "Ragged again", "There is no edge any more"),
        close_up,
        still_ragged,
    ),
    Prediction(
        "Of all rates at which the small net trains, which one ends with the lowest loss?",
        ("One just below the largest, within a factor of 4", "About a tenth of the largest", "A hundredth of it or less"),
        curves,
        near_the_edge,
    ),
)  # fmt: skip
