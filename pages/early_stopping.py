"""Early stopping (Q20)."""

from nnviz.ui.page import show

show("early-stopping")
