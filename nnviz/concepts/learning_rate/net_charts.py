"""The small net: its loss at many rates, what each rate comes to, the range test, curvature and schedules."""

from typing import Any

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.learning_rate.model import Run
from nnviz.concepts.learning_rate.nets import CHANCE, Sweep
from nnviz.concepts.learning_rate.settings import SCHEDULES
from nnviz.concepts.learning_rate.trainability import Floats
from nnviz.core.notation import significant
from nnviz.core.schedules import SCHEDULES as KNOWN
from nnviz.core.schedules import schedule
from nnviz.core.statistics import Band, band

LOW, HIGH = 0.03, 30.0  # of the loss
MIDDLE_RATE = 0.1  # left of it a name stands on the right of its line
SHOWN = (0, 3, 6, 9, 11, 13, 15)  # of the 16 rates, as thin lines
ROOM = 1.12  # of the axis of epochs, for the rates' names at its end
DECADES = [0.001, 0.01, 0.1, 1, 10]
RATES_AXIS: dict[str, Any] = {
    "low": 8e-4, "high": 40.0, "log": True, "tickvals": DECADES, "ticktext": [f"{rate:g}" for rate in DECADES],
}  # fmt: skip


def held(values: Floats) -> Floats:
    """Keep losses on the log axis: at least a tenth of its lower end, at most ten times its upper."""
    return np.clip(np.nan_to_num(values, nan=10 * HIGH, posinf=10 * HIGH), LOW / 10, 10 * HIGH)


def spread(values: Floats, axis: int) -> Band:
    """Return the band of losses; what overflowed counts as very high, not as lost."""
    return band(held(values), axis=axis)


def curves_chart(run: Run) -> Chart:
    """Draw the median loss at several rates as thin lines, the rate that is set with its band."""
    nets, epochs = run.nets, run.nets.epochs.astype(float)
    medians = {row: spread(nets.losses[:, row], 1).median for row in SHOWN}
    traces: list[dict[str, Any]] = []
    for row, median in medians.items():
        name = f"rate {nets.rates[row]:.2g}"
        line = {"color": _tone(nets, row), "width": 1.2, "dash": theme.dash(SHOWN.index(row))}
        base = {"type": "scatter", "mode": "lines", "x": epochs, "y": median, "line": line, "showlegend": False}
        traces.append(base | {"name": name})
    mine = spread(run.chosen.losses[:, 0], 1)
    traces += build.band(epochs, mine, f"your rate {significant(run.params.rate)}", 0)
    x = build.axis("epoch", 0, float(epochs[-1]) * ROOM)
    heights = apart([float(median[-1]) for median in medians.values()])
    labels = [_label(nets, row, height) for row, height in zip(medians, heights, strict=True)]
    layout = {"shapes": [_level(CHANCE)], "annotations": labels}
    figure = build.figure(traces, x, build.axis("training loss (log)", LOW, HIGH, log=True, dtick=1), **layout)
    ends = [float(spread(nets.losses[-1, row], 0).median) for row in (0, -1)]
    alt = f"At rate {significant(run.params.rate)} the median training loss goes from {significant(float(mine.median[0]))} to "
    alt += f"{significant(float(mine.median[-1]))}; at {significant(float(nets.rates[0]))} it ends at {significant(ends[0])}, "
    alt += f"at {significant(float(nets.rates[-1]))} at {significant(ends[1])}."
    return Chart(
        "curves", "Training loss at rates from too small (grey) to diverging (red); blue is yours", figure, alt
    )


def _tone(nets: Sweep, row: int) -> str:
    return "$red" if nets.trains[row].mean() < 0.5 else "$grey"


def _label(nets: Sweep, row: int, height: float) -> dict[str, Any]:
    """Name a rate at the end of its line."""
    rate = nets.rates[row]
    text = f" {rate:.1g}" if rate < 1 else f" {rate:g}"
    spot = {"x": 1 / ROOM, "xref": "paper", "y": float(np.log10(height)), "xanchor": "left", "yanchor": "middle"}
    return spot | {"text": text, "showarrow": False, "font": {"size": 11, "color": _tone(nets, row)}}


def apart(heights: list[float]) -> list[float]:
    """Move heights on the log axis so that words beside them do not cover each other, in the same order."""
    gap = 0.05 * np.log10(HIGH / LOW)
    logs = np.log10(np.clip(heights, LOW, HIGH))
    order, placed = np.argsort(logs, kind="stable"), logs.copy()
    for above, below in zip(order[1:], order[:-1], strict=True):
        placed[above] = max(placed[above], placed[below] + gap)
    for above, below in zip(order[:0:-1], order[-2::-1], strict=True):
        placed[order[-1]] = min(placed[order[-1]], np.log10(HIGH))
        placed[below] = min(placed[below], placed[above] - gap)
    return [float(height) for height in 10.0**placed]


def _level(height: float) -> dict[str, Any]:
    line = {"color": "$grey", "width": 1, "dash": "dot"}
    return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": height, "y1": height, "line": line}


