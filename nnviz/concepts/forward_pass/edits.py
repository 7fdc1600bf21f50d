"""Changed weights as text that fits into an address: "1.2.3=0.50;2.1.0=-1.00", layer.to.from=value."""

import re
from collections.abc import Mapping

from nnviz.concepts.forward_pass.network import LIMIT, Edge

ENTRY = re.compile(r"([1-6])\.([1-6])\.([0-6])=(-?\d(?:\.\d{1,2})?)")
EDGE = r"^[1-6]\.[1-6]\.[0-6]$"
CELL = r"^[1-6]\.([1-9]|[12][0-9]|3[0-2])\.[1-6]$"


def parse(text: str) -> dict[Edge, float]:
    """Read changed weights; "" is none. A later entry for the same edge wins.

    Raises:
        ValueError: naming the entry, what came and what is accepted.
    """
    found: dict[Edge, float] = {}
    for number, entry in enumerate(text.split(";") if text else [], 1):
        match = ENTRY.fullmatch(entry)
        if match is None or abs(float(match[4])) > LIMIT:
            wanted = f"layer.to.from=value with |value| ≤ {LIMIT:g} and two decimals"
            raise ValueError(f"change {number} must be {wanted}, got {entry[:40]!r}")
        found[int(match[1]), int(match[2]), int(match[3])] = float(match[4])
    return found


def write(edits: Mapping[Edge, float]) -> str:
    """Return the text that `parse` reads, in the order of the edges."""
    return ";".join(f"{edge_text(edge)}={value:.2f}" for edge, value in sorted(edits.items()))


def edge_of(text: str) -> Edge:
    """Read "layer.to.from"."""
    layer, to, start = (int(part) for part in text.split("."))
    return layer, to, start


def edge_text(edge: Edge) -> str:
    """Write an edge as "layer.to.from"."""
    return ".".join(str(part) for part in edge)
