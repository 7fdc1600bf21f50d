"""What a page shows for one run: charts, a sentence in words, a timeline, and what the diagnosis found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnviz.charts import theme
from nnviz.core.diagnosis import Finding

if TYPE_CHECKING:
    import plotly.graph_objects as go

Figure = dict[str, Any]
"""A plotly figure specification: {"data": [...], "layout": {...}}; colours may be theme tokens such as "$blue"."""


@dataclass(frozen=True)
class Chart:
    """One chart of a page.

    Attributes:
        name: short slug, unique on the page.
        title: what is seen.
        figure: plotly specification; arrays stay NumPy arrays.
        alt: one sentence with the chart's numbers, for those who cannot see it.
        frames: path into the figure ("data.0.z", "layout.shapes.1.x0") → (T, ...) values, one per snapshot of the timeline.
        click: parameter → what of a clicked point sets it ("x", "y" or "customdata").
        zoom: parameter → which side of a rectangle dragged on the chart sets it ("x0", "x1", "y0" or "y1"); the chart is
            then asked for anew instead of being enlarged. Its drag mode should be "zoom", its `uirevision` the window.
        wider: parameter → what the button “Zoom out”, or a double click, sets it to; empty where there is nothing wider.
        drag: subplot ("xy") in which a press sets the x and y of `click`, and goes on doing so while the hand moves.
        wide: takes a whole row of the page.
        height: pixels; the hero's follows the window.
        least: pixels of width below which the chart is scrolled and not squeezed, as on a phone.
    """

    name: str
    title: str
    figure: Figure
    alt: str
    frames: Mapping[str, NDArray[Any] | Sequence[Any]] = field(default_factory=dict)
    click: Mapping[str, str] = field(default_factory=dict)
    zoom: Mapping[str, str] = field(default_factory=dict)
    wider: Mapping[str, float] = field(default_factory=dict)
    drag: str = ""
    wide: bool = False
    height: int = 300
    least: int = 0

    def to_figure(self, mode: theme.Mode = "light") -> "go.Figure":
        """Return a stand-alone plotly figure in the colours of a theme, at the timeline's last snapshot."""
        import plotly.graph_objects as go  # a page is shown without it

        spec = theme.resolve(theme.with_defaults(self.figure), mode)
        for path, values in self.frames.items():
            _assign(spec, path, theme.resolve(values[-1], mode))
        figure = go.Figure(spec)
        return figure.update_layout(title=self.title)


@dataclass(frozen=True)
class View:
    """All that a page shows for one run.

    Attributes:
        charts: the first is the hero.
        sentence: what the charts show now, in words, with the run's numbers.
        steps: (T,) step numbers of the timeline, or None where nothing plays.
        unit: noun of one step ("epoch").
        captions: (T,) text beside the transport at each snapshot, or empty.
        findings: what the diagnosis found.
    """

    charts: tuple[Chart, ...]
    sentence: str
    steps: NDArray[np.int64] | None = None
    unit: str = "epoch"
    captions: Sequence[str] = ()
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        frames = [(chart.name, path, len(values)) for chart in self.charts for path, values in chart.frames.items()]
        for name, path, length in frames:
            if self.steps is None or length != len(self.steps):
                raise ValueError(f"chart {name!r}: {path} has {length} frames, the timeline does not")

    def chart(self, name: str) -> Chart:
        """Return the chart of that name; raises KeyError naming those there are."""
        for chart in self.charts:
            if chart.name == name:
                return chart
        raise KeyError(f"no chart {name!r}; there are {[chart.name for chart in self.charts]}")


def _assign(spec: Figure, path: str, value: Any) -> None:
    *route, last = path.split(".")
    target: Any = spec
    for key in route:
        target = target[int(key)] if isinstance(target, list) else target.setdefault(key, {})
    if isinstance(target, list):
        target[int(last)] = value
    else:
        target[last] = value
