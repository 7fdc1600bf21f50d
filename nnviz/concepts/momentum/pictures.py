"""The other charts: the phase diagram, the error by direction, the speed-up, the network."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import build, theme
from nnviz.charts.view import Chart
from nnviz.concepts.momentum import look, theory
from nnviz.concepts.momentum.model import CONDITIONS, Run
from nnviz.concepts.momentum.nets import RATES
from nnviz.concepts.momentum.theory import METHODS
from nnviz.core.notation import significant
from nnviz.core.statistics import band

ALPHAS = np.round(np.arange(0.05, 4.5001, 0.05), 2)
BETAS = np.round(np.arange(0, 1.0001, 0.02), 2)
FASTEST, SLOWEST = 3.0, 1e3  # steps for a tenth between which the phase diagram tells shades apart
FLOOR = 1e-10  # the error axis ends there
GUESSING = float(np.log(2))
Floats = NDArray[np.float64]


def phase(run: Run) -> Chart:
    """Draw at every α and β how many steps it takes until a tenth of the error is left, by the closed form."""
    p, method = run.params, run.params.method
    slowest = theory.convergence(method, ALPHAS[None, :], BETAS[:, None], p.kappa)
    need = theory.steps_for_a_tenth(slowest)
    shades = np.where(np.isfinite(need), np.log10(np.clip(need, FASTEST, SLOWEST)), np.nan)
    heat = build.heat(ALPHAS, BETAS, shades.astype(np.float32), title="steps for a tenth (log)")
    heat |= {"zmin": np.log10(FASTEST), "zmax": np.log10(SLOWEST), "reversescale": True}
    heat["colorbar"] |= {"tickvals": [np.log10(3), 1, 2, 3], "ticktext": ["3", "10", "100", "1000+"]}
    heat |= {"text": [[f"{each:.3g} steps" if np.isfinite(each) else "never arrives" for each in row] for row in need]}
    heat |= {"hovertemplate": "α %{x}, β %{y}: %{text}<extra></extra>"}
    edge = np.linspace(0, 1, 101)
    border = build.line(theory.limit(method, edge), edge, "limit of stability", 3, dashed=True, hoverinfo="skip")
    top = theory.best(method, p.kappa)
    star = _dot(*top, "star", 17, "fastest", "$red")
    here = _dot(p.rate, p.beta, "circle-open", 17, "here", "$red")
    x = build.axis("learning rate α", 0, 4.525, showgrid=False)
    y = build.axis("momentum β", -0.01, 1.01, showgrid=False)
    notes = [
        {
            "x": 0.97,
            "y": 0.06,
            "xref": "paper",
            "yref": "paper",
            "text": "diverges",
            "showarrow": False,
            "xanchor": "right",
        }
    ]
    figure = build.figure([heat, border, star, here], x, y, annotations=notes)
    own = float(theory.steps_for_a_tenth(theory.convergence(method, p.rate, p.beta, p.kappa)))
    fastest = float(theory.steps_for_a_tenth(theory.best_convergence(method, p.kappa)))
    alt = f"At α = {p.rate:g} and β = {p.beta:g} {look.called(method)} {look.need(own)}; "
    alt += f"the fastest, {look.steps(fastest)}, stands at α = {significant(top[0])} and β = {significant(top[1])}."
    title = f"How fast {look.called(method)} is at every α and β (click to go there)"
    return Chart("phase", title, figure, alt, click={"rate": "x", "beta": "y"}, height=340)


def _dot(x: float, y: float, symbol: str, size: int, name: str, token: str) -> look.Trace:
    hollow = "open" in symbol
    edge = {"width": 3 if hollow else 1.5, "color": token if hollow else "$paper"}
    face = {"symbol": symbol, "size": size, "color": token, "line": edge}
    base: look.Trace = {"type": "scatter", "mode": "markers", "x": [x], "y": [y], "marker": face, "name": name}
    return base | {"hovertemplate": f"{name}: α %{{x:.3g}}, β %{{y:.3g}}<extra></extra>"}


def directions(run: Run, frames: NDArray[np.int64]) -> Chart:
    """Draw the error of the method in front along each direction, and the slope that the closed form gives it."""
    p, steps = run.params, np.arange(run.params.steps + 1)
    traces: list[look.Trace] = []
    told = []
    for index, (name, curvature, start) in enumerate((("along", 1 / p.kappa, p.x), ("across", 1.0, p.y))):
        error = np.abs(run.ways[run.front, :, index])
        traces.append(build.line(steps, _shown(error), f"{name} the ravine", index, dashed=bool(index)))
        slope = float(theory.factor(p.method, p.rate, p.beta, curvature))
        with np.errstate(over="ignore"):
            ideal = abs(start) * np.power(slope, steps)
        stroke = {"color": theme.colour(index), "dash": "dot", "width": 1.2}
        formula = build.line(steps, _shown(ideal), f"{look.factor(slope)}ᵏ", index, hoverinfo="skip")
        traces.append(formula | {"line": stroke})
        told.append(f"{name} it by {look.factor(slope)}")
    mark = build.vertical(float(frames[-1]))["shape"]
    moving: dict[str, Any] = {f"layout.shapes.0.{end}": frames.astype(np.float32) for end in ("x0", "x1")}
    x = build.axis("step", 0, float(p.steps))
    y = build.axis("distance to the lowest point (log)", FLOOR, 1e3, log=True, exponentformat="power", dtick=2)
    alt = f"Each step multiplies the error of {look.called(p.method)}, in the long run: {' and '.join(told)}."
    title = f"The error of {look.called(p.method)}, split by direction (dotted: the closed form)"
    figure = build.figure(traces, x, y, shapes=[mark])
    return Chart("directions", title, figure, alt, moving, height=340)


def _shown(error: Floats) -> Floats:
    """Return what a logarithmic axis can show, in numbers that a browser holds in 32 bits; 0 is left out."""
    return np.where((error > 1e-30) & (error < 1e30), error, np.nan)


def speed_up(run: Run) -> Chart:
    """Draw how many steps the best gradient descent and the best heavy ball need, against κ."""
    fine = np.geomspace(1.02, 1000, 60)
    traces: list[look.Trace] = []
    for index, name in enumerate(("sgd", "momentum")):
        token = look.TOKENS[name]
        curve = theory.steps_for_a_tenth(theory.best_convergence(name, fine))
        words = "(κ − 1)/(κ + 1)" if name == "sgd" else "(√κ − 1)/(√κ + 1)"
        stroke = {"color": token, "dash": look.DASHES[name], "width": 2}
        traces.append(build.line(fine, curve, f"{look.NAMES[name]}: {words}", index) | {"line": stroke})
        measured = theory.steps_for_a_tenth(run.by_condition[index])
        face = {"symbol": look.SYMBOLS[name], "size": 9, "color": token}
        shown = np.array(CONDITIONS) > 1  # at κ = 1 one step is enough
        dots: look.Trace = {
            "type": "scatter",
            "mode": "markers",
            "x": np.array(CONDITIONS)[shown],
            "y": measured[shown],
        }
        traces.append(dots | {"marker": face, "name": "measured", "showlegend": False})
    mark = build.vertical(run.params.kappa, "κ here")
    label = mark["annotation"] | {"x": float(np.log10(run.params.kappa)), "xanchor": "right"}
    x = build.axis("condition number κ (log)", 1, 1200, log=True, tickvals=[1, 10, 100, 1000])
    y = build.axis("steps for a tenth (log)", 0.3, 2000, log=True, dtick=1)
    need = [float(theory.steps_for_a_tenth(theory.best_convergence(name, run.params.kappa))) for name in METHODS[:2]]
    alt = f"At κ = {significant(run.params.kappa)} the best gradient descent {look.need(need[0])}, "
    alt += f"the best heavy ball {look.need(need[1])}."
    title = "Each method at its best: the heavy ball takes √κ where gradient descent takes κ"
    figure = build.figure(traces, x, y, shapes=[dict(mark["shape"])], annotations=[label])
    return Chart("speed-up", title, figure, alt, height=320)


def network(run: Run) -> Chart:
    """Draw the training loss of the networks, each method at its own best rate."""
    nets, traces, ends = run.nets, [], []
    for name in METHODS:
        curve = band(nets.curve(name), axis=1)
        rate = nets.best_rate(name)
        label = f"{look.NAMES[name]}, α = {rate:g}"
        if curve.count > 1:
            traces.append(build.shade(nets.steps, curve, look.TOKENS[name], 0.15, legendgroup=name))
        line = build.line(nets.steps, curve.median, label, legendgroup=name)
        traces.append(line | {"line": look.stroke(name, "")})
        ends.append(f"{look.NAMES[name]} {significant(float(curve.median[-1]))} at α = {rate:g}")
    count = nets.loss.shape[-1]
    x = build.axis("step", 0, float(nets.steps[-1]))
    y = build.axis("training loss (nats)", 0, 1.05 * GUESSING)
    alt = (
        f"Training loss after {int(nets.steps[-1])} steps, {'one seed' if count == 1 else f'median of {count} seeds'}: "
    )
    alt += f"{', '.join(ends)}; each at the best of {len(RATES)} rates."
    title = f"A small network on two moons at β = {run.params.beta:g}: same steps, each at its own best rate"
    return Chart("network", title, build.figure(traces, x, y), alt, height=320)
