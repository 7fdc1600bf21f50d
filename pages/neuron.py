"""A neuron, and many (Q1, Q2)."""

from nnviz.ui.page import show

show("neuron")
