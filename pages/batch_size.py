"""batch_size."""

from nnviz.ui.page import show

show("batch-size")
