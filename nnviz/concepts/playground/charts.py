"""From a run to the page's charts: the network first, then how its training went."""

import numpy as np

from nnviz.charts.view import View
from nnviz.concepts.playground import result_charts
from nnviz.concepts.playground.findings import found
from nnviz.concepts.playground.hero import hero
from nnviz.concepts.playground.model import Run
from nnviz.core.notation import significant
from nnviz.core.statistics import band


def view(run: Run) -> View:
    """Draw a run."""
    words = sentence(run)
    charts = (
        hero(run, words),
        result_charts.losses(run),
        result_charts.rightness(run),
        result_charts.answers(run),
        result_charts.seeds(run),
        result_charts.gradients(run),
        result_charts.costs(run),
    )
    return View(charts, words, run.story.at, "epoch", captions(run), found(run))


def captions(run: Run) -> list[str]:
    """Return the losses of the network in the picture beside the transport."""
    first, later = run.scores, run.later
    train, test = first.train_loss[:, 0], first.test_loss[:, 0]
    if later is not None and run.story.changed is not None:
        cut = run.story.changed
        train = np.concatenate([train[:cut], later.train_loss[:, 0]])
        test = np.concatenate([test[:cut], later.test_loss[:, 0]])
    return [f"loss {significant(float(a))} · test {significant(float(b))}" for a, b in zip(train, test, strict=True)]


def sentence(run: Run) -> str:
    """Say in words what the charts show."""
    scores, network = run.scores, run.network
    kind = "accuracy" if run.problem.classes else "R²"
    test, train = band(scores.test_score[-1]), band(scores.train_score[-1])
    shape = "-".join(str(size) for size in network.sizes)
    words = f"{run.problem.name}: after {run.plan.epochs} epochs the {shape} network "
    if not np.isfinite(scores.test_score[-1]).any():
        words += "answers with no numbers any more (NaN); "
    else:
        words += f"has a test {kind} of {significant(float(test.median))}"
        if len(run.plan.seeds) > 1:
            words += (
                f" ({significant(float(test.low))} to {significant(float(test.high))} over {len(run.plan.seeds)} seeds)"
            )
        words += f", {significant(float(train.median))} on its {len(run.problem.train)} training points; "
    words += f"{network.parameters} parameters, trained in {milliseconds(run)} each."
    return words + changes(run) + limits(run)


def milliseconds(run: Run) -> str:
    """Return the time of one training, rounded to what is worth reading."""
    time = 1e3 * float(np.median(run.trained.seconds))
    return f"{time:.2g} ms" if time < 95 else f"{round(time, -1):.0f} ms"


def changes(run: Run) -> str:
    """Say what a change by hand did."""
    if run.later is None:
        return ""
    before, after, end = (float(value) for value in
                          (run.scores.train_loss[-1, 0], run.later.train_loss[0, 0], run.later.train_loss[-1, 0]))  # fmt: skip
    words = f" Your change takes the training loss from {significant(before)} to {significant(after)}"
    return words + (f"; {run.params.train_on} epochs later it is {significant(end)}." if run.params.train_on else ".")


def limits(run: Run) -> str:
    """Say what was not done as it was asked for."""
    words = ""
    if not run.params.sketch and len(run.plan.seeds) < run.params.seeds:
        words += f" Only {len(run.plan.seeds)} of {run.params.seeds} seeds: more would take too long at this size."
    if not run.there:
        words += " The table of this link is no longer on the server; the circle stands in for it."
    return words
