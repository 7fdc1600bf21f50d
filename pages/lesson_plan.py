"""The lesson plan."""

from nnviz.ui.plan import show

show()
