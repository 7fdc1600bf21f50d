"""The networks of the page: what a group of them is, how it is trained, and how it answers in both modes."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.batch_norm.company import in_company
from nnviz.concepts.batch_norm.points import POINTS, orders_of, points_of, shaken
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.timeline import even_steps
from nnviz.models import deep, deep_training
from nnviz.models.deep import Activation, Architecture, Norm
from nnviz.models.deep_training import Plan, Seen, State

Floats = NDArray[np.float64]
Data = Literal["spiral", "moons", "circle", "xor"]
SNAPSHOTS = 31
EDGES = np.linspace(-4, 4, 65)  # of the distributions; what lies beyond is counted in the outermost bins
REACHES = (0.5, 1.0, 2.0, 4.0)  # how far to look along the gradient, in learning rates


@dataclass(frozen=True)
class Net:
    """What a group of networks is and how it is trained.

    Attributes:
        statistics: share of a new batch in the running statistics.
        noise: n of `shaken`, injected after every norm while training; 0 for none.
        after: normalize the activation's output instead of its input.
    """

    norm: Norm = "batch"
    depth: int = 8
    batch: int = 32
    rate: float = 0.1
    statistics: float = 0.1
    noise: float = 0.0
    after: bool = False
    activation: Activation = "relu"
    width: int = 16
    data: Data = "spiral"
    steps: int = 200

    @property
    def architecture(self) -> Architecture:
        """The shape of the networks."""
        return Architecture(self.depth, self.width, activation=self.activation, norm=self.norm, after=self.after)

    def plain(self) -> "Net":
        """Return the same network without a norm, and so without noise after it."""
        return replace(self, norm="none", noise=0.0, after=False, statistics=0.1)


class Noise:
    """What is done to every norm's output: another factor and another shift for each unit at each step."""

    def __init__(self, net: Net, seeds: tuple[int, ...]) -> None:
        self.step = 0
        self.factors, self.shifts = shaken(seeds, net.steps, net.depth, net.width, net.noise)

    def __call__(self, layer: int, values: Tensor) -> Tensor:
        """Change normalised sums (K, H, N)."""
        return self.factors[self.step, layer] * values + self.shifts[self.step, layer]


class Batches:
    """The batch of each step; it also tells the noise which step it is."""

    def __init__(self, net: Net, seeds: tuple[int, ...], noise: Noise | None) -> None:
        inputs, targets = points_of(net.data, seeds)
        self.inputs, self.targets = inputs[..., :POINTS], targets[:, :POINTS]
        self.orders, self.noise = orders_of(seeds, net.steps, net.batch), noise

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        """Return inputs (K, 2, B) and classes (K, B)."""
        if self.noise is not None:
            self.noise.step = step
        rows = self.orders[:, step]
        return self.inputs.gather(2, rows[:, None].expand(-1, 2, -1)), self.targets.gather(1, rows)


@dataclass(frozen=True)
class Trained:
    """K networks of one kind and how their training went; float64, nan where a network has broken down.

    Attributes:
        loss: (T, K) of each step's batch, in training mode.
        moments: (F,) steps of the snapshots.
        density: (F, L, 64) how the first network's activations' inputs are spread over EDGES, all training points.
        drift: (F, K) how far those inputs' means moved since the last snapshot, in their standard deviations, mean
            over units and layers.
        reach: (2, F, K) least and greatest loss along the gradient, up to four learning rates away.
        final: (K,) training loss at the end in evaluation mode, and error, (K,), the share of wrong answers.
        modes: (2, K) share of wrong answers on the test points in evaluation and in training mode.
        flips: (K,) share of test points that get another answer in training mode when others come with them.
    """

    net: Net
    loss: Floats
    moments: NDArray[np.int64]
    density: Floats
    drift: Floats
    reach: Floats
    final: Floats
    error: Floats
    modes: Floats
    flips: Floats


