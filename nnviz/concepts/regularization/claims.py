"""The page's claims as experiments over draws. Every λ is chosen on other draws than it is judged on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.regularization.model import STRENGTHS, solve
from nnviz.concepts.regularization.network import Cost, train_network
from nnviz.concepts.regularization.problems import Normal, Problem, answers, curve_problem, normal, patients_problem
from nnviz.concepts.regularization.solvers import descent_path, eigen, ridge_paths
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report

Floats = NDArray[np.float64]
TUNING = 1000  # draws from here on choose λ
STEPS = 3000
BATCH = 5
LEAST = 2.0  # % of the error that matter


def few(seeds: Sequence[int]) -> Problem:
    """Return the page's default task: 20 noisy points, degree 12."""
    return curve_problem(20, 0.4, 12, tuple(seeds))


def many(seeds: Sequence[int]) -> Problem:
    """Return an easy task: 200 points with little noise, degree 4."""
    return curve_problem(200, 0.1, 4, tuple(seeds))


def some_patients(seeds: Sequence[int]) -> Problem:
    """Return 30 patients to learn from."""
    return patients_problem(30, tuple(seeds))


def most_patients(seeds: Sequence[int]) -> Problem:
    """Return 200 patients to learn from."""
    return patients_problem(200, tuple(seeds))


def others(seeds: Sequence[int]) -> list[int]:
    """Return as many draws on which λ is chosen."""
    return [TUNING + seed for seed in seeds]


def held_out_errors(problem: Problem, found: Normal, weights: Floats) -> Floats:
    """Return the mean squared error on held-out points of weights (S, G, p): (S, G)."""
    away = answers(found, weights, problem.held_out) - problem.held_targets[:, None]
    return np.asarray((away**2).mean(axis=2))


def tuned(problem: Problem, penalty: str) -> float:
    """Return the λ of the lowest median error on the held-out points of a problem."""
    found = normal(problem, bias=False)
    errors = held_out_errors(problem, found, solve(found, penalty, STRENGTHS, 0.5))
    return float(STRENGTHS[np.median(errors, axis=0).argmin()])


def zeros_by_proximal_steps(seeds: Sequence[int], report: Report) -> Verdict:
    """Test whether proximal steps end with exact zeros in every draw, wherever the minimum has any."""
    reached = cases = 0
    for task in (few, some_patients):
        strength, found = tuned(task(others(seeds)), "l1"), normal(task(seeds), bias=False)
        exact = solve(found, "l1", np.array([strength]), 1.0)[:, 0]
        for index in range(len(seeds)):
            report(0.5 * (task is some_patients) + 0.5 * index / len(seeds), "proximal steps")
            weights = descent_path(found.grams[index], found.correlations[index], STEPS, l1=strength)[-1]
            if np.any(exact[index] == 0):
                cases += 1
                reached += bool(np.any(weights == 0))
    return claims.in_every(reached, cases, what="an exact zero after 3000 proximal steps", seeds=len(seeds))


def zeros_by_plain_steps(seeds: Sequence[int], report: Report) -> Verdict:
    """Test which share of the minimum's exact zeros plain (sub)gradient steps reach, full and in batches of 5."""
    problem, strength = few(seeds), tuned(few(others(seeds)), "l1")
    found = normal(problem, bias=False)
    exact = solve(found, "l1", np.array([strength]), 1.0)[:, 0]
    ends = {"full batches": np.empty_like(exact)}
    for index in range(len(seeds)):
        gram, correlation = found.grams[index], found.correlations[index]
        ends["full batches"][index] = descent_path(gram, correlation, STEPS, l1=strength, proximal=False)[-1]
    ends["batches of 5, falling rate"] = stochastic(problem, found, strength, seeds, report)
    parts = {}
    for name, weights in ends.items():
        share = [np.sum((w == 0) & (e == 0)) / max(1, np.sum(e == 0)) for w, e in zip(weights, exact, strict=True)]
        what = f"the share of the minimum's zeros that plain steps reach in {name}"
        parts[name] = claims.at_least(statistics.mean_interval(share), 0.5, what=what)
    what = "the share of a network's zeros by proximal steps that plain steps reach"
    parts["a network"] = claims.at_least(statistics.mean_interval(network_shares(problem, seeds)), 0.5, what=what)
    return claims.by_condition(parts)


def network_shares(problem: Problem, seeds: Sequence[int]) -> list[float]:
    """Return which share of the weights that proximal steps bring to 0 plain steps bring there too, by seed."""
    found = []
    for index, seed in enumerate(seeds):
        points = tuple(problem.x[index].tolist()), tuple(problem.targets[index].tolist())
        both = [train_network(*points, 32, seed, Cost(l1=0.02), proximal=each).weights for each in (True, False)]
        found.append(float(np.sum((both[0] == 0) & (both[1] == 0)) / max(1, np.sum(both[0] == 0))))
    return found


