"""adversarial."""

from nnviz.ui.page import show

show("adversarial")
