"""The perceptron learning rule (Q3)."""

from nnviz.ui.page import show

show("perceptron")
