"""Backpropagation and the chain rule (Q6, Q7)."""

from nnviz.ui.page import show

show("backprop")
