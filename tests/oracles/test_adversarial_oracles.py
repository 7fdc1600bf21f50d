"""Attacks and bounds against independent libraries: foolbox, and an exact solver for small networks."""

import importlib
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import Bounds, LinearConstraint, milp
from torch import Tensor, nn

from nnviz.concepts.adversarial.attacks import Goal, Norm, fgsm, pgd
from nnviz.concepts.adversarial.certified import around, lowest_margins
from nnviz.concepts.adversarial.minimal import carlini_wagner
from nnviz.core.seeds import generator
from nnviz.models import digits
from nnviz.models.chain import Chain


@pytest.fixture(scope="module")
def foolbox() -> Any:
    with warnings.catch_warnings():
        # foolbox 3.3.4 imports scipy.ndimage.filters, a name that scipy has deprecated.
        warnings.filterwarnings("ignore", "Please import `gaussian_filter`", DeprecationWarning)
        return importlib.import_module("foolbox")


@pytest.fixture(scope="module", params=["cnn", "mlp"])
def network(request: pytest.FixtureRequest) -> tuple[Chain, nn.Module]:
    # In float64: at float32 the gradient of a confident answer is rounding noise, and its signs are anybody's.
    trained = digits.trained(request.param, (0,))
    layers = trained.module().double()
    return trained.chain.double(), nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)), *layers
    ) if request.param == "cnn" else layers


@pytest.fixture
def rows() -> tuple[Tensor, Tensor]:
    data = digits.parts()
    return data.test[:60].double(), data.test_labels[:60]


def ours(attack: Any, chain: Chain, rows: tuple[Tensor, Tensor], **options: Any) -> Tensor:
    inputs, labels = rows
    return attack(chain.logits, inputs.unsqueeze(0), Goal(labels.unsqueeze(0)), **options)


def theirs(foolbox: Any, attack: Any, layers: nn.Module, rows: tuple[Tensor, Tensor], epsilon: float | None) -> Tensor:
    model = foolbox.PyTorchModel(layers.eval(), bounds=(0, 1), device="cpu")
    _, clipped, _ = attack(model, *rows, epsilons=epsilon)
    return clipped


@pytest.mark.parametrize("epsilon", [0.05, 0.15])
def test_fgsm_is_foolboxs(foolbox: Any, network: Any, rows: Any, epsilon: float) -> None:
    chain, layers = network
    other = theirs(foolbox, foolbox.attacks.LinfFastGradientAttack(), layers, rows, epsilon)
    torch.testing.assert_close(ours(fgsm, chain, rows, radius=epsilon)[0], other, atol=1e-9, rtol=0)


@pytest.mark.parametrize("epsilon", [0.5, 1.2])
def test_the_l2_step_is_foolboxs(foolbox: Any, network: Any, rows: Any, epsilon: float) -> None:
    chain, layers = network
    other = theirs(foolbox, foolbox.attacks.L2FastGradientAttack(), layers, rows, epsilon)
    own = ours(fgsm, chain, rows, radius=epsilon, norm="l2")[0]
    torch.testing.assert_close(own, other, atol=1e-9, rtol=0)


@pytest.mark.parametrize(("norm", "epsilon", "name"), [("linf", 0.15, "LinfPGD"), ("l2", 1.2, "L2PGD")])
def test_pgd_is_foolboxs_at_the_same_absolute_step(
    foolbox: Any, network: Any, rows: Any, norm: Norm, epsilon: float, name: str
) -> None:
    chain, layers = network
    step, steps = 0.25 * epsilon, 5
    attack = getattr(foolbox.attacks, name)(abs_stepsize=step, steps=steps, random_start=False)
    other = theirs(foolbox, attack, layers, rows, epsilon)
    own = ours(pgd, chain, rows, radius=epsilon, step=step, steps=steps, norm=norm)[-1, 0]
    torch.testing.assert_close(own, other, atol=1e-9, rtol=0)


