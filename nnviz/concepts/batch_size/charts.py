"""From a run to the page: three clocks first, then the gradients' noise, then what a batch size brings and costs."""

from dataclasses import replace

import numpy as np

from nnviz.charts.view import View
from nnviz.concepts.batch_size import hero, look, noise_charts, result_charts
from nnviz.concepts.batch_size.model import ANCHOR, Run
from nnviz.concepts.batch_size.training import EXAMPLES
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.notation import significant
from nnviz.core.statistics import band

LITTLE = 0.9  # share of the way still to go, from which little has been learned


def view(run: Run) -> View:
    """Draw a run."""
    raced = hero.race(run)
    charts = (
        hero.clocks(run, raced),
        noise_charts.cloud(run, raced),
        noise_charts.variance(run),
        noise_charts.noise_scale(run),
        result_charts.accuracy(run),
        result_charts.sharpness(run),
        result_charts.costs(run),
    )
    return View(charts, sentence(run), raced.readings, raced.unit, hero.captions(run, raced), found(run))


def sentence(run: Run) -> str:
    """Say with the run's numbers which batch size came out ahead, and at what price by each clock."""
    winner = result_charts.best(run)
    loss, test = band(run.curves.loss[-1], axis=1), band(run.curves.test_accuracy, axis=1)
    seeds = run.params.seeds
    over = f" over {seeds} seeds" if seeds > 1 else ""
    text = f"{_given(run)}, {_price(run, winner)} ends at training loss {look.span(loss, winner, seeds)}{over}"
    text += f", test accuracy {significant(float(test.median[winner]))}"
    other = len(run.batches) - 1 if winner != len(run.batches) - 1 else 0
    if other != winner:
        text += f"; {_price(run, other)} ends at {look.span(loss, other, seeds)}"
        text += f", test accuracy {significant(float(test.median[other]))}"
    return text + "."


def _given(run: Run) -> str:
    params = run.params
    steps = run.curves.steps[-1]
    amount = {
        "epochs": _counted(int((steps * run.batches).max() // EXAMPLES), "epoch"),
        "steps": f"{int(steps.max())} steps",
        "seconds": f"{significant(float((steps * run.step_seconds).max()))} seconds each",
    }[params.budget]
    rate = f"rate {params.rate:g}" + ("" if params.scaling == "fixed" else f" at batch {ANCHOR}")
    return f"With {amount} and {rate}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _price(run: Run, index: int) -> str:
    steps = int(run.curves.steps[-1, index])
    seconds = significant(steps * float(run.step_seconds[index]))
    return (
        f"{look.name(int(run.batches[index]))} ({steps:,} step{'' if steps == 1 else 's'}, {seconds} s on this machine)"
    )


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with each batch size, named."""
    return diagnosis.findings(*(_finding(run, index) for index in range(len(run.batches))))


def _finding(run: Run, index: int) -> Finding | None:
    steps = run.curves.steps[:, index]
    rows = np.flatnonzero(np.diff(steps, prepend=-1) > 0)
    losses = run.curves.loss[rows, index]
    curve = np.median(np.where(np.isfinite(losses), losses, np.inf), axis=1)
    finding = diagnosis.divergence(curve, steps[rows]) or too_little(run, float(curve.min()))
    if finding is None:
        return None
    who = look.name(int(run.batches[index])).capitalize()
    why = f"rate {run.rates[index]:.3g}, {int(steps[-1]):,} steps"
    return replace(finding, text=f"{who} ({why}): {finding.text}")


def too_little(run: Run, loss: float) -> Finding | None:
    """Find a loss that went less than a tenth of the way from guessing to what the wrong labels leave to reach."""
    guess = hero.guessing(run)
    most = guess - (1 - LITTLE) * (guess - hero.least(run))
    return diagnosis.underfitting(loss, guess, share=most / guess)
