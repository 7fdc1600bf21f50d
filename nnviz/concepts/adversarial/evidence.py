"""What attacks do to accuracy over seeds: by strength, by defence, against what is proven, and between networks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build, theme
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart, Figure
from nnviz.concepts.adversarial.defences import Defence
from nnviz.concepts.adversarial.model import Run
from nnviz.concepts.adversarial.settings import DEFENCES
from nnviz.concepts.adversarial.survey import EPSILONS, Curves, Way
from nnviz.concepts.adversarial.symptoms import Symptom, symptoms
from nnviz.core import statistics

Floats = NDArray[np.float64]
WAYS: dict[Way, str] = {
    "chance": "random signs",
    "fgsm": "FGSM",
    "pgd": "PGD",
    "adapted": "PGD that knows",
    "transfer": "transfer",
    "queries": "queries",
}
SHORT: dict[str, str] = DEFENCES | {
    "adversarial": "adversarial tr.",
    "smoothing": "smoothing",
    "certified": "certified tr.",
}
NETWORKS = ("CNN", "MLP", "linear")
STRENGTH = "strength ε"
WAITING = "measuring over seeds …"


def accuracy(run: Run) -> Chart:
    """Return accuracy against ε, a line for each attack or for each defence."""
    if run.params.lines == "defences":
        lines = {SHORT[name]: measured.strongest for name, measured in run.curves.items()}
        what = "every defence under its strongest attack"
    else:
        lines = {name: run.own.kept[way] for way, name in WAYS.items()} if run.own else {}
        lines |= {"Carlini–Wagner (L2)": run.smallest.cw, "JSMA (pixels)": run.smallest.jsma} if run.smallest else {}
        what = f"every attack on defence “{DEFENCES[run.params.defence]}”"
    traces = [trace for index, (name, kept) in enumerate(lines.items()) for trace in _band(name, kept, index)]
    return Chart(
        "accuracy", f"Accuracy against strength: {what}", _curves(run, traces), _listed(run, lines), height=350
    )


def proof(run: Run) -> Chart:
    """Return certified accuracy below that of the strongest attack: between them nobody knows."""
    chosen: tuple[Defence, ...] = tuple(dict.fromkeys((run.params.defence, "certified")))
    traces: list[Trace] = []
    lines: dict[str, Floats] = {}
    for index, name in enumerate(each for each in chosen if each in run.curves):
        measured = run.curves[name]
        attacked, proven = f"{SHORT[name]}: attacked", f"{SHORT[name]}: proven"
        lines |= {attacked: measured.strongest, proven: measured.certified}
        traces += _band(attacked, measured.strongest, 2 * index, dashed=False)
        traces += _band(proven, measured.certified, 2 * index, dashed=True)
    title = "What is proven lies below every attack; between the lines nobody knows"
    return Chart("certified", title, _curves(run, traces), _listed(run, lines), height=350)


def _band(name: str, kept: Floats, index: int, *, dashed: bool | None = None) -> list[Trace]:
    """Return median and 10–90 % band of (K, E) shares, in percent."""
    return build.band(EPSILONS, statistics.band(100 * kept), name, index, dashed=dashed)


def _curves(run: Run, traces: Sequence[Trace]) -> Figure:
    """Return curves over ε with a mark at the hand's own."""
    mark = build.vertical(run.params.epsilon, "ε")
    waiting = [] if traces else [_waiting()]
    x = build.axis(STRENGTH, 0, float(EPSILONS[-1]))
    y = build.axis("accuracy (%)", 0, 102)
    notes = [mark["annotation"], *waiting]
    # An empty figure has no axes to plotly; one empty line gives it some.
    shown = list(traces) or [{"type": "scatter", "x": [], "y": [], "showlegend": False}]
    return build.figure(shown, x, y, shapes=[mark["shape"]], annotations=notes, legend={"font": {"size": 11}})


def _waiting() -> Trace:
    place = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    return place | {"text": WAITING, "font": {"color": "$grey", "size": 14}}


