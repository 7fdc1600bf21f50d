"""From a run to the page's view: charts on one timeline of mistakes, the sentence, the diagnosis."""

import numpy as np

from nnviz.charts.view import View
from nnviz.concepts.perceptron import look, side_charts
from nnviz.concepts.perceptron.hero import boundary
from nnviz.concepts.perceptron.model import MOST_PASSES, Run
from nnviz.concepts.perceptron.rule import MOST_MISTAKES, Whole
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import decimals
from nnviz.core.timeline import log_steps

FRAMES = 60
LATEST = f", but no more than {MOST_PASSES} passes or {MOST_MISTAKES} mistakes are followed here"


def view(run: Run) -> View:
    """Draw a run, mistake by mistake; of more than 60 the early ones all and the later ones thinned out."""
    moments = moments_of(run)
    charts = (
        boundary(run, moments),
        side_charts.mistakes(run, moments),
        side_charts.weights(run, moments),
        side_charts.proof(run, moments),
        side_charts.found_lines(run),
        side_charts.by_margin(run),
    )
    moving = len(moments) > 1
    captions = captions_of(run, moments) if moving else ()
    return View(charts, sentence(run), moments if moving else None, "mistake", captions, found(run))


def moments_of(run: Run) -> Whole:
    """Return which mistakes are shown, 0 (before the first) among them."""
    count = run.path.mistakes
    return np.arange(count + 1) if count < FRAMES else log_steps(count, FRAMES)


def captions_of(run: Run, moments: Whole) -> list[str]:
    """Say at every moment where training stands."""
    size, path = max(1, len(run.labels)), run.path
    texts = ["start"]
    for mistake in moments[1:].tolist():
        passed = (int(path.seen[mistake - 1]) - 1) // size + 1
        texts.append(f"pass {passed}{_again(run, mistake)}")
    return texts


def _again(run: Run, mistake: int) -> str:
    """Say which mistake comes back, where training goes round in a circle."""
    if run.path.cycle is None or mistake <= run.path.cycle[1]:
        return ""
    first, last = run.path.cycle
    return f" · again mistake {first + (mistake - first) % (last - first + 1)}"


def sentence(run: Run) -> str:
    """Say how training ended, with the numbers."""
    path, points = run.path, len(run.labels)
    if points == 0:
        return "There are 0 points: click into the plane to add some, of both classes."
    passes = look.times(-(-path.looked // points), "pass")
    others = f" {look.times(len(run.paths), 'order')} make {run.mistakes.min()} to {run.mistakes.max()}."
    others = others if len(run.paths) > 1 else ""
    if not path.finished:
        start = f"After {look.times(path.mistakes, 'mistake')} in {passes}, {run.wrong[0]} of {points} points are on the wrong side or on the line."
        return start + _why(run)
    text = f"After {look.times(path.mistakes, 'mistake')} in {passes} the line is right for all of {look.times(points, 'point')}; at most "
    text += f"{side_charts.bound_in_words(run)} were possible.{others}"
    if run.best is None:
        return f"{text} All points are of one class: add some of the other."
    return f"{text} Its nearest point is {decimals(run.margins[0], 3)} away, the best line’s {decimals(run.best_margin, 3)}."


def _why(run: Run) -> str:
    if run.longest is not None:
        return f" A line exists{LATEST if _at_the_end(run) else ': more passes will find it'}."
    if run.path.cycle is None:
        return " No line separates these points: it would go on for ever."
    first, last = run.path.cycle
    return f" No line separates them: mistakes {first} to {last} come back for ever."


def _at_the_end(run: Run) -> bool:
    """Tell whether a learner can let training go on no longer."""
    return run.path.mistakes >= MOST_MISTAKES or run.params.passes >= MOST_PASSES


def found(run: Run) -> tuple[Finding, ...]:
    """Find a training that has no end, and say why."""
    return diagnosis.findings(_endless(run))


def _endless(run: Run) -> Finding | None:
    path = run.path
    if path.finished:
        return None
    if path.cycle:
        first, last = path.cycle
        b, w1, w2 = path.weights[last].tolist()
        state = f"w = ({decimals(w1)}, {decimals(w2)}), b = {decimals(b)}"
        text = (
            f"It goes round in a circle: after mistake {last} the weights are what they were after mistake {first - 1} "
        )
        text += (
            f"({state}), at the same place in the order. So the same {look.times(last - first + 1, 'mistake')} come "
        )
        return Finding("underfitting", "failure", f"{text}back for ever: a line is too simple for these points.")
    if run.longest is None:
        text = f"No line separates these points: after {look.times(path.mistakes, 'mistake')} {run.wrong[0]} of "
        text += f"{len(run.labels)} are still wrong, and the rule never stops. A line is too simple for them."
        return Finding("underfitting", "failure", text)
    text = f"Broken off after {look.times(path.mistakes, 'mistake')}, while a separating line exists: up to "
    return Finding("underfitting", "warning", f"{text}{look.short(run.bound)} mistakes are possible.")
