"""The neuron as a diagram with every number on it, and beside it what it answers to every input."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace
from nnviz.charts.view import Chart
from nnviz.concepts.neuron import look
from nnviz.concepts.neuron.geometry import line_pieces
from nnviz.concepts.neuron.model import PIXELS, Run
from nnviz.concepts.neuron.unit import LABELS, activate
from nnviz.core.notation import decimals

ROWS = {"x₁": 0.84, "x₂": 0.49, "1": 0.14}
COLUMNS = {"input": 0.075, "weight": 0.235, "product": 0.40, "sum": 0.60, "function": 0.765, "output": 0.922}
MIDDLE = 0.76  # row of sum, function and output
BOX = 0.066  # half the width of the function's picture
TALL = 0.145  # half its height
PLANE_LEFT, PLANE_TOP = 0.53, 0.44  # where the small plane begins, and how far up it reaches
SUMS = np.linspace(-6, 6, 97)
HEIGHTS = {"step": (-0.3, 1.3), "sigmoid": (-0.3, 1.3), "tanh": (-1.3, 1.3), "relu": (-6.0, 6.0), "linear": (-6.0, 6.0)}


def diagram(run: Run) -> Chart:
    """Draw inputs, weights, products, sum, function and output, each with its number."""
    p = run.params
    nodes = _nodes(run)
    hidden = {"text": [""] * len(nodes["x"]), "marker": nodes["marker"] | {"color": "$paper"}}  # no wire shows through
    traces = [_function(run), _reading(run), *_plane(run), nodes | hidden, _weights(run), _slope(run), nodes]
    shapes = [*_wires(run), _box()]
    layout: Trace = {"showlegend": False, "margin": {"l": 2, "r": 2, "t": 4, "b": 4}, "font": {"size": 14}}
    layout |= {"shapes": shapes, "annotations": _words(run), "dragmode": False} | _axes(p.activation)
    inputs = f"inputs {decimals(p.x1)} and {decimals(p.x2)}"
    title = "One neuron, y = φ(w₁x₁ + w₂x₂ + b), with every number on it"
    alt = f"A neuron with {inputs}, weights {decimals(p.w1)} and {decimals(p.w2)}, bias {decimals(p.b)}: its "
    alt += f"products are {decimals(run.products[0])} and {decimals(run.products[1])}, its sum is "
    alt += f"{decimals(run.sum)}, its output {decimals(run.output)}."
    return Chart("neuron", title, {"data": traces, "layout": layout}, alt)


def formula(run: Run) -> str:
    """Return y = φ(w₁x₁ + w₂x₂ + b) with the run's numbers."""
    p, put = run.params, look.signed
    terms = f"{decimals(p.w1)}·{put(p.x1)} + {put(p.w2)}·{put(p.x2)} + {put(p.b)}"
    name = "" if p.activation == "linear" else LABELS[p.activation] if p.activation == "relu" else p.activation
    return f"y = {name}({terms}) = {name}({decimals(run.sum)}) = {decimals(run.output)}"


def _nodes(run: Run) -> Trace:
    """Return inputs, products, sum and output as one trace of markers, each with its number inside."""
    p = run.params
    column = COLUMNS
    values = [p.x1, p.x2, 1.0, *run.products, p.b, run.sum, run.output]
    x = [column["input"]] * 3 + [column["product"]] * 3 + [column["sum"], column["output"]]
    y = [*ROWS.values(), *ROWS.values(), MIDDLE, MIDDLE]
    fills = ["$faint/0.5"] * 3 + [_pull(value, 0.35) for value in (*run.products, p.b)]
    fills += [_pull(run.sum, 0.35), "$paper"]
    texts = [*(decimals(value) for value in values[:2]), "1", *(decimals(value) for value in values[3:])]
    base: Trace = {"type": "scatter", "mode": "markers+text", "x": x, "y": y, "text": texts, "cliponaxis": False}
    marker = {"size": [44] * 3 + [42] * 3 + [50, 50], "symbol": ["circle"] * 3 + ["square"] * 3 + ["circle"] * 2}
    edges = {"color": ["$grey"] * 6 + ["$ink", "$ink"], "width": [1] * 6 + [2, 3]}
    marker |= {"color": [*fills[:7], look.tint(p.activation, run.output)], "opacity": 1, "line": edges}
    return base | {"marker": marker, "hoverinfo": "skip"}


def _pull(value: float, opacity: float) -> str:
    """Return orange for what pushes the sum up and blue for what pushes it down."""
    return f"{'$orange' if value > 0 else '$blue' if value < 0 else '$faint'}/{opacity}"


def _words(run: Run) -> list[Trace]:
    """Return the name of every number that stands still, and the titles of the columns."""
    p, column = run.params, COLUMNS
    above = 22  # pixels: half a marker; whatever the size of the letters, they stand clear of it
    return [
        _word(column["input"], ROWS["x₁"], "x₁", above),
        _word(column["input"], ROWS["x₂"], "x₂", above),
        _word(column["product"], ROWS["x₁"], "w₁x₁", above),
        _word(column["product"], ROWS["x₂"], "w₂x₂", above),
        _word(column["product"], ROWS["1"], "b", above),
        _word(column["sum"], MIDDLE, "sum z", 26),
        _word(column["function"], MIDDLE + TALL, f"φ = {LABELS[p.activation].split(' ')[0]}", 0),
        _word(column["output"], MIDDLE, "y", 26),
        {
            "x": (PLANE_LEFT + 1) / 2,
            "y": PLANE_TOP,
            "text": "y at every input",
            "showarrow": False,
            "yanchor": "bottom",
        },
    ]


