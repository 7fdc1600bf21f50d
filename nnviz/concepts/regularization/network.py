"""The same penalties on a small network, trained by the same two kinds of steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import entry, inlined
from nnviz.core.ensemble.network import plain
from nnviz.core.memo import memo
from nnviz.core.seeds import initial_weights

Floats = NDArray[np.float64]
STEPS = 1500
RATE = 0.07
GAIN = 4.0  # times PyTorch's first weights, so that the network could follow single points


@dataclass(frozen=True)
class Network:
    """One hidden tanh layer after training, (H,) weights in, biases and weights out, and the bias of the output."""

    into: Floats
    bias: Floats
    out: Floats
    level: float

    @property
    def weights(self) -> Floats:
        """All weights that are penalized, (2 H,)."""
        return np.concatenate([self.into, self.out])

    @property
    def alive(self) -> NDArray[np.bool_]:
        """Which units still pass something on, (H,)."""
        return np.asarray((self.into != 0) & (self.out != 0))

    def answer(self, x: Floats) -> Floats:
        """Return the outputs at x (M,)."""
        return np.asarray(np.tanh(np.outer(x, self.into) + self.bias) @ self.out + self.level)


@inlined
def _slopes(x: Floats, y: Floats, into: Floats, bias: Floats, out: Floats, level: float, slopes: Floats) -> float:
    """Write the slopes of ½ mean(error²) for into, bias and out into slopes (3, H); return that for the level."""
    slopes[:] = 0.0
    total = 0.0
    hidden = np.empty(len(into))
    for row in range(len(x)):
        error = level - y[row]
        for j in range(len(into)):
            hidden[j] = np.tanh(x[row] * into[j] + bias[j])
            error += hidden[j] * out[j]
        error /= len(x)
        total += error
        for j in range(len(into)):
            back = error * out[j] * (1 - hidden[j] ** 2)
            slopes[0, j] += back * x[row]
            slopes[1, j] += back
            slopes[2, j] += error * hidden[j]
    return total


@inlined
def _move(weights: Floats, slope: Floats, l1: float, l2: float, radius: float, proximal: bool) -> None:
    """Take one penalized step in place, then put weights that have become too long back on the ball."""
    length = 0.0
    for j in range(len(weights)):
        moved = weights[j] - RATE * (slope[j] + l2 * weights[j])
        if proximal:
            size = max(abs(moved) - RATE * l1, 0.0)
            moved = np.sign(moved) * size if size > 0 else 0.0
        else:
            moved -= RATE * l1 * np.sign(weights[j])
        weights[j] = moved
        length += moved**2
    if length > radius**2:
        weights *= radius / np.sqrt(length)


@entry
def _descend_network(
    x: Floats,
    y: Floats,
    into: Floats,
    bias: Floats,
    out: Floats,
    level: Floats,
    cost: Floats,
    steps: int,
    proximal: bool,
) -> None:
    """Take full-batch steps on ½ mean(error²) + penalty, in place; cost: l1, l2, radius. Biases go free."""
    slopes = np.empty((3, len(into)))
    for _ in range(steps):
        total = _slopes(x, y, into, bias, out, level[0], slopes)
        _move(into, slopes[0], cost[0], cost[1], cost[2], proximal)
        _move(out, slopes[2], cost[0], cost[1], cost[2], proximal)
        bias -= RATE * slopes[1]
        level[0] -= RATE * total


@dataclass(frozen=True)
class Cost:
    """A penalty l1‖w‖₁ + ½ l2‖w‖², and a length that the weights of a layer must not exceed."""

    l1: float = 0.0
    l2: float = 0.0
    radius: float = np.inf


def cost_of(penalty: str, strength: float, mix: float) -> Cost:
    """Return what a penalty costs at λ; max-norm's radius is 1/λ."""
    if penalty == "max_norm":
        return Cost(radius=1 / strength)
    share = {"l1": 1.0, "l2": 0.0}.get(penalty, mix)
    return Cost(l1=share * strength, l2=(1 - share) * strength)


@memo(maxsize=64)
def train_network(
    x: tuple[float, ...],
    y: tuple[float, ...],
    width: int,
    seed: int,
    cost: Cost,
    *,
    proximal: bool = True,
    steps: int = STEPS,
) -> Network:
    """Train one network from the seed's weights under ½ mean(error²) and a cost on its weights, not on its biases."""
    start = initial_weights((1, width, 1), seed, gain=GAIN)
    into, bias, out, level = (plain(part.copy()) for part in np.split(start, [width, 2 * width, 3 * width]))
    numbers = np.array([cost.l1, cost.l2, cost.radius])
    _descend_network(np.array(x), np.array(y), into, bias, out, level, numbers, steps, proximal)
    return Network(into, bias, out, float(level[0]))
