"""Our rules among Streamlit's."""

from nnviz.ui import page
from nnviz.ui.component import ASSETS


def test_no_rule_watches_the_whole_page() -> None:
    # With :has() on what holds the stage, every word that plotly.js measures would restyle hundreds of elements.
    sheets = [file.read_text(encoding="utf-8") for file in ASSETS.glob("web/*.css")]
    assert sheets
    assert not any(":has(" in sheet for sheet in (*sheets, page.STYLE, page.PROJECTED))
