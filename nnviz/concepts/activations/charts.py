"""c"""
from nnviz.charts import theme
from nnviz.charts.view import Chart, View
from nnviz.concepts.activations.model import Run
import numpy as np

def view(run: Run) -> View:
    data = [{"type": "scatter", "mode": "lines", "x": run.x, "y": y, "name": n, "line": {"color": theme.colour(i), "dash": theme.dash(i)}} for i, (n, y) in enumerate(run.values.items())]
    layout = {"xaxis": {"title": {"text": "input x"}, "range": [-8, 8]}, "yaxis": {"title": {"text": "output φ(x)"}, "range": [-1.5, 4]}, "shapes": [{"type": "line", "x0": run.params.x, "x1": run.params.x, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": "$grey"}}]}
    z = np.random.default_rng(0).normal(size=(60, 60, 60)).astype("f4")
    heat = {"data": [{"type": "heatmap", "z": z[-1], "colorscale": [[0, "$blue"], [0.5, "$paper"], [1, "$orange"]]}], "layout": {"xaxis": {"title": {"text": "a"}}, "yaxis": {"title": {"text": "b"}}}}
    return View((Chart("functions", "Functions", {"data": data, "layout": layout}, "alt text"), Chart("heat", "Heat", heat, "alt", frames={"data.0.z": z})), f"At x = {run.params.x:g} all is well.", steps=np.arange(60))
