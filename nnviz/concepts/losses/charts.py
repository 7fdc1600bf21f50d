"""From a run to the page's view: which picture is large, what the sentence says, what the diagnosis finds."""

import numpy as np

from nnviz.charts.view import Chart, View
from nnviz.concepts.losses import look
from nnviz.concepts.losses.fits import line_chart, wrong_chart
from nnviz.concepts.losses.functions import binary_cross_entropy, sigmoid, sigmoid_mse
from nnviz.concepts.losses.hero import curves_chart
from nnviz.concepts.losses.line import LINES, shift
from nnviz.concepts.losses.mask import MASK_LOSSES
from nnviz.concepts.losses.model import Run
from nnviz.concepts.losses.nets import CLASS_LOSSES
from nnviz.concepts.losses.pictures import mask_chart, nets_chart, simplex_chart, text_chart
from nnviz.concepts.losses.wrong import durations
from nnviz.core.diagnosis import SATURATED, Finding, findings
from nnviz.core.notation import significant
from nnviz.core.statistics import band


def view(run: Run) -> View:
    """Draw a run: the chosen picture first."""
    charts: list[Chart] = [
        curves_chart(run),
        wrong_chart(run),
        text_chart(run),
        line_chart(run),
        simplex_chart(run),
        mask_chart(run),
        nets_chart(run),
    ]
    ordered = tuple(sorted(charts, key=lambda chart: chart.name != run.params.picture))
    return View(ordered, sentence(run), findings=found(run))


def sentence(run: Run) -> str:
    """Say in words what the large picture shows now."""
    tellers = {
        "curves": _curves, "line": _line, "wrong": _wrong, "simplex": _simplex, "mask": _mask, "text": _text, "nets": _nets
    }  # fmt: skip
    return tellers[run.params.picture](run)


def _curves(run: Run) -> str:
    first, second = run.pair
    at = f"At prediction {significant(run.params.prediction)}"
    told = [
        f"{look.label(one.name)} is {significant(one.value)} with gradient {significant(one.slope)}" for one in run.pair
    ]
    if first.name == second.name:
        return f"{at} {told[0]}. Choose another loss to compare it with."
    ratio = abs(first.slope) / abs(second.slope) if second.slope else np.inf
    if first.slope == second.slope:
        tail = "Both pull equally hard."
    elif second.slope == 0 or first.slope == 0:
        tail = f"Only {look.label((first if first.slope else second).name)} pulls at all."
    else:
        stronger, weaker = (first, second) if ratio > 1 else (second, first)
        tail = f"{look.label(stronger.name)} pulls {significant(max(ratio, 1 / ratio))} times as hard as {look.label(weaker.name)}."
    return f"{at} {told[0]}, and {told[1]}. {tail}"


def _line(run: Run) -> str:
    moved = shift(run.lines.fits, run.lines.calm)
    parts = [f"{significant(float(far))} under {look.label(name)}" for name, far in zip(LINES, moved, strict=True)]
    where = f"The outlier at ({significant(run.params.outlier_x)}, {significant(run.params.outlier)})"
    follows = moved[1] > 0.5 * moved[0] and moved[1] > 1
    lever = " So far out, even MAE's line follows: it resists a wrong y, not a lever in x." if follows else ""
    return f"{where} moves the line, on average over the other points, by {', '.join(parts)}.{lever}"


def _wrong(run: Run) -> str:
    p = run.params
    pulls = [abs(float(loss(p.prediction, p.side)[1])) for loss in (binary_cross_entropy, sigmoid_mse)]
    until = durations(run.descents, p.side)
    share = float(sigmoid((2 * p.side - 1) * p.prediction))
    first = f"The unit gives the right class {significant(share)} of the probability. Cross-entropy pulls with "
    first += f"{significant(pulls[0])}, MSE with {significant(pulls[1])}."
    return f"{first} To reach 0.9 it takes {until[0]} under cross-entropy and {until[1]} under MSE."


