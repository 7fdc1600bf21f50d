"""How the page's numbers and colours look."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
TRAINED, BLOWN = (0, 123), (132, 255)  # codes of the map's shades: fast to slow, late to early
STILL = "$faint"  # what has not blown up yet while the timeline plays


def rate_at(power: float, width: float) -> str:
    """Return 10^power with the digits that a window `width` decades wide deserves."""
    digits = int(np.clip(np.ceil(-np.log10(max(width, 1e-12))) + 2, 2, 14))
    return f"{10.0**power:.{digits}g}"


def share(value: float) -> str:
    """Return a share as a percentage."""
    return f"{100 * value:.0f} %" if 0.01 < value < 0.99 or value in (0, 1) else f"{100 * value:.2g} %"


def scale(from_code: int = BLOWN[0]) -> list[list[Any]]:
    """Return the map's colours by code/255; codes from BLOWN[0] up to `from_code` are still undecided."""
    trained = _ramp(TRAINED, ("$blue", "$sky", "$sky/0.25"))
    blown = _ramp(BLOWN, ("$orange/0.25", "$orange", "$red"))
    if from_code <= BLOWN[0]:
        return [*trained, *blown]
    edge = min(from_code, BLOWN[1] + 1)
    kept = [[place, colour] for place, colour in blown if place * 255 > edge]
    undecided = [[BLOWN[0] / 255, STILL], [min(1.0, (edge - 0.5) / 255), STILL]]
    if edge > BLOWN[1]:
        return [*trained, undecided[0], [1.0, STILL]]
    middle = (BLOWN[0] + BLOWN[1]) / 2
    start = "$orange" if edge > middle - 30 else "$orange/0.4"
    return [*trained, *undecided, [(edge - 0.5) / 255, start], *(kept or [[1.0, "$red"]])]


def _ramp(codes: tuple[int, int], colours: Sequence[str]) -> list[list[Any]]:
    places = np.linspace(*codes, len(colours)) / 255
    return [[float(place), colour] for place, colour in zip(places, colours, strict=True)]


def ranks(values: NDArray[np.float64], codes: tuple[int, int]) -> NDArray[np.uint8]:
    """Spread values (n,) evenly over the codes by their rank; equal values share a code."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts) - counts
    place = upto[inverse] / max(1, len(values) - 1)
    return np.asarray(np.round(codes[0] + place * (codes[1] - codes[0])), np.uint8)
