"""The claims ledger."""

from nnviz.ui.ledger import show

show()
