"""Each finding is found where it is, named by its cause with its number, and not found where it is not."""

import numpy as np
import pytest

from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding


def found(finding: Finding | None, cause: str, severity: str, *numbers: str) -> None:
    assert finding is not None
    assert (finding.cause, finding.severity) == (cause, severity)
    for number in numbers:
        assert number in finding.text


def test_non_finite_names_the_first_step_and_the_first_layer_in_it() -> None:
    clean, first, second = np.ones((5, 2, 3)), np.ones((5, 4)), np.ones(5)
    first[3, 1] = np.nan
    second[3:] = np.inf
    arrays = {"layer 1": clean, "layer 2": first, "the loss": second}
    finding = diagnosis.non_finite(arrays, steps=np.array([0, 10, 20, 30, 40]))
    found(finding, "non-finite", "failure", "step 30 in layer 2", "1 of 4", "NaN")
    second[1] = np.inf
    found(diagnosis.non_finite(arrays), "non-finite", "failure", "step 1 in the loss", "infinity")
    assert diagnosis.non_finite({"layer 1": clean}) is None


def test_divergence_names_where_it_began_and_where_it_ended() -> None:
    found(
        diagnosis.divergence(np.array([1.0, 0.5, 1.4, 3.0, 80.0])), "divergence", "failure", "step 3", "ends around 80"
    )
    blown = np.array([1.0, 5.0, np.nan])
    found(diagnosis.divergence(blown, np.array([0, 7, 9])), "divergence", "failure", "step 7", "infinity")


def test_a_falling_a_constant_and_a_spiking_loss_do_not_diverge() -> None:
    spike = np.linspace(1, 0.1, 100)
    spike[[50, 99]] = 40.0
    for losses in (np.linspace(1, 0, 10), np.ones(10), np.zeros(5), spike):
        assert diagnosis.divergence(losses) is None


def test_dead_units_are_those_that_are_zero_for_every_input() -> None:
    activations = np.ones((10, 8))
    assert diagnosis.dead_units(activations) is None
    activations[:, 3] = 0
    activations[:9, 4] = 0  # silent for nine inputs of ten: alive
    found(diagnosis.dead_units(activations, "layer 2"), "dead units", "note", "1 of 8 units of layer 2", "10 inputs")
    activations[:, :2] = 0
    found(diagnosis.dead_units(activations), "dead units", "warning", "3 of 8")
    found(diagnosis.dead_units(0 * activations), "dead units", "failure", "8 of 8")


def test_saturation_of_a_sigmoid_follows_its_closed_form() -> None:
    """σ′(z) < 0.01 exactly where |z| > 4.585 (σ(z) = (1 + √0.96) / 2)."""
    edge = float(np.log((1 + np.sqrt(0.96)) / (1 - np.sqrt(0.96))))
    sigmoid = 1 / (1 + np.exp(-edge * np.array([[0.999], [1.001]])))
    derivative = sigmoid * (1 - sigmoid)
    found(diagnosis.saturation(derivative), "saturation", "warning", "50 %")
    assert diagnosis.saturation(derivative[[0, 0, 1]]) is None
    found(diagnosis.saturation(derivative[1:], "layer 3"), "saturation", "failure", "of layer 3", "100 %")


def test_collapsed_outputs() -> None:
    found(diagnosis.collapsed_outputs(np.full((6, 2), 0.3)), "collapse", "failure", "All 6 inputs")
    found(diagnosis.collapsed_outputs(np.array([1e9, 1e9 + 1])), "collapse", "failure")
    assert diagnosis.collapsed_outputs(np.array([[0.3, 0.7], [0.31, 0.69]])) is None
    assert diagnosis.collapsed_outputs(np.array([np.nan, 1.0])) is None


def test_collapsed_representation_is_rank_one() -> None:
    generator = np.random.default_rng(0)
    signal = generator.normal(size=(50, 1))
    found(diagnosis.collapsed_representation(signal @ np.ones((1, 5)) + 3), "collapse", "warning", "5 units")
    found(diagnosis.collapsed_representation(np.ones((50, 5))), "collapse", "warning")
    assert diagnosis.collapsed_representation(generator.normal(size=(50, 5))) is None
    assert diagnosis.collapsed_representation(signal) is None


