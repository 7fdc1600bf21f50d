"""K deep networks in one program against plain torch.nn modules and optimizers, one network at a time, in float64."""

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from nnviz.core.progress import Superseded
from nnviz.models import deep, deep_training
from nnviz.models.deep import Architecture
from nnviz.models.deep_training import Plan
from nnviz.models.norms import Statistics, follow

MODULES: dict[str, Any] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky": nn.LeakyReLU,
    "gelu": nn.GELU,
    "linear": nn.Identity,
}
VARIANTS = [
    Architecture(4, 8),
    Architecture(3, 8, activation="tanh", residual=True),
    Architecture(4, 8, norm="batch"),
    Architecture(4, 8, norm="batch", residual=True, outputs=3),
    Architecture(3, 8, norm="batch", after=True, activation="gelu"),
    Architecture(3, 8, norm="layer", activation="leaky", residual=True),
    Architecture(3, 8, norm="layer", after=True, activation="sigmoid"),
    Architecture(4, 12, norm="group", groups=3, activation="linear"),
    Architecture(3, 12, norm="group", groups=4, residual=True, after=True),
    Architecture(1, 5, norm="batch"),
]
SEEDS, EXAMPLES = (0, 1, 2), 10
every_variant = pytest.mark.parametrize("architecture", VARIANTS, ids=str)


class Plain(nn.Module):
    """One network of plain modules, with the parameters of one row."""

    def __init__(self, architecture: Architecture, row: Tensor) -> None:
        super().__init__()
        self.architecture = architecture
        sizes, width = architecture.sizes, architecture.width
        self.linear = nn.ModuleList([nn.Linear(*pair) for pair in pairwise(sizes)])
        kinds: dict[str, Any] = {
            "none": nn.Identity,
            "batch": lambda: nn.BatchNorm1d(width),
            "layer": lambda: nn.LayerNorm(width),
            "group": lambda: nn.GroupNorm(architecture.groups, width),
        }
        self.norm = nn.ModuleList([kinds[architecture.norm]() for _ in range(architecture.depth)])
        self.double()
        self.activation = MODULES[architecture.activation]()
        with torch.no_grad():
            for parameter, values in zip(self.ordered(), row.split([p.numel() for p in self.ordered()]), strict=True):
                parameter.copy_(values.view_as(parameter))
        # The shift of a norm before the activation is the bias; after it the next layer's bias does its work.
        self.steady = [norm.bias for norm in self.norm if hasattr(norm, "bias")]

    def ordered(self) -> list[nn.Parameter]:
        found = []
        for layer, linear in enumerate(self.linear):
            found += [linear.weight, linear.bias]
            if self.architecture.norm != "none" and layer < len(self.norm):
                found.append(self.norm[layer].weight)
        return found

    def forward(self, inputs: Tensor) -> Tensor:
        state = inputs
        for layer, norm in enumerate(self.norm):
            linear, after = self.linear[layer], self.architecture.after
            if self.architecture.norm == "none" or after:
                branch = norm(self.activation(linear(state)))
            else:
                scale = norm.weight
                pure = norm(nn.functional.linear(state, linear.weight)) - norm.bias
                assert scale.shape == linear.bias.shape
                branch = self.activation(pure + linear.bias)
            state = state + branch if self.architecture.residual and layer else branch
        return self.linear[-1](state)


def drawn(architecture: Architecture) -> tuple[Tensor, Tensor, Tensor]:
    """Return parameters with every entry stirred, inputs and targets."""
    source = torch.Generator().manual_seed(5)
    theta = deep.start(architecture, SEEDS)
    theta = theta + 0.2 * torch.randn(theta.shape, dtype=torch.float64, generator=source)
    inputs = torch.randn(len(SEEDS), architecture.inputs, EXAMPLES, dtype=torch.float64, generator=source)
    targets = torch.randint(0, max(2, architecture.outputs), (len(SEEDS), EXAMPLES), generator=source)
    return theta, inputs, targets


def loss_of(outputs: Tensor, targets: Tensor) -> Tensor:
    if outputs.shape[1] == 1:
        return nn.functional.binary_cross_entropy_with_logits(outputs[:, 0], targets.double())
    return nn.functional.cross_entropy(outputs, targets)


