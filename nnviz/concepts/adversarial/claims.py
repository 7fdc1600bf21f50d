"""Sentences from papers and textbooks, each put to the test over seeds."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from nnviz.concepts.adversarial.defences import Defence
from nnviz.concepts.adversarial.survey import (
    EPSILONS,
    PICTURES,
    PROBE,
    Curves,
    Floats,
    Smallest,
    curves,
    groups,
    joined,
    smallest,
    transfers,
)
from nnviz.concepts.adversarial.tasks import Model, task_of
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report
from nnviz.models.spread import spread

PLACE = int(np.abs(EPSILONS - PROBE).argmin())  # ε = 0.15, where all claims are judged
MODELS: dict[str, Model] = {"CNN": "cnn", "MLP": "mlp", "linear": "linear"}
DEEP: dict[str, Model] = {"CNN": "cnn", "MLP": "mlp"}
HALF = 50.0  # per cent
NOTICEABLE = 0.02  # of the grey range: about the least step between two greys that an eye tells apart (Weber's law)
UNNOTICED = 0.1  # of the distance between two digits of a class: a change this small drowns in their variety


def measured(model: Model, defence: Defence, seeds: Sequence[int], report: Report) -> Curves:
    """Return what these networks keep under attack, on all cores."""

    def work(group: tuple[int, ...], heed: Report) -> Curves:
        return curves(model, defence, "linf", group, report=heed)

    return joined(spread(work, groups(seeds), report, f"attacking {len(seeds)} networks"))


def searched(model: Model, seeds: Sequence[int], report: Report) -> Smallest:
    """Return how small a change fools these undefended networks."""

    def work(group: tuple[int, ...], heed: Report) -> Smallest:
        return smallest(model, "none", group, report=heed)

    return joined(spread(work, groups(seeds), report, f"searching the smallest change for {len(seeds)} networks"))


def fgsm_breaks(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge: one step of 15 % of the range turns at least half of the right answers of a clean-trained network."""
    verdicts = {}
    for name, model in DEEP.items():
        kept = measured(model, "none", seeds, report).kept["fgsm"]
        turned = 100 * (1 - kept[:, PLACE] / kept[:, 0])
        interval = statistics.mean_interval(turned)
        verdicts[name] = claims.at_least(interval, HALF, what="the share of right answers that FGSM turns", unit="%")
    return claims.by_condition(verdicts)


