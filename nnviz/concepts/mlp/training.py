"""Perceptrons and networks of one hidden layer, trained over seeds and remembered by width."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.mlp.network import Layer, forward, loss_of
from nnviz.concepts.mlp.points import Points, own_points, points_of
from nnviz.core.ensemble import MLP, train
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.timeline import log_steps

Data = Literal["xor", "squares", "circle", "moons", "spiral", "points"]
Activation = Literal["tanh", "relu", "sigmoid", "linear"]
Initialization = Literal["pytorch", "zeros", "constant"]
SIZES = (0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16)
FRAMES = 30
BATCH = 10
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """What training depends on besides the number of hidden units and the seeds."""

    data: Data = "xor"
    activation: Activation = "tanh"
    initialization: Initialization = "pytorch"
    epochs: int = 100
    rate: float = 0.03
    noise: float = 0.1
    points: str = ""

    def drawn(self, seed: int) -> Points:
        """Return the points of a seed."""
        if self.data == "points":
            return own_points(self.points, self.noise, seed)
        return points_of(self.data, self.noise, seed)


@dataclass(frozen=True)
class Nets:
    """K trained networks of one width, each on points of its own.

    Attributes:
        network: their shape.
        epochs: (T,) int64 recorded epochs, 0 first.
        weights: (T, K, P) float32; final: (K, P) float64.
        accuracy: (T, K) share of test points right; training_accuracy: the same of training points.
        training_loss: (T, K) nats; test_loss: (K,) nats, of the final weights.
    """

    network: MLP
    epochs: NDArray[np.int64]
    weights: NDArray[np.float32]
    final: Floats
    accuracy: Floats
    training_accuracy: Floats
    training_loss: Floats
    test_loss: Floats

    def layers(self, index: int, *, final: bool = False) -> list[Layer]:
        """Return one network's layers: over the epochs with a leading axis (T, ...), or at the end."""
        chosen = self.final[index] if final else self.weights[:, index]
        return list(self.network.layers(chosen))


def network_of(setting: Setting, hidden: int) -> MLP:
    """Return the shape 2-h-1, or 2-1 for a perceptron."""
    sizes = (2, hidden, 1) if hidden else (2, 1)
    gain = 0.5 if setting.initialization == "constant" else 1.0
    return MLP(sizes, setting.activation, initialization=setting.initialization, gain=gain)


@memo(maxsize=160)
def trained(setting: Setting, hidden: int, seeds: tuple[int, ...], report: Report = silent) -> Nets:
    """Train one network per seed by Adam, batches of 10, and keep its weights at up to 30 epochs."""
    network = network_of(setting, hidden)
    x, y, x_test, y_test = (np.stack(part) for part in zip(*map(setting.drawn, seeds), strict=True))
    done = train(
        network,
        x,
        y,
        test=(x_test, y_test),
        seeds=seeds,
        epochs=setting.epochs,
        rate=setting.rate,
        batch=BATCH,
        optimizer="adam",
        snapshots=log_steps(setting.epochs, FRAMES),
        report=report,
    )
    ends = list(network.layers(done.final))
    logits = np.stack(
        [forward(x_test[k], [(w[k], b[k]) for w, b in ends], setting.activation)[1] for k in range(len(seeds))]
    )
    return Nets(
        network=network,
        epochs=done.at,
        weights=done.weights,
        final=done.final,
        accuracy=done.test_accuracy,
        training_accuracy=done.train_accuracy,
        training_loss=done.train_loss,
        test_loss=np.asarray(loss_of(logits, y_test), np.float64),
    )
