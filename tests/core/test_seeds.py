"""Every draw comes from a seed and a purpose, has the deviation its scheme promises, and never touches global state."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from nnviz.core.seeds import (
    INITIALIZATIONS,
    dropout_draws,
    epoch_orders,
    generator,
    initial_weights,
    reset_module,
)

WIDE = (400, 300)
DEVIATIONS = {
    "pytorch": math.sqrt(1 / (3 * 400)),
    "playground": math.sqrt(1 / 12),
    "xavier_uniform": math.sqrt(2 / 700),
    "xavier_normal": math.sqrt(2 / 700),
    "he_uniform": math.sqrt(2 / 400),
    "he_normal": math.sqrt(2 / 400),
    "lecun_uniform": math.sqrt(1 / 400),
    "lecun_normal": math.sqrt(1 / 400),
    "orthogonal": math.sqrt(1 / 400),
    "normal": 1.0,
    "uniform": math.sqrt(1 / 3),
    "constant": 0.0,
    "zeros": 0.0,
}


def matrix(scheme: str, gain: float = 1.0, seed: int = 0) -> np.ndarray:
    return initial_weights(WIDE, seed, scheme, gain=gain)[: 400 * 300].reshape(300, 400)


@pytest.mark.parametrize("scheme", INITIALIZATIONS)
@pytest.mark.parametrize("gain", [1.0, 2.5])
def test_a_scheme_has_its_deviation_times_the_gain(scheme: str, gain: float) -> None:
    assert matrix(scheme, gain).std() == pytest.approx(DEVIATIONS[scheme] * gain, rel=0.01, abs=1e-12)


@pytest.mark.parametrize(
    ("scheme", "torch_scheme"),
    [
        ("xavier_uniform", nn.init.xavier_uniform_),
        ("he_uniform", lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu")),
        ("pytorch", lambda w: nn.init.kaiming_uniform_(w, a=math.sqrt(5))),
    ],
)
def test_uniform_schemes_have_the_bounds_of_pytorch(scheme: str, torch_scheme: object) -> None:
    theirs = torch_scheme(torch.empty(300, 400)).abs().max().item()
    assert np.abs(matrix(scheme)).max() == pytest.approx(theirs, rel=1e-3)


def test_orthogonal_rows_are_orthonormal() -> None:
    rows = matrix("orthogonal")
    np.testing.assert_allclose(rows @ rows.T, np.eye(300), atol=1e-10)


def test_biases_follow_the_scheme_unless_given() -> None:
    def biases(scheme: str, bias: float | None = None) -> np.ndarray:
        return initial_weights(WIDE, 0, scheme, bias=bias)[-300:]

    assert (biases("he_normal") == 0).all()
    assert (biases("playground") == 0.1).all()
    assert (biases("pytorch", bias=0.3) == 0.3).all()
    assert biases("pytorch").std() == pytest.approx(1 / math.sqrt(3 * 400), rel=0.1)


def test_an_unknown_scheme_is_named() -> None:
    with pytest.raises(ValueError, match="'glorot'"):
        initial_weights((2, 1), 0, "glorot")


def test_same_seed_and_purpose_same_numbers_and_nothing_else_does() -> None:
    draws = [torch.rand(4, generator=generator(*key)) for key in ((1, "a"), (1, "a"), (1, "b"), (2, "a"))]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])
    assert not torch.equal(draws[0], draws[3])


def test_drawing_leaves_the_global_generator_alone() -> None:
    before = torch.random.get_rng_state()
    initial_weights((3, 4, 1), 0, "orthogonal")
    epoch_orders(generator(0, "order"), 5, 3)
    assert torch.equal(before, torch.random.get_rng_state())


def test_every_epoch_is_another_permutation_and_chunks_do_not_matter() -> None:
    whole = epoch_orders(generator(0, "order"), 20, 6)
    np.testing.assert_array_equal(np.sort(whole, axis=1), np.tile(np.arange(20), (6, 1)))
    assert len({tuple(row) for row in whole}) == 6
    draws = generator(0, "order")
    np.testing.assert_array_equal(whole, np.concatenate([epoch_orders(draws, 20, 2), epoch_orders(draws, 20, 4)]))


def test_dropout_draws_are_uniform_and_chunks_do_not_matter() -> None:
    whole = dropout_draws(generator(0, "dropout"), 50, 40, 5)
    draws = generator(0, "dropout")
    np.testing.assert_array_equal(whole[3:], [dropout_draws(draws, 50, 40, 1)[0] for _ in range(5)][3:])
    assert (whole >= 0.3).mean() == pytest.approx(0.7, abs=0.02)


def test_a_module_is_drawn_from_its_seed_with_the_bounds_of_pytorch() -> None:
    def module(seed: int) -> nn.Module:
        return reset_module(
            nn.Sequential(nn.Conv2d(3, 8, 3), nn.LayerNorm(4), nn.Linear(50, 5), nn.Embedding(6, 2)), seed
        )

    one, same, other = ([p.detach() for p in module(seed).parameters()] for seed in (0, 0, 1))
    assert all(torch.equal(a, b) for a, b in zip(one, same, strict=True))
    assert not torch.equal(one[0], other[0])
    assert one[0].abs().max() <= 1 / math.sqrt(27)
    assert one[0].abs().max() > 0.9 / math.sqrt(27)
    assert torch.equal(one[2], torch.ones(4))


def test_a_module_it_cannot_draw_is_refused() -> None:
    with pytest.raises(TypeError, match="PReLU"):
        reset_module(nn.Sequential(nn.PReLU()), 0)
