"""dropout."""

from nnviz.ui.page import show

show("dropout")
