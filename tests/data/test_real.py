"""Real sets are what scikit-learn ships, named, scaled and split without a leak."""

import numpy as np
import pytest
from sklearn import datasets

from nnviz.core.diagnosis import leaking
from nnviz.data.real import REAL, real, real_split


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("digits", (1797, 64), 10),
        ("breast_cancer", (569, 30), 2),
        ("wine", (178, 13), 3),
        ("iris", (150, 4), 3),
        ("diabetes", (442, 10), 0),
    ],
)
def test_sets_have_their_shape_and_names(name: str, shape: tuple[int, int], classes: int) -> None:
    dataset = real(name)
    assert dataset.inputs.shape == shape
    assert len(dataset.classes) == classes
    assert len(set(dataset.features)) == shape[1]
    assert all(type(word) is str for word in (*dataset.features, *dataset.classes))
    assert np.isfinite(dataset.inputs).all()
    assert real(name) is dataset


def test_every_set_is_tested() -> None:
    assert set(REAL) == {"digits", "breast_cancer", "wine", "iris", "diabetes"}


def test_digits_are_ink_from_zero_to_one() -> None:
    bundle = datasets.load_digits()
    dataset = real("digits")
    np.testing.assert_array_equal(dataset.inputs.reshape(-1, 8, 8), bundle.images / 16)
    np.testing.assert_array_equal(dataset.targets, bundle.target)
    assert (dataset.inputs.min(), dataset.inputs.max()) == (0, 1)
    assert dataset.features[9] == "pixel 1,1"


def test_diabetes_keeps_its_units() -> None:
    dataset = real("diabetes")
    assert dataset.inputs[:, dataset.features.index("age")].max() == 79
    assert (dataset.targets.min(), dataset.targets.max()) == (25, 346)


@pytest.mark.parametrize("name", list(REAL))
def test_splits_are_stratified_scaled_and_remembered(name: str) -> None:
    parts = real_split(name, test_share=0.25, seed=4)
    assert parts is real_split(name, test_share=0.25, seed=4)
    whole = real(name)
    assert len(parts.train) + len(parts.test) == len(whole)
    assert len(parts.test) == pytest.approx(0.25 * len(whole), abs=max(1, len(whole.classes)))
    for label in range(len(whole.classes)):
        share = np.mean(parts.test.targets == label)
        assert share == pytest.approx(np.mean(whole.targets == label), abs=0.02)
    if name == "digits":
        assert parts.train.inputs.max() == 1
    else:
        np.testing.assert_allclose(parts.train.inputs.mean(axis=0), 0, atol=1e-9)
        np.testing.assert_allclose(parts.train.inputs.std(axis=0), 1)
        assert not np.allclose(parts.test.inputs.mean(axis=0), 0, atol=1e-9)


def test_no_biopsy_is_in_both_parts() -> None:
    parts = real_split("breast_cancer")
    assert leaking(parts.train.inputs, parts.test.inputs) is None


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(ValueError, match="no real set 'mnist'; there are digits"):
        real("mnist")
