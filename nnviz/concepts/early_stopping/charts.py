"""The page's charts: the stop on the curves, what patience does, every seed, and stopping beside L2."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart, View
from nnviz.concepts.early_stopping import words
from nnviz.concepts.early_stopping.findings import diagnose
from nnviz.concepts.early_stopping.hero import hero, moments
from nnviz.concepts.early_stopping.linear_charts import equivalent_chart, filters_chart, paths_chart
from nnviz.concepts.early_stopping.model import PATIENCES, Run
from nnviz.concepts.early_stopping.rule import DEPTH, valleys
from nnviz.core.statistics import band, mean_interval

RIGHT: Trace = {"xaxis": "x2", "yaxis": "y2"}
HIGHEST = 3.0  # test errors are drawn up to here


def view(run: Run) -> View:
    """Draw a run; while the learner is to guess, nothing that gives the answer away."""
    when = moments(run)
    charts = [hero(run)]
    if not words.asked(run):
        charts += [patience_chart(run), seeds_chart(run)]
    charts += [valleys_chart(run), filters_chart(run), paths_chart(run), equivalent_chart(run)]
    return View(
        charts=tuple(charts),
        sentence=words.sentence(run),
        steps=when,
        unit="epoch",
        captions=words.captions(run, when),
        findings=() if words.asked(run) else diagnose(run),
    )


def patience_chart(run: Run) -> Chart:
    """Draw against patience: when training stops and what it keeps, and the test error of that."""
    last = len(run.curves.test) - 1
    excess = 100 * run.above_lowest(run.sweep.kept)  # (P, S)
    names = {"customdata": [str(patience) for patience in PATIENCES], "mode": "lines+markers"}
    traces: list[Trace] = []
    for index, (name, epochs) in enumerate((("stops", run.sweep.stopped), ("keeps", run.sweep.kept))):
        traces += build.band(PATIENCES, band(epochs.astype(float), axis=1), name, (3, 1)[index], dashed=bool(index))
        traces[-1] |= names
    traces += build.band(PATIENCES, band(np.clip(excess, 0, 200), axis=1), "test error above the lowest", 2, **RIGHT)
    traces[-1] |= names
    here = build.vertical(max(1, run.params.patience), " now")["shape"] | {"yref": "y domain"}
    ticks = {"tickvals": [1, 3, 10, 30, 100, 300]}
    layout = {
        "xaxis": axis("patience (log)", 0.9, 330, log=True, domain=[0, 0.42], **ticks),
        "xaxis2": axis("patience (log)", 0.9, 330, log=True, domain=[0.58, 1], anchor="y2", **ticks),
        "yaxis": axis("epoch", 0, last),
        "yaxis2": axis("test error above the lowest (%)", 0, 205, anchor="x2"),
        "shapes": [here, here | {"xref": "x2", "yref": "y2 domain"}],
    }
    middle = np.median(excess, axis=1)
    best = int(middle.argmin())
    alt = (
        f"With patience {PATIENCES[0]} the median network stops at epoch {np.median(run.sweep.stopped[0]):.0f}, with "
        f"{PATIENCES[-1]} at {np.median(run.sweep.stopped[-1]):.0f}; what it keeps is nearest to the lowest test error "
        f"with patience {PATIENCES[best]}: {middle[best]:.0f} % above it."
    )
    title = "How the stop moves with patience, and what that costs (click to set it)"
    return Chart(
        "patience",
        title,
        {"data": traces, "layout": layout},
        alt,
        click={"patience": "customdata"},
        wide=True,
        least=560,
    )


def seeds_chart(run: Run) -> Chart:
    """Draw every seed's test error at the stop, at the oracle's and at the end; a click draws that network."""
    found = {
        "last epoch": (run.curves.test[-1], "$grey", "square-open"),
        "kept": (run.test_at(run.kept), "$purple", "star"),
        "oracle": (run.test_at(run.oracle), "$green", "diamond"),
    }
    count = run.curves.test.shape[1]
    places = np.arange(count) if not run.params.sketch else np.array([run.params.shown])
    traces: list[Trace] = []
    path = np.stack([found["last epoch"][0], found["oracle"][0], np.full(count, np.nan)], axis=1)
    traces.append(
        {"type": "scatter", "mode": "lines", "x": np.repeat(places, 3), "y": held(path.ravel()), "hoverinfo": "skip"}
        | {"line": {"color": "$grey/0.4", "width": 1.5}, "showlegend": False}
    )
    for name, (errors, token, symbol) in found.items():
        look = {"size": 11, "color": token, "symbol": symbol, "line": {"width": 1.5, "color": token}}
        hover = {"hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>"}
        base = {"type": "scatter", "mode": "markers", "x": places, "y": held(errors), "name": name, "marker": look}
        traces.append(base | hover | {"customdata": [str(place) for place in places]})
    floor = 0.0 if run.params.by_hand else run.params.noise**2
    bar = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": floor, "y1": floor}
    shapes: list[Trace] = [bar | {"line": {"color": "$ink", "width": 1, "dash": "dot"}}] if floor else []
    shown = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": places[run.drawn], "x1": places[run.drawn]}
    shapes.append(shown | {"line": {"color": "$faint", "width": 14}, "layer": "below"})
    x = axis("seed, counted from the first", -0.6, run.params.seeds - 0.4, dtick=1 if run.params.seeds <= 16 else 4)
    top = float(np.nanmax(held(np.stack([each[0] for each in found.values()]))))
    figure = build.figure(traces, x, axis("test error", 0, max(1.0, 1.05 * top)), shapes=shapes)
    wins = int(np.sum(found["kept"][0] < found["last epoch"][0]))
    above = mean_interval(100 * run.above_lowest(run.kept))
    alt = f"Stopping beats the last epoch in {wins} of {count} seeds and stays {above.estimate:.0f} % above the oracle on average."
    title = "Every seed: what is kept, the last epoch, and the oracle, who looks at the test (click one to draw it)"
    return Chart("seeds", title, figure, alt, click={"shown": "customdata"})


def held(errors: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    """Keep errors on the axis; what is not finite is not drawn."""
    return np.where(np.isfinite(errors), np.clip(errors, 0, HIGHEST), np.nan)


def valleys_chart(run: Run) -> Chart:
    """Draw all validation curves: how many valleys has each?"""
    epochs = np.arange(len(run.curves.validation))
    counts = [valleys(curve) for curve in run.curves.validation[1:].T]
    traces: list[Trace] = []
    for index, curve in enumerate(run.curves.validation.T):
        here = index == run.drawn
        line = {"color": "$orange" if here else "$grey/0.35", "width": 2.4 if here else 1.2}
        name = f"seed {run.params.setting.seeds[index]}: {counts[index]} valley{'' if counts[index] == 1 else 's'}"
        base = {
            "type": "scatter",
            "mode": "lines",
            "x": epochs,
            "y": np.clip(curve, 1e-6, 100),
            "line": line,
            "name": name,
        }
        traces.append(base | {"hovertemplate": f"{name}<extra></extra>"})
    traces.append(traces.pop(run.drawn))
    single = sum(count == 1 for count in counts)
    x, y = (
        axis("epoch", 0, len(epochs) - 1),
        axis("validation loss (log)", 0.05, 5, log=True, tickvals=[0.1, 0.3, 1, 3]),
    )
    if run.params.noise < 0.2 or run.params.by_hand:
        y = axis("validation loss (log)", 1e-4, 5, log=True)
    title = f"Every seed's validation curve: {single} of {len(counts)} {'falls' if single == 1 else 'fall'} and then rise once"
    alt = (
        f"The validation curves have {min(counts)} to {max(counts)} valleys (turns of more than {100 * DEPTH:.0f} %), "
        f"{single} of {len(counts)} have exactly one; the one drawn has {counts[run.drawn]}."
    )
    return Chart(
        "valleys",
        title.replace("falls and then rise", "falls and then rises"),
        build.figure(traces, x, y, showlegend=False),
        alt,
    )
