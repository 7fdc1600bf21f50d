"""The explanations of a digit as pictures: by tile and by pixel."""

from typing import Any

import numpy as np

from nnviz.charts import build
from nnviz.charts.view import Chart
from nnviz.concepts.shap_lime.game import SIDE
from nnviz.concepts.shap_lime.model import Run
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.settings import METHODS
from nnviz.concepts.shap_lime.words import answer_name, number, signed


def pictures(run: Run) -> Chart:
    """Draw the digit and what raises (orange) or lowers (blue) the answer, by SHAP, by LIME and pixel by pixel."""
    moving = run.params.method == "definition"
    values = np.concatenate([run.walks.average[:-1], run.values[None]]) if moving else run.values[None]
    method = "the definition" if moving else METHODS[run.params.method].removeprefix("shap: ")
    titles = (
        f"row {run.number}, its tiles",
        f"SHAP: {method}",
        f"LIME, R² = {run.line.score:.2f}",
        f"{run.pixels_by}, by pixel",
    )
    layout = build.panels(1, len(titles), titles, gap=0.03, top=0.14)
    for name in ("yaxis", "yaxis2", "yaxis3", "yaxis4"):
        layout[name] |= {"constrain": "domain", "constraintoward": "top"}  # right under their titles
    maps = (_painted(run, run.values), _painted(run, run.line.effects), run.pixels)
    tiles = max(float(np.abs(each).max()) for each in maps[:2]) or 1.0
    scales = (tiles, tiles, float(np.abs(run.pixels).max()) or 1.0)
    clicks = _painted(run, np.arange(1.0, len(run.values) + 1)).astype(int).astype(str).reshape(SIDE, SIDE).tolist()
    traces = [build.picture(run.row.reshape(SIDE, SIDE), 0) | {"customdata": clicks, "hoverinfo": "skip"}]
    for panel, (pixels, limit) in enumerate(zip(maps, scales, strict=True), start=1):
        trace = build.picture(pixels.reshape(SIDE, SIDE), panel, diverging=True, limit=limit)
        traces.append(trace | {"customdata": clicks, "hovertemplate": "%{z:.3g}<extra></extra>"})
    frames: dict[str, Any] = {}
    if moving:
        frames["data.1.z"] = np.array([_painted(run, each).reshape(SIDE, SIDE) for each in values], dtype=np.float32)
    for player, (shap, lime) in enumerate(zip(run.values, run.line.effects, strict=True)):
        texts = (str(player + 1), signed(float(shap)), signed(float(lime)))
        if moving:
            path = f"layout.annotations.{len(layout['annotations']) + 1}.text"
            frames[path] = [signed(float(each[player])) for each in values]
        layout["annotations"] += [_label(run, player, panel, text) for panel, text in enumerate(texts)]
    return Chart(
        "pictures",
        f"What raises (orange) and lowers (blue) the {answer_name(run)}",
        {"data": traces, "layout": layout},
        _told(run),
        frames,
        {"feature": "customdata"},
        wide=True,
    )


def _told(run: Run) -> str:
    top = int(np.abs(run.values).argmax())
    by_shap, by_lime = signed(float(run.values[top])), signed(float(run.line.effects[top]))
    moves = f"tile {top + 1} moves it most, {by_shap} by SHAP and {by_lime} by LIME"
    return f"The {answer_name(run)} is {number(run.prediction)}; {moves}."


def _painted(run: Run, values: Floats) -> Floats:
    """Return (d,) pixels that carry the value of their tile."""
    pixels = np.zeros(SIDE**2)
    for group, value in zip(run.game.groups, values, strict=True):
        pixels[list(group)] = value
    return pixels


def _label(run: Run, player: int, panel: int, text: str) -> dict[str, object]:
    """Return a text in the middle of a tile."""
    rows, columns = np.divmod(np.array(run.game.groups[player]), SIDE)
    axis = "" if panel == 0 else str(panel + 1)
    place = {"x": float(columns.mean()), "y": float(rows.mean()), "xref": f"x{axis}", "yref": f"y{axis}"}
    font = {"size": 14 if panel == 0 else 11, "color": "$orange" if panel == 0 else "$ink"}
    return place | {"text": f"<b>{text}</b>" if panel == 0 else text, "showarrow": False, "font": font}
