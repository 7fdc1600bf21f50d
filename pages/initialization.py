"""Weight initialization (Q17)."""

from nnviz.ui.page import show

show("initialization")
