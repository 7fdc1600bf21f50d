"""The hero: three curves with the stop on the left, and on the right what the network says at that moment."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build
from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart
from nnviz.concepts.early_stopping import words
from nnviz.concepts.early_stopping.model import Run
from nnviz.concepts.early_stopping.training import EDGE, GRID, true_curve
from nnviz.core.statistics import band
from nnviz.core.timeline import even_steps

FRAMES = 60
HEIGHT = 3.4  # the plane of the points reaches to ± so much
GROUND = 24  # rows of the unseen picture that takes clicks
LEFT: Trace = {}
RIGHT: Trace = {"xaxis": "x2", "yaxis": "y2"}
STYLES = {"train": ("$blue", "solid", 2.2), "validation": ("$orange", "dash", 2.6), "test": ("$green", "dot", 2.6)}
Floats = NDArray[np.float64]


def moments(run: Run) -> NDArray[np.int64]:
    """Return the epochs of the timeline: evenly spaced, and those that the charts mark."""
    last, drawn = len(run.curves.test) - 1, run.drawn
    marked = [run.stops.stopped[drawn], run.kept[drawn], run.oracle[drawn]]
    return np.unique(np.concatenate([even_steps(last, FRAMES), marked]))


def guessed(run: Run) -> int:
    """Return the epoch of the learner's stop: the last, where the budget ends before it."""
    return min(run.params.guess, len(run.curves.test) - 1)


def limits(run: Run) -> tuple[float, float]:
    """Return the range of the error axis: it follows from the data alone, so that it stays while other controls move."""
    if run.params.by_hand:
        return 0.0, 0.3 + 1.5 * float(run.problem.test[1][0].var())
    return 0.0, 0.15 + 3.4 * run.params.noise**2


def hero(run: Run) -> Chart:
    """Draw the curves and the fit, with the moment of the timeline on both."""
    when = moments(run)
    low, high = limits(run)
    last = len(run.curves.test) - 1
    traces: list[Trace] = [
        ground(run, low, high),
        *curves(run, low, high),
        *stops(run, low, high),
        epochs_told(run, high),
    ]
    first = len(traces)
    traces += fits(run)
    cursor = build.vertical(float(when[-1]), token="$ink", dash="solid")["shape"]
    frames: dict[str, Any] = {f"layout.shapes.0.{end}": when.astype(np.float32) for end in ("x0", "x1")}
    frames[f"data.{first + len(traces[first:]) - 1}.y"] = np.clip(fit_frames(run)[when], -2 * HEIGHT, 2 * HEIGHT)
    layout = {
        "margin": {"l": 52, "r": 10, "t": 48, "b": 40},
        "showlegend": False,
        "xaxis": axis("epoch", 0, last, domain=[0, 0.5], fixedrange=True),
        "yaxis": axis("mean squared error", low, high, fixedrange=True),
        "xaxis2": axis("x", -EDGE, EDGE, domain=[0.62, 1], anchor="y2", fixedrange=True),
        "yaxis2": axis("", -HEIGHT, HEIGHT, anchor="x2", fixedrange=True) | {"title": {"text": "y", "standoff": 2}},
        "shapes": [dict(cursor) | {"xref": "x", "yref": "y domain"}, *lines(run)],
        "annotations": [*curve_names(run), *fit_names(run), *labels(run)],
    }
    title = "Left: errors while it learns; click where you would have stopped. Right: its answer at this moment"
    return Chart(
        "curves", title, {"data": traces, "layout": layout}, words.picture(run), frames, click={"guess": "x"}, least=560
    )


