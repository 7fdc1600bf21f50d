"""Toy sets have the shape their words promise."""

import numpy as np
import pytest
from sklearn.datasets import make_moons

from nnviz.data import toy as sets
from nnviz.data.toy import SURFACES, TOYS, toy

ALL = [*TOYS, *SURFACES]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("points", [3, 250, 251])
def test_every_set_has_its_points_within_the_square(name: str, points: int) -> None:
    dataset = toy(name, points, noise=0.0, seed=3)
    assert dataset.inputs.shape == (points, 2)
    assert np.abs(dataset.inputs).max() <= 2 + 1e-12
    assert dataset.features == ("x₁", "x₂")


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_gives_the_same_set_and_another_another(name: str) -> None:
    first, same, other = (toy(name, 50, noise=0.2, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.inputs, same.inputs)
    np.testing.assert_array_equal(first.targets, same.targets)
    assert not np.array_equal(first.inputs, other.inputs)
    assert np.array_equal(toy(name, 50, noise=0.2, seed=np.random.default_rng(1)).inputs, first.inputs)


@pytest.mark.parametrize("name", list(TOYS))
def test_classes_are_balanced_and_mixed(name: str) -> None:
    dataset = toy(name, 301, seed=0)
    counts = np.bincount(dataset.targets.astype(int))
    assert len(counts) == len(dataset.classes)
    assert np.ptp(counts) <= 1
    assert len(set(dataset.targets[:30].tolist())) == len(dataset.classes)  # not sorted by class


def test_moons_equal_scikit_learns() -> None:
    dataset = sets.moons(40, noise=0.0)
    expected, labels = make_moons(40, shuffle=False, noise=None)
    for label in (0, 1):
        own = dataset.inputs[dataset.targets == label]
        theirs = 4 / 3 * (expected[labels == label] - [0.5, 0.25])
        np.testing.assert_allclose(own[np.lexsort(own.T.round(9))], theirs[np.lexsort(theirs.T.round(9))], atol=1e-12)


def test_circle_has_a_gap_between_its_classes() -> None:
    dataset = sets.circle(400, noise=0.0)
    radius = np.linalg.norm(dataset.inputs, axis=1)
    assert radius[dataset.targets == 1].max() <= 1
    assert radius[dataset.targets == 0].min() >= 1.4
    assert dataset.classes == ("outside", "inside")


def test_xor_is_the_sign_of_the_product() -> None:
    dataset = sets.xor(400, noise=0.0)
    np.testing.assert_array_equal(dataset.targets, (dataset.inputs.prod(axis=1) > 0).astype(int))
    assert np.abs(dataset.inputs).min() >= 0.12
    assert len({tuple(signs) for signs in np.sign(dataset.inputs)}) == 4


def test_the_arms_of_the_spiral_mirror_each_other() -> None:
    dataset = sets.spiral(200, noise=0.0)
    one, two = (dataset.inputs[dataset.targets == label] for label in (0, 1))
    order = [np.argsort(np.linalg.norm(arm, axis=1)) for arm in (one, two)]
    np.testing.assert_allclose(one[order[0]], -two[order[1]], atol=1e-12)


@pytest.mark.parametrize("name", ["two_gaussians", "three_classes"])
def test_clouds_are_centred_and_scattered_as_promised(name: str) -> None:
    dataset = toy(name, 6000, noise=0.4, seed=5)
    for label in range(len(dataset.classes)):
        cloud = dataset.inputs[dataset.targets == label]
        np.testing.assert_allclose(cloud.std(axis=0), 0.5, atol=0.03)  # √(0.3² + 0.4²)
        expected = 0.8 if name == "three_classes" else 0.8 * np.sqrt(2)
        assert np.linalg.norm(cloud.mean(axis=0)) == pytest.approx(expected, abs=0.05)


def test_noise_is_the_standard_deviation_of_what_is_added() -> None:
    clean, noisy = (sets.spiral(4000, noise=noise, seed=2) for noise in (0.0, 0.3))
    np.testing.assert_allclose((noisy.inputs - clean.inputs).std(axis=0), 0.3, rtol=0.05)


def test_surfaces_have_their_height_and_noise_on_the_target() -> None:
    flat = sets.plane(500, noise=0.0)
    np.testing.assert_allclose(flat.targets, flat.inputs.sum(axis=1) / 4)
    hilly = sets.hills(500, noise=0.0)
    assert -1 <= hilly.targets.min() < -0.5
    assert 0.5 < hilly.targets.max() <= 1
    far = np.abs(hilly.inputs[:, 1]) < 0.2  # 0.8 away from every centre
    np.testing.assert_array_equal(hilly.targets[far], 0)
    rough = sets.plane(4000, noise=0.5, seed=1)
    assert (rough.targets - rough.inputs.sum(axis=1) / 4).std() == pytest.approx(0.5, rel=0.05)


def test_what_cannot_be_made_is_refused() -> None:
    with pytest.raises(ValueError, match="no toy set 'banana'"):
        toy("banana")
    for points in (2, 100_001):
        with pytest.raises(ValueError, match="points must be from 3"):
            toy("three_classes", points)
    for noise in (-0.1, np.nan, np.inf):
        with pytest.raises(ValueError, match="noise"):
            toy("moons", noise=noise)
