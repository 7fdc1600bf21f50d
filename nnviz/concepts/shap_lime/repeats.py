"""What costs more than one explanation: the same question asked again, asked to other networks, asked of every row.

Nothing here depends on the value that a learner drags, so that a moving hand does not wait for it.
"""

from dataclasses import dataclass

import numpy as np

from nnviz.concepts.shap_lime import by_lime, by_shap
from nnviz.concepts.shap_lime.game import Case, answer_of, game
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.shapley import every_coalition, orders, sampled_values, shapley_values, worth
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent

BUDGET = 2e9  # multiplications for the whole set: about a second
EXACT_PLAYERS, FEW_ORDERS = 7, 16  # with more players the whole set is explained by so many orders a row
ROWS_AT_ONCE = 20  # between two words on progress


@dataclass(frozen=True)
class Repeats:
    """The same row explained again.

    Attributes:
        lime: (R, M) effects by LIME, other samples each time.
        shap: (R, M) values by the explainer, other draws each time; explainer: its name.
        networks: (K, M) exact values of networks trained from other seeds.
    """

    lime: Floats
    shap: Floats
    explainer: str
    networks: Floats


@memo(maxsize=64)
def lime_again(
    case: Case, number: int, *, samples: int, width: float, bins: bool, repeats: int, report: Report = silent
) -> Floats:
    """Return LIME's effects (R, M) on row `number` as it was recorded, from seeds 0 … R − 1."""
    played, found = game(case), []
    row = played.subject.rows[number]
    for seed in range(repeats):
        report(seed / repeats, "LIME once more")
        found.append(by_lime.explain(played, row, samples=samples, width=width, bins=bins, seed=seed).effects)
    return np.array(found)


@memo(maxsize=64)
def shap_again(
    case: Case,
    number: int,
    *,
    explainer: by_shap.Explainer,
    samples: int,
    everyone: bool,
    repeats: int,
    report: Report = silent,
) -> Floats:
    """Return SHAP values (R, M) of row `number` as it was recorded, from seeds 0 … R − 1."""
    played, found = game(case), []
    row = played.subject.rows[number]
    for seed in range(repeats):
        report(seed / repeats, "SHAP once more")
        values = by_shap.values(explainer, played, row, samples=samples, seed=seed, everyone=everyone)
        found.append(played.summed(values) if everyone else values)
    return np.array(found)


@memo(maxsize=64)
def other_networks(case: Case, number: int) -> Floats:
    """Return the exact values (K, M) of row `number` for every network, the explained one first."""
    played = game(case)
    present = every_coalition(len(played.groups))
    row = played.subject.rows[number]
    answers = [answer_of(played.subject, case.kind, case.label, k) for k in range(case.which.seeds)]
    return np.array([shapley_values(worth(each, row, played.background, played.groups, present)) for each in answers])


@memo(maxsize=16)
def whole_set(case: Case, report: Report = silent) -> Floats:
    """Return Shapley values (n, M) of the first n rows: exact for up to 7 players, else averaged over a few orders."""
    played = game(case)
    players = len(played.groups)
    arrivals = orders(players)[:FEW_ORDERS]
    coalitions = 2**players if players <= EXACT_PLAYERS else len(arrivals) * (players + 1)
    size = sum(weight.size for weight in played.answer.network.weights)
    affordable = max(int(BUDGET / (coalitions * len(played.background) * size)), ROWS_AT_ONCE)
    rows, found = played.subject.rows[:affordable], []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        report(start / len(rows), "explaining every row")
        part = rows[start : start + ROWS_AT_ONCE]
        if players <= EXACT_PLAYERS:
            found.append(np.array([shapley_values(played.worths(row)) for row in part]))
        else:
            found.append(sampled_values(played.answer, part, played.background, played.groups, arrivals))
    return np.concatenate(found)
