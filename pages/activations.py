"""Activation functions (Q15)."""

from nnviz.ui.page import show

show("activations")