def test_carlini_and_wagner_come_as_near_as_foolboxs(foolbox: Any, network: Any, rows: Any) -> None:
    chain, layers = network
    few = (rows[0][:20], rows[1][:20])
    attack = foolbox.attacks.L2CarliniWagnerAttack(binary_search_steps=6, steps=300, stepsize=0.05, initial_const=1.0)
    other = theirs(foolbox, attack, layers, few, None)
    own = ours(carlini_wagner, chain, few, steps=60, searches=4)[0]
    lengths = [(each - few[0]).norm(dim=1).median().item() for each in (own, other)]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.05)


def small_network(seed: int) -> Chain:
    draws = generator(seed, "oracle")
    sizes = (3, 5, 4, 2)
    shapes = list(pairwise(sizes))
    weights = [torch.randn(1, rows, columns, generator=draws, dtype=torch.float64) for rows, columns in shapes]
    biases = [0.3 * torch.randn(1, 1, columns, generator=draws, dtype=torch.float64) for _, columns in shapes]
    return Chain(tuple(weights), tuple(biases))


def exact_margin(chain: Chain, low: np.ndarray, high: np.ndarray) -> float:
    """Return the true minimum of logit 0 − logit 1 over a box, as a mixed-integer program with big-M ReLUs."""
    sizes, bound = (3, 5, 4), 100.0
    start = np.cumsum([0, 3, 5, 4, 5, 4])  # inputs, two layers of outputs, two layers of switches
    count = int(start[-1])
    rows, lows, highs = [], [], []
    for layer in (0, 1):
        weight, bias = chain.weights[layer][0].numpy(), chain.biases[layer][0, 0].numpy()
        for unit in range(sizes[layer + 1]):
            out, switch = start[layer + 1] + unit, start[layer + 3] + unit
            above, capped, off = np.zeros(count), np.zeros(count), np.zeros(count)
            above[out], above[start[layer] : start[layer] + sizes[layer]] = 1, -weight[:, unit]
            capped[:], capped[switch] = above, bound
            off[out], off[switch] = 1, -bound
            rows += [above, capped, off]  # out ≥ z,  out ≤ z + M (1 − switch),  out ≤ M switch
            lows += [bias[unit], -np.inf, -np.inf]
            highs += [np.inf, bias[unit] + bound, 0]
    weight, bias = chain.weights[2][0].numpy(), chain.biases[2][0, 0].numpy()
    cost = np.zeros(count)
    cost[start[2] : start[3]] = weight[:, 0] - weight[:, 1]
    whole = np.r_[np.zeros(start[3]), np.ones(9)]
    floor, ceiling = np.r_[low, np.zeros(18)], np.r_[high, np.full(9, bound), np.ones(9)]
    limits = LinearConstraint(np.array(rows), lows, highs)
    solved = milp(cost, constraints=limits, integrality=whole, bounds=Bounds(floor, ceiling))
    assert solved.success
    return float(solved.fun + bias[0] - bias[1])


@pytest.mark.parametrize("seed", range(6))
def test_interval_bounds_lie_below_the_exact_minimum_and_attacks_above(seed: int) -> None:
    chain = small_network(seed)
    inputs = torch.rand(1, 1, 3, generator=generator(seed, "input"), dtype=torch.float64)
    labels = torch.zeros(1, 1, dtype=torch.int64)
    low, high = around(inputs, 0.1)
    exact = exact_margin(chain, low[0, 0].numpy(), high[0, 0].numpy())
    bound = lowest_margins(chain, low, high, labels)[0, 0, 1].item()
    goal = Goal(labels, margins=True)
    attacked = pgd(chain.logits, inputs, goal, radius=0.1, step=0.02, steps=30, restarts=5)[-1]
    reached = -goal.margin(chain.logits(attacked)).item()
    assert bound <= exact + 1e-6 <= reached + 2e-6
    assert reached == pytest.approx(exact, abs=0.05 * abs(exact - bound) + 1e-6)
