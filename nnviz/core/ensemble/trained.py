"""What K trained networks know: their weights over time, and everything computed from them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import nn

from nnviz.core.ensemble import kernel, metrics
from nnviz.core.ensemble.examples import Examples, points_of
from nnviz.core.ensemble.network import LOSSES, MLP, pad_weights, padded_positions
from nnviz.core.ensemble.settings import Prepared
from nnviz.core.ensemble.threads import each

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Whole = NDArray[np.int64]
PLACES = ("activation", "gradient", "weight")


@dataclass(frozen=True)
class Trained:
    """K networks at T snapshots. Losses, accuracies and norms are computed when first asked for.

    With batch normalization all that is computed, but the gradients, is that of evaluation mode: by the running
    statistics, which lie behind a network's parameters.

    Attributes:
        network: their shape.
        settings: how each was trained.
        seeds: (K,) int64.
        unit: what `at` counts, "epoch" or "step".
        at: (T,) int64 snapshot numbers; a network whose training is over stays as it ended.
        steps: (T, K) int64 optimizer steps done at each snapshot.
        weights: (T, K, length) float32, parameters in PyTorch's order; `network.layers(weights)` gives views per layer,
            `network.statistics(weights)` those of the running statistics.
        final: (K, length) float64, where training ended.
        nonfinite_step: (K,) int64 step (from 1) in which something was first NaN or infinite; −1 for never.
        nonfinite_layer: (K,) int64 weight layer (from 0) where; nonfinite_place: (K,) index into PLACES.
        seconds: (K,) float64 time spent in each network's steps (measured, so it differs between runs).
        train, test: the points.
    """

    network: MLP
    settings: Prepared
    seeds: NDArray[np.int64]
    unit: str
    at: NDArray[np.int64]
    steps: NDArray[np.int64]
    weights: Floats
    final: Doubles
    nonfinite_step: NDArray[np.int64]
    nonfinite_layer: NDArray[np.int64]
    nonfinite_place: NDArray[np.int64]
    seconds: Doubles
    train: Examples
    test: Examples | None = None

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Whether a network met a NaN or an infinity, (K,)."""
        return self.nonfinite_step >= 0

    @property
    def examples_seen(self) -> NDArray[np.int64]:
        """Examples processed at each snapshot, (T, K): the clock between steps and seconds."""
        sizes = np.array([self.train.size(network) for network in range(len(self.seeds))])
        per_epoch = -(-sizes // self.settings.batch)
        return np.asarray(self.steps // per_epoch * sizes + self.steps % per_epoch * self.settings.batch)

    @cached_property
    def train_loss(self) -> Doubles:
        """Mean data loss on each network's training points, without dropout or penalty, (T, K)."""
        return np.asarray(self._scores(self.train)[0])

    @cached_property
    def train_accuracy(self) -> Doubles:
        """Share of training points right, (T, K); see `metrics.accuracy`."""
        return np.asarray(self._scores(self.train)[1])

    @cached_property
    def test_loss(self) -> Doubles:
        """Mean data loss on the held-out points, (T, K)."""
        return np.asarray(self._scores(self._held_out)[0])

    @cached_property
    def test_accuracy(self) -> Doubles:
        """Share of held-out points right, (T, K)."""
        return np.asarray(self._scores(self._held_out)[1])

    @cached_property
    def penalty(self) -> Doubles:
        """What is added to the data loss: l1 Σ|w| + ½ l2 Σw² over weights, not biases, (T, K)."""
        matrices = [matrix.astype(np.float64) for matrix, _ in self.network.layers(self.weights)]
        with np.errstate(invalid="ignore"):
            absolute = sum(np.abs(matrix).sum(axis=(-2, -1)) for matrix in matrices)
            squares = sum((matrix**2).sum(axis=(-2, -1)) for matrix in matrices)
            return np.asarray(self.settings.number("l1") * absolute + 0.5 * self.settings.number("l2") * squares)

    @cached_property
    def gradient_norms(self) -> Doubles:
        """‖∂loss/∂(W, b)‖ of every layer on all training points, without dropout or penalty, (T, K, L)."""
        layers = self.network.layers(self.gradients())
        with np.errstate(over="ignore", invalid="ignore"):
            squares = [(weight**2).sum(axis=(-2, -1)) + (bias**2).sum(axis=-1) for weight, bias in layers]
        return np.asarray(np.sqrt(np.stack(squares, axis=-1)))

    @cached_property
    def activation_scales(self) -> Doubles:
        """Root mean square of every layer's values over training points and units, output last, (T, K, L)."""
        found = np.empty((len(self.at), len(self.seeds), self.network.depth))

        def fill(index: int) -> None:
            outputs, hidden = self._forward(index, self.train.chosen(index)[0], hidden=True)
            layers = [*np.split(hidden, np.cumsum(self.network.sizes[1:-1])[:-1], axis=-1), outputs]
            for layer, values in enumerate(layers[-self.network.depth :]):
                with np.errstate(invalid="ignore"):
                    found[:, index, layer] = np.sqrt(np.square(values, dtype=np.float64).mean(axis=(-2, -1)))

        each(fill, range(len(self.seeds)))
        return found

    def gradients(self) -> Doubles:
        """Return the gradient of the data loss on all training points, (T, K, P) in the order of `weights`.

        It is what one step on all of them at once would follow: without dropout, but with batch normalization in
        training mode, all points being one batch whose mean and variance depend on the weights. The running statistics
        play no part and stay.
        """
        found = np.empty((len(self.seeds), len(self.at), self.network.parameters))
        positions, length = padded_positions(self.network)

        def fill(index: int) -> None:
            inputs, targets = self.train.chosen(index)
            result = np.zeros((len(self.at), length))
            kernel.gradients(*self._model(index), LOSSES.index(self.network.loss), inputs, targets, result)
            found[index] = result[:, positions[: self.network.parameters]]

        each(fill, range(len(self.seeds)))
        return found.transpose(1, 0, 2)

    def outputs(self, points: ArrayLike) -> Floats:
        """Return every network's outputs (logits for bce and cross_entropy) at every snapshot, (T, K, M, out) float32.

        Args:
            points: (M, d), or (K, M, d) for points of each network's own.
        """
        return self._evaluate(points, hidden=False)

    def hidden(self, points: ArrayLike) -> list[Floats]:
        """Return the values of each hidden layer, a list of (T, K, M, units) float32; points as in `outputs`."""
        return list(np.split(self._evaluate(points, hidden=True), np.cumsum(self.network.sizes[1:-1])[:-1], axis=-1))

    def probabilities(self, points: ArrayLike) -> Floats:
        """Return σ(outputs), or softmax(outputs) for cross_entropy, (T, K, M, out) float32."""
        outputs = self.outputs(points)
        if self.network.loss != "cross_entropy":
            return np.asarray(0.5 * (1 + np.tanh(0.5 * outputs)), np.float32)
        with np.errstate(invalid="ignore"):
            powers = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)

    def module(self, network: int = 0, snapshot: int | None = None) -> nn.Sequential:
        """Return one network as a float64 PyTorch module: where it ended, or at one of the snapshots."""
        weights = self.final[network] if snapshot is None else self.weights[snapshot, network]
        return self.network.module(weights, self.settings.names[network][0], float(self._shape(network)))

    @property
    def _held_out(self) -> Examples:
        if self.test is None:
            raise ValueError("test losses need train(..., test=(inputs, targets))")
        return self.test

    def _shape(self, index: int) -> np.float64:
        return np.float64(self.settings.number("shape")[index])

    def _model(self, index: int) -> tuple[Doubles, Whole, Whole, Whole, np.float64]:
        vectors = pad_weights(self.weights[:, index], self.network)
        codes = np.require(self.settings.activations[index], requirements=["C_CONTIGUOUS", "WRITEABLE"])
        joints = self.network.joints  # what is kept is read-only, and for that numba would compile anew
        return vectors, np.array(self.network.sizes), codes, joints, self._shape(index)

    def _forward(self, index: int, points: Doubles, *, hidden: bool) -> tuple[Floats, Floats]:
        outputs = np.empty((len(self.at), len(points), self.network.sizes[-1]), np.float32)
        units = self.network.hidden_units if hidden else 0
        inside = np.empty((len(self.at), len(points), units), np.float32)
        kernel.evaluate(*self._model(index), points, outputs, inside)
        return outputs, inside

    def _evaluate(self, points: ArrayLike, *, hidden: bool) -> Floats:
        places = points_of(self.network, points, len(self.seeds))
        width = self.network.hidden_units if hidden else self.network.sizes[-1]
        found = np.empty((len(self.at), len(self.seeds), places.shape[1], width), np.float32)

        def fill(index: int) -> None:
            found[:, index] = self._forward(index, places[index if len(places) > 1 else 0], hidden=hidden)[int(hidden)]

        each(fill, range(len(self.seeds)))
        return found

    def _scores(self, examples: Examples) -> Doubles:
        found = np.empty((2, len(self.at), len(self.seeds)))
        measures: tuple[Callable[[str, Doubles, Doubles], Doubles], ...] = (metrics.data_loss, metrics.accuracy)

        def fill(index: int) -> None:
            inputs, targets = examples.chosen(index)
            outputs = self._forward(index, inputs, hidden=False)[0].astype(np.float64)
            with np.errstate(over="ignore", invalid="ignore"):
                for row, measure in enumerate(measures):
                    found[row, :, index] = measure(self.network.loss, outputs, targets)

        each(fill, range(len(self.seeds)))
        return found
