"""Theme, builders and views: figures are tested on what they contain."""

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from nnviz.charts import build, theme
from nnviz.charts.view import Chart, View
from nnviz.core.statistics import band


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio of two hex colours, 1…21."""

    def luminance(code: str) -> float:
        channels = np.array([int(code[start : start + 2], 16) for start in (1, 3, 5)]) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_can_be_read_and_series_be_seen(mode: theme.Mode) -> None:
    paper = theme.COLOURS["$paper"][mode]
    assert contrast(theme.COLOURS["$ink"][mode], paper) > 7
    assert contrast(theme.COLOURS["$grey"][mode], paper) > 4.5
    for token in theme.SERIES:
        assert contrast(theme.COLOURS[token][mode], paper) > 2, token


def test_tokens_become_the_colours_of_a_theme() -> None:
    spec = {"line": {"color": "$blue"}, "fill": ["$orange/0.25", "none"], "text": "$5"}
    assert theme.resolve(spec, "light") == {
        "line": {"color": "#0072B2"},
        "fill": ["rgba(230,159,0,0.25)", "none"],
        "text": "$5",
    }
    assert theme.resolve(spec, "dark")["line"]["color"] == "#56B4E9"


def test_colours_stand_in_shadows_but_not_in_words() -> None:
    words = ["$paper 0 0 3px, $blue/0.5 0 0 1px", "$red flags", "5 $ink"]
    shown = ["#FFFFFF 0 0 3px, rgba(0,114,178,0.5) 0 0 1px", "$red flags", "5 $ink"]
    assert theme.resolve(words, "light") == shown


def test_what_a_figure_says_itself_wins_over_the_defaults() -> None:
    merged = theme.with_defaults(
        {"data": [{"type": "scatter"}], "layout": {"margin": {"l": 1}, "xaxis": {"ticks": ""}, "yaxis2": {}}}
    )
    assert merged["layout"]["margin"] == theme.LAYOUT["margin"] | {"l": 1}
    assert merged["layout"]["xaxis"]["ticks"] == ""
    assert merged["layout"]["yaxis2"]["gridcolor"] == theme.AXIS["gridcolor"]
    assert theme.LAYOUT["margin"]["l"] == 56


def test_a_log_axis_takes_its_range_in_data_units() -> None:
    assert build.axis("rate", 0.01, 100, log=True)["range"] == [-2, 2]
    assert build.axis("rate", 0.01, 100)["range"] == [0.01, 100]


def test_a_band_is_a_median_over_its_spread() -> None:
    values = np.arange(20.0).reshape(10, 2)
    outline, median = build.band([0, 1], band(values), "loss", 1)
    np.testing.assert_allclose(median["y"], np.median(values, axis=0))
    low, high = np.quantile(values, 0.1, axis=0), np.quantile(values, 0.9, axis=0)
    np.testing.assert_allclose(outline["y"], [*high, *low[::-1]])
    np.testing.assert_allclose(outline["x"], [0, 1, 1, 0])
    assert outline["fill"] == "toself"
    assert {outline["legendgroup"], median["legendgroup"]} == {"loss"}


def test_classes_differ_by_marker_as_well_as_colour() -> None:
    traces = build.points(np.zeros((4, 2)), np.array([0, 1, 1, 0]), ("a", "b"))
    assert [len(trace["x"]) for trace in traces] == [2, 2]
    assert len({trace["marker"]["symbol"] for trace in traces}) == 2


def test_panels_lie_side_by_side_without_overlap() -> None:
    layout = build.panels(2, 3, list("abcdef"))
    domains = [layout[f"xaxis{number}"]["domain"] for number in ("", "2", "3")]
    assert all(left[1] < right[0] for left, right in pairwise(domains))
    assert layout["yaxis"]["domain"][0] > layout["yaxis4"]["domain"][1]
    go.Figure(
        {"data": [build.picture(np.eye(3), panel) for panel in range(6)], "layout": theme.resolve(layout, "light")}
    )


def test_units_of_a_diagram_stand_in_columns() -> None:
    columns = build.unit_positions((2, 3, 1))
    assert [len(column) for column in columns] == [2, 3, 1]
    assert [set(column[:, 0]) for column in columns] == [{0.0}, {0.5}, {1.0}]


def chart(**changes: object) -> Chart:
    figure = build.figure([build.line([0, 1], [0, 1], "a")], build.axis("x"), build.axis("y"))
    return Chart("c", "A line", figure, "It rises.", **changes)  # type: ignore[arg-type]


def test_a_stand_alone_figure_shows_the_last_snapshot() -> None:
    frames = {
        "data.0.y": np.array([[0, 0], [5, 6]]),
        "layout.shapes": [[], [{"type": "line", "line": {"color": "$blue"}}]],
    }
    figure = chart(frames=frames).to_figure("dark")
    np.testing.assert_allclose(figure.data[0].y, [5, 6])
    assert len(figure.layout.shapes) == 1
    assert figure.layout.shapes[0].line.color == theme.COLOURS["$blue"]["dark"]
    assert figure.layout.title.text == "A line"
    assert figure.data[0].line.color == theme.COLOURS["$blue"]["dark"]


def test_frames_without_a_timeline_are_refused() -> None:
    moving = chart(frames={"data.0.y": np.zeros((3, 2))})
    with pytest.raises(ValueError, match="3 frames"):
        View((moving,), "words", steps=np.arange(4))
    assert View((moving,), "words", steps=np.arange(3)).chart("c") is moving


def test_an_unknown_chart_is_named() -> None:
    with pytest.raises(KeyError, match=r"there are \['c'\]"):
        View((chart(),), "words").chart("d")


def test_a_relief_shades_what_its_lines_run_through() -> None:
    x, y = np.linspace(-1, 1, 5), np.linspace(0, 2, 3)
    heights = x[None, :] ** 2 + y[:, None]
    heat, lines = build.relief(x, y, heights, theme.DIVERGING, 6, hoverinfo="skip")
    np.testing.assert_allclose(heat["z"] / 250 * heights.max(), lines["z"], atol=heights.max() / 500 + 1e-6)
    assert lines["contours"]["end"] == heights.max() == pytest.approx(6 * lines["contours"]["size"])
    assert lines["contours"]["coloring"] == "none"


def test_words_are_one_trace_over_a_halo() -> None:
    trace = build.words([1, 2], [3, 4], ["a", "b"], "top center", size=12)
    shown = Chart("one", "One", build.figure([trace], build.axis("x"), build.axis("y")), "Words.").to_figure("dark")
    assert shown.data[0].text == ("a", "b")
    assert shown.data[0].textfont.shadow.count(theme.COLOURS["$paper"]["dark"]) == 4
