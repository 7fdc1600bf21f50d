"""How the page's charts look: one colour, dash and marker for each batch size, whichever others are chosen."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnviz.charts import build, theme
from nnviz.concepts.batch_size.model import SIZES
from nnviz.concepts.batch_size.training import EXAMPLES
from nnviz.core.notation import significant
from nnviz.core.statistics import Band

Trace = dict[str, Any]
TOKENS = (*theme.SERIES, "$ink")  # one for each of the nine sizes
# Every second size is what one usually compares: those five differ in their dash.
DASHES = ("solid", "longdash", "dot", "dashdot", "dash", "longdash", "dashdot", "dot", "longdashdot")


def name(batch: int) -> str:
    """Return what a legend calls a batch size."""
    return "full batch" if batch == EXAMPLES else f"batch {batch}"


def short(batch: int) -> str:
    """Return the same where the legend's title already says "batch"."""
    return "full" if batch == EXAMPLES else str(batch)


def token(batch: int) -> str:
    """Return the colour token of a batch size."""
    return TOKENS[SIZES.index(batch)]


def marker(batch: int) -> str:
    """Return the marker symbol of a batch size."""
    return theme.marker(SIZES.index(batch))


def stroke(batch: int) -> Trace:
    """Return the line style of a batch size."""
    return {"color": token(batch), "dash": DASHES[SIZES.index(batch)], "width": 2.2}


def curve(x: ArrayLike, values: Band, batch: int, **more: Any) -> list[Trace]:
    """Return a median line in its batch size's style, over its band where there is more than one seed."""
    group: Trace = {"type": "scatter", "mode": "lines", "x": np.asarray(x), "legendgroup": name(batch)} | more
    median = group | {"y": values.median, "name": short(batch), "line": stroke(batch)}
    if values.count < 2:
        return [median]
    return [build.shade(x, values, token(batch), 0.15, **more, legendgroup=name(batch)), median]


def dots(x: ArrayLike, values: Band, title: str, index: int, **more: Any) -> Trace:
    """Return medians as markers joined by a line, with whiskers from 10 to 90 %."""
    look = {"color": theme.colour(index), "symbol": theme.marker(index), "size": 8}
    trace = build.line(x, values.median, title, index, mode="lines+markers", marker=look)
    if values.count > 1:
        trace["error_y"] = build.whiskers(values.median, values.low, values.high) | {"color": theme.colour(index)}
    return trace | more


def batch_axis(largest: int = EXAMPLES) -> Trace:
    """Return a logarithmic axis of batch sizes with a tick at every second size."""
    ticks = [4**power for power in range(8) if 4**power <= largest]
    return build.axis(
        "batch size B (examples, log)",
        0.8,
        1.25 * largest,
        log=True,
        tickvals=ticks,
        ticktext=[f"{tick:,}" for tick in ticks],
    )


def span(values: Band, place: int | tuple[int, ...], seeds: int) -> str:
    """Return a median with its 10–90 % band in words."""
    middle = significant(float(values.median[place]))
    if seeds < 2:
        return middle
    return f"{middle} ({significant(float(values.low[place]))} to {significant(float(values.high[place]))})"


def listed(parts: Sequence[str]) -> str:
    """Join with commas and a last "and"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def no_less(values: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Return values with what is at or below `least` as nan: a logarithmic axis cannot show it."""
    return np.where(values > least, values, np.nan)
