"""L1, L2 and friends (Q13, Q19)."""

from nnviz.ui.page import show

show("regularization")
