"""Ensembles (Q37)."""

from nnviz.ui.page import show

show("ensembles")
