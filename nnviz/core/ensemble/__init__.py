"""Many networks at once: `train` K multilayer perceptrons (seeds × settings) in one call, fast enough to follow a hand.

One compiled kernel, plain loops in float64 without the GIL; plain PyTorch replays any run (`replay_in_pytorch`). Other
PyTorch modules go through `train_modules`.
"""

from nnviz.core.ensemble.network import ACTIVATIONS, LOSSES, MLP
from nnviz.core.ensemble.settings import OPTIMIZERS, Settings, grid
from nnviz.core.ensemble.trained import PLACES, Trained
from nnviz.core.ensemble.training import train

__all__ = ["ACTIVATIONS", "LOSSES", "MLP", "OPTIMIZERS", "PLACES", "Settings", "Trained", "grid", "train"]
