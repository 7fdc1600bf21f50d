"""The wave, the network's curve, and each neuron's share of it."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.view import Chart, View
from nnviz.concepts.home.model import Run
from nnviz.core.diagnosis import divergence, findings
from nnviz.core.notation import number


def view(run: Run) -> View:
    """Draw a run: the hero alone."""
    end = float(run.loss[-1])
    units = run.params.units
    said = f"After {run.timeline.steps[-1]} steps {units} neuron{'s' if units > 1 else ''} follow the wave "
    sentence = said + (
        f"with a mean squared error of {number(end)}." if np.isfinite(end) else "nowhere: training diverged."
    )
    traces = [
        build.line(run.x, share, "one neuron's share", 7, line={"color": "$grey/0.45", "width": 1}, hoverinfo="skip")
        | {"showlegend": index == 0, "legendgroup": "shares"}
        for index, share in enumerate(run.timeline.arrays["parts"][-1])
    ]
    target = {"mode": "markers", "marker": {"color": "$orange", "size": 7, "symbol": "diamond"}}
    traces.append(build.line(run.x, run.target, "to learn", 1) | target)
    traces.append(build.line(run.x, run.timeline.arrays["curve"][-1], "the network", 0, dashed=False))
    traces[-1]["line"]["width"] = 4
    frames = {f"data.{unit}.y": run.timeline.arrays["parts"][:, unit] for unit in range(units)}
    frames[f"data.{units + 1}.y"] = run.timeline.arrays["curve"]
    figure = build.figure(traces, build.axis("input x", -1.05, 1.05), build.axis("output", -2.2, 2.2))
    chart = Chart("wave", "A network learns a wave", figure, sentence, frames)
    captions = [f"error {number(float(loss))}" for loss in run.loss]
    found = findings(divergence(run.loss, run.timeline.steps))
    return View((chart,), sentence, run.timeline.steps, run.timeline.unit, captions, found)
