"""The kernel trains exactly what a plain PyTorch loop trains, for everything it knows."""

from typing import Any

import numpy as np
import pytest
import torch

from nnviz.core.ensemble import ACTIVATIONS, LOSSES, MLP, OPTIMIZERS, Trained, replay_in_pytorch, train

RNG = np.random.default_rng(7)
POINTS = RNG.normal(size=(23, 3))
CLASSES = RNG.integers(0, 2, 23)
SMOOTH = np.tanh(POINTS @ RNG.normal(size=(3, 2)))


def targets_for(network: MLP) -> np.ndarray:
    if network.loss == "cross_entropy":
        return CLASSES
    columns = SMOOTH[:, : network.sizes[-1]]
    return (columns > 0).astype(float) if network.loss == "bce" else columns


def assert_equal_to_pytorch(network: MLP, *, rtol: float = 1e-6, **settings: Any) -> Trained:
    """Train with both and compare all weights; something must have moved, or the comparison says nothing."""
    targets = targets_for(network)
    settings = {"epochs": 4, "batch": 5, "rate": 0.05, **settings}  # 23 points: the last batch has 3
    trained = train(network, POINTS, targets, seeds=[3], **settings)
    module = replay_in_pytorch(network, POINTS, targets, seed=3, **settings)
    expected = torch.nn.utils.parameters_to_vector(module.parameters()).detach().numpy()
    np.testing.assert_allclose(trained.final[0, : network.parameters], expected, rtol=rtol, atol=1e-9)
    assert np.abs(trained.final[0] - network.initial_weights([3])[0]).max() > 1e-4
    return trained


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_activations_and_losses(activation: str, loss: str) -> None:
    assert_equal_to_pytorch(MLP((3, 6, 5, 2), activation, loss))


@pytest.mark.parametrize(("activation", "shape"), [("leaky_relu", 0.2), ("elu", 0.7), ("silu", 1.7)])
def test_activations_with_a_shape(activation: str, shape: float) -> None:
    first = assert_equal_to_pytorch(MLP((3, 6, 1), activation, "bce", shape=shape))
    second = assert_equal_to_pytorch(MLP((3, 6, 1), activation, "bce"), shape=shape)
    np.testing.assert_array_equal(first.final, second.final)


@pytest.mark.parametrize("output", ["tanh", "sigmoid", "relu"])
def test_output_activations(output: str) -> None:
    assert_equal_to_pytorch(MLP((3, 6, 2), "tanh", "half_mse", output))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers(optimizer: str) -> None:
    extra = {"momentum": 0.8, "beta1": 0.85, "beta2": 0.99, "decay": 0.9, "weight_decay": 0.1}
    assert_equal_to_pytorch(MLP((3, 6, 5, 1)), optimizer=optimizer, **extra)


@pytest.mark.parametrize(
    "settings",
    [
        {"l1": 0.05},
        {"l2": 0.1},
        {"l1": 0.02, "l2": 0.05, "optimizer": "adam"},
        {"dropout": 0.4},
        {"dropout": 0.4, "rescale": False},
        {"dropout": [[0.2, 0.6]], "optimizer": "momentum"},
        {"clip_norm": 0.05},
        {"max_norm": 0.4, "rate": 0.3},
        {"clip_value": 0.01},
        {"clip_norm": 0.1, "clip_value": 0.02, "l2": 0.1, "dropout": 0.3, "optimizer": "adam"},
        {"batch": 1},
        {"batch": 23},
        {"batch": 1000},
        {"steps": 7},
        {"schedule": [1.0, 0.5, 0.1]},
    ],
    ids=str,
)
def test_settings(settings: dict[str, Any]) -> None:
    assert_equal_to_pytorch(MLP((3, 6, 5, 1)), **settings)


@pytest.mark.parametrize("sizes", [(3, 1), (3, 1, 1), (3, 40, 1), (3, 27, 30, 2), (3, 2, 2, 2, 2, 2, 1)], ids=str)
def test_shapes_narrow_and_wide(sizes: tuple[int, ...]) -> None:
    assert_equal_to_pytorch(MLP(sizes, "tanh", "mse"))


def test_an_activation_for_each_layer() -> None:
    assert_equal_to_pytorch(MLP((3, 6, 5, 1), ("relu", "sigmoid")))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "silu", "elu", "softplus", "gelu"])
def test_values_and_slopes_reach_into_both_tails(activation: str) -> None:
    network = MLP((1, 1, 1), activation, "mse")
    inputs = np.concatenate([np.linspace(-40, 40, 161), [-1000, -710, 710, 1000, 1e-9, -1e-9]])[:, None]
    weights = np.array([1.0, 0.0, 1.0, 0.0])
    trained = train(network, inputs, inputs, initial=weights, epochs=0, snapshots=[0])
    x = torch.tensor(inputs, requires_grad=True)
    outputs = network.module(weights)(x)
    np.testing.assert_allclose(trained.outputs(inputs)[0, 0], outputs.detach().numpy(), rtol=1e-6, atol=1e-8)
    for point in (-30.0, -3.0, -1e-9, 0.5, 30.0):
        one = train(network, [[point]], [[0.0]], initial=weights, epochs=0, snapshots=[0])
        module = network.module(weights)
        loss = torch.nn.functional.mse_loss(module(torch.tensor([[point]], dtype=torch.float64)), torch.zeros(1, 1))
        slopes = torch.cat([slope.flatten() for slope in torch.autograd.grad(loss, list(module.parameters()))])
        np.testing.assert_allclose(one.gradients()[0, 0], slopes.numpy(), rtol=1e-6, atol=1e-14)


