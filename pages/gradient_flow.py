"""Vanishing and exploding gradients (Q11, Q12)."""

from nnviz.ui.page import show

show("gradient-flow")