def _word(x: float, y: float, text: str, shift: float) -> Trace:
    return {"x": x, "y": y, "text": text, "showarrow": False, "yshift": shift, "yanchor": "bottom"}


def _weights(run: Run) -> Trace:
    """Return the weights on their wires, each on a plate."""
    p = run.params
    texts = [f"× {name}<br><b>{decimals(w)}</b>" for name, w in (("w₁", p.w1), ("w₂", p.w2), ("b", p.b))]
    plates = {"mode": "markers+text", "marker": {"symbol": "square", "size": 44, "color": "$paper", "opacity": 1}}
    return build.words([COLUMNS["weight"]] * 3, list(ROWS.values()), texts, "middle center") | plates


def _slope(run: Run) -> Trace:
    place = [COLUMNS["function"]], [MIDDLE - TALL - 0.012]  # clear of the box
    return build.words(*place, [f"slope {decimals(run.slope)}"], "bottom center", color="$grey")


def _wires(run: Run) -> list[Trace]:
    """Return the wires: as wide as the weight is large, dashed where it is negative, dotted where it is zero."""
    p, column = run.params, COLUMNS
    wires = []
    for weight, row in zip((p.w1, p.w2, p.b), ROWS.values(), strict=True):
        look_of = _wire_look(weight)
        wires.append(_line(column["input"], row, column["product"], row, look_of))
        wires.append(_line(column["product"], row, column["sum"], MIDDLE, look_of))
    plain = {"color": "$ink", "width": 1.5}
    wires.append(_line(column["sum"], MIDDLE, column["function"] - BOX, MIDDLE, plain))
    wires.append(_line(column["function"] + BOX, MIDDLE, column["output"], MIDDLE, plain))
    return wires


def _wire_look(weight: float) -> Trace:
    dash = "solid" if weight > 0 else "dash" if weight < 0 else "dot"
    token = "$orange" if weight > 0 else "$blue" if weight < 0 else "$faint"
    return {"color": token, "width": 1.2 + 2.4 * abs(weight), "dash": dash}


def _line(x0: float, y0: float, x1: float, y1: float, look_of: Trace) -> Trace:
    return {"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "line": look_of, "layer": "below"}


def _box() -> Trace:
    x, y = COLUMNS["function"], MIDDLE
    corners = {"x0": x - BOX, "x1": x + BOX, "y0": y - TALL, "y1": y + TALL}
    return {"type": "rect", "layer": "below", "fillcolor": "$paper", "line": {"color": "$ink", "width": 1.5}} | corners


def _function(run: Run) -> Trace:
    """Return φ in its box."""
    line = {"color": "$purple", "width": 2.5}
    base: Trace = {"type": "scatter", "mode": "lines", "x": SUMS, "y": activate(run.params.activation, SUMS)}
    return base | {"line": line, "hoverinfo": "skip", "xaxis": "x2", "yaxis": "y2"}


def _reading(run: Run) -> Trace:
    """Return the sum and the output in the box: down from the curve, and the point on it."""
    low, high = HEIGHTS[run.params.activation]
    x = float(np.clip(run.sum, SUMS[0], SUMS[-1]))
    y = float(np.clip(run.output, low, high))
    base: Trace = {"type": "scatter", "mode": "lines+markers", "x": [x, x], "y": [low, y], "hoverinfo": "skip"}
    marker = {"size": [0, 11], "color": "$ink", "line": {"width": 1.5, "color": "$paper"}}
    return base | {"marker": marker, "line": {"color": "$ink", "width": 1, "dash": "dot"}, "xaxis": "x2", "yaxis": "y2"}


def _plane(run: Run) -> list[Trace]:
    """Return the outputs over the plane, small, with the line and the input."""
    axes = {"xaxis": "x3", "yaxis": "y3", "hoverinfo": "skip"}
    low, high = look.LIMITS[run.params.activation]
    heat: Trace = {"type": "heatmap", "x": PIXELS, "y": PIXELS, "z": run.plane.astype(np.float32), "zmin": low}
    heat |= {"zmax": high, "colorscale": look.DIVERGING, "showscale": False, "zsmooth": "fast", "opacity": 0.75}
    line = line_pieces(run.weights, run.params.b, float(PIXELS[-1]))
    x, y = np.append(line[:, 0], [np.nan, run.params.x1]), np.append(line[:, 1], [np.nan, run.params.x2])
    marker = {"size": [0] * (len(x) - 1) + [11], "color": "$ink", "line": {"width": 2, "color": "$paper"}}
    both: Trace = {"type": "scatter", "mode": "lines+markers", "x": x, "y": y, "marker": marker}
    return [heat | axes, both | {"line": {"color": "$ink", "width": 2.5}} | axes]


def _axes(activation: str) -> Trace:
    bare: Trace = {"visible": False, "fixedrange": True}
    x, wide = COLUMNS["function"], BOX
    square: Trace = {"range": [float(PIXELS[0]), float(PIXELS[-1])], "constrain": "domain"}
    return {
        "xaxis": bare | {"range": [0, 1], "domain": [0, 1]},
        "yaxis": bare | {"range": [0, 1], "domain": [0, 1]},
        "xaxis2": bare | {"range": [-6.3, 6.3], "domain": [x - wide, x + wide], "anchor": "y2"},
        "yaxis2": bare | {"range": list(HEIGHTS[activation]), "domain": [MIDDLE - TALL, MIDDLE + TALL], "anchor": "x2"},
        "xaxis3": bare | square | {"domain": [PLANE_LEFT, 1], "anchor": "y3"},
        "yaxis3": bare | square | {"domain": [0, PLANE_TOP - 0.01], "anchor": "x3", "scaleanchor": "x3"},
    }
