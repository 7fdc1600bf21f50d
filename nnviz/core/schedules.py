"""How the learning rate changes: a factor for every epoch, known beforehand or found on the way."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

SCHEDULES = ("constant", "step", "exponential", "cosine", "warmup", "one_cycle")


def schedule(name: str, epochs: int) -> tuple[float, ...]:
    """Return the factor on the learning rate in each epoch t = 0 … E − 1; any name but those of SCHEDULES is constant.

    step: ÷ 10 at ½ and ¾; exponential: 100^(−t/E); cosine: ½ (1 + cos πt/E); warmup: a tenth of linear rise, then cosine;
    one_cycle: from 1/25 along half a cosine to 1 at 0.3, then along another to 4·10⁻⁶.

    Source: Loshchilov & Hutter 2017 (cosine); Goyal et al. 2017 (warm-up); Smith & Topin 2018 (one cycle).
    """
    return tuple(factor(name, epoch, epochs) for epoch in range(epochs))


def factor(name: str, t: int, epochs: int) -> float:
    """Return the factor in epoch t."""
    rise = max(1, epochs // 10)
    if name == "step":
        return 0.01 if 4 * t >= 3 * epochs else 0.1 if 2 * t >= epochs else 1.0
    if name == "exponential":
        return math.pow(0.01, t / epochs)
    if name == "cosine":
        return half_cosine(1, 0, t / epochs)
    if name == "warmup":
        return (t + 1) / rise if t < rise else half_cosine(1, 0, (t - rise) / max(1, epochs - rise))
    if name == "one_cycle":
        top = max(0.3 * epochs - 1, 0)
        if t <= top:
            return half_cosine(1 / 25, 1, t / top if top else 1)
        return half_cosine(1, 1 / 25 / 1e4, (t - top) / (epochs - 1 - top))
    return 1.0


def half_cosine(start: float, end: float, share: float) -> float:
    """Go from start to end along half a cosine; share 0…1."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


@dataclass
class Plateau:
    """Learning rates of K networks that fall when their loss stops falling: the rule of `ReduceLROnPlateau`.

    After more than `patience` observations in a row without a loss below (1 − threshold) times the least so far, the
    rate is multiplied by `factor`. A loss that is not a number is no improvement.

    Attributes:
        factors: (K,) what each learning rate is multiplied by now, at first 1.

    Source: torch.optim.lr_scheduler.ReduceLROnPlateau, mode "min", without cooldown and least rate.
    """

    count: int
    factor: float = 0.1
    patience: int = 5
    threshold: float = 1e-4
    factors: NDArray[np.float64] = field(init=False)
    least: NDArray[np.float64] = field(init=False)
    waited: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.factors = np.ones(self.count)
        self.least = np.full(self.count, np.inf)
        self.waited = np.zeros(self.count, np.int64)

    def observe(self, losses: ArrayLike) -> NDArray[np.float64]:
        """Take note of K losses and return a copy of the factors from now on."""
        values = np.broadcast_to(np.asarray(losses, np.float64), (self.count,))
        better = values < self.least * (1 - self.threshold)
        self.least = np.where(better, values, self.least)
        self.waited = np.where(better, 0, self.waited + 1)
        falls = self.waited > self.patience
        self.factors = np.where(falls, self.factors * self.factor, self.factors)
        self.waited[falls] = 0
        return self.factors.copy()
