"""The page's claims, put to the test."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.shap_lime import by_lime, by_shap
from nnviz.concepts.shap_lime.game import Case, Game, answer_of, game
from nnviz.concepts.shap_lime.network import Answer, Floats, Network
from nnviz.concepts.shap_lime.shapley import every_coalition, shapley_values, worth
from nnviz.concepts.shap_lime.subject import Which
from nnviz.core import claims, statistics
from nnviz.core.claims import Verdict
from nnviz.core.ensemble import MLP, train
from nnviz.core.progress import Report

EQUAL = 1e-6  # of a probability
ASKED = 3  # rows, drawn anew for each network
REPEATS = 6
UNSTABLE, AGREEING, FAIR = 10.0, 80.0, 5.0  # %, % of rows, points: the least that matters
PEOPLE, TEST_PEOPLE = 400, 400


def adds_up(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare Σφ with prediction − base, for the definition and each of shap's explainers, on six rows a network."""
    methods: tuple[by_shap.Explainer | None, ...] = (None, "exact", "kernel", "permutation", "deep", "gradient")
    held = dict.fromkeys(methods, 0)
    trials = 0
    for done, seed in enumerate(seeds):
        report(done / len(seeds), "adding up")
        played = asked_to(Case(Which("breast_cancer", seeds=max(seeds) + 1)), seed)
        for row in played.subject.rows[:6]:
            worths = played.worths(row)
            trials += 1
            for method in methods:
                values = shapley_values(worths)
                if method:
                    values = by_shap.values(method, played, row, samples=100, seed=seed)
                held[method] += bool(abs(values.sum() - (worths[-1] - worths[0])) < EQUAL)
    verdicts = {
        f"shap's {method}" if method else "the definition": claims.in_every(
            held[method], trials, what="the sum", seeds=len(seeds)
        )
        for method in methods
    }
    return claims.by_condition(verdicts)


def is_unstable(seeds: Sequence[int], report: Report) -> Verdict:
    """Measure by how much LIME's largest effect spreads when only its samples change, with few samples and with many."""
    verdicts = {}
    conditions = [(bins, samples) for bins in (False, True) for samples in (200, 5000)]
    for number, (bins, samples) in enumerate(conditions):
        spreads = []
        for done, seed in enumerate(seeds):
            report((number + done / len(seeds)) / len(conditions), "asking LIME again")
            played = asked_to(Case(Which("breast_cancer", seeds=max(seeds) + 1)), seed)
            rows = np.random.default_rng(seed).choice(played.subject.rows, ASKED, replace=False)
            spreads.append(np.median([relative_spread(played, row, bins, samples) for row in rows]))
        name = f"{'quartiles' if bins else 'slopes'} from {samples} samples"
        interval = statistics.mean_interval(spreads)
        verdicts[name] = claims.at_least(interval, UNSTABLE, what="the spread of the largest effect", unit="%")
    return claims.by_condition(verdicts)


def relative_spread(played: Game, row: Floats, bins: bool, samples: int) -> float:
    """Return the standard deviation over repeats of the effect that is largest on average, in % of that average."""
    explained = [
        by_lime.explain(played, row, samples=samples, width=0.75, bins=bins, seed=seed) for seed in range(REPEATS)
    ]
    effects = np.array([line.weights for line in explained])
    mean = effects.mean(axis=0)
    top = int(np.abs(mean).argmax())
    return 100 * float(effects[:, top].std(ddof=1) / abs(mean[top]))


def same_top_feature(seeds: Sequence[int], report: Report) -> Verdict:
    """Count the rows for which SHAP and LIME name the same player as the most important one."""
    verdicts = {}
    for number, data in enumerate(("wine", "breast_cancer")):
        shares = []
        for done, seed in enumerate(seeds):
            report((number + done / len(seeds)) / 2, "comparing")
            played = asked_to(Case(Which(data, seeds=max(seeds) + 1)), seed)
            rows = played.subject.rows[:30]
            shares.append(100 * np.mean([_agree(played, row, seed) for row in rows]))
        interval = statistics.mean_interval(shares)
        verdicts[data.replace("_", " ")] = claims.at_least(
            interval, AGREEING, what="the share of rows with the same top feature", unit="%"
        )
    return claims.by_condition(verdicts)


def _agree(played: Game, row: Floats, seed: int) -> bool:
    singles = played.singles
    by_values = shapley_values(played.worths(row))[:singles]
    by_line = by_lime.explain(played, row, samples=1000, width=0.75, bins=False, seed=seed).effects[:singles]
    return bool(np.abs(by_values).argmax() == np.abs(by_line).argmax())


def fair_because_unimportant(seeds: Sequence[int], report: Report) -> Verdict:
    """Measure how differently two groups are treated by networks for which SHAP finds the group without importance.

    Labels favour one group; the network is shown skill and a postcode that goes with the group, not the group itself.
    """
    people = [draw_people(seed) for seed in seeds]
    inputs, targets = (np.stack([part[:PEOPLE] for part in parts]) for parts in list(zip(*people, strict=True))[:2])
    mlp = MLP((2, 8, 2), "relu", "cross_entropy", initialization="he_normal")
    trained = train(
        mlp, inputs, targets, seeds=tuple(seeds), epochs=30, batch=32, rate=0.01, optimizer="adam", report=report
    )
    gaps = []
    for weights, (rows, _, group) in zip(trained.final, people, strict=True):
        answer = blind_to_the_group([(matrix.T, bias) for matrix, bias in mlp.layers(weights)])
        everyone = np.column_stack([rows, group])[PEOPLE:]
        approved = answer(everyone) > 0.5
        gap = 100 * abs(approved[everyone[:, 2] == 0].mean() - approved[everyone[:, 2] == 1].mean())
        gaps.append(gap if importance_of_the_group(answer, everyone) < 0.05 else np.nan)
    interval = statistics.mean_interval(gaps)
    return claims.at_most(
        interval,
        FAIR,
        what="the gap in approval where SHAP gives the group less than 5 % of all importance",
        unit="points",
    )


def draw_people(seed: int) -> tuple[Floats, Floats, Floats]:
    """Return (n, 2) skill and postcode, (n,) whether they were approved in the past, (n,) their group."""
    draws = np.random.default_rng(seed)
    count = PEOPLE + TEST_PEOPLE
    group = draws.integers(0, 2, count).astype(np.float64)
    skill = draws.normal(size=count)
    postcode = 2 * group - 1 + draws.normal(0, 0.5, count)
    approved = skill - 1.5 * (group - 0.5) + draws.normal(0, 0.3, count) > 0
    return np.column_stack([skill, postcode]), approved.astype(np.int64), group


def blind_to_the_group(layers: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> Answer:
    """Return the network as a function of skill, postcode and group that never looks at the group."""
    weights, biases = zip(*layers, strict=True)
    blind = np.vstack([weights[0], np.zeros((1, weights[0].shape[1]))])
    return Answer(Network((blind, *weights[1:]), tuple(biases)), "probability", 1)


def importance_of_the_group(answer: Answer, people: Floats) -> float:
    """Return the group's share 0…1 of Σ mean |φ| over 20 people, 40 others as background."""
    groups, present = ((0,), (1,), (2,)), every_coalition(3)
    values = [shapley_values(worth(answer, person, people[-40:], groups, present)) for person in people[:20]]
    sizes = np.abs(values).mean(axis=0)
    return float(sizes[2] / sizes.sum())


def asked_to(case: Case, network: int) -> Game:
    """Return the game with another of the subject's networks to answer."""
    played = game(case)
    return replace(played, answer=answer_of(played.subject, case.kind, case.label, network))