def ground(run: Run, low: float, high: float) -> Trace:
    """Return an unseen picture that takes clicks anywhere between the axes; x is the epoch."""
    x = np.arange(1, len(run.curves.test), max(1, run.params.epochs // 200))
    y = np.linspace(low, high, GROUND)
    flat = {"type": "heatmap", "x": x, "y": y, "z": np.zeros((GROUND, len(x)), np.uint8), "opacity": 0}
    return flat | {"showscale": False, "hoverinfo": "none"}


def curves(run: Run, low: float, high: float) -> list[Trace]:
    """Return the drawn network's errors, and the band of all seeds' test errors behind them."""
    epochs, drawn = np.arange(len(run.curves.test)), run.drawn
    traces: list[Trace] = []
    if not words.asked(run) and run.curves.test.shape[1] > 1:
        held = np.clip(run.curves.test, low, high * 10)
        traces.append(build.shade(epochs, band(held, axis=1), "$green", 0.09))
    for name, (token, dash, width) in STYLES.items():
        if name == "test" and words.asked(run):
            continue
        errors = np.clip(getattr(run.curves, name)[:, drawn], low, high * 10)
        line = {"color": token, "dash": dash, "width": width}
        hover = {"hovertemplate": f"epoch %{{x}}: {name} %{{y:.3g}}<extra></extra>"}
        traces.append(
            {"type": "scatter", "mode": "lines", "x": epochs, "y": errors, "line": line, "name": name} | hover
        )
    return traces


def stops(run: Run, low: float, high: float) -> list[Trace]:
    """Return the marks on the curves: the weights that are kept, the oracle's, and the learner's guess."""
    drawn, found = run.drawn, []
    if not words.asked(run):
        found.append(("kept", int(run.kept[drawn]), run.curves.validation, "star", "$orange", 17))
        found.append(("oracle", int(run.oracle[drawn]), run.curves.test, "diamond", "$green", 13))
    if run.params.guess:
        found.append(("your stop", guessed(run), run.curves.validation, "triangle-down", "$purple", 15))
    traces: list[Trace] = []
    for name, epoch, errors, symbol, token, size in found:
        look = {"symbol": symbol, "size": size, "color": token, "line": {"width": 1.5, "color": "$ink"}}
        height = float(np.clip(errors[epoch, drawn], low, high))
        hover = {"hovertemplate": f"{name}: epoch {epoch}<extra></extra>"}
        traces.append({"type": "scatter", "mode": "markers", "x": [epoch], "y": [height], "marker": look} | hover)
    return traces


def lines(run: Run) -> list[Trace]:
    """Return the vertical marks: where the rule stops and where the learner would have."""
    place = {"xref": "x", "yref": "y domain"}
    found = []
    if not words.asked(run):
        stopped = float(run.stops.stopped[run.drawn])
        found.append(dict(build.vertical(stopped, token="$red", dash="dash")["shape"]) | place)
        found.append(
            {"type": "rect", "x0": stopped, "x1": len(run.curves.test) - 1, "y0": 0, "y1": 1, "layer": "below"}
            | {"fillcolor": "$grey/0.07", "line": {"width": 0}}
            | place
        )
    if run.params.guess:
        found.append(dict(build.vertical(float(guessed(run)), token="$purple", dash="dot")["shape"]) | place)
    return found


def labels(run: Run) -> list[Trace]:
    """Return the question, as long as it is asked."""
    if words.asked(run):
        text = "Where would you have stopped?<br>Click on the curves."
        spot = {"xref": "x domain", "yref": "y domain", "x": 0.5, "y": 0.97, "yanchor": "top", "showarrow": False}
        return [spot | {"text": text, "font": {"size": 15, "color": "$purple"}, "bgcolor": "$paper/0.8"}]
    return []


def curve_names(run: Run) -> list[Trace]:
    """Return a row above the curves: what the lines are."""
    told = [(0.0, 1, "— train", "$blue"), (0.3, 1, "– – validation", "$orange")]
    if not words.asked(run):
        told.append((0.77, 1, "· · test", "$green"))
    return [note("x domain", *each) for each in told]


def epochs_told(run: Run, high: float) -> Trace:
    """Return where the marks stand in a row above the curves, and beside its line where the rule stops."""
    drawn, last = run.drawn, len(run.curves.test) - 1
    told: list[tuple[float, str, str, str]] = []
    if not words.asked(run):
        stopped = int(run.stops.stopped[drawn])
        word = f"stopped: {stopped}" if run.stops.ran_out[drawn] else "never stopped"
        left = stopped > 0.7 * last
        told.append(
            (stopped, f"{word}\u2002" if left else f"\u2002{word}", "$red", "bottom left" if left else "bottom right")
        )
        told.append((0, f"★ kept: {int(run.kept[drawn])}", "$orange", "top right"))
        told.append((0.36 * last, f"◆ lowest test: {int(run.oracle[drawn])}", "$green", "top right"))
    if run.params.guess:
        told.append((0.85 * last, f"▼ {guessed(run)}", "$purple", "top right"))
    x, texts, tokens, places = (list(column) for column in zip(*told, strict=True)) if told else ([], [], [], [])
    return build.words(x, [high] * len(x), texts, places, size=12, color=tokens)


def fit_names(run: Run) -> list[Trace]:
    """Return two rows above the fits."""
    told = [(0.0, 1, "— now", "$ink")]
    told.append((0.3, 1, "□ tests", "$green") if run.params.by_hand else (0.3, 1, "– – true", "$grey"))
    told += [(0.0, 0, "● learned from", "$blue"), (0.56, 0, "◇ watched", "$orange")]
    if not words.asked(run):
        told.append((0.65, 1, "— kept", "$purple"))
    return [note("x2 domain", *each) for each in told]


def note(across: str, x: float, row: int, text: str, token: str) -> Trace:
    """Return a word of a legend; row 1 is the upper one."""
    spot = {"xref": across, "yref": "paper", "x": x, "y": 1, "yshift": 2 + 19 * row, "showarrow": False}
    return spot | {"xanchor": "left", "yanchor": "bottom", "text": text, "font": {"color": token, "size": 12}}


def fit_frames(run: Run) -> NDArray[np.float32]:
    """Return the drawn network's answers after every epoch, (E + 1, 121)."""
    return np.nan_to_num(run.curves.fits[:, run.drawn], nan=0.0)


def fits(run: Run) -> list[Trace]:
    """Return the points, the true curve, the fit that is kept, and (last) the fit of this moment."""
    drawn = run.drawn
    base: Trace = {"type": "scatter", "hoverinfo": "skip"} | RIGHT
    open_square = {
        "mode": "markers",
        "marker": {"size": 11, "color": "$green", "symbol": "square-open", "line": {"width": 2}},
    }
    solid = {"mode": "markers", "marker": {"size": 8, "color": "$blue", "symbol": "circle"}}
    hollow = {
        "mode": "markers",
        "marker": {"size": 9, "color": "$orange", "symbol": "diamond-open", "line": {"width": 2}},
    }
    true = {"mode": "lines", "x": GRID, "y": true_curve(GRID), "line": {"color": "$grey", "dash": "dash", "width": 1.6}}
    traces = [] if run.params.by_hand else [base | true]
    shown = [(run.problem.train, solid), (run.problem.validation, hollow)]
    if run.params.by_hand:
        shown.append((run.problem.test, open_square))
    for part, look in shown:
        traces.append(base | look | {"x": part[0][drawn], "y": part[1][drawn]})
    answers = np.clip(fit_frames(run), -2 * HEIGHT, 2 * HEIGHT)
    if not words.asked(run):
        line = {"color": "$purple/0.55", "width": 5}
        traces.append(base | {"mode": "lines", "x": GRID, "y": answers[run.kept[drawn]], "line": line})
    traces.append(base | {"mode": "lines", "x": GRID, "y": answers[-1], "line": {"color": "$ink", "width": 2.4}})
    return traces
