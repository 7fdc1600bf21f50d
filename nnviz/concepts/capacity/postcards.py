"""Small bundles inside the error's panel: few parameters, as many as points, ten times as many. Only where there is room."""

import numpy as np

from nnviz.charts.build import Trace
from nnviz.concepts.capacity.landscape import stroke
from nnviz.concepts.capacity.model import Run

FITS, EVERY = 8, 3  # fits on a card, and every which of their points: a card is small
WIDTH, HIGH = 0.18, 0.27  # of a card, as shares of the panel
LIMIT = 2.4


def postcards(run: Run, panel: list[float], top: float) -> tuple[list[Trace], Trace, list[Trace], list[Trace]]:
    """Return traces, axes, frames (shapes) and captions of the cards that fit above the measured curve.

    Args:
        panel: where the error's panel begins and ends, as shares of the figure's width.
        top: the highest error on its axis.
    """
    traces: list[Trace] = []
    axes: Trace = {}
    borders: list[Trace] = []
    captions: list[Trace] = []
    for number, (size, left) in enumerate(places(run), start=3):
        if not free(run, left, top):
            continue
        place = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        traces += [trace | place for trace in card(run, size)]
        across = [panel[0] + (panel[1] - panel[0]) * share for share in (left, left + WIDTH)]
        bare: Trace = {"visible": False, "fixedrange": True}
        limits = [float(run.bundle.across[0]), float(run.bundle.across[-1])]
        axes[f"xaxis{number}"] = bare | {"domain": across, "range": limits, "anchor": f"y{number}"}
        axes[f"yaxis{number}"] = bare | {"domain": [1 - HIGH, 1], "range": [-LIMIT, LIMIT], "anchor": f"x{number}"}
        box = {
            "type": "rect",
            "xref": "paper",
            "yref": "paper",
            "x0": across[0],
            "x1": across[1],
            "y0": 1 - HIGH,
            "y1": 1,
        }
        borders.append(box | {"line": {"color": "$faint", "width": 1}, "fillcolor": "$paper/0.6", "layer": "below"})
        text = {
            "x": across[0],
            "y": 1,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "left",
            "yanchor": "top",
            "showarrow": False,
        }
        captions.append(text | {"text": f"p = {size}", "font": {"size": 11}, "bgcolor": "$paper/0.7", "borderpad": 1})
    return traces, axes, borders, captions


def places(run: Run) -> list[tuple[int, float]]:
    """Return the sizes that have a card, and where each begins: left, right of p = n, right end (shares of the panel)."""
    n, most = run.params.points, run.parts.capacities
    wall = share_of(n) + 0.02
    few, many = int(most[run.parts.index(max(1, n // 10))]), int(most[run.parts.index(min(200, 10 * n))])
    cards = [(few, 0.015)] if share_of(n) > 0.04 + WIDTH else []
    if wall + 2 * WIDTH < 0.98:
        cards.append((int(most[run.parts.index(n)]), wall))
    return [*cards, (many, 0.985 - WIDTH)]


def share_of(size: float) -> float:
    """Return where a capacity stands in the panel, as a share of its width; the axis runs from 0.93 to 214."""
    return float(np.log(size / 0.93) / np.log(1.07 * 200 / 0.93))


def free(run: Run, left: float, top: float) -> bool:
    """Tell whether the measured curve stays below a card."""
    where = np.array([share_of(size) for size in run.parts.capacities])
    under = run.parts.mean[(where > left - 0.01) & (where < left + WIDTH + 0.01)]
    return bool(len(under) == 0 or under.max() < 0.97 * (1 - HIGH) * top)


def card(run: Run, size: int) -> list[Trace]:
    """Return a few fits of one size, their mean and the truth."""
    index, across = run.parts.index(size), run.bundle.across[::EVERY]
    plain, unit = run.bundle.answers[:, index, :, ::EVERY].astype(np.float64).swapaxes(0, 1)
    fits = np.clip(plain + run.params.noise * unit, -2 * LIMIT, 2 * LIMIT)
    some = fits[:FITS]
    gapped = np.concatenate([some, np.full((len(some), 1), np.nan)], axis=1).ravel()
    gaps = np.tile(np.append(across, np.nan), len(some))
    quiet = {"hoverinfo": "skip", "showlegend": False}
    heights = gapped.astype(np.float32), fits.mean(axis=0).astype(np.float32), run.bundle.truth[::EVERY]
    return [
        stroke(gaps.astype(np.float32), heights[0], "$blue/0.45", 0.8) | quiet,
        stroke(across, heights[1], "$orange", 2) | quiet,
        stroke(across, heights[2], "$ink", 1.2, "dash") | quiet,
    ]
