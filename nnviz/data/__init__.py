"""Data to learn from: toy 2-D sets, real sets that come with scikit-learn, a learner's own table or drawing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Task = Literal["classification", "regression"]
Targets = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """Rows to learn from. The arrays are read-only, so that sessions can share them.

    Attributes:
        inputs: (N, d) float64; nan marks a hole.
        targets: (N,) int64 class numbers 0…C−1, or (N,) float64 numbers to predict.
        features: (d,) names of the columns.
        classes: (C,) names of the classes; empty for regression.
        name: what a chart calls the set.

    Raises:
        ValueError: if shapes do not fit or a class number has no name.
    """

    inputs: Floats
    targets: Targets
    features: tuple[str, ...]
    classes: tuple[str, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        inputs, kind = np.array(self.inputs, dtype=np.float64), np.int64 if self.classes else np.float64
        targets = np.array(self.targets, dtype=kind)
        if inputs.ndim != 2 or targets.shape != inputs.shape[:1] or inputs.shape[1] != len(self.features):
            shapes = f"{inputs.shape}, {targets.shape} and {len(self.features)}"
            raise ValueError(f"need inputs (N, d), targets (N,) and d feature names, got {shapes}")
        if self.classes and len(targets) and not 0 <= targets.min() <= targets.max() < len(self.classes):
            raise ValueError(f"targets must be class numbers 0 to {len(self.classes) - 1}")
        for field, array in (("inputs", inputs), ("targets", targets)):
            array.setflags(write=False)
            object.__setattr__(self, field, array)

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def task(self) -> Task:
        """Classification if the targets are classes."""
        return "classification" if self.classes else "regression"

    def take(self, rows: NDArray[Any] | Sequence[int]) -> "Dataset":
        """Return the rows with these numbers, or where a mask of booleans is true."""
        return replace(self, inputs=self.inputs[rows], targets=self.targets[rows])

    def select(self, features: Sequence[str]) -> "Dataset":
        """Return the set with these features only, in this order.

        Raises:
            ValueError: if there is no such feature.
        """
        unknown = [name for name in features if name not in self.features]
        if unknown:
            raise ValueError(f"no feature {unknown[0]!r}; there are {', '.join(self.features)}")
        columns = [self.features.index(name) for name in features]
        return replace(self, inputs=self.inputs[:, columns], features=tuple(features))


@dataclass(frozen=True)
class Split:
    """A training part and a test part that share no row.

    Attributes:
        train, test: the parts.
        centre, scale: (d,) what was subtracted from and divided out of the inputs; 0 and 1 as long as nothing was.
    """

    train: Dataset
    test: Dataset
    centre: Floats
    scale: Floats

    def restore(self, inputs: Floats) -> Floats:
        """Return (N, d) inputs in the units of the data."""
        return inputs * self.scale + self.centre


def split(dataset: Dataset, *, test_share: float = 0.3, seed: int | np.random.Generator = 0) -> Split:
    """Return a random split, stratified by class.

    Every class with at least two rows is in both parts, which scikit-learn's stratified split refuses to promise for
    small classes; a class of one row is in the training part.

    Args:
        dataset: at least two rows.
        test_share: share of the rows in the test part, within 0…1 exclusive; each class is rounded by itself.
        seed: or the generator to draw from.

    Raises:
        ValueError: if test_share is out of range or there are fewer than two rows.
    """
    if not 0 < test_share < 1:
        raise ValueError(f"test_share must lie between 0 and 1, got {test_share}")
    if len(dataset) < 2:
        raise ValueError(f"a split needs at least two rows, got {len(dataset)}")
    labels = dataset.targets if dataset.classes else np.zeros(len(dataset), dtype=np.int64)
    learned, held_out = split_rows(labels, test_share, np.random.default_rng(seed))
    width = dataset.inputs.shape[1]
    return Split(dataset.take(learned), dataset.take(held_out), centre=np.zeros(width), scale=np.ones(width))


def split_rows(
    labels: Targets, test_share: float, generator: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the row numbers of the training and of the test part, both in random order; see `split`."""
    order = generator.permutation(len(labels))
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels[order] == label)
        wanted = min(max(round(test_share * len(members)), 1), len(members) - 1)
        chosen[members[:wanted]] = True
    return order[~chosen], order[chosen]


def standardised(parts: Split) -> Split:
    """Return the split with inputs (x − mean) / standard deviation, both taken from the training part only.

    A hole stays a hole. A feature that does not vary in the training part is only centred.
    """
    # Imported here: home lists the toy sets and must not wait for scikit-learn.
    from sklearn.preprocessing import StandardScaler

    with np.errstate(invalid="ignore"):  # a feature with no value in the training part has no mean: 0 / 0
        scaler = StandardScaler().fit(parts.train.inputs)
    centre = np.nan_to_num(scaler.mean_)
    scale = np.where(np.isfinite(scaler.scale_), scaler.scale_, 1.0)

    def scaled(part: Dataset) -> Dataset:
        return replace(part, inputs=(part.inputs - centre) / scale)

    whole_centre, whole_scale = parts.centre + centre * parts.scale, parts.scale * scale
    return Split(scaled(parts.train), scaled(parts.test), centre=whole_centre, scale=whole_scale)


def flip_labels(dataset: Dataset, share: float, seed: int | np.random.Generator = 0) -> Dataset:
    """Return the set with a share of its labels replaced by another class, drawn evenly from the others.

    Args:
        dataset: a classification set of at least two classes.
        share: 0…1 of the rows, rounded to whole rows.

    Raises:
        ValueError: if the share is out of range or there are no two classes.
    """
    count = len(dataset.classes)
    if not 0 <= share <= 1 or count < 2:
        raise ValueError(f"need a share in 0 to 1 and two classes or more, got {share} and {count} classes")
    targets = flipped(dataset.targets.astype(np.int64), count, share, np.random.default_rng(seed))
    return replace(dataset, targets=targets)


def flipped(labels: NDArray[np.int64], classes: int, share: float, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return labels of which a share is replaced by another class, drawn evenly from the others."""
    rows = generator.permutation(len(labels))[: round(share * len(labels))]
    labels = labels.copy()
    labels[rows] = (labels[rows] + generator.integers(1, classes, size=len(rows))) % classes
    return labels
