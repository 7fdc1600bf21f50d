"""The whole plane: which class wins where, and what each unit answers everywhere."""

import numpy as np

from nnviz.charts import build, theme
from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart
from nnviz.concepts.forward_pass import words
from nnviz.concepts.forward_pass.model import EDGE_OF_PLANE, PICTURE, PLANE, Run
from nnviz.concepts.forward_pass.network import Floats

STRIDE = PICTURE + 3  # from one picture of the mosaic to the next


def plane_chart(run: Run) -> Chart:
    """Draw by how much the winning class leads everywhere, the inputs, and the border; a click moves the input."""
    token = theme.colour(run.winner)
    lead = lead_of(run)
    place: Trace = {"x": PLANE, "y": PLANE, "z": lead.astype(np.float32), "showscale": False}
    scale = [[0, "$grey/0.55"], [0.5, "$paper"], [1, f"{token}/0.75"]]
    hover = {"hovertemplate": "(%{x:.1f}, %{y:.1f}): lead %{z:.2f}<extra></extra>"}
    heat = place | {"type": "heatmap", "zmin": -1, "zmax": 1, "colorscale": scale, "zsmooth": "fast"} | hover
    levels = {"start": 0, "end": 0, "size": 1, "coloring": "none"}
    border = place | {"type": "contour", "contours": levels, "line": {"color": "$ink", "width": 2}, "hoverinfo": "skip"}
    dot = {"type": "scatter", "mode": "markers", "hoverinfo": "skip"}
    others = dot | {"x": run.batch[1:, 0], "y": run.batch[1:, 1], "marker": {"size": 6, "color": "$ink/0.6"}}
    star = {"size": 17, "symbol": "star", "color": "$purple", "line": {"width": 1.5, "color": "$paper"}}
    mine = dot | {"x": run.batch[:1, 0], "y": run.batch[:1, 1], "marker": star, "cliponaxis": False}
    square: Trace = {"constrain": "domain", "tickvals": [-2, -1, 0, 1, 2], "fixedrange": True}
    figure = build.figure(
        [heat, border, others, mine],
        axis("x₁", -EDGE_OF_PLANE, EDGE_OF_PLANE, **square),
        axis("x₂", -EDGE_OF_PLANE, EDGE_OF_PLANE, **square, scaleanchor="x"),
        showlegend=False,
    )
    share = float(np.mean(run.plane.argmax(axis=-1) == run.winner))
    title = f"Where class {run.winner + 1} wins (its lead in probability); click to move the input"
    alt = f"Class {run.winner + 1} wins on {100 * share:.0f} % of the plane; at the input it leads by {_lead_here(run):.2f}."
    return Chart("plane", title, figure, alt, click={"x1": "x", "x2": "y"}, height=340)


def lead_of(run: Run) -> Floats:
    """Return p of the class that wins at the input less the largest other p, over the plane, (41, 41)."""
    others = np.delete(run.plane, run.winner, axis=-1)
    return np.asarray(run.plane[..., run.winner] - others.max(axis=-1))


def _lead_here(run: Run) -> float:
    ordered = np.sort(run.probabilities)
    return float(ordered[-1] - ordered[-2])


def mosaic(run: Run) -> Floats:
    """Return a small picture of the plane for each unit, one column per layer, nan between; each by its own largest."""
    tall, wide = max(layer.answers.shape[1] for layer in run.layers), len(run.layers)
    picture = np.full((tall * STRIDE, wide * STRIDE), np.nan)
    for column, layer in enumerate(run.layers):
        for row in range(layer.answers.shape[1]):
            answers = layer.answers[:, row].reshape(PICTURE, PICTURE)[::-1]  # x₂ upwards
            largest = np.abs(answers).max()
            top, left = row * STRIDE, column * STRIDE
            picture[top : top + PICTURE, left : left + PICTURE] = answers / (largest if largest > 0 else 1)
    return picture


def units_chart(run: Run) -> Chart:
    """Draw what every unit answers over the whole plane, and the input in each picture."""
    picture = mosaic(run)
    heat: Trace = {
        "type": "heatmap",
        "z": picture.astype(np.float32),
        "zmin": -1,
        "zmax": 1,
        "showscale": False,
        "hoverinfo": "skip",
    }
    heat["colorscale"] = [[0, "$blue"], [0.5, "$paper"], [1, "$orange"]]
    across = (run.params.x1 + EDGE_OF_PLANE) / (2 * EDGE_OF_PLANE) * (PICTURE - 1)
    down = (EDGE_OF_PLANE - run.params.x2) / (2 * EDGE_OF_PLANE) * (PICTURE - 1)
    units = [(column, row) for column, layer in enumerate(run.layers) for row in range(layer.answers.shape[1])]
    spots = np.array(units, dtype=np.float64) * STRIDE + [across, down]
    look = {"size": 7, "color": "$purple", "symbol": "star", "line": {"width": 1, "color": "$paper"}}
    cells = [f"{column + 1}.{run.params.opened[1]}.{row + 1}" for column, row in units]
    dots: Trace = {"type": "scatter", "mode": "markers", "x": spots[:, 0], "y": spots[:, 1], "marker": look}
    dots |= {"customdata": cells, "hovertemplate": "click to open this sum<extra></extra>"}
    bare = {"visible": False, "fixedrange": True}
    heads = [f"layer {place}" for place in range(1, len(run.layers))] + ["output"]
    notes = [
        {
            "x": column * STRIDE + (PICTURE - 1) / 2,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "text": head,
            "showarrow": False,
        }
        for column, head in enumerate(heads)
    ]
    layout = {
        "showlegend": False,
        "margin": {"l": 8, "r": 8, "t": 26, "b": 8},
        "xaxis": bare | {"range": [-2, len(run.layers) * STRIDE - 2], "constrain": "domain"},
        "yaxis": bare | {"range": [len(picture) - 2, -1.5], "scaleanchor": "x", "constrain": "domain"},
        "annotations": notes,
    }
    title = "What each unit answers over the whole plane: blue below 0, orange above"
    here = f"({words.number(run.params.x1)}, {words.number(run.params.x2)})"
    alt = (
        f"{len(units)} small pictures of the plane, one for each unit of {len(run.layers)} layers; the star is {here}."
    )
    return Chart(
        "units", title, {"data": [heat, dots], "layout": layout}, alt, click={"cell": "customdata"}, height=340
    )
