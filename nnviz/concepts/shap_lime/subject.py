"""What is explained: networks trained on a table or on the digits, and the rows one may ask about."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from nnviz.concepts.shap_lime.network import Floats, Network
from nnviz.core.ensemble import MLP, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.data import Dataset, Split, Targets, split, standardised
from nnviz.data.real import real, real_split
from nnviz.data.tables import OWN, table_of
from nnviz.models import digits

Architecture = Literal["mlp", "linear"]
Twin = Literal["none", "copy", "near"]
FALLBACK = "breast_cancer"
ROWS = 200  # of the test part can be asked about
HIDDEN = (16, 8)
EPOCHS, TYPICAL_ROWS = 60, 400  # larger tables get fewer epochs, so that all get about as many steps
PENALTY = 0.03  # L2, so that the networks are not sure of everything
NOISE = 0.03  # of a near copy, in standard deviations of the feature


@dataclass(frozen=True)
class Which:
    """What names a subject.

    Attributes:
        data: breast_cancer, wine, digits, or csv: and the id of an uploaded table.
        architecture: of the networks on a table; digits always have the convolutional one.
        seeds: how many networks are trained; the first is explained.
        twin: whether a feature of a table stands there twice: exactly, or with a little noise; twin_of: its number.
    """

    data: str
    architecture: Architecture = "mlp"
    seeds: int = 8
    twin: Twin = "none"
    twin_of: int = 0


@dataclass(frozen=True)
class Subject:
    """Networks and the rows they are explained on.

    Attributes:
        title: what the set is called.
        features: (d,) names.
        classes: (C,) names, empty for a regression.
        train: (N, d) training inputs, standardised on themselves, holes filled with 0; digits keep their ink of 0…1.
        rows: (R, d) inputs of the test part, at most ROWS.
        targets: (R,) their true class numbers or values.
        centre, scale: (d,) to restore a feature's own unit; target_centre, target_scale: the target's.
        networks: one per seed.
        scores: (K,) share of test rows right, or R² of a regression.
        holes: empty cells that were filled.
        picture: the features are the pixels of an 8×8 digit.
    """

    title: str
    features: tuple[str, ...]
    classes: tuple[str, ...]
    train: Floats
    rows: Floats
    targets: Targets
    centre: Floats
    scale: Floats
    target_centre: float
    target_scale: float
    networks: tuple[Network, ...]
    scores: Floats
    holes: int = 0
    picture: bool = False

    def restored(self, values: Floats, feature: int) -> Floats:
        """Return values of one feature in its own unit."""
        return np.asarray(values * self.scale[feature] + self.centre[feature])


def resolve(data: str) -> tuple[str, bool]:
    """Return the data to use and whether it is what was asked for: a table that is gone is replaced by FALLBACK."""
    if not data.startswith(OWN):
        return data, True
    return (data.partition("-")[0], True) if table_of(data) else (FALLBACK, False)


@memo(maxsize=12)
def subject(which: Which, report: Report = silent) -> Subject:
    """Train the networks, or remember them.

    Raises:
        KeyError: if an uploaded table is no longer there; see `resolve`.
    """
    if which.data == "digits":
        return _digits(which, report)
    parts, holes = _filled(_split(which.data))
    parts = with_twin(parts, which)
    if not len(parts.test):  # classes of a single row each: nothing can be held out
        parts = replace(parts, test=parts.train)
    centre, scale = _target_scale(parts.train.targets, parts.train.classes)
    held_out = parts.test.take(np.arange(min(ROWS, len(parts.test))))
    networks = _trained(which, parts, centre, scale, report)
    return Subject(
        title=parts.train.name,
        features=parts.train.features,
        classes=parts.train.classes,
        train=parts.train.inputs,
        rows=held_out.inputs,
        targets=held_out.targets,
        centre=parts.centre,
        scale=parts.scale,
        target_centre=centre,
        target_scale=scale,
        networks=networks,
        scores=np.array([_score(network, parts.test, centre, scale) for network in networks]),
        holes=holes,
    )


def with_twin(parts: Split, which: Which) -> Split:
    """Return the split with a copy of one feature as its last column, exact or with noise N(0, NOISE²)."""
    if which.twin == "none":
        return parts
    draws = np.random.default_rng(0)
    name = "copy" if which.twin == "copy" else "near copy"

    def doubled(part: Dataset) -> Dataset:
        column = part.inputs[:, which.twin_of]
        if which.twin == "near":
            column = column + draws.normal(0.0, NOISE, len(column))
        features = (*part.features, f"{part.features[which.twin_of]} ({name})")
        return replace(part, inputs=np.column_stack([part.inputs, column]), features=features)

    centre, scale = (np.append(each, each[which.twin_of]) for each in (parts.centre, parts.scale))
    return Split(doubled(parts.train), doubled(parts.test), centre, scale)


def _split(data: str) -> Split:
    if not data.startswith(OWN):
        return real_split(data)
    table = table_of(data)
    if table is None:
        raise KeyError(f"no table {data!r}")
    return standardised(split(table.dataset()))


def _filled(parts: Split) -> tuple[Split, int]:
    """Return the split with every hole at the mean of its column in the training part, and how many there were."""

    def filled(part: Dataset) -> Dataset:
        return replace(part, inputs=np.nan_to_num(part.inputs, nan=0.0))

    holes = sum(int(np.isnan(part.inputs).sum()) for part in (parts.train, parts.test))
    return Split(filled(parts.train), filled(parts.test), parts.centre, parts.scale), holes


def _target_scale(targets: Targets, classes: tuple[str, ...]) -> tuple[float, float]:
    """Return centre and scale of the values to predict; classes are left as they are."""
    return (0.0, 1.0) if classes else (float(targets.mean()), float(targets.std()) or 1.0)


def _trained(which: Which, parts: Split, centre: float, scale: float, report: Report) -> tuple[Network, ...]:
    """Return networks trained with Adam, and with an L2 penalty so that they are not sure of everything."""
    classes = len(parts.train.classes)
    hidden = HIDDEN if which.architecture == "mlp" else ()
    shape = (len(parts.train.features), *hidden, classes or 1)
    mlp = MLP(shape, "relu", "cross_entropy" if classes else "mse", initialization="he_normal")
    trained = train(
        mlp,
        parts.train.inputs,
        parts.train.targets if classes else (parts.train.targets - centre) / scale,
        seeds=range(which.seeds),
        epochs=int(np.clip(EPOCHS * TYPICAL_ROWS / len(parts.train), 6, EPOCHS)),
        batch=32,
        rate=0.01,
        optimizer="adam",
        l2=PENALTY * min(1.0, TYPICAL_ROWS / len(parts.train)),  # its weight against the data falls with the rows
        report=report,
    )
    return tuple(_network(mlp, weights) for weights in trained.final)


def _network(mlp: MLP, weights: Floats) -> Network:
    layers = mlp.layers(weights)
    matrices = tuple(np.array(matrix.T, dtype=np.float64) for matrix, _ in layers)
    return Network(matrices, tuple(np.array(bias, dtype=np.float64) for _, bias in layers))


def _score(network: Network, part: Dataset, centre: float, scale: float) -> float:
    """Return the share of rows whose class is right, or R² = 1 − squared error / variance."""
    outputs, truth = network.logits(part.inputs), part.targets
    if part.classes:
        return float(np.mean(outputs.argmax(axis=1) == truth))
    missed = np.sum((truth - centre - scale * outputs[:, 0]) ** 2)
    return 1.0 - float(missed) / (float(np.sum((truth - truth.mean()) ** 2)) or 1.0)


def _digits(which: Which, report: Report) -> Subject:
    parts = real_split("digits")
    trained = digits.trained("cnn", tuple(range(which.seeds)), report=report)
    networks = tuple(
        Network(
            tuple(weight[seed].double().numpy() for weight in trained.chain.weights),
            tuple(bias[seed, 0].double().numpy() for bias in trained.chain.biases),
        )
        for seed in range(which.seeds)
    )
    rows = parts.test.take(np.arange(ROWS))
    return Subject(
        title="Digits",
        features=real("digits").features,
        classes=parts.train.classes,
        train=parts.train.inputs,
        rows=rows.inputs,
        targets=rows.targets,
        centre=parts.centre,
        scale=parts.scale,
        target_centre=0.0,
        target_scale=1.0,
        networks=networks,
        scores=trained.accuracy().double().numpy(),
        picture=True,
    )
