"""Why deep nets are hard (Q23)."""

from nnviz.ui.page import show

show("deep-training")
