"""The other way through the door: K copies of any PyTorch module (CNN, RNN, …) as one batched program."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.func import stack_module_state, vmap

from nnviz.core.ensemble.abreast import State, outputs_abreast
from nnviz.core.ensemble.replay import mean_loss
from nnviz.core.ensemble.threads import WORKERS, each
from nnviz.core.progress import Report, silent
from nnviz.core.seeds import epoch_orders, generator, reset_module

MODULE_OPTIMIZERS = ("sgd", "momentum", "adam")
ROWS = 64  # examples evaluated at a time, so that a layer's values stay in the cache


@dataclass(frozen=True)
class TrainedModules:
    """K modules at T snapshots.

    Attributes:
        module: the architecture (its own parameters are not used).
        seeds: (K,) int64.
        at: (T,) int64 epochs.
        snapshots: per snapshot the parameters by name, each (K, …) float32.
        train_loss, train_accuracy: (T, K) float64 on the training examples; accuracy is NaN unless targets are classes.
        test_loss, test_accuracy: (T, K) on the held-out examples; None without any.
    """

    module: nn.Module
    seeds: NDArray[np.int64]
    at: NDArray[np.int64]
    snapshots: tuple[State, ...]
    train_loss: NDArray[np.float64]
    train_accuracy: NDArray[np.float64]
    test_loss: NDArray[np.float64] | None = None
    test_accuracy: NDArray[np.float64] | None = None

    def outputs(self, inputs: ArrayLike, snapshot: int = -1) -> NDArray[np.float32]:
        """Return the outputs of all K modules on the same inputs, (K, M, …) float32."""
        points = torch.as_tensor(np.asarray(inputs), dtype=torch.float32)
        with torch.no_grad():
            return np.asarray(forward_all(self.module, self.snapshots[snapshot], points).numpy())

    def one(self, network: int, snapshot: int = -1) -> nn.Module:
        """Return one of the K modules as an ordinary module."""
        module = copy.deepcopy(self.module)
        module.load_state_dict({name: value[network] for name, value in self.snapshots[snapshot].items()})
        return module


def train_modules(
    make: Callable[[], nn.Module],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    test: tuple[ArrayLike, ArrayLike] | None = None,
    seeds: Sequence[int] = (0,),
    epochs: int = 10,
    batch: int = 32,
    rate: float | Sequence[float] = 0.01,
    optimizer: str = "sgd",
    momentum: float = 0.9,
    l2: float = 0.0,
    loss: str = "cross_entropy",
    snapshots: Sequence[int] | None = None,
    report: Report = silent,
) -> TrainedModules:
    """Train K copies of a module, one per seed, in float32; data are reshuffled every epoch.

    Args:
        make: returns the architecture; its parameters are drawn anew by `seeds.reset_module` for each seed.
        inputs: (N, …) shared by all; targets: (N,) class numbers, or (N, …) numbers shaped like the outputs.
        test: held-out inputs and targets.
        seeds: K seeds of initial weights and orders.
        epochs, batch: as in `train`; the smaller last batch is averaged over its own examples.
        rate: learning rate η, one or K.
        optimizer: one of MODULE_OPTIMIZERS; formulas of `torch.optim`, with `momentum` μ for momentum.
        l2: adds l2 · w to every gradient, as `weight_decay` does in `torch.optim`.
        loss: a loss of `MLP`.
        snapshots: increasing epochs to keep; None for first and last.
        report: called before every epoch; may raise Superseded to stop.

    Raises:
        ValueError: for an unknown optimizer, or a module with buffers or dropout.
    """
    if optimizer not in MODULE_OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {', '.join(MODULE_OPTIMIZERS)}, got {optimizer!r}")
    module = make()
    check_module(module)
    points, goals = tensor_of(inputs), tensor_of(targets)
    sets = [(points, goals)] if test is None else [(points, goals), (tensor_of(test[0]), tensor_of(test[1]))]
    rates = np.broadcast_to(np.asarray(rate, np.float32), (len(seeds),)).copy()
    programs = [
        Program(copy.deepcopy(module), loss, optimizer, momentum, l2, [seeds[place] for place in part], rates[part])
        for part in np.array_split(np.arange(len(seeds)), min(WORKERS, len(seeds)))
    ]
    at = np.unique([0, epochs]) if snapshots is None else np.asarray(snapshots, np.int64)
    taken: list[State] = []
    for epoch in range(epochs + 1):
        report(epoch / max(1, epochs), "training")
        if epoch in at:
            taken.append(joined([program.state() for program in programs]))
        if epoch < epochs:
            each(lambda program: program.train_epoch(points, goals, batch), programs)
    scores = [score(module, loss, taken, *examples) for examples in sets]
    return TrainedModules(
        module, np.asarray(seeds, np.int64), at, tuple(taken), *[table for two in scores for table in two]
    )


def joined(states: Sequence[State]) -> State:
    """Return a copy of the parameters of all programs as those of one, each (K, …)."""
    return {name: torch.cat([state[name] for state in states]) for name in states[0]}


@dataclass
class Program:
    """K modules trained as one program; `flat` holds their parameters, (K, P), and the optimizer its memory beside it."""

    module: nn.Module
    loss: str
    optimizer: str
    momentum: float
    l2: float
    seeds: Sequence[int]
    rates: NDArray[np.float32]
    step: int = 0
    flat: Tensor = field(init=False)
    shapes: dict[str, torch.Size] = field(init=False)

    def __post_init__(self) -> None:
        drawn, _ = stack_module_state([reset_module(copy.deepcopy(self.module), seed) for seed in self.seeds])
        self.shapes = {name: value.shape[1:] for name, value in drawn.items()}
        self.flat = torch.cat([value.detach().flatten(1) for value in drawn.values()], dim=1)
        self.mean, self.square = torch.zeros_like(self.flat), torch.zeros_like(self.flat)
        self.orders = [generator(seed, "order") for seed in self.seeds]

    def state(self) -> State:
        """Return views of the parameters by name, each (K, …)."""
        parts = self.flat.split([shape.numel() for shape in self.shapes.values()], dim=1)
        return {name: part.view(-1, *shape) for (name, shape), part in zip(self.shapes.items(), parts, strict=True)}

    def train_epoch(self, points: Tensor, goals: Tensor, batch: int) -> None:
        """Take one step per batch, every module in its own order."""
        orders = torch.from_numpy(np.concatenate([epoch_orders(draws, len(points), 1) for draws in self.orders]))
        for rows in torch.split(orders, batch, dim=1):  # (K, B)
            self.update(self.gradient(points[rows], goals[rows]))

    def gradient(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return the gradient of every module's mean loss, (K, P).

        Differentiated is the sum of the K means, which does not mix modules: K times the mean over all their examples.
        """
        own = {name: value.detach().requires_grad_() for name, value in self.state().items()}
        outputs = outputs_abreast(self.module, own, inputs)
        total = len(self.seeds) * mean_loss(self.loss, outputs.flatten(0, 1), targets.flatten(0, 1))
        return torch.cat([slope.flatten(1) for slope in torch.autograd.grad(total, list(own.values()))], dim=1)

    def update(self, slope: Tensor) -> None:
        """Take one step of every module, with the formulas and constants of `torch.optim`."""
        self.step += 1
        rate = torch.from_numpy(self.rates)[:, None]
        if self.l2:
            slope = slope + self.l2 * self.flat
        if self.optimizer == "sgd":
            self.flat -= rate * slope
        elif self.optimizer == "momentum":
            self.flat -= rate * self.mean.mul_(self.momentum).add_(slope)
        else:
            self.mean.lerp_(slope, 0.1)
            self.square.mul_(0.999).addcmul_(slope, slope, value=0.001)
            root = (self.square / (1 - 0.999**self.step)).sqrt_().add_(1e-8)
            self.flat -= rate / (1 - 0.9**self.step) * self.mean / root


