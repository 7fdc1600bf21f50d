"""Complexity and generalization (Q42)."""

from nnviz.ui.page import show

show("capacity")
