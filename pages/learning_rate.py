"""The learning rate (Q22)."""

from nnviz.ui.page import show

show("learning-rate")
