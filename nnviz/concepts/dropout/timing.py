"""Does dropping units make training faster? Steps on a clock, weights left alone, and epochs until it has learned."""

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnviz.concepts.dropout import measures, thinning
from nnviz.concepts.dropout.training import BATCH, LEARNING_RATE, Rates, Setting, problem_of, recorded
from nnviz.core.progress import Report

Doubles = NDArray[np.float64]
RATE = 0.5
WIDTH = 32
TARGET_LOSS = 0.2  # training loss with all units that counts as learned
EPOCHS = 200
STEPS = 120  # timed per network; the first quarter warms up


def plain_network(rate: float) -> nn.Sequential:
    """Return the page's network on moons as anybody would write it, with `nn.Dropout` after each hidden layer."""
    layers: list[nn.Module] = []
    for inputs in (2, WIDTH):
        layers += [nn.Linear(inputs, WIDTH), nn.ReLU()] + ([nn.Dropout(rate)] if rate else [])
    return nn.Sequential(*layers, nn.Linear(WIDTH, 2))


def training_step(seed: int, rate: float) -> tuple[nn.Sequential, Callable[[], None]]:
    """Return a network and one step of its training on a fixed batch; draws come from torch's global generator."""
    torch.manual_seed(seed)
    network = plain_network(rate)
    inputs, targets = torch.randn(BATCH, 2), torch.randint(2, (BATCH,))
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)

    def step() -> None:
        optimizer.zero_grad()
        torch.autograd.backward(nn.functional.cross_entropy(network(inputs), targets))
        optimizer.step()

    return network, step


def seconds_per_step(seeds: Sequence[int], report: Report) -> tuple[Doubles, Doubles]:
    """Return the median seconds of a training step (S,) without and with dropout, the two networks taking turns."""
    found = np.empty((2, len(seeds)))
    with torch.random.fork_rng():
        for index, seed in enumerate(seeds):
            report(index / len(seeds), "timing steps")
            steps = [training_step(seed, rate)[1] for rate in (0.0, RATE)]
            taken = np.array([[_seconds(step) for step in steps] for _ in range(STEPS)])
            found[:, index] = np.median(taken[STEPS // 4 :], axis=0)
    return found[0], found[1]


def _seconds(step: Callable[[], None]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def weights_left_alone(seeds: Sequence[int]) -> tuple[Doubles, Doubles]:
    """Return the share in % (S,) of weights whose first gradient is exactly zero, without and with dropout."""
    found = np.empty((2, len(seeds)))
    with torch.random.fork_rng():
        for index, seed in enumerate(seeds):
            for row, rate in enumerate((0.0, RATE)):
                network, step = training_step(seed, rate)
                step()
                gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
                flat = torch.cat([gradient.flatten() for gradient in gradients])
                found[row, index] = 100 * float((flat == 0).double().mean())
    return found[0], found[1]


def epochs_to_learn(seeds: Sequence[int], report: Report) -> tuple[Doubles, Doubles]:
    """Return the epochs (S,) until the training loss with all units is low, without and with dropout.

    A network that never gets there counts with all EPOCHS, which makes dropout look better than it is, never worse.
    """
    setting = Setting("moons", WIDTH, 100, 0.2, EPOCHS, tuple(seeds), snapshots=EPOCHS + 1)
    without = _epochs(setting, (0.0, 0.0), report)
    return without, _epochs(setting, (RATE, RATE), report)


def _epochs(setting: Setting, rates: Rates, report: Report) -> Doubles:
    net, problem = recorded(setting, rates, report), problem_of(setting)
    found = []
    for index in range(len(setting.seeds)):
        layers = setting.network.layers(net.weights[:, index])
        logits = thinning.forward(layers, problem.inputs[index], rates, "inverted")
        low = measures.cross_entropy(logits, problem.targets[index]) <= TARGET_LOSS
        found.append(net.epochs[low.argmax()] if low.any() else EPOCHS)
    return np.array(found, dtype=np.float64)
