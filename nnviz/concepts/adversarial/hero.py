"""The first chart: original, perturbation and result as pictures, with the class probabilities as bars."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.adversarial.model import Run
from nnviz.concepts.adversarial.portrait import Portrait

MAGNIFIED = 5  # times the perturbation is shown
SIDE = 8
PANELS = ((0.0, 0.24), (0.25, 0.49), (0.5, 0.74))  # the pictures' shares of the width
BARS = (0.85, 1.0)
TOP = 0.86  # of the pictures; their captions stand above
CLASSES = [str(digit) for digit in range(10)]


def hero(run: Run) -> Chart:
    """Return the chart of one digit under attack; the moments of the attack play."""
    portrait = run.portrait
    frames = frames_of(portrait)
    last = {path: values[-1] for path, values in frames.items()}
    traces = [
        build.picture(portrait.path[0].reshape(SIDE, SIDE), 0) | {"hovertemplate": "ink %{z:.2f}<extra></extra>"},
        build.picture(last["data.1.z"], 1, diverging=True)
        | {"hovertemplate": "%{z:.2f}, five times the change<extra></extra>"},
        build.picture(last["data.2.z"], 2) | {"hovertemplate": "ink %{z:.2f}<extra></extra>"},
        *_bars(portrait, last["data.4.x"]),
    ]
    layout = _layout([last[f"layout.annotations.{place}.text"] for place in range(3)])
    title = "Original, perturbation and result: what the network takes them for"
    return Chart("pictures", title, {"data": traces, "layout": layout}, _alt(run), frames=moving(frames))


def moving(frames: dict[str, Any]) -> dict[str, Any]:
    """Return the frames of a timeline, or none where there is but one moment."""
    return frames if all(len(values) > 1 for values in frames.values()) else {}


def frames_of(portrait: Portrait) -> dict[str, Any]:
    """Return what moves, moment by moment: perturbation, result, bars and their captions."""
    pictures = portrait.path.reshape(-1, SIDE, SIDE)
    change = np.clip(MAGNIFIED * (pictures - pictures[0]), -1, 1)
    before = f"<b>Original</b><br>{_seen(portrait, 0)}"
    return {
        "data.1.z": change.astype(np.float32),
        "data.2.z": pictures.astype(np.float32),
        "data.4.x": portrait.probabilities.astype(np.float32),
        "layout.annotations.0.text": [before] * len(pictures),
        "layout.annotations.1.text": [
            f"<b>Perturbation ×{MAGNIFIED}</b><br>largest {largest:.3f}"
            for largest in np.abs(pictures - pictures[0]).max(axis=(1, 2))
        ],
        "layout.annotations.2.text": [f"<b>Result</b><br>{_seen(portrait, moment)}" for moment in range(len(pictures))],
    }


def _seen(portrait: Portrait, moment: int) -> str:
    """Say what the network takes the digit for, how surely, and whether that is what it is."""
    row = portrait.probabilities[moment]
    answer = int(row.argmax())
    sign = "✓" if answer == portrait.label else "✗"
    alarm = " · refused" if portrait.refused[moment] else ""
    return f"{sign} {answer}, {percent(float(row[answer]))}{alarm}"


def percent(share: float) -> str:
    """Return a share as a percentage that never rounds to all or nothing unless it is."""
    if 0.995 <= share < 1:
        return "> 99 %"
    return "< 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def _bars(portrait: Portrait, now: Any) -> list[Trace]:
    """Return the class probabilities before (hollow) and now (filled; blue is the own class)."""
    colours = ["$blue" if digit == portrait.label else "$orange" for digit in range(10)]
    shared = {"type": "bar", "orientation": "h", "y": CLASSES, "xaxis": "x4", "yaxis": "y4"}
    hollow = {"color": "$paper/0", "line": {"color": "$grey", "width": 1.2}}
    before = {"x": portrait.probabilities[0], "name": "original", "marker": hollow, "width": 0.84}
    after = {"x": now, "name": "now", "marker": {"color": colours}, "width": 0.5}
    hover = {"hovertemplate": "class %{y}: %{x:.1%}"}
    return [shared | before | hover, shared | after | hover]


def _layout(captions: list[str]) -> Trace:
    layout: Trace = {"annotations": [], "showlegend": False, "barmode": "overlay", "bargap": 0}
    layout["margin"] = {"l": 8, "r": 24, "t": 8, "b": 40}
    for panel, (domain, text) in enumerate(zip(PANELS, captions, strict=True)):
        number = "" if panel == 0 else str(panel + 1)
        bare = {"visible": False, "showgrid": False, "constrain": "domain", "fixedrange": True}
        layout[f"xaxis{number}"] = bare | {"domain": list(domain), "anchor": f"y{number}", "range": [-0.5, SIDE - 0.5]}
        stretch = {"scaleanchor": f"x{number}", "range": [SIDE - 0.5, -0.5]}
        layout[f"yaxis{number}"] = bare | {"domain": [0, TOP], "anchor": f"x{number}"} | stretch
        layout["annotations"].append(_caption(text, number))
    layout["xaxis4"] = build.axis(
        "probability", 0, 1, domain=list(BARS), anchor="y4", tickformat=".0%", tickvals=[0, 1]
    )
    classes = build.axis("class", domain=[0, TOP], anchor="x4", type="category", autorange="reversed")
    layout["yaxis4"] = classes | {"title": {"text": "class", "standoff": 3}}
    layout["annotations"].append(_caption("<b>Classes</b><br>▭ was ▬ is", "4"))
    return layout


def _caption(text: str, number: str) -> Trace:
    """Return words that stand above a panel wherever its square comes to lie."""
    place = {"x": 0.5, "y": 1.01, "xref": f"x{number} domain", "yref": f"y{number} domain"}
    words = {"text": text, "showarrow": False, "xanchor": "center", "yanchor": "bottom"}
    return place | words


def _alt(run: Run) -> str:
    portrait = run.portrait
    first, last = portrait.probabilities[0], portrait.probabilities[-1]
    return (
        f"The original is taken for {int(first.argmax())} ({percent(float(first.max()))}), the attacked digit for "
        f"{portrait.answer} ({percent(float(last.max()))}); the probability of {portrait.label} goes from "
        f"{percent(float(first[portrait.label]))} to {percent(float(last[portrait.label]))}, and no pixel moves by "
        f"more than {float(np.abs(portrait.change).max()):.3f}."
    )