def stochastic(problem: Problem, found: Normal, strength: float, seeds: Sequence[int], report: Report) -> Floats:
    """Return weights (S, p) after plain stochastic gradient descent, at the rate 1/(e₁ √(1 + t/100))."""
    away, off = problem.features - found.centre[:, None], problem.targets - found.level[:, None]
    weights = np.zeros(found.correlations.shape)
    first = 0.3 / eigen(found.grams)[0][:, -1:]
    draws = np.random.default_rng([min(seeds), 5])
    each = np.arange(len(seeds))[:, None]
    for step in range(STEPS):
        if step % 100 == 0:
            report(0.3 + 0.7 * step / STEPS, "stochastic gradient descent")
        rows = draws.integers(0, away.shape[1], (len(seeds), BATCH))
        x, y = away[each, rows], off[each, rows]
        gradient = np.einsum("sbp,sb->sp", x, np.einsum("sbp,sp->sb", x, weights) - y) / BATCH
        weights -= first / np.sqrt(1 + step / 100) * (gradient + strength * np.sign(weights))
    return weights


def shrinks_by_direction(seeds: Sequence[int], report: Report) -> Verdict:
    """Test L2's closed form on gradient descent: is e / (e + λ) left of each direction, to a hundredth?"""
    worst = []
    for task in (few, some_patients):
        strength, found = tuned(task(others(seeds)), "l2"), normal(task(seeds), bias=False)
        values, vectors = eigen(found.grams)
        free = ridge_paths(found.grams, found.correlations, np.zeros(1))[:, 0]
        for index in range(len(seeds)):
            report(index / len(seeds), "gradient descent under L2")
            path = descent_path(found.grams[index], found.correlations[index], 50 * STEPS, l2=strength)
            along, before = path[-1] @ vectors[index], free[index] @ vectors[index]
            kept = values[index] / (values[index] + strength)
            useful = (values[index] > 0) & (np.abs(before) > 1e-9)
            worst.append(float(np.abs(along / np.where(useful, before, 1.0) - kept)[useful].max()))
    what = "the largest gap between what gradient descent leaves of a direction and e / (e + λ)"
    return claims.at_most(statistics.mean_interval(worst), 0.01, what=what, seeds=len(seeds))


def always_helps(seeds: Sequence[int], report: Report) -> Verdict:
    """Test L2 with its best λ, chosen on other draws, against least squares on four tasks."""
    tasks = {
        "20 noisy points, degree 12": few,
        "200 clean points, degree 4": many,
        "30 patients": some_patients,
        "200 patients": most_patients,
    }
    parts = {}
    for number, (name, task) in enumerate(tasks.items()):
        report(number / len(tasks), "ridge against least squares")
        strength, problem = tuned(task(others(seeds)), "l2"), task(seeds)
        found = normal(problem, bias=False)
        errors = held_out_errors(
            problem, found, ridge_paths(found.grams, found.correlations, np.array([0.0, strength]))
        )
        saved = statistics.paired_interval(100 * (1 - errors[:, 1] / errors[:, 0]), np.zeros(len(seeds)))
        parts[name] = claims.directional(saved, LEAST, what=f"the share of test error saved by L2 on {name}", unit="%")
    return claims.by_condition(parts)


def l1_when_sparse(seeds: Sequence[int], report: Report) -> Verdict:
    """Test L1 against L2, each at its own best λ, on a curve made of few waves and on patients."""
    parts = {}
    for number, (name, task) in enumerate((("curve of few waves", few), ("patients", some_patients))):
        report(number / 2, "L1 against L2")
        problem = task(seeds)
        found = normal(problem, bias=False)
        errors = []
        for penalty in ("l1", "l2"):
            strength = tuned(task(others(seeds)), penalty)
            errors.append(held_out_errors(problem, found, solve(found, penalty, np.array([strength]), 1.0))[:, 0])
        saved = statistics.paired_interval(100 * (1 - errors[0] / errors[1]), np.zeros(len(seeds)))
        parts[name] = claims.directional(
            saved, LEAST, what=f"the share of test error saved by L1 over L2 on {name}", unit="%"
        )
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "l1-gives-exact-zeros-by-proximal-steps",
        "An L1 penalty sets weights to exactly zero, if one takes proximal steps.",
        "Tibshirani, 1996; Beck & Teboulle, 2009",
        zeros_by_proximal_steps,
    ),
    Claim(
        "l1-gives-exact-zeros-by-plain-sgd",
        "Adding an L1 penalty to the loss and training by SGD sets weights to exactly zero.",
        "widely repeated; what autograd does with λ sum(abs(w))",
        zeros_by_plain_steps,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "l2-shrinks-by-direction",
        "L2 leaves e / (e + λ) of each direction: what the data say little about (small e) is shrunk most.",
        "Goodfellow, Bengio & Courville, Deep Learning, section 7.1, 2016",
        shrinks_by_direction,
    ),
    Claim(
        "regularization-always-helps",
        "Regularization lowers the test error.",
        "often said without a condition",
        always_helps,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "l1-beats-l2-when-few-features-matter",
        "Where few features matter, L1 gives a lower test error than L2.",
        "Hastie, Tibshirani & Wainwright, Statistical learning with sparsity, 2015",
        l1_when_sparse,
    ),
)
