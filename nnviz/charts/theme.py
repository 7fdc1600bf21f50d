"""Colours, line styles and the figure defaults of every chart, in the light and in the dark.

Class colours are those of Okabe and Ito (2008), told apart by colour-blind eyes; a second sign always goes with them.
"""

import re
from copy import deepcopy
from typing import Any, Literal

Mode = Literal["light", "dark"]

COLOURS: dict[str, dict[Mode, str]] = {
    "$blue": {"light": "#0072B2", "dark": "#56B4E9"},
    "$orange": {"light": "#E69F00", "dark": "#F5B942"},
    "$green": {"light": "#009E73", "dark": "#34C79C"},
    "$red": {"light": "#D55E00", "dark": "#FF8C4B"},
    "$purple": {"light": "#B5578F", "dark": "#E29BC4"},
    "$sky": {"light": "#3A93C8", "dark": "#8FD0F5"},
    "$yellow": {"light": "#A79500", "dark": "#F0E442"},
    "$grey": {"light": "#6B7280", "dark": "#A3AAB5"},
    "$ink": {"light": "#262730", "dark": "#FAFAFA"},
    "$faint": {"light": "#D5D8DD", "dark": "#3F4450"},
    "$paper": {"light": "#FFFFFF", "dark": "#0E1117"},
}
"""Token → colour by theme. The browser resolves the same tokens, from the table that the page hands it."""

TOKEN = re.compile(r"\$[a-z]+(/[\d.]+)?(?=$| \d)")  # alone, or before the lengths of a shadow
SERIES = ("$blue", "$orange", "$green", "$red", "$purple", "$sky", "$yellow", "$grey")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MARKERS = ("circle", "diamond", "square", "cross", "triangle-up", "x", "star", "pentagon", "hexagon", "hourglass")
HALO = ", ".join(["$paper 0 0 3px"] * 4)  # shadow of words that stand over curves
SEQUENTIAL = "Cividis"
RELIEF = [
    [0.0, "rgb(27,42,74)"],
    [0.2, "rgb(47,108,143)"],
    [0.45, "rgb(111,183,168)"],
    [0.7, "rgb(240,223,168)"],
    [0.88, "rgb(226,143,85)"],
    [1.0, "rgb(166,61,64)"],
]  # of surfaces in three dimensions, deep to high: under a light, so the same by day and by night; lightness rises, then falls
DIVERGING = [[0.0, "$blue"], [0.5, "$paper"], [1.0, "$orange"]]


def colour(index: int) -> str:
    """Return the colour token of the index-th series."""
    return SERIES[index % len(SERIES)]


def dash(index: int) -> str:
    """Return the dash of the index-th series, so that colour is never the only sign."""
    return DASHES[index % len(DASHES)]


def marker(index: int) -> str:
    """Return the marker symbol of the index-th class."""
    return MARKERS[index % len(MARKERS)]


def faded(token: str, opacity: float = 0.2) -> str:
    """Return a token for the same colour, seen through: "$blue/0.2"."""
    return f"{token}/{opacity:g}"


def resolve(spec: Any, mode: Mode) -> Any:
    """Return a copy of a figure specification with every colour token replaced by the theme's colour."""
    if isinstance(spec, str):
        return TOKEN.sub(lambda token: _resolve_token(token[0], mode), spec) if spec.startswith("$") else spec
    if isinstance(spec, dict):
        return {key: resolve(value, mode) for key, value in spec.items()}
    if isinstance(spec, list | tuple):
        return [resolve(value, mode) for value in spec]
    return spec


def _resolve_token(token: str, mode: Mode) -> str:
    name, _, opacity = token.partition("/")
    if name not in COLOURS:
        return token
    code = COLOURS[name][mode]
    if not opacity:
        return code
    red, green, blue = (int(code[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


LAYOUT: dict[str, Any] = {
    "margin": {"l": 56, "r": 16, "t": 8, "b": 44},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"color": "$ink", "size": 13},
    "colorway": list(SERIES),
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
    "hoverlabel": {"font": {"size": 12}},
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "$grey", "activecolor": "$ink"},
    "uirevision": "kept",
    "dragmode": "pan",
}
AXIS: dict[str, Any] = {
    "gridcolor": "$faint/0.5",
    "zeroline": False,
    "linecolor": "$faint",
    "ticks": "outside",
    "ticklen": 4,
    "tickcolor": "$faint",
    "automargin": True,
}


def with_defaults(figure: dict[str, Any]) -> dict[str, Any]:
    """Return the figure with the house's layout under its own; what the figure says itself wins."""
    layout = figure.get("layout", {})
    axes = {"xaxis", "yaxis"} | {name for name in layout if name.startswith(("xaxis", "yaxis"))}
    has_axes = any(trace.get("type", "scatter") not in ("surface", "scatter3d", "table") for trace in figure["data"])
    merged = _merge(deepcopy(LAYOUT), layout)
    if has_axes:
        for name in axes:
            merged[name] = _merge(deepcopy(AXIS), layout.get(name, {}))
    return {"data": figure["data"], "layout": merged}


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            base[key] = _merge(dict(base[key]), value)
        else:
            base[key] = value
    return base
