"""gradient_flow."""

from nnviz.ui.page import show

show("gradient-flow")
