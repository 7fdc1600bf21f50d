"""The page's charts, its sentence and its diagnosis."""

import numpy as np

from nnviz.charts.view import Chart, View
from nnviz.concepts.adversarial import evidence, maps
from nnviz.concepts.adversarial.hero import hero, percent
from nnviz.concepts.adversarial.model import Run
from nnviz.concepts.adversarial.portrait import Portrait
from nnviz.concepts.adversarial.settings import DEFENCES
from nnviz.concepts.adversarial.survey import EPSILONS, PICTURES
from nnviz.concepts.adversarial.symptoms import gradient_masking
from nnviz.core.diagnosis import findings

UNITS = {"jsma": "pixel", "queries": "moment"}
GREYS = 16  # steps between the 17 grey levels of the digits


def view(run: Run) -> View:
    """Return all that the page shows for one run."""
    last = evidence.crossing(run) if run.params.detail == "transfer" else evidence.masking(run)
    charts: tuple[Chart, ...] = (
        hero(run),
        maps.strip(run),
        maps.path(run),
        evidence.accuracy(run),
        evidence.ledger(run),
        evidence.proof(run),
        last,
    )
    masked = gradient_masking(run.own) if run.own else None
    moments = len(run.portrait.path)
    steps = np.arange(moments) if moments > 1 else None
    return View(
        charts, sentence(run), steps=steps, unit=UNITS.get(run.params.attack, "step"), findings=findings(masked)
    )


def sentence(run: Run) -> str:
    """Say what happened to the digit, to the forty, and to the networks of all seeds."""
    return f"{_one(run)} {_all(run)}".strip()


def _one(run: Run) -> str:
    portrait, spec = run.portrait, run.params.spec
    change = np.abs(portrait.change)
    row = portrait.probabilities[-1]
    subject = "Your digit" if portrait.drawn else f"This {portrait.label}"
    verb = _verb(portrait)
    largest = float(change.max())
    fooled = "though" if portrait.answer != portrait.label else "and"
    how = f"{fooled} no pixel moves by more than {largest:.3g}, {GREYS * largest:.1f} of the {GREYS} grey steps"
    if largest == 0:
        how = "and no pixel has moved"
    elif spec.attack == "jsma":
        how = f"after {int((change > 0).sum())} of 64 pixels were painted over"
    refused = ", but the detector refuses it" if portrait.refused[-1] else ""
    proven = " It is proven that nothing within the ball can fool the network here." if portrait.certified else ""
    flat = " The gradient that the attacker follows is exactly zero here." if portrait.flat else ""
    return f"{subject} {verb} {portrait.answer} ({percent(float(row.max()))}), {how}{refused}.{proven}{flat}"


def _verb(portrait: Portrait) -> str:
    if portrait.answer == portrait.label:
        return "is still taken for"
    before = int(portrait.probabilities[0].argmax())
    return "is taken, as before the attack, for" if before == portrait.answer else "is now taken for"


def _all(run: Run) -> str:
    if run.own is None:
        return ""
    place = run.own.at(run.params.epsilon)
    kept, clean = 100 * run.own.strongest[:, place], 100 * float(np.median(run.own.strongest[:, 0]))
    low, middle, high = np.quantile(kept, [0.1, 0.5, 0.9])
    right = "right or refused" if run.params.defence == "detection" else "right"
    ball = "L∞" if run.params.norm == "linf" else "L2"
    return (
        f"Over {run.own.networks} network{'s' * (run.own.networks > 1)} with defence “{DEFENCES[run.params.defence]}” the strongest attack in {ball} "
        f"at ε = {EPSILONS[place]:g} leaves {middle:.0f} % of {PICTURES} digits {right} ({low:.0f} to {high:.0f}), "
        f"without attack {clean:.0f} %."
    )
