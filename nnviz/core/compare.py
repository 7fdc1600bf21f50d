"""Two runs side by side: what differs between their settings, and between their measures, seed by seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.core.claims import capital
from nnviz.core.lesson import Measure
from nnviz.core.notation import significant
from nnviz.core.params import Params, as_text, controls
from nnviz.core.statistics import Band, Interval, band, paired_interval

ROUNDING = 1e-9  # what differs by a smaller share was computed in another order, and is equal
Word = Literal["higher", "lower", "equal", "inconclusive", "one run each"]


@dataclass(frozen=True)
class Comparison:
    """One measure of two runs.

    Attributes:
        measure: which number.
        here, there: (S,) its values, one per seed; of equal length S and paired where both runs have the same seeds.
        difference: mean of here − there with its 95 % interval; None where there is but one seed.
        higher: in how many seeds `here` is above `there`.
        word: what may be said; "inconclusive" where the interval holds zero.
    """

    measure: Measure
    here: NDArray[np.float64]
    there: NDArray[np.float64]
    difference: Interval | None
    higher: int
    word: Word

    @property
    def better(self) -> bool | None:
        """Whether `here` is the better run; None where that is not known."""
        if self.word not in ("higher", "lower") or not self.measure.better:
            return None
        return (self.word == "higher") == (self.measure.better == "more")

    def __str__(self) -> str:
        """Say it in one sentence with its numbers."""
        name, unit = self.measure.name, f" {self.measure.unit}".rstrip()
        middles = f"{_number(band(self.here).median)}{unit} here, {_number(band(self.there).median)}{unit} there"
        if self.word == "equal":
            return f"{capital(name)}: {middles} (equal{' in every seed' if len(self.here) > 1 else ''})."
        if self.difference is None:
            return f"{capital(name)}: {middles} (one number each, which says nothing of luck)."
        found = self.difference
        apart = " points" if self.measure.unit == "%" else unit
        ends = f"95 % interval {_signed(found.low)} to {_signed(found.high)}, {found.kept} seeds"
        wins = f"higher in {self.higher} of {len(self.here)}"
        said = {
            "higher": "higher, and not by luck",
            "lower": "lower, and not by luck",
        }.get(self.word, "inconclusive: it could be luck")
        return f"{capital(name)}: {middles}; difference {_signed(found.estimate)}{apart} ({ends}; {wins}): {said}."


def compare(measure: Measure, here: NDArray[np.float64], there: NDArray[np.float64]) -> Comparison:
    """Compare two runs by the values of a measure, (S,) each; of different lengths, over the seeds that both have."""
    count = min(len(here), len(there))
    here, there = here[:count], there[:count]
    if np.allclose(here, there, rtol=ROUNDING, atol=0, equal_nan=True):
        there = here
    higher = int(np.sum(here > there))
    if there is here:
        return Comparison(measure, here, there, paired_interval(here, there) if count > 1 else None, higher, "equal")
    if count < 2:
        return Comparison(measure, here, there, None, higher, "one run each")
    difference = paired_interval(here, there)
    word: Word = "inconclusive" if not np.isfinite(difference.low) or difference.contains(0) else "higher"
    if word == "higher" and difference.estimate < 0:
        word = "lower"
    return Comparison(measure, here, there, difference, higher, word)


def values_of(measure: Measure, run: Any) -> NDArray[np.float64]:
    """Return a measure of a run, (S,) float64, one value per seed."""
    return np.atleast_1d(np.asarray(measure.of(run), dtype=np.float64)).ravel()


def spread(measure: Measure, values: NDArray[np.float64]) -> str:
    """Say a measure's band over seeds."""
    found: Band = band(values)
    unit = f" {measure.unit}".rstrip()
    if len(values) < 2:
        return f"{capital(measure.name)}: {_number(values[0])}{unit}."
    ends = f"10–90 % of {len(values)} seeds: {_number(found.low)} to {_number(found.high)}"
    lost = f"; {int(found.lost)} lost" if int(found.lost) else ""
    return f"{capital(measure.name)}: {_number(found.median)}{unit} ({ends}{lost})."


def changes(here: Params, there: Params) -> list[str]:
    """Name what differs between two settings, as title: there → here."""
    listed = []
    for control in controls(type(here)):
        old, new = (getattr(params, control.name) for params in (there, here))
        if old != new:
            listed.append(f"{control.title}: {_shown(control.options, old)} → {_shown(control.options, new)}")
    return listed


def seeded(params: Params, count: int) -> list[Params]:
    """Return settings whose runs, one after the other, have up to `count` seeds; empty where nothing is drawn at random."""
    limits = {control.name: control for control in controls(type(params))}
    if "seeds" in limits:
        return [params.but(seeds=min(count, int(limits["seeds"].maximum or count)))]
    if "seed" not in limits:
        return []
    return [params.but(seed=seed) for seed in range(min(count, int(limits["seed"].maximum or count) + 1))]


def _shown(options: Sequence[tuple[str, str]], value: Any) -> str:
    text = as_text(value)
    label = dict(options).get(text, text)
    return label if len(label) <= 40 else f"{label[:37]}…"


def _signed(value: float) -> str:
    """Write a difference with its sign."""
    if np.isinf(value):
        return "+∞" if value > 0 else "−∞"
    return f"{'+' if value > 0 else ''}{significant(value)}"


def _number(value: ArrayLike) -> str:
    return f"{significant(float(np.asarray(value)))}"
