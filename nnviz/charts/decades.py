"""Log axes of fixed decades: they stay where they are while a hand moves, and still show what lies beyond as an edge."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.core.notation import power
from nnviz.core.statistics import Band

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """The decades of a log axis, 10^low to 10^high."""

    low: int
    high: int

    @property
    def limits(self) -> tuple[float, float]:
        """Both ends in the unit of the values."""
        return 10.0**self.low, 10.0**self.high

    @property
    def title(self) -> str:
        """Name what the axis can show, so that an edge is known for an edge."""
        return f"log, {power(self.low)} to {power(self.high)}"

    def held(self, values: Floats) -> Floats:
        """Return the values with those beyond the window moved to its edge; nan stays nan."""
        low, high = self.limits
        return np.clip(values, low, high)

    def held_band(self, values: Band) -> Band:
        """Return a band with what lies beyond the window moved to its edge."""
        return replace(values, median=self.held(values.median), low=self.held(values.low), high=self.held(values.high))

    def ticks(self, most: int = 7) -> list[int]:
        """Return whole exponents to write at the axis, at most `most` + 1 of them."""
        stride = max(1, math.ceil((self.high - self.low) / most))
        return [exponent for exponent in range(self.low, self.high + 1) if exponent % stride == 0]

    def axis(self, title: str, **more: Any) -> dict[str, Any]:
        """Return a log axis over the window, with powers of ten written at it."""
        ticks = self.ticks()
        values, texts = [10.0**exponent for exponent in ticks], [power(exponent) for exponent in ticks]
        axis = build.axis("", *self.limits, log=True, tickvals=values, ticktext=texts, hoverformat=".2g", **more)
        return axis | {"title": {"text": title, "standoff": 12}}
