"""What is asked before the reveal; the right answers come from the run."""

import numpy as np

from nnviz.concepts.regularization.model import STRENGTHS, Params, Run, zeros_of
from nnviz.core.lesson import Answer, Prediction

TASK = ("data", "points", "degree", "noise", "mix", "bias", "strength")
WEAK = 1e-4


def standard(params: Params, **changes: object) -> Params:
    """Return the page's own task, with changes; the draws stay."""
    usual = {name: Params.model_fields[name].default for name in TASK}
    return params.but(**usual | {"seeds": max(params.seeds, 8)} | changes)


def same_strength(params: Params) -> Params:
    """All penalties at the λ of the page."""
    return standard(params)


def most_zeros(run: Run) -> Answer:
    """Grade by the mean number of weights that are exactly 0."""
    means = {name: float(zeros_of(weights, run.params).mean()) for name, weights in run.here.items()}
    order = ("l1", "l2", "elastic")
    counts = [means[name] for name in order]
    best = max(counts)
    choice = counts.index(best) if counts.count(best) == 1 else 3
    told = f"{counts[0]:.1f} under L1, {counts[1]:.1f} under L2, {counts[2]:.1f} under the elastic net"
    return Answer(choice, f"Of {len(run.problem.names)} weights, on average over {len(run.zeros)} draws: {told}.")


def plain_steps(params: Params) -> Params:
    """L1 on the page's task, followed by gradient descent."""
    return standard(params, penalty="l1")


def zeros_by_plain_steps(run: Run) -> Answer:
    """Grade by the exact zeros that plain gradient steps reach, against those of proximal steps."""
    proximal, plain = (int(zeros_of(each[-1], run.params)) for each in run.descents)
    choice = 0 if plain == 0 else 2 if plain == proximal else 1
    small = np.abs(run.descents[1, -1][run.descents[0, -1] == 0])
    near = f"; where the others are 0 it leaves up to {small.max():.1g}" if len(small) else ""
    return Answer(choice, f"{plain} by plain steps, {proximal} by proximal steps{near}.")


def ridge(params: Params) -> Params:
    """L2 with hardly any penalty."""
    return standard(params, penalty="l2", strength=WEAK)


def a_hundred_times(run: Run) -> Answer:
    """Grade by the median validation error at λ = 0.01 over that at 0.0001."""
    places = [int(np.abs(np.log(STRENGTHS / value)).argmin()) for value in (WEAK, 100 * WEAK)]
    before, after = (float(np.median(run.validation[:, place])) for place in places)
    choice = 0 if after < before / 2 else 2 if after > before * 2 else 1
    return Answer(choice, f"Median validation error is {before:.3g} at λ = 0.0001 and {after:.3g} at λ = 0.01.")


PREDICTIONS = (
    Prediction(
        "The same λ = 0.05: which penalty sets more weights to exactly 0?",
        ("L1", "L2", "The elastic net", "No difference"),
        same_strength,
        most_zeros,
    ),
    Prediction(
        "L1 by plain gradient descent, 3000 steps, λ sign(w) in the gradient: how many weights end at exactly 0?",
        ("None", "Some, but not as many as by proximal steps", "As many as by proximal steps"),
        plain_steps,
        zeros_by_plain_steps,
    ),
    Prediction(
        "Twenty points, a polynomial of degree 12, λ a hundred times larger (L2, 0.0001 to 0.01): the validation error …?",
        ("falls to less than half", "stays within a factor of two", "more than doubles"),
        ridge,
        a_hundred_times,
    ),
)
