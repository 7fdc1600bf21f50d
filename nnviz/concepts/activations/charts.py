"""From a run to the page's view: which chart is large, what the sentence says, what the diagnosis finds."""

import numpy as np

from nnviz.charts.view import View
from nnviz.concepts.activations import look
from nnviz.concepts.activations.depth import gradient_chart, tower_chart
from nnviz.concepts.activations.functions import Name
from nnviz.concepts.activations.hero import functions_chart
from nnviz.concepts.activations.model import Run
from nnviz.concepts.activations.nets import Nets
from nnviz.concepts.activations.simplex import simplex_chart
from nnviz.concepts.activations.trained import dead_chart, surface_chart, training_chart
from nnviz.core import diagnosis
from nnviz.core.diagnosis import SATURATED, Finding
from nnviz.core.statistics import band

LARGE = {"functions": "functions", "tower": "tower", "nets": "training", "softmax": "simplex"}


def view(run: Run) -> View:
    """Draw a run: the chosen picture first."""
    charts = (
        functions_chart(run),
        tower_chart(run),
        gradient_chart(run),
        training_chart(run),
        dead_chart(run),
        surface_chart(run),
        simplex_chart(run),
    )
    large = LARGE[run.params.picture]
    ordered = tuple(sorted(charts, key=lambda chart: chart.name != large))
    return View(ordered, sentence(run), findings=found(run))


def sentence(run: Run) -> str:
    """Say in words what the large picture shows now."""
    if run.params.picture == "softmax":
        return _softmax_sentence(run)
    if not run.params.functions:
        return "No function is chosen: choose at least one."
    return {"functions": _reading_sentence, "tower": _tower_sentence, "nets": _nets_sentence}[run.params.picture](run)


def _reading_sentence(run: Run) -> str:
    slopes = {name: reading.slope for name, reading in run.readings.items()}
    steepest = max(slopes, key=lambda name: slopes[name])
    flat = [look.label(name) for name, slope in slopes.items() if abs(slope) < SATURATED]
    at = f"At input {look.number(run.params.x)}"
    first = f"{at} {look.label(steepest)} is the steepest: its slope is {look.number(slopes[steepest])}."
    if not flat:
        return f"{first} None of the {len(slopes)} is flat here, so all of them pass the gradient on."
    verb = "is" if len(flat) == 1 else "are"
    cost = "less than a hundredth of the gradient gets through"
    return f"{first} {_capital(_list(flat))} {verb} flat here (slope below {SATURATED:g}): {cost}."


def _tower_sentence(run: Run) -> str:
    gradient = {name: float(passage.gradient[0]) for name, passage in run.passages.items()}
    best, worst = max(gradient, key=lambda name: gradient[name]), min(gradient, key=lambda name: gradient[name])
    parts = f"{look.number(gradient[best])} with {look.label(best)}"
    if worst != best:
        parts += f" and {look.number(gradient[worst])} with {look.label(worst)}"
    signal = ", ".join(
        f"{look.label(name)} {look.number(float(each.deviation[-1]))}" for name, each in run.passages.items()
    )
    top = f"of a gradient of 1 at the top of {run.params.layers} layers"
    arrives = f"At gain {run.params.gain:g}, {top}, {parts} arrives at layer 1."
    return f"{arrives} Spread of the activations at the top: {signal}."


def _nets_sentence(run: Run) -> str:
    p = run.params
    parts = []
    for name, nets in run.nets.items():
        end = band(nets.accuracy[-1])
        parts.append(f"{look.label(name)} {float(end.median):.2f} ({float(end.low):.2f} to {float(end.high):.2f})")
    dead = {name: 100 * float(nets.dead[1].mean()) for name, nets in run.nets.items()}
    most = max(dead, key=lambda name: dead[name])
    over = f"10 to 90 % of {p.seeds} seeds" if p.seeds > 1 else "one seed"
    tail = f"{dead[most]:.0f} % of {look.label(most)}'s units are dead" if dead[most] else "No unit is dead"
    return f"Test accuracy after {p.epochs} epochs, {over}: {', '.join(parts)}. {tail}."


def _softmax_sentence(run: Run) -> str:
    top = int(np.argmax(run.probabilities))
    p = float(run.probabilities[top])
    slope = float(run.jacobian[top, top])
    at = f"At temperature {look.number(run.params.temperature)}"
    first = f"{at} class {top + 1} gets {look.number(p)} of the probability."
    return f"{first} Raising its logit by a little raises that {look.number(slope)} times as much: p(1 − p)/T."


def found(run: Run) -> tuple[Finding, ...]:
    """Diagnose the trained nets of every function: dead units, flat units, a gradient that does not arrive."""
    return diagnosis.findings(*(each for name, nets in run.nets.items() for each in _found(name, nets)))


def _found(name: Name, nets: Nets) -> tuple[Finding | None, ...]:
    label = look.label(name)
    flow = diagnosis.gradient_flow(np.median(nets.gradient, axis=0))
    # A ReLU is off, and so flat, for half of all inputs in good health: only units that are off for all of them matter.
    if name in ("relu", "leaky_relu"):
        flat = diagnosis.dead_units(nets.outputs, f"the first {label} net")
        flat = flat if flat and flat.severity != "note" else None  # a few dead units are what ReLU nets have
    else:
        flat = diagnosis.saturation(nets.slopes, f"the first {label} net")
    return (
        diagnosis.non_finite({f"the loss of a {label} net": nets.loss}, nets.epochs),
        flat,
        None if flow is None else Finding(flow.cause, flow.severity, f"{label} nets, before training: {flow.text}"),
    )


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
