"""Perceptron against multilayer perceptron (Q4)."""

from nnviz.ui.page import show

show("mlp")