class Recorder:
    """Keeps what the charts show, snapshot by snapshot."""

    def __init__(self, net: Net, batches: Batches, noise: Noise | None) -> None:
        self.net, self.batches, self.noise = net, batches, noise
        self.moments = even_steps(net.steps - 1, SNAPSHOTS)
        self.due = set(self.moments.tolist())
        self.loss: list[Tensor] = []
        self.density: list[Floats] = []
        self.drift: list[Tensor] = []
        self.reach: list[Tensor] = []
        self.before: Tensor | None = None

    @torch.no_grad()
    def __call__(self, state: State, seen: Seen) -> None:
        """Look at a step before it is taken."""
        self.loss.append(seen.loss)
        if state.step not in self.due:
            return
        shape = self.net.architecture
        sums = torch.stack(deep.forward(shape, state.theta, self.batches.inputs, disturb=self.noise).sums)
        self.density.append(spread_of(sums[:, 0]))
        mean, deviation = sums.mean(3), sums.std(3)
        moved = torch.zeros_like(mean) if self.before is None else (mean - self.before).abs()
        self.drift.append((moved / (deviation.mean(2, keepdim=True) + 1e-9)).mean((0, 2)))
        self.before = mean
        inputs, targets = self.batches(state.step)
        along = [state.theta - reach * self.net.rate * seen.gradient for reach in REACHES]
        losses = [deep.losses(deep.forward(shape, each, inputs, disturb=self.noise).outputs, targets) for each in along]
        self.reach.append(torch.stack([torch.stack(losses).amin(0), torch.stack(losses).amax(0)]))


def spread_of(sums: Tensor) -> Floats:
    """Return for each layer of (L, H, N) sums the share in each bin of EDGES, (L, 64); all nan if one is not finite."""
    layers = sums.flatten(1).numpy()
    if not np.isfinite(layers).all():
        return np.full((len(layers), len(EDGES) - 1), np.nan)
    held = np.clip(layers, EDGES[0], EDGES[-1])
    return np.stack([np.histogram(each, EDGES)[0] / each.size for each in held])


@memo(maxsize=96)
def train(net: Net, seeds: tuple[int, ...], report: Report = silent) -> Trained:
    """Train one network a seed, on points of its own."""
    noise = Noise(net, seeds) if net.noise else None
    batches = Batches(net, seeds, noise)
    recorder = Recorder(net, batches, noise)
    begun = deep_training.begin(net.architecture, deep.start(net.architecture, seeds))
    plan = Plan(rate=net.rate, statistics=net.statistics)
    state = deep_training.train(
        net.architecture, begun, plan, net.steps, batches, watch=recorder, disturb=noise, report=report
    )
    return _collected(net, seeds, state, recorder)


@torch.no_grad()
def _collected(net: Net, seeds: tuple[int, ...], state: State, recorder: Recorder) -> Trained:
    inputs, targets = points_of(net.data, seeds)
    outputs = deep.forward(net.architecture, state.theta, inputs, running=state.running).outputs
    test, answers = inputs[..., POINTS:], targets[:, POINTS:]
    together = [in_company(net.architecture, state.theta, test, net.batch, turn) for turn in (0, 1)]
    modes = [deep.errors(outputs[..., POINTS:], answers), deep.errors(together[0], answers)]
    last, frames = torch.stack(recorder.loss).numpy(), len(recorder.moments)
    return Trained(
        net=net,
        loss=_padded(last, net.steps),
        moments=recorder.moments,
        density=_padded(np.stack(recorder.density), frames),
        drift=_padded(torch.stack(recorder.drift).numpy(), frames),
        reach=_padded(torch.stack(recorder.reach).numpy(), frames).swapaxes(0, 1),
        final=_finite(deep.losses(outputs[..., :POINTS], targets[:, :POINTS]).numpy()),
        error=deep.errors(outputs[..., :POINTS], targets[:, :POINTS]).numpy(),
        modes=torch.stack(modes).numpy(),
        flips=((together[0] > 0) != (together[1] > 0)).double().mean((1, 2)).numpy(),
    )


def _padded(values: Floats, length: int) -> Floats:
    missing = np.full((length - len(values), *values.shape[1:]), np.nan)
    return _finite(np.concatenate([values, missing]))


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
