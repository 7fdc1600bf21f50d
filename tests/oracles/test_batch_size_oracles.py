"""Batch size against independent code: autograd, the exact Hessian, plain PyTorch training, scikit-learn's PCA."""

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch.nn.functional import cross_entropy

from nnviz.concepts.batch_size import clock, curvature, gradients, training
from nnviz.concepts.batch_size.gradients import Floats
from nnviz.concepts.batch_size.training import NETWORKS, Task
from nnviz.core.ensemble import MLP, replay_in_pytorch

DEEP = MLP((3, 5, 4, 3), "tanh", loss="cross_entropy")


def scene(network: MLP, examples: int = 12, seed: int = 0) -> tuple[Floats, Floats, torch.Tensor]:
    """Return weights (P,), inputs (N, d) and labels (N,)."""
    draws = np.random.default_rng(seed)
    labels = torch.from_numpy(draws.integers(network.sizes[-1], size=examples))
    return draws.normal(size=network.parameters), draws.normal(size=(examples, network.sizes[0])), labels


def one_hot(network: MLP, labels: torch.Tensor) -> Floats:
    goals: Floats = np.eye(network.sizes[-1])[labels.numpy()]
    return goals


def loss_of(network: MLP, weights: torch.Tensor, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the mean loss as a function of the flat weights, written with torch alone."""
    values, start = inputs, 0
    for index, (into, out) in enumerate(zip(network.sizes[:-1], network.sizes[1:], strict=True)):
        matrix = weights[start : start + into * out].view(out, into)
        values = values @ matrix.T + weights[start + into * out : start + (into + 1) * out]
        values = torch.tanh(values) if index + 1 < network.depth else values
        start += (into + 1) * out
    return cross_entropy(values, labels)


every_network = pytest.mark.parametrize("network", [NETWORKS["moons"], DEEP], ids=str)


@every_network
def test_gradients_of_single_examples_equal_autograd(network: MLP) -> None:
    weights, inputs, labels = scene(network)
    single = gradients.example_gradients(gradients.propagate(network, weights, inputs, one_hot(network, labels)))
    for row in range(len(inputs)):
        variable = torch.tensor(weights, requires_grad=True)
        loss = loss_of(network, variable, torch.from_numpy(inputs[row : row + 1]), labels[row : row + 1])
        (expected,) = torch.autograd.grad(loss, variable)
        np.testing.assert_allclose(single[row], expected.numpy(), rtol=1e-10, atol=1e-13)


@every_network
def test_the_hessian_times_a_vector_and_its_largest_eigenvalue_equal_the_exact_hessian(network: MLP) -> None:
    weights, inputs, labels = scene(network, examples=40)
    goals = one_hot(network, labels)
    loss_at = partial(loss_of, network, inputs=torch.from_numpy(inputs), labels=labels)
    hessian: Any = torch.autograd.functional.hessian  # PyTorch gives it no types
    exact = hessian(loss_at, torch.from_numpy(weights)).numpy()
    passed = gradients.propagate(network, weights, inputs, goals)
    way = np.random.default_rng(1).normal(size=network.parameters)
    np.testing.assert_allclose(
        curvature.hessian_times(network, weights, passed, way), exact @ way, rtol=1e-9, atol=1e-12
    )
    largest = np.linalg.eigvalsh(exact)[-1]
    found = curvature.sharpness(network, weights, inputs, goals, network.parameters)
    assert found == pytest.approx(largest, rel=1e-9)
    assert curvature.sharpness(network, weights, inputs, goals) == pytest.approx(largest, rel=2e-3)


def test_a_training_replays_in_plain_pytorch() -> None:
    task = Task("moons", 0.1, (4, 16, 256), (0.1, 0.2, 0.3), (128, 40, 6), (3,), snapshots=3, products=0)
    curves = training.trained(task)
    found = training.sets("moons", 0.1, (3,))
    for index, (batch, rate, steps) in enumerate(zip(task.batches, task.rates, task.steps, strict=True)):
        module = replay_in_pytorch(
            task.network, found.inputs[0], found.labels[0], seed=3, batch=batch, rate=rate, steps=steps
        )
        with torch.no_grad():
            loss = cross_entropy(module(torch.from_numpy(found.inputs[0])), torch.from_numpy(found.labels[0]))
            right = module(torch.from_numpy(found.test_inputs[0])).argmax(dim=1).numpy() == found.test_labels[0]
        assert curves.loss[-1, index, 0] == pytest.approx(float(loss), abs=1e-5)
        assert curves.test_accuracy[index, 0] == pytest.approx(right.mean(), abs=1e-12)


def test_the_plane_of_the_cloud_is_the_gradient_and_the_first_principal_component_across_it() -> None:
    network = NETWORKS["moons"]
    weights, inputs, labels = scene(network, examples=60)
    passed = gradients.propagate(network, weights, inputs, one_hot(network, labels))
    single, axes = gradients.example_gradients(passed), None
    for _ in range(30):
        axes = gradients.plane(network, passed, None if axes is None else axes[1])
    assert axes is not None
    full = single.mean(axis=0)
    np.testing.assert_allclose(axes[0], full / np.linalg.norm(full), atol=1e-12)
    rest = single - np.outer(single @ axes[0], axes[0])
    expected = PCA(1, svd_solver="full").fit(rest).components_[0]
    assert abs(float(axes[1] @ expected)) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("batch", [1, 64])
def test_the_bytes_of_a_step_are_what_autograd_really_keeps(batch: int) -> None:
    network = NETWORKS["digits"]
    module = network.module(network.initial_weights([0])[0])
    inputs = torch.randn(batch, 64, dtype=torch.float64)
    hidden = torch.tanh(module[0](inputs))
    loss = cross_entropy(module[2](hidden), torch.zeros(batch, dtype=torch.int64))
    node: Any = loss.grad_fn
    kept = {"inputs": inputs.nbytes, "hidden": hidden.nbytes, "log-softmax": node._saved_self.nbytes}
    kept |= {"labels": node._saved_target.nbytes, "total weight": node._saved_total_weight.nbytes}
    weights = 2 * sum(parameter.nbytes for parameter in module.parameters())
    assert clock.step_bytes(network, batch) == weights + sum(kept.values())
