"""How the learning rate changes: a factor for every epoch."""

import math


def schedule(name: str, epochs: int) -> tuple[float, ...]:
    """Return the factor on the learning rate in each epoch t = 0 … E − 1.

    step: ÷ 10 at ½ and ¾; exponential: 100^(−t/E); cosine: ½ (1 + cos πt/E); warmup: a tenth of linear rise, then cosine.

    Source: Loshchilov & Hutter 2017 (cosine); Goyal et al. 2017 (warm-up).
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
        return 0.5 * (1 + math.cos(math.pi * t / epochs))
    if name == "warmup":
        return (t + 1) / rise if t < rise else 0.5 * (1 + math.cos(math.pi * (t - rise) / max(1, epochs - rise)))
    return 1.0
