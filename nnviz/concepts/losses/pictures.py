"""Three classes on their simplex, a small mask, a sentence letter by letter, and nets trained under each loss."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart
from nnviz.concepts.losses import functions, look
from nnviz.concepts.losses.functions import Floats
from nnviz.concepts.losses.letters import ALPHABET
from nnviz.concepts.losses.mask import MASK_LOSSES, pictures
from nnviz.concepts.losses.model import LIMIT, Run
from nnviz.concepts.losses.nets import AT, CLASS_LOSSES, CURVE_LOSSES, GRID
from nnviz.concepts.losses.samples import curve_points
from nnviz.core.notation import significant
from nnviz.core.statistics import band

CORNERS: Floats = np.array([[0.5, np.sqrt(0.75)], [0.0, 0.0], [1.0, 0.0]])  # class 1, the true one, is on top
PARTS = 20
RIGHT = {"xaxis": "x2", "yaxis": "y2"}
EARLY = 3  # which of the recorded steps is drawn beside the last
WORST = 8.0  # where the axis of the losses ends
DIM = 5.0  # nats at which the colour of the simplex ends


def _dots() -> tuple[Floats, list[str]]:
    """Return the probabilities of dots that fill the simplex, and for each the logits that give them."""
    whole = [(i, j, PARTS - i - j) for i in range(PARTS + 1) for j in range(PARTS + 1 - i)]
    shares = (np.array(whole, dtype=np.float64) + 0.1) / (PARTS + 0.3)
    logits = np.clip(np.log(shares) - np.log(shares).mean(axis=1, keepdims=True), -LIMIT, LIMIT)
    return shares, [",".join(f"{value:.2f}" for value in row) for row in logits]


def _plane() -> tuple[Floats, Floats, Floats]:
    """Return a grid over the triangle and the log-probability of class 1 there, nan outside."""
    x, y = np.linspace(0, 1, 101), np.linspace(0, CORNERS[0, 1], 88)
    top = np.broadcast_to(y[:, None] / CORNERS[0, 1], (len(y), len(x)))
    right = x[None] - top / 2  # share of class 3
    inside = (right >= -1e-9) & (1 - top - right >= -1e-9)
    return x, y, np.where(inside, top, np.nan)


DOTS, LOGITS = _dots()
PLANE = _plane()


def simplex_chart(run: Run) -> Chart:
    """Draw cross-entropy over all predictions, the present one with two losses' pushes, and all losses there."""
    x, y, top = PLANE
    heights = -np.log(np.maximum(top, np.exp(-DIM)))
    heat = build.heat(
        x, y, heights.astype(np.float32), title="cross-entropy", zmin=0, zmax=DIM, hoverinfo="skip", zsmooth="best"
    )
    heat["colorbar"] |= {"orientation": "h", "len": 0.42, "x": 0.25, "y": -0.02, "yanchor": "top", "thickness": 8}
    heat["colorbar"]["title"] = {"text": "cross-entropy", "side": "bottom"}
    places = DOTS @ CORNERS
    dots: Trace = {"type": "scatter", "mode": "markers", "x": places[:, 0], "y": places[:, 1]}
    dots |= {"marker": {"size": 10, "opacity": 0}, "customdata": LOGITS, "hoverinfo": "none"}
    spot = run.probabilities @ CORNERS
    here: Trace = {"type": "scatter", "mode": "markers", "x": spot[:1], "y": spot[1:], "hoverinfo": "skip"}
    here |= {"marker": {"size": 17, "color": "$red", "line": {"width": 3, "color": "$paper"}}}
    layout = {
        "showlegend": False,
        "margin": {"l": 4, "r": 30, "t": 8, "b": 52},
        "xaxis": {"visible": False, "domain": [0, 0.5], "range": [-0.12, 1.12]},
        "yaxis": {"visible": False, "range": [-0.12, 1.0], "scaleanchor": "x", "constrain": "domain"},
        "xaxis2": axis("loss (true class: 1)", 0, WORST, domain=[0.56, 1], anchor="y2"),
        "yaxis2": {"anchor": "x2", "autorange": "reversed", "showticklabels": False, "ticks": "", "showgrid": False},
        "annotations": [*_corners(), *_pushes(run)],
    }
    shares = ", ".join(significant(float(share)) for share in run.probabilities)
    alt = f"Probabilities {shares}; categorical and sparse cross-entropy are both {significant(run.penalties['sparse'])}, "
    alt += f"MSE is {significant(run.penalties['softmax_mse'])}."
    title = "All predictions for three classes, class 1 being true; arrows: where one step takes you (click to move)"
    edge = CORNERS[[0, 1, 2, 0]]
    outline: Trace = {"type": "scatter", "mode": "lines", "x": edge[:, 0], "y": edge[:, 1], "hoverinfo": "skip"}
    outline |= {"line": {"color": "$ink", "width": 2}}
    figure = {"data": [heat, outline, dots, here, _penalties(run)], "layout": layout}
    return Chart("simplex", title, figure, alt, click={"scores": "customdata"}, wide=True)