def check_module(module: nn.Module) -> None:
    """Refuse what K modules in one program cannot do by themselves: keep running statistics, draw dropout masks."""
    if any(True for _ in module.buffers()):
        raise ValueError("module must not have buffers (use normalization layers without running statistics)")
    if any(isinstance(layer, nn.modules.dropout._DropoutNd) and layer.p > 0 for layer in module.modules()):
        raise ValueError("module must not contain dropout: its masks would not come from the seed")


def tensor_of(array: ArrayLike) -> Tensor:
    """Return whole numbers as int64 and others as float32."""
    values = np.asarray(array)
    return torch.from_numpy(values.astype(np.int64 if values.dtype.kind in "iub" else np.float32))


def forward_all(module: nn.Module, state: State, points: Tensor) -> Tensor:
    """Run all K modules on the same points, (M, …) to (K, M, …)."""
    private = copy.deepcopy(module)  # functional_call puts parameters into the module for a moment: one per thread
    copies = len(next(iter(state.values())))
    parts = [part.expand(copies, *part.shape) for part in points.split(ROWS)]
    return torch.cat([outputs_abreast(private, state, part) for part in parts], dim=1)


def score(
    module: nn.Module, loss: str, snapshots: Sequence[State], points: Tensor, targets: Tensor
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean losses and shares of examples whose largest output is their class number, (T, K) each."""
    found = torch.empty(2, len(snapshots), len(next(iter(snapshots[0].values()))))

    def fill(index: int) -> None:
        with torch.no_grad():
            outputs = forward_all(module, snapshots[index], points)
            found[0, index] = vmap(lambda one: mean_loss(loss, one, targets))(outputs)
            classes = targets.dtype == torch.int64 and outputs.ndim == 3
            right = outputs.argmax(dim=-1) == targets if classes else torch.full((len(outputs), 1), torch.nan)
            found[1, index] = right.float().mean(dim=1)

    each(fill, range(len(snapshots)))
    return found[0].double().numpy(), found[1].double().numpy()
