"""Normalizing inputs (Q14)."""

from nnviz.ui.page import show

show("normalization")
