"""Build your own network, against TensorFlow Playground's algorithm, scikit-learn and PyTorch's own counters."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, r2_score
from sklearn.neural_network import MLPClassifier
from torch.utils.flop_counter import FlopCounterMode

from nnviz.concepts.playground import Params, run, view
from nnviz.concepts.playground.findings import signals
from nnviz.concepts.playground.result_charts import confusion
from nnviz.concepts.playground.training import problem_of

Floats = NDArray[np.float64]
ITS_OWN: dict[str, Any] = {
    "loss": "half_mse", "initialization": "playground", "scaling": "playground", "rate": 0.03, "noise": 0.0,
    "epochs": 60,
}  # fmt: skip


class Node:
    """A unit as TensorFlow Playground has it: one number at a time, derivatives added up until the weights move."""

    def __init__(self, weights: Floats, bias: float) -> None:
        self.weights, self.bias = weights.tolist(), float(bias)
        self.clear()

    def clear(self) -> None:
        self.slopes, self.bias_slope, self.count = [0.0] * len(self.weights), 0.0, 0

    def answer(self, values: list[float]) -> float:
        self.values = values
        self.output = math.tanh(self.bias + sum(w * value for w, value in zip(self.weights, values, strict=True)))
        return self.output

    def learn(self, slope: float) -> list[float]:
        """Take ∂E/∂output, return ∂E/∂(inputs)."""
        inner = slope * (1 - self.output**2)
        self.bias_slope += inner
        self.count += 1
        self.slopes = [old + inner * value for old, value in zip(self.slopes, self.values, strict=True)]
        return [inner * w for w in self.weights]

    def move(self, rate: float, l2: float) -> None:
        self.bias -= rate * self.bias_slope / self.count
        moved = zip(self.weights, self.slopes, strict=True)
        self.weights = [w - rate * slope / self.count - rate * l2 * w for w, slope in moved]
        self.clear()


def one_by_one(layers: list[list[Node]], x: Floats, y: Floats, *, epochs: int, batch: int, l2: float = 0.0) -> None:
    """Train as its `oneStep` does: points in a fixed order, weights moved after every `batch` points."""
    for _ in range(epochs):
        for number, (point, target) in enumerate(zip(x.tolist(), y.tolist(), strict=True), 1):
            values = point
            for layer in layers:
                values = [node.answer(values) for node in layer]
            slopes = [values[0] - target]
            for layer in reversed(layers):
                found = [node.learn(slope) for node, slope in zip(layer, slopes, strict=True)]
                slopes = [sum(column) for column in zip(*found, strict=True)]
            if number % batch == 0:
                for layer in layers:
                    for node in layer:
                        node.move(0.03, l2)


def nodes_of(layers: list[tuple[Floats, Floats]]) -> list[list[Node]]:
    return [[Node(row, bias) for row, bias in zip(*layer, strict=True)] for layer in layers]


def answers(layers: list[list[Node]], x: Floats) -> Floats:
    found = []
    for point in x.tolist():
        values = point
        for layer in layers:
            values = [node.answer(values) for node in layer]
        found.append(values[0])
    return np.array(found)


@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_steps_are_those_of_tensorflow_playground_number_by_number(l2: float) -> None:
    """With all points in one batch the order does not matter, so every weight must agree."""
    extra = {"penalty": "l2", "strength": l2} if l2 else {}
    found = run(Params(**(ITS_OWN | extra | {"epochs": 15, "batch": 500, "seeds": 1, "examples": 100})))
    problem, network = found.problem, found.network
    nodes = nodes_of(network.layers(network.initial_weights([0])[0]))
    x, y = problem.inputs(problem.train), np.asarray(problem.targets(problem.labels), np.float64)
    one_by_one(nodes, x, y, epochs=15, batch=len(x), l2=l2)
    for (matrix, bias), layer in zip(network.layers(found.trained.final[0]), nodes, strict=True):
        np.testing.assert_allclose(matrix, [node.weights for node in layer], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(bias, [node.bias for node in layer], rtol=1e-9, atol=1e-12)


def test_with_its_own_settings_it_reaches_the_loss_of_tensorflow_playground() -> None:
    """Its fixed order and its own draws of ±½ (biases 0.1) end within the band of our seeds."""
    found = run(Params(**ITS_OWN, seeds=16))
    problem = found.problem
    x, y = problem.inputs(problem.train), np.asarray(problem.targets(problem.labels), np.float64)
    losses = []
    for seed in range(3):
        draws = np.random.default_rng(seed)
        shapes = ((4, 2), (2, 4), (1, 2))
        nodes = nodes_of([(draws.uniform(-0.5, 0.5, shape), np.full(shape[0], 0.1)) for shape in shapes])
        one_by_one(nodes, x, y, epochs=60, batch=10)
        losses.append(0.5 * float(np.mean((answers(nodes, x) - y) ** 2)))
    ours = found.scores.train_loss[-1]
    low, high = np.quantile(ours, [0.05, 0.95])
    assert low <= np.median(losses) <= high
    assert np.median(losses) < 0.05, "both have learned the circle"


def test_its_start_weights_are_within_a_half_and_its_biases_a_tenth() -> None:
    network = run(Params(**(ITS_OWN | {"epochs": 1}))).network
    for matrix, bias in network.layers(network.initial_weights(range(50))):
        assert 0.45 < np.abs(matrix).max() <= 0.5
        assert (bias == 0.1).all()


def test_a_network_without_layers_is_logistic_regression() -> None:
    params = Params(
        data="two_gaussians", layers=0, noise=0.6, epochs=300, batch=500, rate=1.0, seeds=1, penalty="l2", strength=0.01
    )
    found = run(params)
    problem = found.problem
    model = LogisticRegression(C=1 / (0.01 * len(problem.train)), tol=1e-8).fit(problem.train, problem.labels)
    matrix, bias = found.network.layers(found.trained.final[0])[0]
    np.testing.assert_allclose(matrix, model.coef_, rtol=1e-3)
    np.testing.assert_allclose(bias, model.intercept_, atol=1e-3)


def test_accuracy_is_within_points_of_scikit_learns_network() -> None:
    params = Params(data="moons", noise=0.2, optimizer="adam", rate=0.01, epochs=100, units1=8, units2=8, seeds=4)
    found = run(params)
    problem, theirs = found.problem, []
    for seed in range(3):
        model = MLPClassifier(
            (8, 8), activation="tanh", alpha=0, batch_size=10, learning_rate_init=0.01, random_state=seed
        )
        for _ in range(100):
            model.partial_fit(problem.train, problem.labels, classes=[0, 1])
        theirs.append(model.score(problem.test, problem.test_labels))
    assert found.scores.test_score[-1].mean() == pytest.approx(np.mean(theirs), abs=0.03)


@pytest.mark.parametrize("data", ["circle", "three_classes", "wine"])
def test_the_confusion_matrix_is_scikit_learns(data: str) -> None:
    found = run(Params(data=data, epochs=5, seeds=1))
    outputs, truth = found.story.outputs[-1], found.problem.test_labels
    given = outputs.argmax(axis=1) if found.problem.outputs > 1 else (outputs[:, 0] > 0).astype(int)
    np.testing.assert_array_equal(confusion(found)[-1], confusion_matrix(truth, given))


def test_r_squared_is_scikit_learns() -> None:
    found = run(Params(data="hills", epochs=20, seeds=1))
    expected = r2_score(found.problem.test_labels, found.story.outputs[-1, :, 0])
    assert found.scores.test_score[-1, 0] == pytest.approx(expected, rel=1e-5)


def test_losses_are_those_of_pytorch() -> None:
    found = run(Params(data="three_classes", epochs=10, seeds=2))
    problem = found.problem
    for part, labels, losses in ((problem.train, problem.labels, found.scores.train_loss),
                                 (problem.test, problem.test_labels, found.scores.test_loss)):  # fmt: skip
        logits = found.trained.module(1)(torch.from_numpy(problem.inputs(part)))
        expected = torch.nn.functional.cross_entropy(logits, torch.from_numpy(np.array(labels)))
        assert losses[-1, 1] == pytest.approx(expected.item(), rel=1e-5)


def test_flops_are_those_of_pytorchs_counter() -> None:
    found = run(Params(layers=3, units3=5, epochs=1, seeds=1))
    with FlopCounterMode(display=False) as counter:
        found.trained.module(0)(torch.zeros(1, 2, dtype=torch.float64))
    title = next(chart.title for chart in view(found).charts if chart.name == "costs")
    assert f"{counter.get_total_flops()} FLOPs" in title


JOINTS = ({}, {"residual": True, "normalization": "layer"}, {"residual": True, "normalization": "batch"})


@pytest.mark.parametrize("joints", JOINTS, ids=str)
def test_signals_are_the_gradients_that_hooks_see(joints: dict[str, Any]) -> None:
    params = Params(layers=3, units2=4, epochs=1, seeds=1, data="three_classes", **joints)
    found = run(params)
    problem, seen = found.problem, []
    module = found.network.module(found.story.weights[0].astype(np.float64), params.activations).train()
    last = [layer for layer in module if not isinstance(layer, torch.nn.Linear)][:3]
    for layer in last:
        layer.register_full_backward_hook(lambda _module, _inputs, outputs: seen.append(float(outputs[0].norm())))
    x = torch.from_numpy(problem.inputs(problem.train)).requires_grad_()
    torch.autograd.backward(torch.nn.functional.cross_entropy(module(x), torch.from_numpy(np.array(problem.labels))))
    np.testing.assert_allclose(signals(found), seen[::-1], rtol=1e-9)


def test_the_split_keeps_every_class_and_shares_no_point() -> None:
    problem, _ = problem_of(Params(data="iris", share=0.5))
    assert set(problem.labels) == set(problem.test_labels) == {0, 1, 2}
    whole, _ = problem_of(Params(data="spiral", share=0.7))
    assert not {tuple(row) for row in whole.train.tolist()} & {tuple(row) for row in whole.test.tolist()}
