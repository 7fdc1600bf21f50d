"""From a run to the page's view: which chart is large, what the sentence says, what the diagnosis finds."""

import numpy as np

from nnviz.charts.view import View
from nnviz.concepts.activations import look
from nnviz.concepts.activations.depth import gradient_chart, tower_chart
from nnviz.concepts.activations.functions import Name
from nnviz.concepts.activations.hero import functions_chart
from nnviz.concepts.activations.model import TRAINED, Run
from nnviz.concepts.activations.nets import Nets
from nnviz.concepts.activations.simplex import simplex_chart
from nnviz.concepts.activations.trained import dead_chart, surface_chart, training_chart
from nnviz.core import diagnosis
from nnviz.core.diagnosis import SATURATED, Finding
from nnviz.core.notation import significant
from nnviz.core.statistics import band

LARGE = {"functions": "functions", "tower": "tower", "nets": "training", "surfaces": "surfaces", "softmax": "simplex"}


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
    if run.params.picture in TRAINED:
        return _nets_sentence(run)
    return _reading_sentence(run) if run.params.picture == "functions" else _tower_sentence(run)


def _reading_sentence(run: Run) -> str:
    slopes = {look.label(name): reading.slope for name, reading in run.readings.items()}
    flat = [label for label, slope in slopes.items() if abs(slope) < SATURATED]
    at = f"At input {significant(run.params.x)}"
    cost = f"flat here (slope below {SATURATED:g}): less than a hundredth of the gradient gets through"
    if len(flat) == len(slopes):
        return f"{at} {_are(flat)} {cost}."
    top = significant(max(slopes.values(), key=abs))
    steepest = [label for label, slope in slopes.items() if significant(slope) == top]
    first = f"{at} {_are(steepest)} the steepest, with slope {top}."
    if flat:
        return f"{first} {_capital(_are(flat))} {cost}."
    who = "It is not" if len(slopes) == 1 else f"None of the {len(slopes)} is"
    return f"{first} {who} flat here: at least a hundredth of the gradient gets through."


def _tower_sentence(run: Run) -> str:
    gradient = {name: float(passage.gradient[0]) for name, passage in run.passages.items()}
    best, worst = max(gradient, key=lambda name: gradient[name]), min(gradient, key=lambda name: gradient[name])
    parts = f"{significant(gradient[best])} with {look.label(best)}"
    if worst != best:
        parts += f" and {significant(gradient[worst])} with {look.label(worst)}"
    signal = ", ".join(
        f"{look.label(name)} {significant(float(each.deviation[-1]))}" for name, each in run.passages.items()
    )
    top = f"of a gradient of 1 at the top of {run.params.layers} layers"
    arrives = f"At gain {run.params.gain:g}, {top}, {parts} arrives at layer 1."
    return f"{arrives} Spread of the activations at the top: {signal}."


def _nets_sentence(run: Run) -> str:
    p = run.params
    parts = []
    for name, nets in run.nets.items():
        end = band(nets.accuracy[-1])
        spread = f" ({float(end.low):.2f} to {float(end.high):.2f})" if p.seeds > 1 else ""
        parts.append(f"{look.label(name)} {float(end.median):.2f}{spread}")
    dead = {name: 100 * float(nets.dead[1].mean()) for name, nets in run.nets.items()}
    most = max(dead, key=lambda name: dead[name])
    over = f"10 to 90 % of {p.seeds} seeds" if p.seeds > 1 else "one seed"
    share = "Less than 1" if dead[most] < 1 else f"{dead[most]:.0f}"
    tail = f"{share} % of {look.label(most)}'s units are dead" if dead[most] else "No unit is dead"
    few = "Fewer than two points are drawn, so two stand in. " if p.data == "points" and p.points.count(";") < 1 else ""
    return f"{few}Test accuracy after {p.epochs} epochs, {over}: {', '.join(parts)}. {tail}."


def _softmax_sentence(run: Run) -> str:
    top = int(np.argmax(run.probabilities))
    p = float(run.probabilities[top])
    slope = float(run.jacobian[top, top])
    at = f"At temperature {significant(run.params.temperature)}"
    first = f"{at} class {top + 1} gets {significant(p)} of the probability."
    return f"{first} Raising its logit by a little raises that {significant(slope)} times as much: p(1 − p)/T."


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
        diagnosis.non_finite({f"the loss of a {label} net": nets.loss}, nets.epochs, unit="epoch"),
        flat,
        None if flow is None else Finding(flow.cause, flow.severity, f"{label} nets, before training: {flow.text}"),
    )


def _are(names: list[str]) -> str:
    return f"{names[0]} is" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
