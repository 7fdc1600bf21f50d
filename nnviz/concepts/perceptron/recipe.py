"""The same numbers in plain NumPy, in one file that runs anywhere."""

from nnviz.concepts.perceptron.clouds import cloud
from nnviz.concepts.perceptron.rule import learn, margin, signed_points
from nnviz.concepts.perceptron.starts import order_of, starting_weights


def recipe(
    data: str,
    gap: float,
    size: int,
    draw: int,
    points: str,
    rate: float,
    order: int,
    start: str,
    passes: int,
    **_others: object,
) -> dict[str, float]:
    """Train a perceptron on the points in the order of one seed and count."""
    signed = signed_points(*cloud(data, size, gap, draw, points))
    path = learn(signed, order_of(len(signed), order), rate, starting_weights(start, order), passes)
    w = path.weights[-1]
    return {
        "mistakes": float(path.mistakes),
        "points on the wrong side": float((signed @ w <= 0).sum()),
        "margin of its line": margin(signed, w),
    }
