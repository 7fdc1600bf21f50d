"""The explanations of a digit as pictures: by tile and by pixel."""

import numpy as np

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.shap_lime.game import SIDE
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.settings import METHODS
from nnviz.concepts.shap_lime.words import answer_name, number


def pictures(run: Run) -> Chart:
    """Draw the digit and what raises (orange) or lowers (blue) the answer, by SHAP, by LIME and pixel by pixel."""
    method = (
        METHODS[run.params.method].removeprefix("The ").partition(":")[0 if run.params.method == "definition" else 2]
    )
    titles = (
        f"row {run.number}, its tiles",
        f"SHAP: {method.strip()}",
        f"LIME, R² = {run.line.score:.2f}",
        "SHAP: gradient, by pixel",
    )
    layout = build.panels(1, 4, titles, gap=0.03, top=0.14)
    maps = (_painted(run, run.values), _painted(run, run.line.effects), run.pixels)
    tiles = max(float(np.abs(maps[0]).max()), float(np.abs(maps[1]).max()), 1e-9)
    scales = (tiles, tiles, max(float(np.abs(maps[2]).max()), 1e-9))
    traces = [build.picture(run.row.reshape(SIDE, SIDE), 0)]
    for panel, (values, limit) in enumerate(zip(maps, scales, strict=True), start=1):
        trace = build.picture(values.reshape(SIDE, SIDE), panel, diverging=True, limit=limit)
        traces.append(trace | {"hovertemplate": "%{z:.3g}<extra></extra>"})
    layout["annotations"] += [
        _tile_number(run, player, panel) for panel in (0, 1, 2) for player in range(len(run.values))
    ]
    strongest = int(np.abs(run.values).argmax())
    alt = f"The {answer_name(run)} is {number(run.prediction)}; tile {strongest + 1} moves it most, by {number(float(run.values[strongest]))} "
    alt += f"by SHAP and {number(float(run.line.effects[strongest]))} by LIME."
    title = f"What raises (orange) and lowers (blue) the {answer_name(run)}"
    frames = {}
    if run.params.method == "definition":
        settling = [_painted(run, values).reshape(SIDE, SIDE) for values in (*run.walks.average[:-1], run.values)]
        frames["data.1.z"] = np.array(settling, dtype=np.float32)
    return Chart("pictures", title, {"data": traces, "layout": layout}, alt, frames, wide=True)


def _painted(run: Run, values: Floats) -> Floats:
    """Return (d,) pixels that carry the value of their tile."""
    pixels = np.zeros(SIDE**2)
    for group, value in zip(run.game.groups, values, strict=True):
        pixels[list(group)] = value
    return pixels


def _tile_number(run: Run, player: int, panel: int) -> dict[str, object]:
    rows, columns = np.divmod(np.array(run.game.groups[player]), SIDE)
    number_of = "" if panel == 0 else str(panel + 1)
    place = {
        "x": float(columns.min()) - 0.35,
        "y": float(rows.min()) - 0.3,
        "xref": f"x{number_of}",
        "yref": f"y{number_of}",
    }
    font = {"size": 10, "color": "$orange" if panel == 0 else "$ink"}
    return place | {"text": str(player + 1), "showarrow": False, "xanchor": "left", "yanchor": "top", "font": font}
