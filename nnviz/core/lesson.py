"""What a page's lesson is made of: the words, the question asked first, what breaks on purpose, what is claimed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import ArrayLike

from nnviz.core.claims import Claim
from nnviz.core.params import Params


@dataclass(frozen=True)
class Answer:
    """The right choice, computed from a run, and one sentence that says why with the run's numbers."""

    choice: int
    because: str


@dataclass(frozen=True)
class Prediction:
    """A question answered before the reveal.

    Attributes:
        question: ends with a question mark.
        choices: the offered answers, two to four.
        setting: from the settings on screen to those in which the question is asked.
        answer: from the run of those settings to the right choice.
    """

    question: str
    choices: tuple[str, ...]
    setting: Callable[[Any], Params]
    answer: Callable[[Any], Answer]


@dataclass(frozen=True)
class Preset:
    """Settings that go wrong on purpose.

    Attributes:
        name: what breaks, two to five words.
        values: the fields that change (the others return to their defaults).
        watch: one sentence: where to look.
        cause: the `Finding.cause` with which the page must diagnose it.
    """

    name: str
    values: Mapping[str, Any]
    watch: str
    cause: str


@dataclass(frozen=True)
class Measure:
    """A number of the run on screen by which runs are compared.

    Attributes:
        name: lower case, for example "test accuracy".
        unit: of the number, or "" for none.
        of: from the run to one value per seed, (S,), or to one number.
        better: which way is better, or "" where neither is.
    """

    name: str
    unit: str
    of: Callable[[Any], ArrayLike]
    better: Literal["more", "less", ""] = ""


@dataclass(frozen=True)
class Reference:
    """A paper or official documentation: authors, title, year, and its address."""

    text: str
    year: int
    url: str


@dataclass(frozen=True)
class Note:
    """What a presenter does and asks, in how many minutes."""

    minutes: int
    text: str


@dataclass(frozen=True)
class Lesson:
    """Everything of a page that is words.

    Attributes:
        intro: one paragraph: what you can do here and what to watch.
        predictions: at least one.
        presets: what breaks on purpose; may be empty where nothing can.
        claims: sentences from textbooks, put to the test over seeds.
        heart: functions or classes of model.py whose source is shown as the code.
        references: at least one.
        measures: what runs are compared by, the most telling one first.
        recipe: plain PyTorch and NumPy: from the fields of `Params` to the measures of the first seed, by name. The
            runnable script is its source with all it calls (see `core.script`, also for `Cases`: one recipe a case).
        notes: for the presenter, in order, the dispensable last; shown on a projector and in the lesson plan.
    """

    intro: str
    predictions: tuple[Prediction, ...]
    presets: tuple[Preset, ...]
    claims: tuple[Claim, ...]
    heart: tuple[Callable[..., Any], ...]
    references: tuple[Reference, ...]
    notes: tuple[Note, ...] = ()
    measures: tuple[Measure, ...] = ()
    recipe: Callable[..., Mapping[str, float]] | None = None
