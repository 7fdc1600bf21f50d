"""nnviz comes first: it says how many cores PyTorch may take, and PyTorch reads that when it is imported."""

import nnviz

assert nnviz.__version__
