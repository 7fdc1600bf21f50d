"""Forward propagation (Q5)."""

from nnviz.ui.page import show

show("forward-pass")