def _penalties(run: Run) -> Trace:
    """Return a bar for every loss of the present scores."""
    names = [look.label(name) for name in run.penalties]
    values = list(run.penalties.values())
    texts = [f"{significant(value)} {name}" for name, value in zip(names, values, strict=True)]
    sides = ["inside" if value > 4 else "outside" for value in values]
    ends = np.minimum(values, WORST)
    bars: Trace = {"type": "bar", "orientation": "h", "y": names, "x": ends, "text": texts, "textposition": sides}
    colours = ["$blue", "$blue", "$sky", "$orange", "$green", "$purple"]
    return bars | {"marker": {"color": colours}, "cliponaxis": False, "hoverinfo": "skip"} | RIGHT


def _corners() -> list[Trace]:
    notes = []
    for number, (x, y) in enumerate(CORNERS, 1):
        spot = {"x": float(x), "y": float(y), "showarrow": False, "yanchor": "bottom" if y else "top"}
        notes.append(spot | {"yshift": 8 if y else -8, "text": f"class {number}{' (true)' if number == 1 else ''}"})
    return notes


def _pushes(run: Run) -> list[Trace]:
    """Return two arrows: where a step of size 1 against the gradient of cross-entropy and of MSE takes the point."""
    arrows = []
    x, y = (float(value) for value in run.probabilities @ CORNERS)
    for name, token, dash in (("categorical", "#FFFFFF", "cross-entropy"), ("softmax_mse", "$orange", "MSE")):
        moved = np.exp(functions.log_softmax(np.array(run.params.scores) - run.pulls[name])) @ CORNERS
        if np.hypot(*(moved - (x, y))) < 0.012:
            continue
        tail = {"ax": x, "ay": y, "axref": "x", "ayref": "y", "showarrow": True, "arrowhead": 2, "arrowwidth": 3}
        arrows.append({"x": float(moved[0]), "y": float(moved[1]), "text": "", "arrowcolor": token} | tail)
        spot = {"x": float(moved[0]), "y": float(moved[1]), "showarrow": False, "text": dash, "bgcolor": "$paper/0.75"}
        arrows.append(spot | {"xanchor": "left", "xshift": 8})
    return arrows


def mask_chart(run: Run) -> Chart:
    """Draw a picture, the mask in it, and what cross-entropy and Dice find."""
    images, truths = pictures(0, run.params.pixels)
    titles = ["the picture", f"its mask<br>{run.params.pixels} pixels"]
    for name in MASK_LOSSES:
        learned = run.masks[name]
        found, score = (100 * float(np.median(part)) for part in (learned.found, learned.score))
        titles.append(
            f"{'Dice' if name == 'dice' else 'cross-entropy'}<br>finds {found:.0f} %<br>score {score / 100:.2f}"
        )
    layout = build.panels(1, 4, titles, gap=0.03, top=0.25)
    shown = images[-1]
    scaled = (shown - shown.min()) / (shown.max() - shown.min())
    traces = [build.picture(scaled), build.picture(truths[-1], 1)]
    traces += [build.picture(run.masks[name].probability, 2 + row) for row, name in enumerate(MASK_LOSSES)]
    parts = [
        f"{name} finds {100 * float(np.median(run.masks[name].found)):.0f} % of the mask and gets "
        f"{100 * float(np.median(run.masks[name].right)):.0f} % of all pixels right"
        for name in MASK_LOSSES
    ]
    alt = f"A mask of {run.params.pixels} of 256 pixels: {'; '.join(parts)} (medians of {run.params.seeds} seeds)."
    title = "A small mask in a noisy picture: white is what each loss has taught the same unit to see"
    return Chart("mask", title, {"data": traces, "layout": layout}, alt, wide=True, height=260)


