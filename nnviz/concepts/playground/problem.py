"""The points, the features a network is given of them, and what it shall answer. Plain NumPy: scripts reuse it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.data import Dataset, split
from nnviz.data.points import own_set
from nnviz.data.real import real
from nnviz.data.toy import toy

TOY_NAMES = {
    "circle": "Circle", "xor": "XOR", "two_gaussians": "Two Gaussians", "spiral": "Spiral", "moons": "Two moons",
    "three_classes": "Three classes", "plane": "Regression: plane", "hills": "Regression: hills",
}  # fmt: skip
REAL_NAMES = {
    "iris": "Real: iris", "wine": "Real: wine", "breast_cancer": "Real: breast cancer",
    "diabetes": "Real: diabetes (regression)",
}  # fmt: skip
FEATURES = {
    "x1": "x₁", "x2": "x₂", "x1x1": "x₁²", "x2x2": "x₂²", "x1x2": "x₁x₂", "sin1": "sin x₁", "sin2": "sin x₂",
}  # fmt: skip
PROBLEM_SETTINGS = (
    "points", "first", "second", "noise", "examples", "share", "leak", "features", "scaling", "loss", "data_seed",
)  # fmt: skip
PLAYGROUND = 2.5  # TensorFlow Playground's plane reaches to 6 where ours reaches to 2.4
THOUSAND = 1000.0
MOST_CLASSES = 6
Floats = NDArray[np.float64]
Labels = NDArray[np.int64] | Floats


@dataclass(frozen=True)
class Problem:
    """What a network learns.

    Attributes:
        name: of the set; axes: names of x₁ and x₂; classes: names, empty for a regression.
        train, test: (N, 2) and (M, 2) positions in the plane.
        labels, test_labels: class numbers, or the (standardised) numbers to predict.
        features: keys of FEATURES; centre, scale: (d,) what is taken off the features and divided out.
        loss, output: of the network, as `MLP` calls them.
    """

    name: str
    axes: tuple[str, str]
    classes: tuple[str, ...]
    train: Floats
    test: Floats
    labels: Labels
    test_labels: Labels
    features: tuple[str, ...]
    centre: Floats
    scale: Floats
    loss: str
    output: str

    @property
    def outputs(self) -> int:
        """Units of the output layer: one a class, but one alone for two classes or a number."""
        return len(self.classes) if len(self.classes) > 2 else 1

    def inputs(self, positions: Floats) -> Floats:
        """Return what the network is given of points (N, 2): (N, d)."""
        return (features_of(positions, self.features) - self.centre) / self.scale

    def targets(self, labels: Labels) -> Labels:
        """Return what the network shall answer: classes as 0 and 1, as ±1, as numbers or as one-hot rows."""
        if not self.classes or self.loss == "cross_entropy":
            return labels
        if len(self.classes) > 2:
            return np.asarray(np.eye(len(self.classes))[labels.astype(np.int64)], np.float64)
        return np.asarray(labels if self.loss == "bce" else 2.0 * labels - 1.0, np.float64)


def features_of(positions: Floats, names: tuple[str, ...]) -> Floats:
    """Return features (N, d) of points (N, 2); without any name the network is given a constant 0."""
    x, y = positions.T
    known = {"x1": x, "x2": y, "x1x1": x * x, "x2x2": y * y, "x1x2": x * y}
    known |= {"sin1": np.sin(PLAYGROUND * x), "sin2": np.sin(PLAYGROUND * y)}
    return np.column_stack([known[name] for name in names]) if names else np.zeros((len(positions), 1))


def make_problem(
    data: str,
    *,
    points: str = "",
    first: int = 1,
    second: int = 2,
    noise: float = 0.04,
    examples: int = 500,
    share: float = 0.5,
    leak: float = 0.0,
    features: tuple[str, ...] = ("x1", "x2"),
    scaling: str = "plane",
    loss: str = "cross_entropy",
    data_seed: int = 0,
) -> Problem:
    """Return the problem that the settings of the page name; for an uploaded table see `of_table`."""
    if data == "points":
        chosen = own_set(points)
    elif data in TOY_NAMES:
        chosen = toy(data, examples, noise=noise, seed=data_seed)
    else:
        chosen = two_columns(real(data), first, second)
    return divided(chosen, share, leak, features, scaling, loss, data_seed)


def two_columns(table: Dataset, first: int, second: int) -> Dataset:
    """Return two columns, by number from 1 (the last where there are fewer); rows with holes are left out."""
    columns = [min(number, len(table.features)) - 1 for number in (first, second)]
    names = tuple(table.features[column] for column in columns)
    inputs = table.inputs[:, columns]
    full = np.isfinite(inputs).all(axis=1)
    if len(table.classes) > MOST_CLASSES:
        full &= table.targets < MOST_CLASSES
    kept = Dataset(inputs[full], table.targets[full], names, table.classes[:MOST_CLASSES], table.name)
    return kept if len(kept) >= 2 else own_set("")


def divided(
    chosen: Dataset, share: float, leak: float, features: tuple[str, ...], scaling: str, loss: str, seed: int
) -> Problem:
    """Split into training and test part; columns of a table, and numbers to predict, are standardised on the first."""
    parts = split(chosen, test_share=1 - share, seed=seed)
    train, test = parts.train.inputs, parts.test.inputs if len(parts.test) else parts.train.inputs
    labels, test_labels = parts.train.targets, parts.test.targets if len(parts.test) else parts.train.targets
    if chosen.features != ("x₁", "x₂"):
        train, test = standardise(train, test)
        if not chosen.classes:
            labels, test_labels = standardise(labels, test_labels)
    slipped = round(leak * len(test))
    train, labels = np.concatenate([train, test[:slipped]]), np.concatenate([labels, test_labels[:slipped]])
    centre, scale = units(train, features, scaling)
    if not chosen.classes:
        name, output = ("half_mse" if loss == "cross_entropy" else loss), "linear"
    elif len(chosen.classes) > 2:
        name, output = loss, "linear"
    else:
        name, output = ("bce", "linear") if loss == "cross_entropy" else (loss, "tanh")
    axes = (chosen.features[0], chosen.features[1])
    return Problem(
        chosen.name, axes, chosen.classes, train, test, labels, test_labels, features, centre, scale, name, output
    )


def standardise(train: Labels, test: Labels) -> tuple[Floats, Floats]:
    """Return (x − mean) / deviation, both of the training part."""
    centre, scale = train.mean(axis=0), train.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    return np.asarray((train - centre) / scale), np.asarray((test - centre) / scale)


def units(train: Floats, names: tuple[str, ...], scaling: str) -> tuple[Floats, Floats]:
    """Return what is taken off every feature and what it is divided by, (d,) each."""
    found = features_of(train, names)
    centre, scale = np.zeros(found.shape[1]), np.ones(found.shape[1])
    if scaling == "standard":
        centre, scale = found.mean(axis=0), np.where(found.std(axis=0) > 0, found.std(axis=0), 1.0)
    elif scaling == "playground":
        power = {"x1x1": 2, "x2x2": 2, "x1x2": 2, "sin1": 0, "sin2": 0}
        scale = np.array([PLAYGROUND ** -power.get(name, 1) for name in names] or [1.0])
    elif scaling == "thousand":
        scale[names.index("x2") if "x2" in names else -1] = 1 / THOUSAND
    return centre, scale


def score(problem: Problem, outputs: Floats, labels: Labels) -> Floats:
    """Return the share of points whose class is right, or R² of a regression: outputs (..., N, out) → (...)."""
    if not problem.classes:
        spread = max(float(np.mean((labels - labels.mean()) ** 2)), 1e-12)
        return np.asarray(1 - np.mean((outputs[..., 0] - labels) ** 2, axis=-1) / spread)
    answers = outputs.argmax(axis=-1) if problem.outputs > 1 else (outputs[..., 0] > 0).astype(np.int64)
    return np.asarray(np.mean((answers == labels) & np.isfinite(outputs).all(axis=-1), axis=-1))
