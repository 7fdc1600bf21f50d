"""Who plays, and for what: the features that take part, the rows that stand in for a missing one, the answer shared out."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.shap_lime.network import Answer, Floats, Kind
from nnviz.concepts.shap_lime.shapley import Groups, every_coalition, orders, sampled_values, worth
from nnviz.concepts.shap_lime.subject import Subject, Which, subject
from nnviz.core.memo import memo

Reference = Literal["sample", "centres", "mean", "odd"]
SIDE = 8
RANKED_ROWS, RANKED_BACKGROUND, RANKED_ORDERS = 48, 10, 4  # of the quick look at which features matter


@dataclass(frozen=True)
class Case:
    """What names a game.

    Attributes:
        which: the subject.
        features: how many features of a table play by themselves; of a digit: into how many tiles it is cut.
        background: rows of the background, for sample and centres.
        reference: random training rows, centres of k-means clusters, the mean row, or the one oddest row.
        kind, label: the answer that is shared out.
    """

    which: Which
    features: int = 6
    background: int = 20
    reference: Reference = "sample"
    kind: Kind = "probability"
    label: int = 0


@dataclass(frozen=True)
class Game:
    """A game of features.

    Attributes:
        subject: whose first network answers.
        answer: f.
        background: (B, d) rows whose values stand in for absent features.
        groups: (M,) the features each player brings; the last of a table may be all others together.
        names: (M,) what the players are called.
        rest: how many features the last player brings if it is all others, else 0.
        answers: (N,) f of the training rows.
    """

    subject: Subject
    answer: Answer
    background: Floats
    groups: Groups
    names: tuple[str, ...]
    rest: int
    answers: Floats

    @property
    def singles(self) -> int:
        """How many players stand for themselves and not for all others."""
        return len(self.groups) - bool(self.rest)

    def worths(self, row: Floats) -> Floats:
        """Return the worth of all 2^M coalitions for a row (d,)."""
        return worth(self.answer, row, self.background, self.groups, every_coalition(len(self.groups)))

    def summed(self, values: Floats) -> Floats:
        """Return values (..., d) of single features added up by player, (..., M)."""
        return np.stack([values[..., list(group)].sum(axis=-1) for group in self.groups], axis=-1)


@memo(maxsize=24)
def game(case: Case) -> Game:
    """Set up a game."""
    known = subject(case.which)
    answer = answer_of(known, case.kind, case.label)
    ranked = ranking(case.which, case.label)
    groups, rest = tiles(case.features) if known.picture else players(ranked, case)
    names = [known.features[group[0]] for group in groups]
    if known.picture:
        names = [f"tile {number}" for number in range(1, len(groups) + 1)]
    elif rest:
        names[-1] = f"the other {rest} feature{'s' * (rest > 1)}"
    background = stand_ins(known.train, case.reference, case.background)
    return Game(known, answer, background, groups, tuple(names), rest, answer(known.train))


def answer_of(known: Subject, kind: Kind, label: int, network: int = 0) -> Answer:
    """Return the answer of one network: of a regression always its value."""
    if not known.classes:
        return Answer(known.networks[network], "value", 0, known.target_centre, known.target_scale)
    return Answer(known.networks[network], "probability" if kind == "value" else kind, label)


def players(ranked: NDArray[np.int64], case: Case) -> tuple[Groups, int]:
    """Return the most important features as players, and all others together as one more; a twin gets a seat of its own."""
    seats = case.features + (case.which.twin != "none")
    groups = [(int(feature),) for feature in ranked[:seats]]
    others = tuple(int(feature) for feature in ranked[seats:])
    return (*groups, others) if others else tuple(groups), len(others)


def tiles(count: int) -> tuple[Groups, int]:
    """Cut the 8×8 picture into `count` tiles, row by row: the pixels of each."""
    rows = np.array_split(np.arange(SIDE), round(np.sqrt(count)))
    groups = []
    for rows_of_band, numbers in zip(rows, np.array_split(np.arange(count), len(rows)), strict=True):
        groups += [
            tuple(int(SIDE * row + column) for row in rows_of_band for column in columns)
            for columns in np.array_split(np.arange(SIDE), len(numbers))
        ]
    return tuple(groups), 0


@memo(maxsize=24)
def ranking(which: Which, label: int) -> NDArray[np.int64]:
    """Return (d,) features, most important first, by a quick look: mean |φ| over some rows, orders and background rows.

    A twin stands right behind its original, so that the others keep their order.
    """
    plain = Which(which.data, which.architecture, which.seeds)
    known = subject(plain)
    if known.picture:
        return np.arange(len(known.features))
    width = len(known.features)
    alone = tuple((feature,) for feature in range(width))
    rows, background = known.train[:RANKED_ROWS], known.train[-RANKED_BACKGROUND:]
    values = sampled_values(
        answer_of(known, "probability", label), rows, background, alone, orders(width)[:RANKED_ORDERS]
    )
    ranked = np.argsort(-np.abs(values).mean(axis=0), kind="stable")
    if which.twin == "none":
        return ranked
    return np.insert(ranked, int(np.flatnonzero(ranked == which.twin_of)[0]) + 1, width)


def stand_ins(train: Floats, reference: Reference, count: int) -> Floats:
    """Return the background rows (B, d)."""
    if reference == "mean":
        return np.asarray(train.mean(axis=0, keepdims=True))
    if reference == "odd":
        return train[[int(np.argmax(distances(train, train)))]]
    count = min(count, len(train))
    if reference == "sample":
        return train[np.random.default_rng(0).permutation(len(train))[:count]]
    from sklearn.cluster import KMeans

    distinct = len(np.unique(train, axis=0))
    return np.asarray(KMeans(min(count, distinct), n_init=1, random_state=0).fit(train).cluster_centers_)


def distances(rows: Floats, train: Floats) -> Floats:
    """Return how far rows (n, d) are from the training mean: root mean square over features, in standard deviations."""
    spread = train.std(axis=0)
    scaled = (rows - train.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.asarray(np.sqrt(np.mean(scaled**2, axis=1)))
