"""From a run to the page's charts."""

from itertools import pairwise

import numpy as np

from nnviz.charts import build
from nnviz.charts.view import Chart, View
from nnviz.concepts.forward_pass import words
from nnviz.concepts.forward_pass.hero import network_chart
from nnviz.concepts.forward_pass.model import Run
from nnviz.concepts.forward_pass.planes import plane_chart, units_chart
from nnviz.concepts.forward_pass.product import product_chart
from nnviz.concepts.forward_pass.sums import sum_chart
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding


def view(run: Run) -> View:
    """Draw a run."""
    charts = (
        network_chart(run),
        product_chart(run),
        sum_chart(run),
        plane_chart(run),
        units_chart(run),
        cost_chart(run),
    )
    return View(
        charts=charts,
        sentence=words.sentence(run),
        steps=np.arange(2 * len(run.layers) + 1),
        unit="step",
        captions=words.moments(run),
        findings=found(run),
    )


def found(run: Run) -> tuple[Finding, ...]:
    """Return what is wrong with the network, judged over the whole plane."""
    hidden = [(f"layer {place}", layer) for place, layer in enumerate(run.layers[:-1], 1)]
    dead = [diagnosis.dead_units(layer.answers, name) for name, layer in hidden if layer.name == "relu"]
    flat = [diagnosis.saturation(layer.slopes, name) for name, layer in hidden]
    return diagnosis.findings(*dead, *flat, diagnosis.collapsed_outputs(run.layers[-1].answers))


def cost_chart(run: Run) -> Chart:
    """Draw the multiplications of each layer: rows times inputs times units."""
    names = [*(f"layer {place}" for place in range(1, len(run.layers))), "output"]
    rows, costs = run.params.rows, run.costs
    sums = [f"{rows}·{inner}·{outer} = {cost}" for (inner, outer), cost in zip(pairwise(run.sizes), costs, strict=True)]
    bars = build.bars(names, costs, 0, text=sums, textposition="outside", cliponaxis=False, hoverinfo="skip")
    top = 1.25 * max(costs)
    figure = build.figure(
        [bars], {"title": {"text": "layer of weights"}}, build.axis("multiplications", 0, top), showlegend=False
    )
    told = ", ".join(f"{name} {text}" for name, text in zip(names, sums, strict=True))
    title = f"What it costs: {sum(costs)} multiplications ({run.flops} FLOPs), rows × inputs × units in each layer"
    return Chart("cost", title, figure, f"Multiplications by layer: {told}; together {sum(costs)}.")