def ends_chart(run: Run) -> Chart:
    """Draw what every rate comes to: training and test loss at the end, with the rate that is set."""
    nets, rates = run.nets, run.nets.rates
    train, test = spread(nets.losses[-1], 1), spread(nets.test_losses, 1)
    traces = [
        *build.band(rates, train, "training", 0, dashed=False),
        *build.band(rates, test, "test", 1, dashed=True),
    ]
    traces[1] |= {"mode": "lines+markers", "customdata": [f"{rate:g}" for rate in rates]}
    stable = nets.largest
    marks = [build.vertical(run.params.rate, token="$ink")]
    if np.isfinite(stable):
        marks.append(build.vertical(stable, token="$red", dash="solid"))
    notes = [
        _over(run.params.rate, "yours"),
        *([_over(stable, "largest that trains", 1)] if np.isfinite(stable) else []),
    ]
    x, y = (
        build.axis("learning rate (log)", **RATES_AXIS),
        build.axis("loss at the end (log)", LOW, HIGH, log=True, dtick=1),
    )
    figure = build.figure(traces, x, y, shapes=[*(mark["shape"] for mark in marks), _level(CHANCE)], annotations=notes)
    alt = f"The training loss at the end is least, {significant(float(train.median.min()))}, at rate {significant(nets.least)}; "
    alt += f"the largest rate at which nets train is {significant(stable)}."
    return Chart("ends", "What every rate comes to (click a dot to set it)", figure, alt, click={"rate": "customdata"})


def _over(rate: float, text: str, row: int = 0) -> dict[str, Any]:
    """Name a rate beside its line, on the side where there is room; names in different rows do not meet."""
    side = "left" if rate < MIDDLE_RATE else "right"
    spot = {"x": float(np.log10(rate)), "y": 1, "yref": "paper", "yanchor": "top", "xanchor": side, "showarrow": False}
    return spot | {"text": f" {text} ", "font": {"size": 11}, "yshift": -16 * row}


def range_chart(run: Run) -> Chart:
    """Draw the loss while the rate grows within one training."""
    test = run.test
    traces = build.band(test.rates, spread(test.losses, 1), "loss while the rate grows", 0)
    notes = [_over(test.lowest, f"least loss at {significant(test.lowest)}")]
    shapes = [build.vertical(test.lowest, token="$green", dash="solid")["shape"], _level(CHANCE)]
    shapes.append(build.vertical(run.params.rate, token="$ink")["shape"])
    if np.isfinite(test.blows):
        shapes.append(build.vertical(test.blows, token="$red", dash="solid")["shape"])
        notes.append(_over(test.blows, f"breaks away at {significant(test.blows)}", 1))
    x, y = (
        build.axis("learning rate, grown after every epoch (log)", **RATES_AXIS),
        build.axis("training loss (log)", LOW, HIGH, log=True),
    )
    figure = build.figure(traces, x, y, shapes=shapes, annotations=notes)
    away = (
        f"it breaks away at {significant(test.blows)}" if np.isfinite(test.blows) else "it never breaks away up to 32"
    )
    alt = f"While the rate grows from 0.001 to 32 the loss is least at rate {significant(test.lowest)}; {away}."
    return Chart("range", "Range test: one training, the rate growing all the way (dotted: your rate)", figure, alt)


def bending_chart(run: Run) -> Chart:
    """Draw the curvature along one net's way against the limit 2/η of the valley."""
    if run.bending is None:
        empty = build.figure([build.line([], [], "curvature")], build.axis("epoch"), build.axis("curvature (log)"))
        return Chart("bending", "Curvature on the way", empty, "Curvature is measured when the hand lets go: 0 values.")
    bent, epochs = run.bending, run.bending.epochs.astype(float)
    limit = "limit 2/η of the first rate" if run.params.schedule == "plateau" else "limit 2/η"
    measured = np.where(bent.largest > 1e-3, bent.largest, np.nan)
    traces = [
        build.line(epochs, measured, "curvature λ", 0, mode="lines+markers"),
        build.line(epochs, bent.limits, limit, 3, dashed=True),
    ]
    low, high = 0.05, 100.0
    if np.isfinite(bent.limits).any():
        high = float(np.clip(np.nanmax(bent.limits) * 2, high, 1e4))
    figure = build.figure(
        traces, build.axis("epoch", 0, epochs[-1]), build.axis("curvature (log)", low, high, log=True)
    )
    above = int(np.sum(measured > bent.limits))
    alt = f"The largest curvature of the first net's loss is {significant(float(bent.largest[0]))} at the start and "
    alt += f"{significant(float(bent.largest[-1]))} at the end; it lies above the {limit} at {above} of {len(epochs)} epochs."
    return Chart("bending", "How sharply the net's loss bends on its way, against the valley's limit 2/η", figure, alt)


def schedules_chart(run: Run) -> Chart:
    """Draw the factor on the rate by epoch under every schedule; the chosen one is thick."""
    epochs, traces = run.params.epochs, []
    for index, name in enumerate(KNOWN):
        chosen = name == run.params.schedule
        line = build.line(
            np.arange(epochs, dtype=float), np.maximum(schedule(name, epochs), 1e-3), SCHEDULES[name], index
        )
        line["line"] = line["line"] | {"width": 4 if chosen else 1.3}
        traces.append(line)
    x, y = build.axis("epoch", 0, epochs - 1), build.axis("factor on the rate (log)", 1e-3, 1.3, log=True)
    alt = f"Of {len(KNOWN)} schedules over {epochs} epochs, {SCHEDULES[run.params.schedule].lower()} is chosen."
    return Chart("schedules", "Schedules: what your rate is multiplied by", build.figure(traces, x, y), alt)