def _listed(run: Run, lines: dict[str, Floats]) -> str:
    """Say in words where each line stands at the measured radius next to the hand's ε."""
    if not lines:
        return "The curves are still being measured."
    place = int(np.abs(EPSILONS - run.params.epsilon).argmin())
    parts = [f"{name} {100 * np.median(kept[:, place]):.0f} %" for name, kept in lines.items()]
    return f"Median accuracy at ε = {EPSILONS[place]:g}: {', '.join(parts)}."


def ledger(run: Run) -> Chart:
    """Return a row for each defence: clean accuracy, under plain PGD, under the strongest attack, and proven."""
    place = int(np.abs(EPSILONS - run.params.epsilon).argmin())
    rows = list(run.curves.items())[::-1]
    names = [SHORT[name] for name, _ in rows]
    gaps = [_gap(SHORT[name], measured, place) for name, measured in rows]
    looks = (
        ("clean digits", "diamond", "$green", [measured.clean for _, measured in rows]),
        ("plain PGD: it seems", "circle-open", "$orange", [measured.kept["pgd"][:, place] for _, measured in rows]),
        ("strongest attack: it is", "circle", "$red", [measured.strongest[:, place] for _, measured in rows]),
        ("proven", "square", "$blue", [measured.certified[:, place] for _, measured in rows]),
    )
    traces = gaps + [_dots(label, symbol, colour, names, values) for label, symbol, colour, values in looks]
    layout = {"annotations": [] if rows else [_waiting()], "legend": {"font": {"size": 11}}}
    order = [SHORT[name] for name in reversed(run.params.compared)]
    y = _rows("defence", order)
    figure = build.figure(traces, build.axis("accuracy (%)", -2, 102), y, **layout)
    said = [_row_in_words(SHORT[name], measured, place) for name, measured in run.curves.items()]
    title = f"Clean against robust accuracy, at ε = {EPSILONS[place]:g}"
    return Chart("defences", title, figure, " ".join(said) or "The defences are still being measured.", height=350)


def _gap(name: str, measured: Curves, place: int) -> Trace:
    """Return the line between what plain PGD shows and what the strongest attack leaves: self-deception."""
    ends = [100 * float(np.median(each[:, place])) for each in (measured.kept["pgd"], measured.strongest)]
    line = {"color": "$red/0.5", "width": 5}
    base = {"type": "scatter", "mode": "lines", "x": ends, "y": [name, name], "line": line}
    return base | {"showlegend": False, "hoverinfo": "skip"}


def _dots(label: str, symbol: str, colour: str, names: Sequence[str], values: Sequence[Floats]) -> Trace:
    bands = [statistics.band(100 * each) for each in values]
    middle = np.array([float(band.median) for band in bands])
    whisker = build.whiskers(middle, [float(band.low) for band in bands], [float(band.high) for band in bands])
    look = {"symbol": symbol, "color": colour, "size": 10, "line": {"width": 2, "color": colour}}
    base = {"type": "scatter", "mode": "markers", "x": middle, "y": list(names), "name": label, "marker": look}
    return base | {
        "error_x": whisker | {"color": "$grey"},
        "hovertemplate": "%{y}, " + label + ": %{x:.0f} %<extra></extra>",
    }


def _row_in_words(name: str, measured: Curves, place: int) -> str:
    values = (
        measured.clean,
        measured.kept["pgd"][:, place],
        measured.strongest[:, place],
        measured.certified[:, place],
    )
    clean, seems, truly, proven = (100 * float(np.median(each)) for each in values)
    return (
        f"{name}: clean {clean:.0f} %, plain PGD {seems:.0f} %, strongest attack {truly:.0f} %, proven {proven:.0f} %."
    )


