"""The same penalties on a small network, trained by the same two kinds of steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.core.ensemble.compilation import entry
from nnviz.core.ensemble.network import plain
from nnviz.core.memo import memo
from nnviz.core.seeds import initial_weights

Floats = NDArray[np.float64]
STEPS = 2000
RATE = 0.05
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
        return (self.into != 0) & (self.out != 0)

    def answer(self, x: Floats) -> Floats:
        """Return the outputs at x (M,)."""
        return np.asarray(np.tanh(np.outer(x, self.into) + self.bias) @ self.out + self.level)


@entry
def _descend_network(
    x: Floats,
    y: Floats,
    into: Floats,
    bias: Floats,
    out: Floats,
    level: Floats,
    numbers: Floats,
    steps: int,
    proximal: bool,
) -> None:
    """Take full-batch steps on ½ mean(error²) + penalty, in place; numbers: rate, l1, l2, radius. Biases go free."""
    rate, l1, l2, radius = numbers[0], numbers[1], numbers[2], numbers[3]
    count, units = len(x), len(into)
    for _ in range(steps):
        slope_into, slope_bias, slope_out = np.zeros(units), np.zeros(units), np.zeros(units)
        slope_level = 0.0
        hidden = np.empty(units)
        for row in range(count):
            error = level[0] - y[row]
            for j in range(units):
                hidden[j] = np.tanh(x[row] * into[j] + bias[j])
                error += hidden[j] * out[j]
            error /= count
            slope_level += error
            for j in range(units):
                back = error * out[j] * (1 - hidden[j] ** 2)
                slope_out[j] += error * hidden[j]
                slope_into[j] += back * x[row]
                slope_bias[j] += back
        for weights, slope in ((into, slope_into), (out, slope_out)):
            length = 0.0
            for j in range(units):
                moved = weights[j] - rate * (slope[j] + l2 * weights[j])
                if proximal:
                    size = max(abs(moved) - rate * l1, 0.0)
                    moved = np.sign(moved) * size if size > 0 else 0.0
                else:
                    moved -= rate * l1 * np.sign(weights[j])
                weights[j] = moved
                length += moved**2
            if length > radius**2:
                weights *= radius / np.sqrt(length)
        bias -= rate * slope_bias
        level[0] -= rate * slope_level


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
    numbers = np.array([RATE, cost.l1, cost.l2, cost.radius])
    _descend_network(np.array(x), np.array(y), into, bias, out, level, numbers, steps, proximal)
    return Network(into, bias, out, float(level[0]))
