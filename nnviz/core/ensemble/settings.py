"""How networks are trained: one value for all, or one per network."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.ensemble.network import ACTIVATIONS, LOSSES, MLP, Names, plain
from nnviz.core.ensemble.twins import DEFAULT_SHAPES

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
NUMBERS = (
    "rate",
    "momentum",
    "beta1",
    "beta2",
    "decay",
    "l1",
    "l2",
    "weight_decay",
    "clip_value",
    "clip_norm",
    "max_norm",
    "shape",
)


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between networks; each field is one value or K values.

    Attributes:
        epochs: passes over the network's training examples.
        steps: budget in steps instead of epochs; 0 counts by epochs.
        batch: examples per step; the last batch of an epoch may be smaller and is averaged over its own examples.
        optimizer: one of OPTIMIZERS, formulas and ε of `torch.optim`; adamw also uses `weight_decay`.
        rate: learning rate η.
        schedule: factor on η per epoch, (epochs,) or (K, epochs), or None; the last factor goes on.
        momentum: μ of momentum and nesterov.
        beta1, beta2: decay of Adam's two moments; decay: of RMSprop's.
        l1, l2: penalty l1 Σ|w| + ½ l2 Σw² on weights, not biases.
        weight_decay: AdamW's, on all parameters.
        dropout: share of hidden units dropped at each step in [0, 1); (K, hidden layers) for a rate per layer.
        rescale: divide kept activations by 1 − rate (inverted dropout); False is the learner who forgets it.
        clip_value, clip_norm: bound on each gradient entry, then on the norm of the whole gradient; 0 or inf is off.
        max_norm: bound on the norm of each unit's incoming weights, without its bias, after every step; 0 or inf is off.
        activation: hidden activation(s) instead of the network's own: one name, or K names (or K tuples of names).
        shape: slope, α or β instead of the network's own; NaN for the default.
    """

    epochs: ArrayLike = 200
    steps: ArrayLike = 0
    batch: ArrayLike = 10
    optimizer: str | Sequence[str] = "sgd"
    rate: ArrayLike = 0.03
    schedule: ArrayLike | None = None
    momentum: ArrayLike = 0.9
    beta1: ArrayLike = 0.9
    beta2: ArrayLike = 0.999
    decay: ArrayLike = 0.99
    l1: ArrayLike = 0.0
    l2: ArrayLike = 0.0
    weight_decay: ArrayLike = 0.01
    dropout: ArrayLike = 0.0
    rescale: ArrayLike = True
    clip_value: ArrayLike = 0.0
    clip_norm: ArrayLike = 0.0
    max_norm: ArrayLike = 0.0
    activation: Names | Sequence[Names] | None = None
    shape: ArrayLike = np.nan


@dataclass(frozen=True)
class Prepared:
    """Settings of K networks as the kernel reads them.

    Attributes:
        names: per network, the hidden activations (as in `MLP.activation`) and the optimizer.
        epochs, steps: (K,) int64; steps is the budget in steps whatever it was counted in.
        choices: (K, 5) int64: optimizer, loss, batch, steps, rescale.
        numbers: (K, 12) float64 in the order of NUMBERS.
        activations: (K, L) int64 codes, output last.
        dropout: (K, hidden layers) float64.
        schedule: (K, E) float64, E ≥ 1.
    """

    names: tuple[tuple[Names, str], ...]
    epochs: NDArray[np.int64]
    steps: NDArray[np.int64]
    choices: NDArray[np.int64]
    numbers: NDArray[np.float64]
    activations: NDArray[np.int64]
    dropout: NDArray[np.float64]
    schedule: NDArray[np.float64]

    def number(self, name: str) -> NDArray[np.float64]:
        """Return one of NUMBERS for every network, (K,)."""
        return self.numbers[:, NUMBERS.index(name)]

    @property
    def batch(self) -> NDArray[np.int64]:
        """Examples per step, (K,)."""
        return self.choices[:, 2]


