"""Two pictures of one plane beside each other: what is seen before and after, or of one and of many."""

from nnviz.charts.build import Trace, axis


def pair(titles: tuple[list[str], list[str]], window: tuple[float, float]) -> Trace:
    """Return the layout of two square panels, "xy" and "x2y2", each under the last of its titles.

    Args:
        titles: of each panel, one a snapshot; they move as "layout.annotations.0.text" and "layout.annotations.1.text".
        window: what both axes of both panels show.
    """
    low, high = window
    ticks: Trace = {"tickvals": [-2, 0, 2], "showgrid": False, "fixedrange": True}
    across = axis("x₁", low, high, **ticks, constrain="domain")
    up = axis("x₂", low, high, **ticks, constrain="domain", scaleanchor="x")
    for each in (across, up):
        each["title"]["standoff"] = 2
    note = {"x": (low + high) / 2, "y": high, "yanchor": "bottom", "xanchor": "center", "showarrow": False}
    return {
        "showlegend": False,
        "margin": {"l": 40, "r": 8, "t": 26, "b": 36},
        "xaxis": across | {"domain": [0, 0.485], "constraintoward": "right"},
        "yaxis": up,
        "xaxis2": across | {"domain": [0.515, 1], "anchor": "y2", "constraintoward": "left"},
        "yaxis2": up | {"anchor": "x2", "scaleanchor": "x2", "showticklabels": False, "title": {"text": ""}},
        "annotations": [
            note | {"xref": f"x{panel}", "yref": f"y{panel}", "text": title[-1]}
            for panel, title in zip(("", "2"), titles, strict=True)
        ],
    }
