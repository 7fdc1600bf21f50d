"""Optimizers (Q10)."""

from nnviz.ui.page import show

show("optimizers")
