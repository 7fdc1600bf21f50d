"""The symptoms of gradients that only look as if there were nothing to follow, and the diagnosis they add up to."""

from dataclasses import dataclass

import numpy as np

from nnviz.concepts.adversarial.survey import PROBE, Curves
from nnviz.core.diagnosis import Finding

MARGIN = 0.05  # a success rate must exceed another by this much to count as better
WHOLLY = 0.98  # success that passes for all


@dataclass(frozen=True)
class Symptom:
    """One symptom: two success rates that should stand the other way round.

    Attributes:
        name: what is seen where gradients are masked.
        suspect, honest: names of the two rates; `suspect` is the higher one where gradients are masked.
        high, low: the median rates 0…1 over the networks.
        present: seen here.
    """

    name: str
    suspect: str
    honest: str
    high: float
    low: float
    present: bool


def symptoms(curves: Curves) -> tuple[Symptom, ...]:
    """Return the five symptoms, each with the measured success rates (share of test digits answered wrongly).

    Source: Athalye, Carlini & Wagner, "Obfuscated gradients give a false sense of security", 2018, section 3.1.
    """
    place, last = curves.at(PROBE), -1
    fails = {way: 1 - np.median(kept, axis=0) for way, kept in curves.kept.items()}
    white, black = fails["pgd"], np.maximum(fails["transfer"], fails["queries"])
    whole, chance = float(np.median(curves.unbounded)), float(np.median(curves.chance))
    at = f"ε = {PROBE:g}"
    return (
        _compared("One step beats many", f"FGSM, {at}", fails["fgsm"][place], f"PGD, {at}", white[place]),
        _compared("Black box beats white box", f"black box, {at}", black[place], f"PGD, {at}", white[place]),
        Symptom("Unbounded attack fails", "all of them", "PGD, ε = 1", 1.0, whole, whole < WHOLLY),
        _compared("Chance beats the gradient", f"50 random points, {at}", chance, f"PGD, {at}", white[place]),
        Symptom(
            "A larger ε does not help",
            "transfer, ε = 0.5",
            "PGD, ε = 0.5",
            float(fails["transfer"][last]),
            float(white[last]),
            bool(white[last] - white[place] < MARGIN and white[last] < WHOLLY),
        ),
    )


def _compared(name: str, suspect: str, high: float, honest: str, low: float) -> Symptom:
    return Symptom(name, suspect, honest, float(high), float(low), bool(high > low + MARGIN))


def gradient_masking(curves: Curves) -> Finding | None:
    """Find a defence that hides the gradient: a black box beats the white-box attack, which fails even unbounded."""
    place = curves.at(PROBE)
    found = symptoms(curves)
    black, unbounded = found[1], found[2]
    if not (black.present and unbounded.present):
        return None
    count = sum(symptom.present for symptom in found)
    flat = 100 * float(np.median(curves.flat))
    robust = float(np.median(curves.strongest[:, place]))
    text = (
        f"The gradient is masked: at ε = {PROBE:g} {100 * black.low:.0f} % of the digits are answered wrongly under "
        f"PGD, but {100 * black.high:.0f} % under a black box that does not ask for it, and even with the whole box PGD "
        f"reaches only {100 * unbounded.low:.0f} %. It is exactly zero on {flat:.0f} % of the digits; {count} of 5 "
        f"symptoms are present. Under the strongest attack {100 * robust:.0f} % stay right."
    )
    return Finding("gradient masking", "failure", text)