def text_chart(run: Run) -> Chart:
    """Draw each letter's surprise in bits and the perplexity of all letters so far."""
    bits = run.surprise / np.log(2)
    place = np.arange(1, len(bits) + 1)
    letters = ["␣" if ALPHABET[index] == " " else ALPHABET[index] for index in run.letters]
    bars: Trace = {"type": "bar", "x": place, "y": bits, "name": "surprise of the letter"}
    bars |= {"marker": {"color": "$blue/0.7"}, "hovertemplate": "%{y:.2f} bits<extra></extra>"}
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": place,
        "y": run.perplexity,
        "yaxis": "y2",
    }
    line |= {
        "name": "perplexity so far",
        "line": {"color": "$orange", "width": 2.6},
        "marker": {"symbol": "diamond", "size": 7},
    }
    reach = 27 * 10 ** int(np.ceil(np.log10(max(run.perplexity.max() / 39, 1))))  # no letter is ever off the axis
    layout = {
        "margin": {"l": 48, "r": 56, "t": 8, "b": 40},
        "xaxis": axis("letter", 0.4, len(bits) + 0.6, tickvals=place, ticktext=letters, tickangle=0),
        "yaxis": axis("surprise −log₂ p (bits)", 0, max(13, 1.05 * float(bits.max()))),
        "yaxis2": axis(
            "perplexity",
            0,
            39 / 27 * reach,
            overlaying="y",
            side="right",
            showgrid=False,
            tickvals=[0, reach / 3, 2 * reach / 3, reach],
        ),
    }
    last, worst = float(run.perplexity[-1]), int(np.argmax(bits))
    alt = f"The sentence has perplexity {significant(last)}; its most surprising letter is number {worst + 1}, "
    alt += f"{letters[worst]}, with {significant(float(bits[worst]))} bits. Guessing among 27 letters has 27."
    title = f"Sequence cross-entropy, letter by letter: perplexity {significant(last)} (blind guessing: 27)"
    return Chart("text", title, {"data": [bars, line], "layout": layout}, alt)


def nets_chart(run: Run) -> Chart:
    """Draw the test accuracy of nets under each loss, early and late, and curves fitted under three losses."""
    p = run.params
    ends = [band(run.classifiers[name].accuracy[-1]) for name in CLASS_LOSSES]
    early = [float(np.median(run.classifiers[name].accuracy[EARLY])) for name in CLASS_LOSSES]
    names = [look.label(name) for name in CLASS_LOSSES]
    middles, lows, highs = (np.array([float(getattr(end, part)) for end in ends]) for part in ("median", "low", "high"))
    late: Trace = {"type": "scatter", "mode": "markers", "x": middles, "y": names, "name": f"{AT[-1]} steps"}
    late |= {"error_x": build.whiskers(middles, lows, highs), "marker": {"size": 10, "color": "$blue"}}
    soon: Trace = {"type": "scatter", "mode": "markers", "x": early, "y": names, "name": f"{AT[EARLY]} steps"}
    soon |= {"marker": {"size": 9, "symbol": "diamond-open", "color": "$orange", "line": {"width": 2}}}
    layout: dict[str, Any] = {
        "margin": {"l": 8, "r": 10, "t": 8, "b": 40},
        "xaxis": axis("test accuracy", 0.5, 1.0, domain=[0, 0.4]),
        "yaxis": {"autorange": "reversed", "title": {"text": "loss"}},
        "xaxis2": axis("x", -1, 1, domain=[0.58, 1], anchor="y2"),
        "yaxis2": axis("y", -1.7, 4.2, anchor="x2"),
    }
    traces = [late, soon, *_waves(run)]
    best, worst = int(np.argmax(middles)), int(np.argmin(middles))
    over = f"median of {p.seeds} seeds" if p.seeds > 1 else "one seed"
    alt = f"With {100 * p.flips:.0f} % wrong labels nets under {names[best]} reach {middles[best]:.2f} test accuracy and under "
    alt += f"{names[worst]} {middles[worst]:.2f} ({over}); errors of the curves: {_errors(run)}."
    title = f"The same nets under each loss: {100 * p.flips:.0f} % wrong labels (left), a wave with outliers (right)"
    return Chart("nets", title, {"data": traces, "layout": layout}, alt, wide=True, height=340)


def _waves(run: Run) -> list[Trace]:
    x, y = curve_points(0)
    marker = {"size": 5, "color": "$grey"}
    dots = {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker, "name": "points"}
    traces: list[Trace] = [dots | {"hoverinfo": "skip"} | RIGHT]
    for row, name in enumerate(CURVE_LOSSES):
        spread = band(run.curves[name].outputs)
        shade = build.shade(GRID, spread, look.TOKENS[name], 0.18, legendgroup=name)
        line = {"type": "scatter", "mode": "lines", "x": GRID, "y": spread.median, "line": look.stroke(name)}
        traces += [
            shade | RIGHT,
            line | {"name": look.label(name), "legendgroup": name, "legendrank": 1001 + row} | RIGHT,
        ]
    return traces


def _errors(run: Run) -> str:
    parts = [f"{look.label(name)} {significant(float(np.median(run.curves[name].error)))}" for name in CURVE_LOSSES]
    return ", ".join(parts)