@every_variant
def test_loss_and_gradient_are_those_of_plain_modules(architecture: Architecture) -> None:
    theta, inputs, targets = drawn(architecture)
    seen = deep_training.gradient(architecture, theta, inputs, targets)
    for k in range(len(SEEDS)):
        module = Plain(architecture, theta[k]).train()
        outputs = module(inputs[k].T)
        torch.testing.assert_close(seen.passed.outputs[k].T.detach(), outputs.detach(), rtol=1e-10, atol=1e-10)
        loss = loss_of(outputs, targets[k])
        loss.backward()
        own = torch.cat([parameter.grad.flatten() for parameter in module.ordered()])  # type: ignore[union-attr]
        torch.testing.assert_close(seen.gradient[k], own, rtol=1e-10, atol=1e-10)
        assert seen.loss[k].item() == pytest.approx(loss.item(), rel=1e-12)


@every_variant
def test_evaluation_mode_is_that_of_plain_modules_after_three_batches(architecture: Architecture) -> None:
    theta, inputs, _ = drawn(architecture)
    running = deep.fresh_statistics(architecture, theta)
    batches = [inputs, 2 * inputs + 1, inputs.flip(2) - 3]
    for batch in batches:
        passed = deep.forward(architecture, theta, batch)
        running = follow(running, passed.norms, 0.1) if architecture.norm == "batch" else running
    outputs = deep.forward(architecture, theta, inputs, running=running).outputs
    for k in range(len(SEEDS)):
        module = Plain(architecture, theta[k]).train()
        for batch in batches:
            module(batch[k].T)
        torch.testing.assert_close(outputs[k].T, module.eval()(inputs[k].T).detach(), rtol=1e-10, atol=1e-10)
        if architecture.norm == "batch":
            for layer, norm in enumerate(module.norm):
                torch.testing.assert_close(running.mean[layer, k, :, 0], norm.running_mean, rtol=1e-10, atol=1e-12)
                torch.testing.assert_close(running.variance[layer, k, :, 0], norm.running_var, rtol=1e-10, atol=1e-12)


PLANS = [
    (Plan("sgd", 0.3), lambda parameters: torch.optim.SGD(parameters, lr=0.3)),
    (Plan("momentum", 0.05, decay=0.01), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01)),
    (Plan("adam", 0.02), lambda parameters: torch.optim.Adam(parameters, lr=0.02)),
    (Plan("sgd", 0.5, threshold=0.1), lambda parameters: torch.optim.SGD(parameters, lr=0.5)),
]


@pytest.mark.parametrize(("plan", "build"), PLANS, ids=["sgd", "momentum", "adam", "clipped"])
def test_training_is_that_of_plain_optimizers(plan: Plan, build: Any) -> None:
    architecture = Architecture(3, 6, norm="batch", residual=True, activation="tanh")
    theta, inputs, targets = drawn(architecture)
    state = deep_training.begin(architecture, theta)
    state = deep_training.train(architecture, state, plan, 12, lambda _: (inputs, targets))
    for k in range(len(SEEDS)):
        module = Plain(architecture, theta[k]).train()
        optimizer = build(module.ordered())
        for _ in range(12):
            optimizer.zero_grad()
            loss_of(module(inputs[k].T), targets[k]).backward()
            if plan.threshold != math.inf:
                clip_grad_norm_(module.ordered(), plan.threshold)
            optimizer.step()
        row = torch.cat([parameter.detach().flatten() for parameter in module.ordered()])
        torch.testing.assert_close(state.theta[k], row, rtol=1e-10, atol=1e-10)


def test_every_network_may_have_a_rate_of_its_own_and_goes_on_where_it_was_stopped() -> None:
    architecture = Architecture(2, 6)
    theta, inputs, targets = drawn(architecture)
    rates = torch.tensor([[0.1], [0.2], [0.3]], dtype=torch.float64)
    begun = deep_training.begin(architecture, theta)
    together = deep_training.train(architecture, begun, Plan("momentum", rates), 9, lambda _: (inputs, targets))
    for k, rate in enumerate((0.1, 0.2, 0.3)):
        mine = (inputs[[k]], targets[[k]])
        state = deep_training.train(architecture, begun.take([k]), Plan("momentum", rate), 4, lambda _, m=mine: m)
        state = deep_training.train(architecture, state, Plan("momentum", rate), 5, lambda _, m=mine: m)
        torch.testing.assert_close(state.theta[0], together.theta[k], rtol=1e-11, atol=1e-12)
        assert state.step == 9


