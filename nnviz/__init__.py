"""nnviz: fifty ideas about neural networks, each a small real model that answers the hand."""

__version__ = "0.1.0"