def _simplex(run: Run) -> str:
    same = f"Categorical cross-entropy is {significant(run.penalties['categorical'])} and sparse cross-entropy is "
    same += f"{significant(run.penalties['sparse'])}: one number, the label written in two ways."
    return f"The true class has {significant(float(run.probabilities[0]))} of the probability. {same}"


def _mask(run: Run) -> str:
    parts = []
    for name in MASK_LOSSES:
        found, score = band(100 * run.masks[name].found), band(run.masks[name].score)
        spread = f" ({float(found.low):.0f} to {float(found.high):.0f})" if run.params.seeds > 1 else ""
        label = "Dice" if name == "dice" else "Cross-entropy"
        parts.append(
            f"{label} finds {float(found.median):.0f} %{spread} of its pixels, Dice score {float(score.median):.2f}"
        )
    blank = 100 * (1 - run.params.pixels / 256)
    start = f"The mask is {run.params.pixels} of 256 pixels, so “nothing there” is right for {blank:.1f} % of them."
    seeds = run.params.seeds
    return f"{start} {'; '.join(parts)} ({f'median and 10 to 90 % of {seeds} seeds' if seeds > 1 else 'one seed'})."


def _text(run: Run) -> str:
    mean = float(run.surprise.mean())
    last = float(run.perplexity[-1])
    guess = f"as if every letter were drawn from {significant(last)} equally likely ones (27 when guessing blindly)"
    return f"The mean cross-entropy of {len(run.letters)} letters is {significant(mean)} nats: perplexity e^{significant(mean)} = {significant(last)}, {guess}."


def _nets(run: Run) -> str:
    ends = {name: band(run.classifiers[name].accuracy[-1]) for name in CLASS_LOSSES}
    order = sorted(ends, key=lambda name: -float(ends[name].median))
    told = []
    for name in (order[0], order[-1]):
        low, high = float(ends[name].low), float(ends[name].high)
        spread = f" ({low:.2f} to {high:.2f})" if run.params.seeds > 1 else ""
        told.append(f"{look.label(name)} {float(ends[name].median):.2f}{spread}")
    errors = [significant(float(np.median(run.curves[name].error))) for name in ("mse", "mae")]
    curve = f"On the wave with outliers the error is {errors[0]} under MSE and {errors[1]} under MAE."
    return f"With {100 * run.params.flips:.0f} % wrong labels test accuracy goes from {told[1]} to {told[0]}. {curve}"


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong: a sigmoid that is sure and mistaken, a loss without gradient, a mask that is given up."""
    return findings(_sure_and_wrong(run), _flat(run), _given_up(run))


def _sure_and_wrong(run: Run) -> Finding | None:
    p = run.params
    share = float(sigmoid((2 * p.side - 1) * p.prediction))
    slope = share * (1 - share)
    shown = p.picture == "wrong" or (p.picture == "curves" and "sigmoid_mse" in (p.first, p.second))
    if not shown or share > 0.5 or slope >= SATURATED:
        return None
    pulls = [significant(abs(float(loss(p.prediction, p.side)[1]))) for loss in (binary_cross_entropy, sigmoid_mse)]
    text = f"The sigmoid is saturated on the wrong side: σ′ = {significant(slope)}. MSE after it carries this factor and pulls with "
    return Finding("saturation", "warning", f"{text}{pulls[1]}; cross-entropy cancels it and pulls with {pulls[0]}.")


def _flat(run: Run) -> Finding | None:
    for one in run.pair:
        if not np.any(one.slopes):
            text = f"{look.label(one.name)} has gradient 0 at all {len(one.slopes)} predictions drawn: "
            why = "with no true pixel its overlap is 0 whatever is said, so an empty mask teaches nothing."
            return Finding("vanishing gradient", "warning", text + why)
    return None


def _given_up(run: Run) -> Finding | None:
    found_ = run.masks["cross-entropy"].found
    blank = int(np.sum(found_ == 0))
    if 2 * blank <= len(found_):
        return None
    right = 100 * float(np.median(run.masks["cross-entropy"].right))
    text = f"Under cross-entropy {blank} of {len(found_)} nets find no pixel of the mask, and are right for {right:.1f} % of all."
    return Finding("collapse", "warning", text)
