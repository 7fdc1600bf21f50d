"""SHAP and LIME against independent code: shap on its own terms, captum, scikit-learn's ridge regression, PyTorch."""

from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import DeepLiftShap, ShapleyValues
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from sklearn.metrics import pairwise_distances, r2_score

from nnviz.concepts.shap_lime import by_lime, by_shap
from nnviz.concepts.shap_lime.game import Case, Game, game
from nnviz.concepts.shap_lime.network import Answer, Network
from nnviz.concepts.shap_lime.shapley import every_coalition, shapley_values, worth
from nnviz.concepts.shap_lime.subject import Which

WIDTH = 7
KINDS = ("probability", "log_odds")


def answer(kind: Any, classes: int = 3) -> Answer:
    draws = np.random.default_rng(0)
    shapes = ((WIDTH, 12), (12, 6), (6, classes))
    weights = tuple(draws.normal(size=shape) for shape in shapes)
    return Answer(Network(weights, tuple(draws.normal(size=out) for _, out in shapes)), kind, 1)


def data(rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    draws = np.random.default_rng(1)
    return draws.normal(size=WIDTH), draws.normal(size=(rows, WIDTH))


def enumerated(asked: Answer, row: NDArray[Any], background: NDArray[Any]) -> NDArray[np.float64]:
    groups = tuple((feature,) for feature in range(WIDTH))
    return shapley_values(worth(asked, row, background, groups, every_coalition(WIDTH)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [1, 12])
def test_enumeration_equals_shaps_exact_explainer_on_raw_features(kind: str, rows: int) -> None:
    shap, asked, (row, background) = by_shap.package(), answer(kind), data(rows)
    masker = shap.maskers.Independent(background, max_samples=100)
    found = shap.explainers.Exact(asked, masker)(row[None], silent=True)
    assert enumerated(asked, row, background) == pytest.approx(found.values[0], abs=1e-6)
    assert found.base_values[0] == pytest.approx(asked(background).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_kernel_shap_with_all_coalitions_equals_enumeration(kind: str) -> None:
    shap, asked, (row, background) = by_shap.package(), answer(kind), data(12)
    found = shap.KernelExplainer(asked, background).shap_values(row[None], nsamples=2**WIDTH, l1_reg=False, silent=True)
    assert enumerated(asked, row, background) == pytest.approx(found[0], abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_permutation_shap_comes_near_with_many_permutations(kind: str) -> None:
    shap, asked, (row, background) = by_shap.package(), answer(kind), data(12)
    with by_shap.drawing_from(0):
        explain = shap.explainers.Permutation(asked, shap.maskers.Independent(background, max_samples=100), seed=0)
        found = explain(row[None], max_evals=6000, silent=True).values[0]
    exact = enumerated(asked, row, background)
    assert np.abs(found - exact).max() < 0.02 * np.abs(exact).sum()


@pytest.mark.parametrize("kind", KINDS)
def test_captums_shapley_values_equal_enumeration(kind: str) -> None:
    """Captum goes through all orders, against one background row; three of the features play as one."""
    asked, (row, background) = answer(kind), data(1)
    groups = ((0,), (1,), (2,), (3,), (4, 5, 6))
    members = torch.tensor([[0, 1, 2, 3, 4, 4, 4]])
    module = asked.module()
    explain = ShapleyValues(lambda inputs: module(inputs)[:, 0])
    with torch.no_grad():
        found = explain.attribute(torch.tensor(row[None]), baselines=torch.tensor(background), feature_mask=members)
    exact = shapley_values(worth(asked, row, background, groups, every_coalition(5)))
    assert exact == pytest.approx(found[0, :5].numpy(), abs=1e-5)  # captum adds up in float32


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_the_torch_layers_are_the_same_function(kind: str, classes: int) -> None:
    asked, (_, background) = answer(kind, classes), data(30)
    with torch.no_grad():
        found = asked.module()(torch.tensor(background)).numpy()[:, 0]
    assert asked(background) == pytest.approx(found, abs=1e-12)
    logits = torch.tensor(asked.network.logits(background))
    share = logits.softmax(dim=1)[:, 1].numpy()
    assert asked(background) == pytest.approx(share if kind == "probability" else np.log(share / (1 - share)), rel=1e-6)


def test_deep_shap_equals_captums_deep_lift_shap_on_relu_layers() -> None:
    """On a plain value, for which both know every layer: linear and ReLU."""
    base = answer("probability", classes=1)
    asked, (row, background) = Answer(base.network, "value", 0, 2.0, 3.0), data(12)
    shap = by_shap.package()
    found = shap.DeepExplainer(asked.module(), torch.tensor(background)).shap_values(
        torch.tensor(row[None]), check_additivity=False
    )
    with pytest.warns(UserWarning, match="hooks"):
        theirs = DeepLiftShap(asked.module()).attribute(torch.tensor(row[None]), baselines=torch.tensor(background))
    assert np.ravel(found) == pytest.approx(theirs[0].detach().numpy(), abs=1e-6)


@pytest.mark.parametrize("explainer", ["gradient", "deep"])
def test_explainers_that_look_inside_are_right_where_nothing_bends(explainer: Any) -> None:
    draws = np.random.default_rng(3)
    network = Network((draws.normal(size=(WIDTH, 1)),), (draws.normal(size=1),))
    row, background = data(1)
    played = wine()
    linear = Game(
        played.subject,
        Answer(network, "value"),
        background,
        tuple((feature,) for feature in range(WIDTH)),
        played.names,
        0,
        played.answers,
    )
    found = by_shap.values(explainer, linear, row, samples=50, seed=0)
    assert found == pytest.approx(network.weights[0][:, 0] * (row - background[0]), abs=1e-5)


@pytest.mark.parametrize("everyone", [False, True])
def test_the_page_asks_shap_about_the_same_game(everyone: bool) -> None:
    """KernelSHAP with feature groups of its own agrees with the page's players."""
    shap, played = by_shap.package(), wine()
    row = played.subject.rows[18]
    groups = [[feature] for feature in range(13)] if everyone else [list(group) for group in played.groups]
    dense = shap.utils._legacy.DenseData(played.background, [str(index) for index in range(len(groups))], groups)
    explain = shap.KernelExplainer(played.answer, dense)
    theirs = explain.shap_values(row[None], nsamples=2**13, l1_reg=False, silent=True)[0]
    ours = by_shap.values("kernel", played, row, samples=2**13, seed=0, everyone=everyone)
    assert ours == pytest.approx(theirs, abs=1e-6)


def wine() -> Game:
    return game(Case(Which("wine"), label=1))


@pytest.mark.parametrize("seed", [0, 1])
def test_limes_line_is_a_weighted_ridge_regression_on_its_samples(seed: int) -> None:
    played = wine()
    row = played.subject.rows[18]
    line = by_lime.explain(played, row, samples=300, width=0.5, bins=False, seed=seed)
    spread = played.subject.train.std(axis=0)
    distances = pairwise_distances(line.samples / spread, row[None] / spread)
    expected = np.sqrt(np.exp(-(distances[:, 0] ** 2) / (0.25 * 13)))
    assert line.closeness == pytest.approx(expected, abs=1e-9)
    assert np.array_equal(line.samples[0], row)
    ridge = Ridge(alpha=1.0).fit(line.samples, line.answers, sample_weight=line.closeness)
    assert line.weights == pytest.approx(ridge.coef_, abs=1e-9)
    assert line.intercept == pytest.approx(ridge.intercept_)
    assert line.prediction == pytest.approx(ridge.predict(row[None])[0])
    assert line.score == pytest.approx(
        r2_score(line.answers, ridge.predict(line.samples), sample_weight=line.closeness)
    )
    assert line.answers == pytest.approx(played.answer(line.samples))


def test_limes_line_on_a_digit_is_a_weighted_ridge_regression_on_tiles() -> None:
    played = game(Case(Which("digits"), label=3))
    row = played.subject.rows[7]
    line = by_lime.explain(played, row, samples=300, width=0.75, bins=False, seed=0)
    distances = pairwise_distances(line.shown, line.shown[:1], metric="cosine")[:, 0]
    assert line.closeness == pytest.approx(np.sqrt(np.exp(-(distances**2) / 0.25**2)), abs=1e-9)
    ridge = Ridge(alpha=1.0).fit(line.shown, line.answers, sample_weight=line.closeness)
    assert line.weights == pytest.approx(ridge.coef_, abs=1e-9)
    assert line.score == pytest.approx(r2_score(line.answers, ridge.predict(line.shown), sample_weight=line.closeness))
    hidden = played.background.mean(axis=0)
    for sample, shown in zip(line.samples[:20], line.shown[:20], strict=True):
        whole = np.repeat(shown, [len(group) for group in played.groups])
        pixels = np.concatenate([list(group) for group in played.groups])
        expected = np.empty(64)
        expected[pixels] = np.where(whole > 0, row[pixels], hidden[pixels])
        assert sample == pytest.approx(expected)


def test_the_chain_of_the_digits_is_the_convolutional_network() -> None:
    from nnviz.models import digits

    played = game(Case(Which("digits"), label=3))
    rows = played.subject.rows[:20]
    with torch.no_grad():
        pictures = torch.tensor(rows, dtype=torch.float32).reshape(-1, 1, 8, 8)
        logits = digits.trained("cnn", tuple(range(8))).module(0)(pictures).numpy()
    assert played.answer.network.logits(rows) == pytest.approx(logits, abs=1e-4)
