"""LIME: the weights of its line, how it compares with SHAP, and the fit seen in two dimensions."""

from typing import Any

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.shap_lime.axes import effect_axis, rows_axis
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.plane import JITTER
from nnviz.concepts.shap_lime.settings import METHODS
from nnviz.concepts.shap_lime.words import IN_A_LABEL, agreed, answer_name, number, raw, short, signed

Trace = dict[str, Any]
STRONGEST = 10


def weights(run: Run) -> Chart:
    """Draw the strongest weights of LIME's line."""
    line, subject = run.line, run.game.subject
    names = run.game.names if subject.picture else subject.features
    top = np.argsort(-np.abs(line.weights), kind="stable")[:STRONGEST]
    values = line.weights[top]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": np.arange(len(top)),
        "text": [signed(float(value)) for value in values],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [theme.colour(int(value >= 0)) for value in values]},
        "hovertemplate": "%{text}<extra></extra>",
    }
    unit = (
        "showing the tile"
        if subject.picture
        else "being in its quartile"
        if run.params.bins
        else "one standard deviation"
    )
    x = effect_axis(f"change for {unit}", values, room=1.6)  # its numbers stand beside the bars
    y = rows_axis("feature", [short(names[index]) for index in top])
    alt = (
        f"LIME's strongest weights: {', '.join(f'{raw(names[i])} {signed(float(line.weights[i]))}' for i in top[:4])}; "
    )
    alt += f"R² is {line.score:.2f} on {len(line.samples)} samples."
    title = f"LIME: weights of its line, R² = {line.score:.2f}"
    return Chart("lime", title, build.figure([bars], x, y, showlegend=False), alt)


def side_by_side(run: Run) -> Chart:
    """Draw both explanations in one unit: what the row's value changes against the background."""
    places = np.arange(len(run.values))
    looks = (("SHAP", run.values, "$purple", ""), ("LIME", run.line.effects, "$green", "/"))
    traces: list[Trace] = []
    for name, values, token, pattern in looks:
        marker = {"color": token, "pattern": {"shape": pattern, "size": 6, "fillmode": "overlay"}}
        base = {"type": "bar", "orientation": "h", "y": places, "name": name, "marker": marker}
        texts = [signed(float(value)) for value in values]
        traces.append(base | {"x": values, "text": texts, "textposition": "none", "hovertemplate": "%{text}"})
    x = effect_axis(f"effect on the {answer_name(run)}", run.values, run.line.effects)
    y = rows_axis("player", [short(name) for name in run.game.names])
    agreement = agreed(run)
    told = f"rank agreement ρ = {agreement:.2f}" if np.isfinite(agreement) else "no ranks to compare"
    first, second = (int(np.abs(values[: run.game.singles]).argmax()) for values in (run.values, run.line.effects))
    same = "the same top feature" if first == second else "different top features"
    names = f"{raw(run.game.names[first])} and {raw(run.game.names[second])}"
    alt = f"SHAP by {METHODS[run.params.method]} and LIME: {told}, {same} ({names})."
    return Chart("side-by-side", f"SHAP beside LIME: {told}, {same}", build.figure(traces, x, y), alt)


def fit(run: Run) -> Chart:
    """Draw the network on a plane through the row, the contour lines of LIME's line, and its samples."""
    cut, game = run.plane, run.game
    names = [game.names[player] for player in (cut.across, cut.up)]
    ends = [(-2 * JITTER, 1 + 2 * JITTER)] * 2
    if not game.subject.picture:
        ends = [(float(side[0]), float(side[-1])) for side in (cut.x, cut.y)]
    units = ("share shown",) * 2 if game.subject.picture else ("sd from the mean", "sd")
    x = build.axis(f"{short(names[0])} ({units[0]})", *ends[0])
    y = build.axis(f"{short(names[1], IN_A_LABEL)} ({units[1]})", *ends[1])
    gap = float(np.sqrt(np.mean((cut.network - cut.line) ** 2)))
    alt = f"Over {raw(names[0])} and {raw(names[1])} the network goes from {number(float(cut.network.min()))} to "
    alt += f"{number(float(cut.network.max()))}; LIME's line is off by {number(gap)} on average (root mean square)."
    title = "LIME's fit in two dimensions: the network in colour, its stand-in in dashed lines"
    traces = [*_surfaces(run), _samples(cut.samples, cut.closeness), _here(cut.here)]
    return Chart("fit", title, build.figure(traces, x, y), alt, height=360)


def _surfaces(run: Run) -> list[Trace]:
    """Return the network as colours and LIME's line as dashed contour lines, at the same eight heights."""
    cut = run.plane
    low, high = 0.0, 1.0
    if run.case.kind != "probability":
        low, high = (float(end) for end in np.quantile(run.game.answers, (0.02, 0.98)))
    levels = {"start": low, "end": high, "size": (high - low) / 8 or 1.0}
    bar = {
        "title": {"text": answer_name(run), "side": "right"},
        "thickness": 10,
        "outlinewidth": 0,
        "tickformat": ".3~g",
    }
    place: Trace = {"type": "contour", "x": cut.x, "y": cut.y}
    network = place | {"z": cut.network, "colorscale": theme.SEQUENTIAL, "zmin": low, "zmax": high, "colorbar": bar}
    network |= {"contours": levels | {"coloring": "heatmap", "showlines": False}, "name": "network"}
    network |= {"hovertemplate": "network %{z:.3g}<extra></extra>"}
    line = place | {"z": cut.line, "showscale": False, "showlegend": True, "hoverinfo": "skip"}
    line |= {"line": {"color": "$red", "width": 2, "dash": "dash"}, "name": "LIME's line at the same heights"}
    labels = {"coloring": "none", "showlabels": True, "labelfont": {"color": "$red", "size": 11}}
    return [network, line | {"contours": levels | labels}]


def _samples(points: Floats, closeness: Floats) -> Trace:
    largest = float(closeness.max(initial=0.0)) or 1.0
    look = {"size": 3 + 6 * closeness / largest, "color": "$ink/0.55", "line": {"color": "$paper", "width": 0.8}}
    base = {"type": "scatter", "mode": "markers", "name": "LIME's samples, size is weight", "marker": look}
    return base | {"x": points[:, 0], "y": points[:, 1], "hoverinfo": "skip"}


def _here(point: Floats) -> Trace:
    look = {"symbol": "star", "size": 17, "color": "#FFFFFF", "line": {"color": "#000000", "width": 1.5}}
    return {"type": "scatter", "mode": "markers", "x": point[:1], "y": point[1:], "name": "this row", "marker": look}
