"""Momentum (Q18)."""

from nnviz.ui.page import show

show("momentum")
