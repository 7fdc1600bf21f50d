"""Sentences from textbooks, put to the test: an effect, its interval over seeds, and the rule that makes it a verdict.

A rule never looks at the estimate alone. The whole interval must lie on one side before a claim is called supported
or contradicted; anything else depends.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from nnviz.core.notation import significant
from nnviz.core.progress import Report
from nnviz.core.statistics import Interval, proportion_interval
from nnviz.core.verdicts import SIGNS, Stored, Verdict, Word, check_slug, from_plain, store, stored, to_plain

__all__ = [
    "SIGNS",
    "Claim",
    "Stored",
    "Verdict",
    "Word",
    "at_least",
    "at_most",
    "by_condition",
    "capital",
    "directional",
    "from_plain",
    "in_every",
    "store",
    "stored",
    "to_plain",
    "within",
]

# Above this share of diverged networks an interval speaks only about the survivors, so no rule decides on it.
TOLERATED_LOSS = 0.1


@dataclass(frozen=True)
class Claim:
    """A sentence from a textbook and the test it is put to.

    Attributes:
        name: lower-case words joined by hyphens, unique on its page.
        text: the sentence as it is claimed.
        source: who says so, with year.
        test: from seeds and a report to a verdict; pure.
        doubtful: widely repeated and doubtful (✗? in the lesson plan).
        seeds: how many seeds its verdict rests on.
    """

    name: str
    text: str
    source: str
    test: Callable[[Sequence[int], Report], Verdict]
    doubtful: bool = False
    seeds: int = 16

    def __post_init__(self) -> None:
        check_slug("name", self.name)


def at_least(interval: Interval, threshold: float, *, what: str, unit: str = "", seeds: int | None = None) -> Verdict:
    """Judge "the effect is at least `threshold`": supported if low ≥ threshold, contradicted if high < threshold."""
    word: Word = "it depends"
    if interval.low >= threshold:
        word = "supported"
    elif interval.high < threshold:
        word = "contradicted"
    return _verdict(word, interval, what, unit, seeds, f"the claim needs at least {_number(threshold, unit)}")


def at_most(interval: Interval, threshold: float, *, what: str, unit: str = "", seeds: int | None = None) -> Verdict:
    """Judge "the effect is at most `threshold`": supported if high ≤ threshold, contradicted if low > threshold."""
    word: Word = "it depends"
    if interval.high <= threshold:
        word = "supported"
    elif interval.low > threshold:
        word = "contradicted"
    return _verdict(word, interval, what, unit, seeds, f"the claim allows at most {_number(threshold, unit)}")


def directional(interval: Interval, smallest: float, *, what: str, unit: str = "", seeds: int | None = None) -> Verdict:
    """Judge "the effect is positive and matters", where `smallest` > 0 is the least effect that matters.

    Supported if the whole interval lies beyond `smallest`. Contradicted if the whole interval lies below it: reversed
    (high ≤ −smallest), practically nothing (within ±smallest), or not enough.

    Raises:
        ValueError: if `smallest` is not positive. For a claim that something falls, pass the difference the other way.
    """
    if not smallest > 0:
        raise ValueError(f"smallest must be positive: the least effect that matters, got {smallest}")
    least = _number(smallest, unit)
    if interval.low > smallest:
        return _verdict("supported", interval, what, unit, seeds, f"more than the {least} that matters")
    if interval.high <= -smallest:
        return _verdict("contradicted", interval, what, unit, seeds, "the effect goes the other way")
    if interval.high < smallest:
        return _verdict("contradicted", interval, what, unit, seeds, f"less than the {least} that matters")
    return _verdict("it depends", interval, what, unit, seeds, f"not clearly above or below the {least} that matters")


def within(
    interval: Interval, low: float, high: float, *, what: str, unit: str = "", seeds: int | None = None
) -> Verdict:
    """Judge "the effect lies in [low, high]": supported if the whole interval does, contradicted if none of it does.

    Raises:
        ValueError: if low > high.
    """
    if low > high:
        raise ValueError(f"low must not exceed high, got {low} and {high}")
    word: Word = "it depends"
    if low <= interval.low and interval.high <= high:
        word = "supported"
    elif interval.high < low or interval.low > high:
        word = "contradicted"
    return _verdict(word, interval, what, unit, seeds, f"the claim says {significant(low)} to {_number(high, unit)}")


def in_every(successes: int, trials: int, *, what: str, seeds: int) -> Verdict:
    """Judge "it holds in every case": one counterexample contradicts, and none in at least 20 trials supports.

    The effect is the share of cases in which it holds, with Wilson's interval; below 20 trials without a
    counterexample the interval still reaches down past 0.84, too little to say "every".
    """
    share = proportion_interval(successes, trials)
    word: Word = "supported" if trials >= 20 else "it depends"
    if successes < trials:
        word = "contradicted"
    reason = f"{capital(what)} holds in {successes} of {trials} cases (95 % interval of the share from {significant(share.low)})."
    return Verdict(word, share.estimate, share.low, share.high, "", seeds, reason)


def by_condition(verdicts: Mapping[str, Verdict]) -> Verdict:
    """Judge a claim over several conditions: their common word, or "it depends" when they disagree.

    A word needs every condition's agreement, so testing several conditions makes no verdict easier to reach and needs
    no correction. The effect is the median over conditions; low and high span all their intervals.

    Args:
        verdicts: name of the condition → its verdict; all in one unit.

    Raises:
        ValueError: if there is no condition or the units differ.
    """
    parts = list(verdicts.values())
    if not parts or len({part.unit for part in parts}) != 1:
        raise ValueError(f"verdicts need one common unit, got {[part.unit for part in parts]}")
    words = {part.word for part in parts}
    word: Word = parts[0].word if len(words) == 1 else "it depends"
    groups = {each: [name for name, part in verdicts.items() if part.word == each] for each in get_args(Word)}
    listed = "; ".join(f"{each} for {', '.join(names)}" for each, names in groups.items() if names)
    effects = f"effects from {significant(min(p.effect for p in parts))} to {_number(max(p.effect for p in parts), parts[0].unit)}"
    return Verdict(
        word=word,
        effect=float(np.median([part.effect for part in parts])),
        low=min(part.low for part in parts),
        high=max(part.high for part in parts),
        unit=parts[0].unit,
        seeds=min(part.seeds for part in parts),
        reason=f"{capital(listed)} ({effects}).",
        details={name: to_plain(part) for name, part in verdicts.items()},
    )


def _verdict(word: Word, interval: Interval, what: str, unit: str, seeds: int | None, rule: str) -> Verdict:
    """Put an interval and a rule's word into one sentence; too many lost networks, or too few, make it depend."""
    count = interval.count if seeds is None else seeds
    level = f"{100 * interval.level:g} %"
    sentence = f"{capital(what)} is {_number(interval.estimate, unit)}"
    if math.isinf(interval.low) or math.isinf(interval.high):
        word, rule = "it depends", "the values are too few or too large for an interval"
        sentence += f" ({interval.kept} usable of {interval.count}): {rule}"
    else:
        sentence += (
            f" ({level} interval {significant(interval.low)} to {significant(interval.high)}, {count} seeds): {rule}"
        )
    if interval.lost:
        sentence += f"; {interval.lost} of {interval.count} gave no number and are left out"
        if interval.lost > TOLERATED_LOSS * interval.count:
            word = "it depends"
            sentence += ", too many to decide"
    return Verdict(word, interval.estimate, interval.low, interval.high, unit, count, sentence + ".")


def _number(value: float, unit: str) -> str:
    """Return a number with three significant digits and its unit."""
    return f"{significant(value)} {unit}".rstrip()


def capital(text: str) -> str:
    """Return the text with its first letter large and the others as they are."""
    return text[:1].upper() + text[1:]
