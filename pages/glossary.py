"""The glossary."""

from nnviz.ui.glossary import show

show()
