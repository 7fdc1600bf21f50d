"""Loss functions (Q8, Q9)."""

from nnviz.ui.page import show

show("losses")
