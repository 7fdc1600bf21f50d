"""Batch normalization (Q16)."""

from nnviz.ui.page import show

show("batch-norm")
