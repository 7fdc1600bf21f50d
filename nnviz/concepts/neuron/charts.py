"""From a run to the page's view: which chart is large, what the sentence says, what the diagnosis finds."""

import numpy as np

from nnviz.charts.view import View
from nnviz.concepts.neuron import look
from nnviz.concepts.neuron.fitting import Fit
from nnviz.concepts.neuron.hero import diagram, formula
from nnviz.concepts.neuron.model import INPUTS, TARGETS, Run
from nnviz.concepts.neuron.network_charts import by_size, follows, many, network, training
from nnviz.concepts.neuron.plane import across, plane
from nnviz.concepts.neuron.unit import LABELS
from nnviz.core import diagnosis
from nnviz.core.diagnosis import SATURATED, Finding
from nnviz.core.notation import decimals
from nnviz.core.statistics import band


def view(run: Run) -> View:
    """Draw a run: the chosen picture first. Only the network has a timeline."""
    charts = (diagram(run), plane(run), across(run), network(run), by_size(run), training(run))
    ordered = tuple(sorted(charts, key=lambda chart: chart.name != run.params.picture))
    if run.params.picture != "network":
        return View(ordered, sentence(run), findings=found(run))
    errors = run.fit.errors[:, run.shown]
    captions = [f"error {look.short(float(error))}" for error in errors]
    return View(ordered, sentence(run), run.fit.epochs, "epoch", captions, found(run))


def sentence(run: Run) -> str:
    """Say in words what the large picture shows."""
    return _many(run) if run.params.picture == "network" else _one(run)


def _one(run: Run) -> str:
    if run.length == 0:
        return f"{formula(run)}. Both weights are 0: whatever comes in, the answer is {decimals(run.output)}."
    side = "on the line" if run.sum == 0 else "on the side that w points to" if run.sum > 0 else "on the other side"
    text = f"{formula(run)}. The line w·x + b = 0 lies |b|/‖w‖ = {decimals(run.distance)} from the origin; the input "
    return f"{text}is {decimals(abs(run.sum) / run.length)} from it, {side}, and there φ′ is {look.short(run.slope)}."


def _many(run: Run) -> str:
    p, fit = run.params, run.fit
    over, alone = band(fit.error), float(band(run.fits[0].error).median)
    if not np.isfinite(over.median):
        return f"After {p.epochs} epochs {many(fit.units)} {follows(fit.units)} nothing: the error is not finite."
    spread = f" ({look.short(float(over.low))} to {look.short(float(over.high))} in 80 % of {p.seeds} seeds)"
    text = (
        f"After {p.epochs} epochs {many(fit.units)} {follows(fit.units)} the curve ({TARGETS[p.target].lower()}) with "
    )
    text += f"an error of {look.short(float(over.median))}{spread if p.seeds > 1 else ''}"
    return (
        f"{text}; one neuron has {look.short(alone)}." if fit.units > 1 else f"{text}: it can bend once, and only once."
    )


def found(run: Run) -> tuple[Finding, ...]:
    """Diagnose the neuron on screen; where the network is the large picture, the network."""
    return _found_many(run) if run.params.picture == "network" else _found_one(run)


def _found_one(run: Run) -> tuple[Finding, ...]:
    p = run.params
    outputs = run.plane.reshape(-1, 1)
    dead = diagnosis.dead_units(outputs) if p.activation == "relu" else None
    if dead:
        most = abs(p.w1) * INPUTS + abs(p.w2) * INPUTS + p.b
        reach = f"Its sum is at most {decimals(most)} for inputs from −2 to 2, so this ReLU outputs 0"
        dead = Finding("dead units", "failure", f"The neuron is dead. {reach} everywhere and has no slope to learn by.")
    return diagnosis.findings(dead, _deaf(run) or (None if dead else diagnosis.collapsed_outputs(outputs)), _flat(run))


def _deaf(run: Run) -> Finding | None:
    """Find a neuron that no input reaches."""
    if run.length > 0:
        return None
    text = f"Both weights are 0, so no input reaches the sum: it is b = {decimals(run.params.b)}, and the output "
    return Finding("collapse", "failure", f"{text}{decimals(run.output)}, whatever comes in.")


def _flat(run: Run) -> Finding | None:
    """Find a sigmoid or tanh that is flat at the input on screen."""
    p = run.params
    if p.activation not in ("sigmoid", "tanh") or run.slope >= SATURATED:
        return None
    text = f"{LABELS[p.activation]} is saturated at this input: at z = {decimals(run.sum)} its slope is "
    text += f"{look.short(run.slope)}, so less than a hundredth of any gradient passes, and the weights hardly learn."
    return Finding("saturation", "warning", text)


def _found_many(run: Run) -> tuple[Finding, ...]:
    fit, p = run.fit, run.params
    kept = _symmetric(fit) if p.start == "zeros" else None
    losses = fit.errors[:, run.shown] ** 2
    return diagnosis.findings(
        kept,
        diagnosis.non_finite({f"the error of seed {run.shown}": losses}, fit.epochs, unit="epoch"),
        diagnosis.divergence(losses, fit.epochs, unit="epoch") if np.isfinite(losses).all() else None,
        _dead(run),
        None if kept else diagnosis.underfitting(float(losses[-1]), float(np.var(fit.target))),
    )


def _dead(run: Run) -> Finding | None:
    """Find ReLU neurons of the drawn network that are 0 at all 64 points."""
    if run.params.activation != "relu":
        return None
    return diagnosis.dead_units(run.fit.shares(run.shown)[-1].T, "the network")


def _symmetric(fit: Fit) -> Finding | None:
    """Find neurons that started alike and so stayed alike: one neuron, as often as there are."""
    w, b, v = np.split(fit.final[0, :-1], 3)
    if fit.units > 1:
        return diagnosis.symmetric_units(np.column_stack([w, b, v]), "the network")
    text = "All weights started at 0, where neither w nor v has a gradient: the neuron contributes nothing."
    return Finding("symmetric units", "failure", text) if np.all(w == 0) and np.all(v == 0) else None
