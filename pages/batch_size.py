"""Batch size (Q49)."""

from nnviz.ui.page import show

show("batch-size")
