"""From a run to the page's charts: the waterfall first, for digits the pictures."""

from nnviz.charts.view import View
from nnviz.concepts.shap_lime import lime_charts, order_charts, set_charts, words
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.pictures import pictures
from nnviz.concepts.shap_lime.waterfall import waterfall


def view(run: Run) -> View:
    """Draw a run."""
    charts = [
        waterfall(run),
        lime_charts.weights(run),
        lime_charts.side_by_side(run),
        lime_charts.fit(run),
        set_charts.stability(run),
        order_charts.walk(run),
        order_charts.average(run),
        set_charts.beeswarm(run),
    ]
    if run.game.subject.picture:
        charts.insert(0, pictures(run))
    return View(
        tuple(charts),
        words.sentence(run),
        steps=run.walks.counts,
        unit="order",
        captions=order_charts.captions(run),
        findings=words.found(run),
    )
