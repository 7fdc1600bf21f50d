"""The digits' networks: convolutions written as matrices, seeds trained side by side, work spread over cores."""

from typing import Any

import pytest
import torch
from torch import nn

from nnviz.core.progress import Superseded, silent
from nnviz.core.seeds import generator
from nnviz.models import digits
from nnviz.models.digits import Architecture
from nnviz.models.spread import spread
from nnviz.models.training import cross_entropy

ARCHITECTURES: tuple[Architecture, ...] = ("cnn", "mlp", "linear")
every_architecture = pytest.mark.parametrize("architecture", ARCHITECTURES)


def pixels(architecture: Architecture, inputs: torch.Tensor) -> torch.Tensor:
    return inputs.reshape(-1, 1, 8, 8) if architecture == "cnn" else inputs


@every_architecture
def test_layers_answer_as_the_chain_does(architecture: Architecture) -> None:
    trained = digits.trained(architecture, (0, 1))
    inputs = digits.parts().test[:50]
    for network in range(2):
        expected = trained.module(network)(pixels(architecture, inputs))
        torch.testing.assert_close(trained.chain.logits(inputs)[network], expected, atol=1e-4, rtol=1e-4)


@every_architecture
def test_a_network_does_not_depend_on_those_beside_it(architecture: Architecture) -> None:
    alone, among = digits.trained(architecture, (3,)), digits.trained(architecture, (1, 3, 5, 7, 9))
    for own, beside in zip(alone.parameters, among.parameters, strict=True):
        torch.testing.assert_close(own[0], beside[1], atol=1e-4, rtol=1e-4)


@every_architecture
def test_training_reaches_what_these_digits_allow(architecture: Architecture) -> None:
    least = {"cnn": 0.945, "mlp": 0.94, "linear": 0.925}[architecture]
    assert digits.trained(architecture, (0, 1, 2, 3)).accuracy().min() > least


def test_an_unrolled_kernel_is_the_convolution() -> None:
    draws = generator(0, "test")
    for inputs, outputs, side in ((1, 3, 8), (3, 5, 4)):
        kernels = torch.randn(2, outputs, inputs, 3, 3, generator=draws, dtype=torch.float64)
        picture = torch.randn(4, inputs, side, side, generator=draws, dtype=torch.float64)
        matrix = digits.unrolled(kernels)
        for network in range(2):
            expected = nn.functional.conv2d(picture, kernels[network], stride=2, padding=1).flatten(1)
            torch.testing.assert_close(picture.flatten(1) @ matrix[network], expected)


def test_training_is_what_plain_pytorch_does() -> None:
    data, epochs, rate = digits.parts(), 2, 0.01
    trained = digits.train("mlp", (5,), digits.on_labels, epochs=epochs, rate=rate)
    initial = digits.initial("mlp", (5,))
    chain = digits.chain_of(initial)
    plain = digits.Digits("mlp", (5,), tuple(initial), chain).module()
    optimizer = torch.optim.Adam(plain.parameters(), lr=rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * 10)
    order = generator(5, "order")
    for _ in range(epochs):
        for rows in torch.split(torch.randperm(len(data.train), generator=order), 128):
            optimizer.zero_grad()
            nn.functional.cross_entropy(plain(data.train[rows]), data.train_labels[rows]).backward()
            optimizer.step()
            schedule.step()
    for own, other in zip(trained.module().parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(own, other, atol=1e-3, rtol=1e-3)


def test_the_split_shares_no_row_and_keeps_the_ink() -> None:
    data = digits.parts()
    assert len(data.train) + len(data.test) == 1797
    assert data.train.min() == 0
    assert data.train.max() == 1
    assert torch.equal(data.train * 16, (data.train * 16).round())


def test_seeds_differ_and_results_are_remembered() -> None:
    trained = digits.trained("linear", (0, 1))
    assert not torch.equal(trained.parameters[0][0], trained.parameters[0][1])
    assert digits.trained("linear", (0, 1)) is trained


def test_no_seed_is_no_network() -> None:
    with pytest.raises(ValueError, match="at least one network"):
        digits.trained("linear", ())


def test_the_loss_is_a_mean_over_rows_and_a_sum_over_networks() -> None:
    logits, labels = torch.zeros(3, 7, 4), torch.zeros(3, 7, dtype=torch.int64)
    assert cross_entropy(logits, labels).item() == pytest.approx(3 * torch.log(torch.tensor(4.0)).item())


def test_work_is_spread_and_comes_back_in_order() -> None:
    heard: list[float] = []
    partials: list[Any] = []

    def report(fraction: float, what: str = "", partial: Any = None) -> None:
        assert what == "squaring"
        heard.append(fraction)
        partials.append(partial)

    assert spread(lambda item, _: item * item, range(5), report, "squaring", lambda results: list(results)) == [
        0, 1, 4, 9, 16,
    ]  # fmt: skip
    assert heard[-1] == 1
    assert partials[-1] is None, "the last word is the result itself"


def test_spread_work_stops_when_nobody_waits() -> None:
    stopped = []

    def work(item: int, heed: Any) -> None:
        try:
            for _ in range(10_000):
                heed(0.0)
                torch.ones(200, 200) @ torch.ones(200, 200)
        except Superseded:
            stopped.append(item)
            raise

    def report(_fraction: float, _what: str = "", _partial: Any = None) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        spread(work, [1], report, "waiting")
    for _ in range(200):
        if stopped:
            break
        torch.ones(300, 300) @ torch.ones(300, 300)
    assert stopped == [1]


def test_spread_hands_on_what_goes_wrong() -> None:
    def work(item: int, _: Any) -> int:
        raise ValueError(f"item {item}")

    with pytest.raises(ValueError, match="item 1"):
        spread(work, [1], silent, "failing")