def test_soft_targets_are_allowed_for_several_classes() -> None:
    network = MLP((3, 5, 4), "tanh", "cross_entropy")
    soft = RNG.dirichlet(np.ones(4), 23)
    trained = train(network, POINTS, soft, seeds=[1], epochs=3)
    module = replay_in_pytorch(network, POINTS, soft, seed=1, epochs=3)
    expected = torch.nn.utils.parameters_to_vector(module.parameters()).detach().numpy()
    np.testing.assert_allclose(trained.final[0], expected, rtol=1e-6, atol=1e-9)


def test_a_subset_trains_as_if_nothing_else_existed() -> None:
    network, rows = MLP((3, 5, 1)), np.array([1, 4, 5, 9, 12, 20, 22])
    targets = targets_for(network)
    by_rows = train(network, POINTS, targets, seeds=[3], subset=rows, batch=3, epochs=5)
    by_mask = train(network, POINTS, targets, seeds=[3], subset=np.isin(np.arange(23), rows), batch=3, epochs=5)
    alone = train(network, POINTS[rows], targets[rows], seeds=[3], batch=3, epochs=5)
    np.testing.assert_array_equal(by_rows.final, alone.final)
    np.testing.assert_array_equal(by_mask.final, alone.final)
    np.testing.assert_array_equal(by_rows.train_loss, alone.train_loss)
    module = replay_in_pytorch(network, POINTS, targets, seed=3, subset=rows, batch=3, epochs=5)
    expected = torch.nn.utils.parameters_to_vector(module.parameters()).detach().numpy()
    np.testing.assert_allclose(by_rows.final[0], expected, rtol=1e-6)


def test_it_reaches_the_accuracy_of_scikit_learn() -> None:
    """An independent implementation on the same budget: accuracies within a few points, over seeds."""
    from sklearn.neural_network import MLPClassifier

    points = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    targets = (np.hypot(*points.T) < 0.6).astype(float)
    budget = {"epochs": 60, "batch": 10, "rate": 0.01, "optimizer": "adam"}
    ours = train(MLP((2, 8, 8, 1)), points, targets, seeds=range(4), **budget).train_accuracy[-1].mean()
    theirs = []
    for seed in range(4):
        model = MLPClassifier(
            (8, 8), activation="tanh", alpha=0, batch_size=10, learning_rate_init=0.01, random_state=seed
        )
        for _ in range(60):
            model.partial_fit(points, targets, classes=[0, 1])
        theirs.append(model.score(points, targets))
    assert ours == pytest.approx(np.mean(theirs), abs=0.03)
    assert ours > 0.9


JOINED = (
    {"normalization": "layer"},
    {"residual": True},
    {"normalization": "layer", "residual": True},
    {"normalization": "batch"},
    {"normalization": "batch", "residual": True},
)


@pytest.mark.parametrize("joints", JOINED, ids=str)
@pytest.mark.parametrize("sizes", [(3, 5, 5, 5, 2), (3, 18, 18, 1), (3, 4, 6, 6, 1)], ids=str)
@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu"])
def test_normalization_and_residual_connections(
    joints: dict[str, Any], sizes: tuple[int, ...], activation: str
) -> None:
    assert_equal_to_pytorch(MLP(sizes, activation, "mse", **joints))


@pytest.mark.parametrize("joints", JOINED, ids=str)
def test_joints_with_everything_else(joints: dict[str, Any]) -> None:
    network = MLP((3, 6, 6, 6, 2), ("tanh", "silu", "relu"), "cross_entropy", **joints)
    extra = {"optimizer": "adam", "l1": 0.01, "l2": 0.05, "dropout": [[0.2, 0.0, 0.5]], "clip_norm": 0.3}
    assert_equal_to_pytorch(network, **extra)


@pytest.mark.parametrize("joints", JOINED, ids=str)
def test_outputs_hidden_values_and_gradients_of_joined_layers(joints: dict[str, Any]) -> None:
    network = MLP((3, 5, 5, 5, 1), "tanh", "mse", **joints)
    trained = train(network, POINTS, SMOOTH[:, :1], seeds=[3], epochs=3, snapshots=[0, 3])
    module, x = trained.module(0, 1), torch.tensor(POINTS)
    np.testing.assert_allclose(trained.outputs(POINTS)[1, 0], module(x).detach(), rtol=1e-5, atol=1e-6)
    hidden = trained.hidden(POINTS)
    for layer in range(3):
        np.testing.assert_allclose(hidden[layer][1, 0], module[: layer + 1](x).detach(), rtol=1e-5, atol=1e-6)
    loss = torch.nn.functional.mse_loss(module.train()(x), torch.tensor(SMOOTH[:, :1]))  # see `Trained.gradients`
    slopes = torch.cat([slope.flatten() for slope in torch.autograd.grad(loss, list(module.parameters()))])
    np.testing.assert_allclose(trained.gradients()[1, 0], slopes, rtol=1e-6, atol=1e-12)


def test_a_residual_connection_needs_equal_widths_and_a_normalization_a_name() -> None:
    assert MLP((3, 4, 6, 6, 1), residual=True, normalization="layer").joints.tolist() == [1, 1, 3, 0]
    assert MLP((3, 3, 3), residual=True).joints.tolist() == [0, 0]
    with pytest.raises(ValueError, match="normalization must be one of"):
        MLP((3, 4, 1), normalization="group")


def test_normalized_sums_have_mean_zero_and_variance_one() -> None:
    network = MLP((3, 7, 1), "linear", "mse", normalization="layer", bias=0.0)
    values = train(network, POINTS, SMOOTH[:, 0], epochs=0, snapshots=[0]).hidden(POINTS)[0][0, 0].astype(float)
    np.testing.assert_allclose(values.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(values.var(axis=1), 1, rtol=1e-2)
