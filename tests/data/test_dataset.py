"""Sets, splits and scaling: nothing of the test part reaches the training part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from nnviz.data import Dataset, flip_labels, split, standardised


def numbered(labels: list[int], classes: tuple[str, ...] = ("a", "b", "c")) -> Dataset:
    """Return a set whose only feature is the row's number."""
    return Dataset(np.arange(len(labels), dtype=float)[:, None], np.array(labels), ("row",), classes)


def test_arrays_are_read_only_copies() -> None:
    inputs = np.zeros((2, 1))
    dataset = Dataset(inputs, np.array([0, 1]), ("x",), ("a", "b"))
    with pytest.raises(ValueError, match="read-only"):
        dataset.inputs[0] = 1
    inputs[0] = 1
    assert dataset.inputs[0] == 0
    assert (dataset.inputs.dtype, dataset.targets.dtype) == (np.float64, np.int64)


def test_targets_without_classes_are_numbers() -> None:
    dataset = Dataset(np.zeros((2, 1)), np.array([1, 2]), ("x",))
    assert (dataset.task, dataset.targets.dtype) == ("regression", np.float64)
    assert numbered([0, 1]).task == "classification"


@pytest.mark.parametrize(
    ("inputs", "targets", "features", "message"),
    [
        (np.zeros(3), [0, 0, 0], ("x",), "inputs"),
        (np.zeros((3, 1)), [0, 0], ("x",), "targets"),
        (np.zeros((3, 1)), [0, 0, 0], ("x", "y"), "feature names"),
        (np.zeros((3, 1)), [0, 0, 2], ("x",), "0 to 1"),
        (np.zeros((3, 1)), [0, 0, -1], ("x",), "0 to 1"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    inputs: np.ndarray, targets: list[int], features: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Dataset(inputs, np.array(targets), features, ("a", "b"))


def test_take_and_select() -> None:
    dataset = Dataset(np.arange(6.0).reshape(3, 2), np.array([0, 1, 1]), ("x", "y"), ("a", "b"))
    assert dataset.take([2, 0]).inputs.tolist() == [[4, 5], [0, 1]]
    assert dataset.take(dataset.targets == 1).targets.tolist() == [1, 1]
    assert dataset.select(["y", "x"]).inputs[0].tolist() == [1, 0]
    with pytest.raises(ValueError, match="no feature 'z'; there are x, y"):
        dataset.select(["z"])


@given(
    labels=st.lists(st.integers(0, 2), min_size=2, max_size=60),
    share=st.floats(0.01, 0.99),
    seed=st.integers(0, 1000),
)
def test_a_split_shares_no_row_and_shows_every_class_to_both_parts(labels: list[int], share: float, seed: int) -> None:
    parts = split(numbered(labels), test_share=share, seed=seed)
    rows = np.concatenate([parts.train.inputs, parts.test.inputs]).ravel()
    assert sorted(rows) == list(range(len(labels)))
    for label in set(labels):
        total, tested = labels.count(label), int(np.sum(parts.test.targets == label))
        assert abs(tested - share * total) < 1 or tested in (1, total - 1)
        assert tested == 0 if total == 1 else 0 < tested < total
    for part in (parts.train, parts.test):
        np.testing.assert_array_equal(part.targets, np.array(labels)[part.inputs.ravel().astype(int)])


def test_a_split_repeats_by_seed_and_moves_with_it() -> None:
    dataset = numbered([0, 1] * 50)
    rows = [split(dataset, seed=seed).test.inputs.ravel().tolist() for seed in (1, 1, 2)]
    assert rows[0] == rows[1] != rows[2]
    assert split(dataset, seed=np.random.default_rng(1)).test.inputs.ravel().tolist() == rows[0]


def test_a_regression_set_is_split_evenly() -> None:
    dataset = Dataset(np.zeros((10, 1)), np.arange(10.0), ("x",))
    parts = split(dataset, test_share=0.3)
    assert (len(parts.train), len(parts.test)) == (7, 3)


def test_splits_that_cannot_be_are_refused() -> None:
    for share in (0.0, 1.0, np.nan):
        with pytest.raises(ValueError, match="test_share"):
            split(numbered([0, 1]), test_share=share)
    with pytest.raises(ValueError, match="two rows"):
        split(numbered([0]))


def test_scaling_is_fitted_on_the_training_part_only() -> None:
    generator = np.random.default_rng(0)
    dataset = Dataset(generator.normal(5, 3, size=(40, 2)), generator.integers(0, 2, 40), ("x", "y"), ("a", "b"))
    plain = split(dataset)
    parts = standardised(plain)
    np.testing.assert_allclose(parts.train.inputs.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(parts.train.inputs.std(axis=0), 1)
    oracle = StandardScaler().fit(plain.train.inputs)
    np.testing.assert_allclose(parts.test.inputs, oracle.transform(plain.test.inputs))
    np.testing.assert_allclose(parts.restore(parts.test.inputs), plain.test.inputs)
    twice = standardised(parts)
    np.testing.assert_allclose(twice.restore(twice.test.inputs), plain.test.inputs)


def test_scaling_keeps_holes_and_survives_empty_and_constant_features() -> None:
    inputs = np.column_stack([np.full(6, np.nan), np.full(6, 7.0), [1, 2, np.nan, 4, 5, 6]])
    parts = standardised(split(Dataset(inputs, np.arange(6.0), ("empty", "constant", "holed"))))
    both = np.concatenate([parts.train.inputs, parts.test.inputs])
    assert np.isnan(both[:, 0]).all()
    np.testing.assert_allclose(both[:, 1], 0)
    assert np.isnan(both[:, 2]).sum() == 1
    assert np.isfinite(parts.centre).all()
    assert np.all(parts.scale > 0)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_flipped_labels_are_as_many_as_asked_and_never_the_same(share: float) -> None:
    dataset = numbered([0, 1, 2, 2] * 25)
    flipped = flip_labels(dataset, share, seed=1)
    assert np.sum(flipped.targets != dataset.targets) == 100 * share
    assert set(flipped.targets.tolist()) <= {0, 1, 2}


def test_labels_cannot_be_flipped_without_a_second_class() -> None:
    with pytest.raises(ValueError, match="1 classes"):
        flip_labels(numbered([0, 0], ("a",)), 0.5)
    with pytest.raises(ValueError, match="share"):
        flip_labels(numbered([0, 1]), 1.5)
