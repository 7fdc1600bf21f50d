"""Operations counted in one thread are PyTorch's own count, and no other thread hears of it."""

import threading

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from nnviz.models.flops import flops


def step(module: nn.Module, inputs: torch.Tensor) -> None:
    torch.autograd.grad(module(inputs).square().sum(), list(module.parameters()))


@pytest.mark.parametrize(
    ("module", "inputs"),
    [
        (nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2)), torch.ones(7, 3)),
        (nn.Conv2d(2, 4, 3), torch.ones(1, 2, 8, 8)),
    ],
)
def test_the_count_is_that_of_pytorch(module: nn.Module, inputs: torch.Tensor) -> None:
    with FlopCounterMode(display=False) as counter:
        step(module, inputs)
    assert flops(lambda: step(module, inputs)) == counter.get_total_flops() > 0


def test_another_thread_trains_on_undisturbed() -> None:
    module, inputs = nn.Linear(3, 5), torch.ones(7, 3)
    counted = []

    def count() -> None:
        counted.append(flops(lambda: step(module, inputs)))

    def busy() -> None:
        thread = threading.Thread(target=count)
        thread.start()
        step(nn.Linear(30, 50), torch.ones(7, 30))
        thread.join()

    assert flops(busy) > counted[0]
    assert counted[0] == flops(lambda: step(module, inputs))
