"""Stopping beside L2 on a linear model: what both keep of each direction, and the errors on both paths."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.build import Trace, axis
from nnviz.charts.view import Chart
from nnviz.concepts.early_stopping.frozen import STEPS, Paths
from nnviz.concepts.early_stopping.linear import descent_factors, ridge_factors
from nnviz.concepts.early_stopping.model import Run

HIGHEST = 5.0  # errors are drawn up to here
LEAST = 1e-9  # of the largest eigenvalue: what is below is not drawn
TICKS = {"tickvals": [1, 100, 1e4, 1e6], "ticktext": ["1", "100", "10⁴", "10⁶"]}


def drawn(run: Run) -> Paths:
    """Return the linear model of the network drawn."""
    return run.frozen.paths[run.drawn]


def filters_chart(run: Run) -> Chart:
    """Draw the share of each direction that t steps have learned, with the filter of the equivalent penalty."""
    found, steps = drawn(run), run.frozen.steps
    values = found.problem.values / found.problem.values[0]
    kept = descent_factors(found.problem.values, steps, found.rate)
    line = np.logspace(np.log10(LEAST), 0, 121)
    smooth = descent_factors(line, steps, 1.0)
    look: Trace = {"size": 9, "color": "$blue", "line": {"width": 1, "color": "$paper"}}
    traces: list[Trace] = [
        build.line(line, smooth, f"{steps:,} steps: 1 − (1 − ηλᵢ)ᵗ".replace(",", " "), 0),
        build.line(line, ridge_factors(line, 1 / steps), "L2: λᵢ / (λᵢ + λ), λ = 1/(ηt)", 1),
        {
            "type": "scatter",
            "mode": "markers",
            "x": values,
            "y": kept,
            "marker": look,
            "name": "this model's directions",
        },
    ]
    traces[0]["line"]["color"] = "$blue/0.5"
    learned = int(np.sum(kept > 0.5))
    x = axis("eigenvalue λᵢ / λ₁ of the direction (log)", LEAST, 1.6, log=True, tickvals=[1e-9, 1e-6, 1e-3, 1])
    x["ticktext"] = ["10⁻⁹", "10⁻⁶", "0.001", "1"]
    figure = build.figure(traces, x, axis("share learned", -0.03, 1.05))
    gap = float(np.abs(smooth - ridge_factors(line, 1 / steps)).max())
    alt = (
        f"After {steps} steps {learned} of {len(values)} directions are more than half learned; the filter of L2 with "
        f"λ = λ₁/{steps} differs from that of stopping by at most {gap:.2f}."
    )
    title = "Hidden layer frozen, the model is linear: both filters let the same directions through"
    return Chart("filters", title, figure, alt)


def paths_chart(run: Run) -> Chart:
    """Draw the validation error along both paths: by ever more steps, and by an ever smaller penalty."""
    found = drawn(run)
    traces: list[Trace] = []
    for index, (name, errors, stop) in enumerate(
        (("stopping after t", found.descent, found.stop), ("L2 with λ = 1/(ηt)", found.ridge, found.penalty))
    ):
        traces.append(build.line(STEPS, np.clip(errors[:, 0], 0, HIGHEST), name, index))
        look: Trace = {"size": 13, "symbol": ("star", "diamond")[index], "color": ("$blue", "$orange")[index]}
        look |= {"line": {"width": 1.2, "color": "$ink"}}
        base: Trace = {"type": "scatter", "mode": "markers", "x": [STEPS[stop]], "y": [min(HIGHEST, errors[stop, 0])]}
        traces.append(base | {"marker": look, "showlegend": False, "hoverinfo": "skip"})
    best = [float(found.descent[found.stop, 0]), float(found.ridge[found.penalty, 0])]
    top = float(np.clip(1.4 * min(best) + 0.5, 0.5, HIGHEST))
    now = build.vertical(run.frozen.steps, "")["shape"]
    x, y = axis("steps t (log)", 0.8, 1.3e6, log=True, **TICKS), axis("validation loss", 0, top)
    alt = (
        f"The lowest validation loss is {best[0]:.3g} by stopping after {STEPS[found.stop]:.3g} steps and {best[1]:.3g} by "
        f"L2 with λ = λ₁/{STEPS[found.penalty]:.3g}."
    )
    title = "The linear model's error on both paths: more steps, or a smaller penalty"
    return Chart("paths", title, build.figure(traces, x, y, shapes=[now]), alt)


def equivalent_chart(run: Run) -> Chart:
    """Draw which penalty equals which stop: by the nearest weights, and every seed's two best choices."""
    found = drawn(run)
    traces = [
        build.line(STEPS, STEPS, "λ = 1/(ηt)", 7, dashed=True),
        build.line(STEPS, 1 / found.nearest, "λ with the nearest weights (network drawn)", 2, dashed=False),
    ]
    stops, penalties = (
        np.array([STEPS[getattr(each, which)] for each in run.frozen.paths]) for which in ("stop", "penalty")
    )
    look: Trace = {"size": 11, "color": "$purple", "symbol": "circle", "line": {"width": 1, "color": "$paper"}}
    name = "a seed's best stop and best λ on validation"
    traces.append({"type": "scatter", "mode": "markers", "x": stops, "y": penalties, "marker": look, "name": name})
    now = build.vertical(run.frozen.steps, "")["shape"]
    x = axis("steps t (log)", 0.8, 1.3e6, log=True, **TICKS)
    y = axis("λ₁ / λ (log)", 0.8, 1.3e6, log=True, **TICKS)
    close = int(np.sum(np.abs(np.log10(stops / penalties)) <= np.log10(3)))
    alt = (
        f"In {close} of {len(stops)} seeds the best penalty is within a factor of 3 of λ = 1/(ηt) at the best stop t; the "
        f"weights on the way are at most {100 * found.distance.max():.0f} % away from the nearest of L2."
    )
    title = "Which λ equals which stop? On the dashed line, λ = 1/(ηt)"
    return Chart("equivalent", title, build.figure(traces, x, y, shapes=[now]), alt, wide=True)