def masking(run: Run) -> Chart:
    """Return the five symptoms of a masked gradient, each as two success rates that should stand the other way."""
    found = symptoms(run.own) if run.own else ()
    traces: list[Trace] = []
    for symptom in found:
        line = {"color": "$red/0.5" if symptom.present else "$faint", "width": 5}
        ends = {"x": [100 * symptom.low, 100 * symptom.high], "y": [_label(symptom)] * 2}
        traces.append(
            {"type": "scatter", "mode": "lines", "line": line, "showlegend": False, "hoverinfo": "skip"} | ends
        )
    traces += [_rates(found, honest=True), _rates(found, honest=False)]
    rows = [_label(symptom) for symptom in reversed(found)]
    y = _rows("symptom", rows or [""] * 5)
    x = build.axis("digits answered wrongly (%)", -2, 102)
    layout = {"annotations": [] if found else [_waiting()], "legend": {"font": {"size": 11}}}
    said = [
        f"{symptom.name}: {'yes' if symptom.present else 'no'} ({symptom.suspect} {100 * symptom.high:.0f} %, "
        f"{symptom.honest} {100 * symptom.low:.0f} %)."
        for symptom in found
    ]
    title = f"Symptoms of a masked gradient in defence “{DEFENCES[run.params.defence]}”: ✗ present, ✓ absent"
    return Chart("symptoms", title, build.figure(traces, x, y, **layout), " ".join(said) or WAITING, height=350)


def _label(symptom: Symptom) -> str:
    return f"{'✗' if symptom.present else '✓'} {symptom.name}"


def _rates(found: Sequence[Symptom], *, honest: bool) -> Trace:
    """Return the rates that should be the higher ones (honest) or the lower ones, as dots with their names on hover."""
    x = [100 * (each.low if honest else each.high) for each in found]
    words = [each.honest if honest else each.suspect for each in found]
    look = {"size": 11, "symbol": "circle" if honest else "diamond", "color": "$blue" if honest else "$orange"}
    name = "white box, many steps: should be ahead" if honest else "the other: should be behind"
    base = {"type": "scatter", "mode": "markers", "x": x, "y": [_label(each) for each in found], "marker": look}
    return base | {"name": name, "text": words, "hovertemplate": "%{text}: %{x:.0f} %<extra></extra>"}


def crossing(run: Run) -> Chart:
    """Return who fools whom: the share of a victim's right answers that examples made on another network turn."""
    place = int(np.abs(EPSILONS - run.params.epsilon).argmin())
    title = f"Who fools whom: examples made on one network, shown to another, at ε = {EPSILONS[place]:g}"
    x, y = build.axis("shown to", type="category"), build.axis("made on", type="category", autorange="reversed")
    if run.transfers is None:
        figure = build.figure([_empty()], x, y, annotations=[_waiting()])
        return Chart("transfer", title, figure, "The transfer rates are still being measured.", height=350)
    bands = statistics.band(100 * run.transfers[:, place])
    text = [
        [f"{middle:.0f} %<br>({low:.0f} to {high:.0f})" for middle, low, high in zip(*row, strict=True)]
        for row in zip(bands.median, bands.low, bands.high, strict=True)
    ]
    heat = build.heat(NETWORKS, NETWORKS, bands.median, title="fooled (%)", zmin=0, zmax=100)
    heat |= {"x": list(NETWORKS), "y": list(NETWORKS), "text": text, "texttemplate": "%{text}"}
    heat |= {"hovertemplate": "made on %{y}, shown to %{x}: %{z:.0f} %<extra></extra>"}
    said = [
        f"{source} to {victim} {bands.median[row, column]:.0f} %"
        for row, source in enumerate(NETWORKS)
        for column, victim in enumerate(NETWORKS)
    ]
    return Chart("transfer", title, build.figure([heat], x, y), f"Fooled: {', '.join(said)}.", height=350)


def _rows(title: str, names: Sequence[str]) -> Trace:
    """Return an axis with a row for each name, from below, its title clear of the names."""
    limits = {"range": [-0.6, len(names) - 0.4], "categoryorder": "array", "categoryarray": list(names)}
    return build.axis(title, type="category") | limits | {"title": {"text": title, "standoff": 8}}


def _empty() -> Trace:
    return {"type": "scatter", "x": [], "y": [], "showlegend": False, "marker": {"color": theme.colour(0)}}
