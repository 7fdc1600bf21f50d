"""nnviz: fifty ideas about neural networks, each a small real model that answers the hand."""

import os

__version__ = "0.1.0"

# One core for each PyTorch operation: on matrices this small, threads that wait for each other only lose time, and the
# cores are there for seeds and visitors. Whoever sets the variable before has the last word.
os.environ.setdefault("OMP_NUM_THREADS", "1")
