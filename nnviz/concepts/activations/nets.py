"""Small nets trained with one activation function over seeds, and how many of their units can still learn."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.activations.functions import ACTIVATIONS, Floats, Name
from nnviz.concepts.activations.own import own_points
from nnviz.core import ensemble
from nnviz.core.diagnosis import SATURATED
from nnviz.core.ensemble import MLP, Trained
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.timeline import even_steps
from nnviz.data.toy import TOYS, WINDOW

Data = Literal["moons", "circle", "xor", "spiral", "points"]
POINTS = 200  # of a toy set: half of them for training, half for the test
UNITS = 8
BATCH = 10
SNAPSHOTS = 31
SIDE = 40  # pixels of the decision surface
PIXELS: NDArray[np.float64] = np.linspace(*WINDOW, SIDE)
PLANE: NDArray[np.float64] = np.stack(np.meshgrid(PIXELS, PIXELS), axis=-1).reshape(-1, 2)
ENGINE_NAMES: dict[Name, str] = {"swish": "silu", "step": "linear"}
Layers = list[tuple[Floats, Floats]]


@dataclass(frozen=True)
class Training:
    """What trained nets depend on, besides their function.

    Attributes:
        noise: the spread added to the points of a toy set, or by which copies of a learner's own are moved.
        points: a learner's own, as text; read if `data` is "points".
    """

    data: Data = "circle"
    hidden: int = 2
    bias: float = 0.0
    rate: float = 0.1
    epochs: int = 60
    seeds: tuple[int, ...] = tuple(range(8))
    noise: float = 0.1
    points: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units per layer: two inputs, hidden layers of eight, one output."""
        return (2, *[UNITS] * self.hidden, 1)


@dataclass(frozen=True)
class Nets:
    """K nets of one function, one per seed.

    Attributes:
        epochs: (T,) snapshots.
        loss: (T, K) cross-entropy on the training points; accuracy: (T, K) share of test points right.
        dead: (2, K) share of hidden units with |φ′| < 0.01 at every training point, before and after training.
        gradient: (K, L) norm of the loss's gradient by layer before training, first layer first.
        outputs, slopes: (N, H) of all hidden units of the first net after training, at its N training points.
        surface: (40, 40) the first net's probability of class 1 over the plane, first axis x₂.
        points: (N, 2) and classes: (N,) its test points.
    """

    epochs: NDArray[np.int64]
    loss: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    dead: NDArray[np.float64]
    gradient: NDArray[np.float64]
    outputs: Floats
    slopes: Floats
    surface: NDArray[np.float32]
    points: NDArray[np.float64]
    classes: NDArray[np.int64]