def training_costs(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge: a network trained on attacked digits is worse on clean ones by at least half a point."""
    verdicts = {}
    for name, model in MODELS.items():
        usual, hardened = (measured(model, defence, seeds, report).clean for defence in ("none", "adversarial"))
        loss = statistics.paired_interval(100 * usual, 100 * hardened)
        verdicts[name] = claims.directional(loss, 0.5, what="the loss of clean accuracy", unit="points")
    return claims.by_condition(verdicts)


def defends(defence: Defence) -> Callable[[Sequence[int], Report], Verdict]:
    """Return the test: under the strongest attack the defence saves at least half of what is lost without it."""

    def test(seeds: Sequence[int], report: Report) -> Verdict:
        verdicts = {}
        for name, model in DEEP.items():
            bare, guarded = measured(model, "none", seeds, report), measured(model, defence, seeds, report)
            lost = bare.strongest[:, 0] - bare.strongest[:, PLACE]
            saved = 100 * (guarded.strongest[:, PLACE] - bare.strongest[:, PLACE]) / lost
            interval = statistics.mean_interval(saved)
            verdicts[name] = claims.at_least(interval, HALF, what="the share of the lost accuracy it saves", unit="%")
        return claims.by_condition(verdicts)

    return test


def transfer(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge: examples made on one kind of network fool another at least 10 points more often than random signs do."""

    def work(group: tuple[int, ...], heed: Report) -> Floats:
        return transfers("linf", group, report=heed)

    rates = np.concatenate(spread(work, groups(seeds), report, f"transferring between {3 * len(seeds)} networks"))
    verdicts = {}
    for column, (victim, model) in enumerate(MODELS.items()):
        kept = measured(model, "none", seeds, report).kept["chance"]
        noise = 1 - kept[:, PLACE] / kept[:, 0]
        for row, source in enumerate(MODELS):
            if source != victim:
                gain = statistics.paired_interval(100 * rates[:, PLACE, row, column], 100 * noise)
                what = f"what {source} examples fool of {victim} answers beyond random signs"
                verdicts[f"{source} to {victim}"] = claims.directional(gain, 10.0, what=what, unit="points")
    return claims.by_condition(verdicts)


def imperceptible(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge: the change that fools half of the digits stays below two yardsticks of what an eye would notice."""
    kept, near = measured("cnn", "none", seeds, report).kept["pgd"], searched("cnn", seeds, report)
    needed = statistics.mean_interval([half_lost(row) / NOTICEABLE for row in kept])
    length = statistics.mean_interval(near.length / (UNNOTICED * variety()))
    return claims.by_condition(
        {
            "the ε that fools half of them, in just noticeable grey steps of 0.02": claims.at_most(
                needed, 1.0, what="the ε that fools half of the digits, in just noticeable grey steps,", unit="×"
            ),
            "its length, in tenths of the distance between two digits of a class": claims.at_most(
                length,
                1.0,
                what="the length of the smallest change, in tenths of the distance to a like digit,",
                unit="×",
            ),
        }
    )


def half_lost(kept: Floats) -> float:
    """Return the ε at which half of the right answers are lost, between the measured ones by straight lines.

    Args:
        kept: (E,) accuracy at EPSILONS; nan is returned where half is never lost.
    """
    share = np.minimum.accumulate(kept) / kept[0]
    below = np.flatnonzero(share <= 0.5)
    if len(below) == 0:
        return float("nan")
    after = int(below[0])
    return float(np.interp(0.5, share[[after, after - 1]], EPSILONS[[after, after - 1]]))


def variety() -> float:
    """Return the median L2 distance from a test digit to the nearest training digit of its class."""
    data = task_of("cnn").parts
    distance = torch.cdist(data.test[:PICTURES], data.train)
    other = data.test_labels[:PICTURES, None] != data.train_labels
    return float(distance.masked_fill(other, torch.inf).amin(dim=1).median())


CLAIMS = (
    Claim(
        "fgsm-breaks",
        "One step of FGSM, with a fraction of the grey range (ε = 0.15), breaks a network trained on clean digits: it "
        "turns at least half of its right answers.",
        "Goodfellow, Shlens & Szegedy, 2015",
        fgsm_breaks,
    ),
    Claim(
        "adversarial-training-costs",
        "Adversarial training costs clean accuracy.",
        "Tsipras et al., “Robustness may be at odds with accuracy”, 2019",
        training_costs,
    ),
    Claim(
        "masking-defends",
        "Hiding the gradient defends: under the strongest attack at ε = 0.15 it saves at least half of the accuracy "
        "that is lost without it.",
        "defences reviewed by Athalye, Carlini & Wagner, 2018",
        defends("masking"),
        doubtful=True,
    ),
    Claim(
        "distillation-defends",
        "Defensive distillation defends: under the strongest attack at ε = 0.15 it saves at least half of the accuracy "
        "that is lost without it.",
        "Papernot et al., “Distillation as a defense”, 2016",
        defends("distillation"),
        doubtful=True,
    ),
    Claim(
        "examples-transfer",
        "Adversarial examples transfer: made on one kind of network they fool another, far more often than random "
        "changes of the same size.",
        "Szegedy et al., 2014; Papernot, McDaniel & Goodfellow, 2016",
        transfer,
    ),
    Claim(
        "imperceptible",
        "Adversarial perturbations are imperceptible: what fools half of the digits is at most a just noticeable grey "
        "step (2 % of the range), and at most a tenth of the distance between two digits of a class.",
        "Szegedy et al., “Intriguing properties of neural networks”, 2014 (on photographs)",
        imperceptible,
        doubtful=True,
    ),
)