def test_parameter_counts_equal_the_sum_over_modules() -> None:
    for architecture in VARIANTS:
        module = Plain(architecture, deep.start(architecture, (0,))[0])
        total = sum(parameter.numel() for parameter in module.parameters())
        assert architecture.parameters == total - sum(bias.numel() for bias in module.steady)


def test_scaling_the_weights_before_a_batch_norm_changes_nothing_but_the_gradient() -> None:
    # L(aW) = L(W) and ∇L(aW) = ∇L(W) / a, exactly as ε → 0: here ε / variance < 1e-4.
    architecture = Architecture(3, 8, norm="batch", activation="tanh")
    theta, inputs, targets = drawn(architecture)
    scaled, rows = theta.clone(), slice(0, 16)  # the first layer's weight (8, 2)
    scaled[:, rows] *= 100.0
    theta = theta.clone()
    theta[:, rows] *= 50.0
    one, two = (deep_training.gradient(architecture, each, inputs, targets) for each in (theta, scaled))
    torch.testing.assert_close(one.loss, two.loss, rtol=1e-6, atol=0)
    torch.testing.assert_close(one.gradient[:, rows], 2 * two.gradient[:, rows], rtol=1e-3, atol=1e-9)


def test_a_broken_network_leaves_the_others_alone_and_all_broken_end_the_training() -> None:
    architecture = Architecture(2, 4, norm="batch")
    theta, inputs, targets = drawn(architecture)
    broken = theta.clone()
    broken[1] = math.nan
    plan, seen = Plan("sgd", 0.1), []
    alone, some = (
        deep_training.train(architecture, deep_training.begin(architecture, each), plan, 5, lambda _: (inputs, targets))
        for each in (theta, broken)
    )
    torch.testing.assert_close(some.theta[[0, 2]], alone.theta[[0, 2]], rtol=1e-12, atol=1e-12)
    lost = deep_training.begin(architecture, torch.full_like(theta, math.nan))
    deep_training.train(
        architecture, lost, plan, 5, lambda _: (inputs, targets), watch=lambda _, each: seen.append(each)
    )
    assert len(seen) == 1
    assert deep.errors(torch.full((1, 1, 4), math.nan), torch.zeros(1, 4, dtype=torch.int64)).tolist() == [1.0]


def test_training_stops_when_nobody_waits() -> None:
    architecture = Architecture(2, 4)
    theta, inputs, targets = drawn(architecture)

    def report(fraction: float, *_: Any) -> None:
        if fraction > 0.5:
            raise Superseded

    with pytest.raises(Superseded):
        deep_training.train(
            architecture, deep_training.begin(architecture, theta), Plan(), 10, lambda _: (inputs, targets),
            report=report,
        )  # fmt: skip


def test_what_is_disturbed_after_the_norm_is_what_the_activation_gets() -> None:
    architecture = Architecture(2, 4, norm="batch", activation="linear")
    theta, inputs, _ = drawn(architecture)
    passed = deep.forward(architecture, theta, inputs, disturb=lambda _: (torch.tensor(0.0), torch.tensor(0.0)))
    layers = deep.unpacked(architecture, theta)
    for sums, layer in zip(passed.sums, layers, strict=False):
        torch.testing.assert_close(sums, layer.bias.expand_as(sums))


@pytest.mark.parametrize("architecture", [each for each in VARIANTS if each.norm != "none"], ids=str)
def test_the_gradient_through_noise_is_that_of_autograd(architecture: Architecture) -> None:
    theta, inputs, targets = drawn(architecture)
    source = torch.Generator().manual_seed(7)
    shape = (2, architecture.depth, len(SEEDS), architecture.width, 1)
    factors, shifts = torch.randn(shape, dtype=torch.float64, generator=source)
    own = theta.clone().requires_grad_()
    passed = deep.forward(architecture, own, inputs, disturb=lambda layer: (factors[layer], shifts[layer]))
    (expected,) = torch.autograd.grad(deep.losses(passed.outputs, targets).sum(), own)
    seen = deep_training.gradient(architecture, theta, inputs, targets, lambda layer: (factors[layer], shifts[layer]))
    torch.testing.assert_close(seen.gradient, expected, rtol=1e-10, atol=1e-12)


def test_running_statistics_of_some_networks_are_theirs() -> None:
    numbers = torch.arange(24.0).view(2, 3, 4, 1)
    taken = Statistics(numbers, -numbers).take([2, 0])
    assert torch.equal(taken.mean, numbers[:, [2, 0]])
    assert torch.equal(taken.variance, -numbers[:, [2, 0]])
