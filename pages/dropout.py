"""Dropout (Q21)."""

from nnviz.ui.page import show

show("dropout")