@pytest.mark.parametrize(
    ("norms", "cause", "severity"),
    [
        ([1e-4, 1e-2, 1.0], "vanishing gradient", "warning"),
        ([1e-9, 1e-4, 1.0], "vanishing gradient", "failure"),
        ([0.0, 1.0], "vanishing gradient", "failure"),
        ([1e4, 1e2, 1.0], "exploding gradient", "warning"),
        ([1e7, 1.0], "exploding gradient", "failure"),
        ([1.0, 0.0], "exploding gradient", "failure"),
    ],
)
def test_gradient_flow(norms: list[float], cause: str, severity: str) -> None:
    found(diagnosis.gradient_flow(norms), cause, severity, f"layer {len(norms)}")


def test_even_gradients_flow() -> None:
    for norms in ([1.0, 3.0, 0.5], [0.0, 0.0], [np.nan, 1.0]):
        assert diagnosis.gradient_flow(norms) is None


def test_symmetric_units_have_equal_rows() -> None:
    weights = np.random.default_rng(1).normal(size=(4, 3))
    assert diagnosis.symmetric_units(weights) is None
    weights[2] = weights[0]
    found(diagnosis.symmetric_units(weights, "layer 1"), "symmetric units", "warning", "2 of 4 units of layer 1")
    found(diagnosis.symmetric_units(np.zeros((4, 3))), "symmetric units", "failure", "4 of 4")


def test_overfitting_names_the_best_step() -> None:
    train, test = np.array([1.0, 0.5, 0.2, 0.1]), np.array([1.0, 0.6, 0.7, 0.9])
    steps = np.array([0, 100, 200, 300])
    found(diagnosis.overfitting(train, test, steps), "overfitting", "warning", "step 100", "0.6", "0.9")
    assert diagnosis.overfitting(train, train) is None
    assert diagnosis.overfitting(test, test) is None  # both rise: that is divergence
    assert diagnosis.overfitting(train, np.array([1.0, 0.6, 0.7, np.nan])) is None


def test_underfitting_is_hardly_better_than_a_constant() -> None:
    found(diagnosis.underfitting(0.68, float(np.log(2))), "underfitting", "warning", "0.68", "0.693")
    assert diagnosis.underfitting(0.3, float(np.log(2))) is None
    assert diagnosis.underfitting(np.nan, 1.0) is None


def test_unscaled_inputs_name_the_widest_and_the_narrowest() -> None:
    inputs = np.array([[0.0, 0.0, 5.0], [1.0, 1000.0, 5.0], [np.nan, 0.0, 5.0]])
    found(diagnosis.unscaled_inputs(inputs, ["age", "income", "c"]), "unscaled inputs", "warning", "income", "age")
    found(diagnosis.unscaled_inputs(inputs), "unscaled inputs", "warning", "feature 2", "feature 1")
    assert diagnosis.unscaled_inputs(inputs / np.array([1, 1000, 1])) is None
    assert diagnosis.unscaled_inputs(inputs[:, [0, 2]]) is None


def test_leaking_counts_rows_in_both_parts() -> None:
    train = np.random.default_rng(2).normal(size=(20, 3))
    test = np.random.default_rng(3).normal(size=(10, 3))
    assert diagnosis.leaking(train, test) is None
    test[:2] = train[5]
    found(diagnosis.leaking(train, test), "leakage", "warning", "2 of 10")
    found(diagnosis.leaking(train, train[:4]), "leakage", "failure", "4 of 4")


def test_findings_come_worst_first_without_what_was_not_found() -> None:
    note, failure = Finding("dead units", "note", "a"), Finding("collapse", "failure", "b")
    warning = Finding("saturation", "warning", "c")
    assert diagnosis.findings(None, note, warning, failure) == (failure, warning, note)
    assert diagnosis.findings(None) == ()


def test_a_loss_that_comes_back_now_and_then_stays_nowhere() -> None:
    losses = np.array([1.0] + [9.0, 9.0, 1.0] * 10)
    found = diagnosis.divergence(losses)
    assert found is not None
    assert "rises above 1.5 times that first at step 1" in found.text
    assert "stays" not in found.text
