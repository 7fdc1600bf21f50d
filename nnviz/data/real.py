"""Real sets that come with scikit-learn: no network needed, and everyone has the same."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from nnviz.data import Dataset, Split, split, standardised


@cache
def digits() -> Dataset:
    """Return 1797 handwritten digits: inputs (1797, 64), row by row of 8×8 pixels, ink 0…1; ten classes.

    Source: Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI 1998 (its test part).
    """
    bundle = _load("digits")
    features = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))
    return Dataset(bundle.data / 16, bundle.target, features, tuple("0123456789"), "Digits")


@cache
def breast_cancer() -> Dataset:
    """Return 569 biopsies: inputs (569, 30) measures of cell nuclei in their own units; classes malignant, benign.

    Source: Wolberg, Street & Mangasarian, Breast Cancer Wisconsin (Diagnostic), UCI 1995.
    """
    return _named(_load("breast_cancer"), "Breast cancer")


@cache
def wine() -> Dataset:
    """Return 178 wines: inputs (178, 13) chemical measures in their own units; three cultivars.

    Source: Forina et al., Wine, UCI 1991.
    """
    return _named(_load("wine"), "Wine")


@cache
def iris() -> Dataset:
    """Return 150 irises: inputs (150, 4) in cm; three species. Source: Fisher 1936."""
    return _named(_load("iris"), "Iris")


@cache
def diabetes() -> Dataset:
    """Return 442 patients: inputs (442, 10) in their own units; target: disease progression after a year, 25…346.

    Source: Efron, Hastie, Johnstone & Tibshirani, "Least angle regression", 2004.
    """
    bundle = _load("diabetes", scaled=False)
    return Dataset(bundle.data, bundle.target, tuple(bundle.feature_names), (), "Diabetes")


REAL: Mapping[str, Callable[[], Dataset]] = {
    "digits": digits,
    "breast_cancer": breast_cancer,
    "wine": wine,
    "iris": iris,
    "diabetes": diabetes,
}


def real(name: str) -> Dataset:
    """Return the real set of this name; raises ValueError if there is none."""
    if name not in REAL:
        raise ValueError(f"no real set {name!r}; there are {', '.join(REAL)}")
    return REAL[name]()


@lru_cache(maxsize=32)
def real_split(name: str, *, test_share: float = 0.3, seed: int = 0) -> Split:
    """Return a stratified split with inputs standardised on the training part; digits keep their ink of 0…1.

    Raises:
        ValueError: if there is no such set or test_share is out of range.
    """
    parts = split(real(name), test_share=test_share, seed=seed)
    return parts if name == "digits" else standardised(parts)


def _load(name: str, **options: Any) -> Any:
    # Imported here: scikit-learn takes a second, and only who asks for real data should wait for it.
    from sklearn import datasets

    return getattr(datasets, f"load_{name}")(**options)


def _named(bundle: Any, name: str) -> Dataset:
    classes = tuple(str(each) for each in bundle.target_names)
    return Dataset(bundle.data, bundle.target, tuple(str(each) for each in bundle.feature_names), classes, name)