@memo(maxsize=16)
def examples(
    data: Data, noise: float, seeds: tuple[int, ...], points: str = ""
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return each seed's points, first half to train on, second half to test on: inputs (K, 2N, 2), classes (K, 2N)."""
    sets = [own_points(points, noise, seed) if data == "points" else _drawn(data, noise, seed) for seed in seeds]
    inputs, classes = zip(*sets, strict=True)
    return np.stack(inputs), np.stack(classes)


def _drawn(data: Data, noise: float, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    chosen = TOYS[data](POINTS, noise=noise, seed=seed)
    order = np.random.default_rng([seed, 15]).permutation(POINTS)
    return chosen.inputs[order], chosen.targets[order].astype(np.int64)


def network(name: Name, knob: float, training: Training) -> MLP:
    """Return the shape of a net: Xavier's weights for functions that saturate on both sides, He's for the others."""
    scheme = "xavier_normal" if name in ("step", "sigmoid", "tanh") else "he_normal"
    shape = knob if ACTIVATIONS[name].knob else None
    engine_name = ENGINE_NAMES.get(name, name)
    return MLP(training.sizes, engine_name, initialization=scheme, bias=training.bias, shape=shape)


@memo(maxsize=96)
def train(name: Name, knob: float, training: Training, *, report: Report = silent) -> Nets:
    """Train one net per seed by plain gradient descent in batches of 10."""
    inputs, classes = examples(training.data, training.noise, training.seeds, training.points)
    half = inputs.shape[1] // 2
    shape = network(name, knob, training)
    fit = _fit_output_only if name == "step" else _fit
    trained, start, end = fit(shape, inputs, classes, training, report)
    before, after = (push(name, knob, layers, inputs[:, :half])[1] for layers in (start, end))
    outputs, slopes = (each[0] for each in push(name, knob, end, inputs[:, :half]))
    gradient = _first_gradient(trained)
    first = [(matrix[:1], bias[:1]) for matrix, bias in end]
    pixels = score(name, knob, first, PLANE[None])[0]
    return Nets(
        epochs=trained.at,
        loss=trained.train_loss,
        accuracy=trained.test_accuracy,
        dead=np.stack([dead_share(before), dead_share(after)]),
        gradient=np.pad(gradient, ((0, 0), (len(start) - gradient.shape[1], 0))),
        outputs=outputs,
        slopes=slopes,
        surface=ACTIVATIONS["sigmoid"].value(pixels, 0.0).reshape(SIDE, SIDE).astype(np.float32),
        points=inputs[0, half:],
        classes=classes[0, half:],
    )


def _first_gradient(trained: Trained) -> NDArray[np.float64]:
    """Return the norm of the loss's gradient by layer before training, (K, L)."""
    start = replace(trained, at=trained.at[:1], steps=trained.steps[:1], weights=trained.weights[:1])
    return np.asarray(start.gradient_norms[0])


def _fit(
    shape: MLP, inputs: Floats, classes: NDArray[np.int64], training: Training, report: Report
) -> tuple[Trained, Layers, Layers]:
    half = inputs.shape[1] // 2
    trained = ensemble.train(
        shape,
        inputs[:, :half],
        classes[:, :half],
        test=(inputs[:, half:], classes[:, half:]),
        seeds=training.seeds,
        snapshots=even_steps(training.epochs, SNAPSHOTS),
        report=report,
        epochs=training.epochs,
        rate=training.rate,
        batch=BATCH,
    )
    return trained, shape.layers(trained.weights[0].astype(np.float64)), shape.layers(trained.final)


def _fit_output_only(
    shape: MLP, inputs: Floats, classes: NDArray[np.int64], training: Training, report: Report
) -> tuple[Trained, Layers, Layers]:
    """Train what a net of steps can train: its slope is 0, so no gradient gets past the output layer."""
    start = shape.layers(shape.initial_weights(training.seeds))
    features = hidden("step", 0.0, start, inputs)[0][-1]
    last = MLP((UNITS, 1), initialization=shape.initialization)
    trained, _, end = _fit(last, features, classes, training, report)
    first = last.layers(trained.weights[0].astype(np.float64))
    return trained, [*start[:-1], *first], [*start[:-1], *end]


def hidden(name: Name, knob: float, layers: Layers, inputs: Floats) -> tuple[list[Floats], list[Floats]]:
    """Return outputs and slopes of every hidden layer, lists of (K, N, units).

    Args:
        layers: weights (K, out, in) and biases (K, out) of each layer, output layer last; inputs: (K, N, d).
    """
    outputs, slopes, below = [], [], inputs
    with np.errstate(over="ignore", invalid="ignore"):  # a net that diverged is found by the diagnosis
        for matrix, bias in layers[:-1]:
            sums = below @ matrix.swapaxes(-1, -2) + bias[:, None]
            below = ACTIVATIONS[name].value(sums, knob)
            outputs.append(below)
            slopes.append(ACTIVATIONS[name].slope(sums, knob))
    return outputs, slopes


def push(name: Name, knob: float, layers: Layers, inputs: Floats) -> tuple[Floats, Floats]:
    """Return outputs and slopes of all hidden units side by side, (K, N, H)."""
    outputs, slopes = hidden(name, knob, layers, inputs)
    return np.concatenate(outputs, axis=-1), np.concatenate(slopes, axis=-1)


def score(name: Name, knob: float, layers: Layers, inputs: Floats) -> Floats:
    """Return the logits (K, N)."""
    matrix, bias = layers[-1]
    top = hidden(name, knob, layers, inputs)[0][-1]
    return np.asarray((top @ matrix.swapaxes(-1, -2) + bias[:, None])[..., 0])


def dead_share(slopes: Floats) -> NDArray[np.float64]:
    """Return which share of units is dead: |φ′| < 0.01 at every point; (..., N, H) to (...)."""
    return np.asarray((np.abs(slopes) < SATURATED).all(axis=-2).mean(axis=-1))


def finite(nets: Nets) -> NDArray[np.bool_]:
    """Return which nets ended with a finite loss, (K,)."""
    last: NDArray[Any] = nets.loss[-1]
    return np.asarray(np.isfinite(last))
