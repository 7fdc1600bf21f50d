"""Home: what this is, a first experiment, and the map of all questions."""

from nnviz.ui.home import show

show()