def prepare(network: MLP, settings: Settings, examples: NDArray[np.int64]) -> Prepared:
    """Check the settings and give every one of the K networks its own.

    Args:
        network: the network's shape.
        settings: one value or K values per field.
        examples: (K,) training examples of each network.

    Raises:
        ValueError: naming the setting, what came and what is accepted.
    """
    count = len(examples)
    batch = np.minimum(whole(settings, "batch", count, least=1), examples)
    per_epoch = -(-examples // batch)
    budget = whole(settings, "steps", count, least=0)
    steps = np.where(budget > 0, budget, whole(settings, "epochs", count, least=0) * per_epoch)
    optimizers = tuple(str(name) for name in strings("optimizer", settings.optimizer, count))
    hidden = strings("activation", network.activation if settings.activation is None else settings.activation, count)
    codes = [[ACTIVATIONS.index(name) for name in network.layer_activations(names)] for names in hidden]
    optimizer = [choose("optimizer", name, OPTIMIZERS) for name in optimizers]
    loss = np.full(count, LOSSES.index(network.loss))
    rescale = spread("rescale", settings.rescale, count)
    return Prepared(
        names=tuple(zip(hidden, optimizers, strict=True)),
        epochs=-(-steps // per_epoch),
        steps=steps,
        choices=np.stack([optimizer, loss, batch, steps, rescale], axis=1).astype(np.int64),
        numbers=numbers(network, settings, hidden),
        activations=np.array(codes, np.int64),
        dropout=dropout_rates(settings.dropout, count, network.depth - 1),
        schedule=schedule_factors(settings.schedule, count),
    )


def spread(name: str, value: ArrayLike, count: int) -> NDArray[np.float64]:
    """Give one value, or K values, to K networks: (K,) float64."""
    array = np.asarray(value, np.float64)
    if array.shape not in ((), (1,), (count,)):
        raise ValueError(f"{name} must be one value or {count} values (one per network), got shape {array.shape}")
    return np.broadcast_to(array, (count,))


def whole(settings: Settings, name: str, count: int, *, least: int) -> NDArray[np.int64]:
    """Give a whole-number setting to K networks: (K,) int64."""
    array = spread(name, getattr(settings, name), count).astype(np.int64)
    if array.min() < least:
        raise ValueError(f"{name} must be a whole number ≥ {least}, got {array.min()}")
    return array


def strings(name: str, value: Names | Sequence[Names], count: int) -> tuple[Names, ...]:
    """Give one name (or one tuple of names per layer), or K of them, to K networks.

    A tuple is one network's names per layer; any other sequence holds one entry per network.
    """
    if isinstance(value, str | tuple):
        return (value,) * count
    entries = tuple(entry if isinstance(entry, tuple) else str(entry) for entry in value)
    if len(entries) != count:
        raise ValueError(f"{name} must be one name or {count} names (one per network), got {len(entries)}")
    return entries


def choose(name: str, value: Names, accepted: Sequence[str]) -> int:
    """Return the code of a name."""
    if value not in accepted:
        raise ValueError(f"{name} must be one of {', '.join(accepted)}, got {value!r}")
    return accepted.index(str(value))


def numbers(network: MLP, settings: Settings, hidden: Sequence[Names]) -> NDArray[np.float64]:
    """Return the real-valued settings, (K, 12) in the order of NUMBERS; a bound of 0 becomes inf, which never bites."""
    count = len(hidden)
    table = np.stack([spread(name, getattr(settings, name), count) for name in NUMBERS], axis=1)
    least = np.nanmin(table[:, : NUMBERS.index("shape")], axis=0)
    if least.min() < 0:
        raise ValueError(f"{NUMBERS[int(least.argmin())]} must be ≥ 0, got {least.min()}")
    for name in ("clip_value", "clip_norm", "max_norm"):
        column = table[:, NUMBERS.index(name)]
        column[column == 0] = np.inf
    shape = table[:, NUMBERS.index("shape")]
    for index, names in enumerate(hidden):
        if np.isnan(shape[index]):
            shape[index] = default_shape(names) if network.shape is None else network.shape
    return table


def default_shape(names: Names) -> float:
    """Return the slope, α or β of the hidden activations; 1 where none has any.

    Raises:
        ValueError: if layers of one network would need different defaults.
    """
    found = {DEFAULT_SHAPES[name] for name in ((names,) if isinstance(names, str) else names) if name in DEFAULT_SHAPES}
    if len(found) > 1:
        raise ValueError(f"activations {names!r} have different default shapes: give shape explicitly")
    return found.pop() if found else 1.0


def dropout_rates(value: ArrayLike, count: int, layers: int) -> NDArray[np.float64]:
    """Return the dropout rate of every network and hidden layer, (K, hidden layers)."""
    rates = np.asarray(value, np.float64)
    if rates.ndim == 1 and rates.shape != (1,):
        rates = spread("dropout", rates, count)[:, None]
    if np.any(~((rates >= 0) & (rates < 1))):
        raise ValueError(f"dropout must lie in [0, 1), got {value!r}")
    if rates.ndim == 2 and rates.shape not in ((count, 1), (1, layers), (count, layers)):
        raise ValueError(f"dropout must be one rate, {count} rates or ({count}, {layers}) rates, got {rates.shape}")
    return plain(np.broadcast_to(rates, (count, layers)))


def schedule_factors(value: ArrayLike | None, count: int) -> NDArray[np.float64]:
    """Return the factor on the learning rate per network and epoch, (K, E)."""
    factors = np.atleast_1d(np.asarray(1.0 if value is None else value, np.float64))
    if factors.ndim == 2 and len(factors) != count:
        raise ValueError(f"schedule must have shape (epochs,) or ({count}, epochs), got {factors.shape}")
    return plain(np.broadcast_to(factors, (count, factors.shape[-1])))


def grid(seeds: Sequence[int], **axes: Sequence[Any]) -> dict[str, Any]:
    """Cross settings with seeds: keywords for `train`, K = product of all lengths, the seeds running fastest.

    Results reshape to (T, *lengths of the axes, seeds). Equal seeds share initial weights, orders and dropout draws,
    so that settings are compared in pairs.

    Example:
        train(network, x, y, **grid(range(8), rate=(0.01, 0.1), batch=(1, 10)))    # K = 2 · 2 · 8
    """
    rows = list(product(*axes.values(), seeds))
    columns = [list(column) for column in zip(*rows, strict=True)]
    return {**dict(zip(axes, columns[:-1], strict=True)), "seeds": columns[-1]}
