"""Many networks at once: `train` K multilayer perceptrons (seeds × settings) in one call, fast enough to follow a hand.

One compiled kernel, plain loops in float64 without the GIL; plain PyTorch replays any run (`replay_in_pytorch`). Other
PyTorch modules go through `train_modules`.
"""

from nnviz.core.ensemble.modules import MODULE_OPTIMIZERS, TrainedModules, train_modules
from nnviz.core.ensemble.network import ACTIVATIONS, LOSSES, MLP
from nnviz.core.ensemble.plateau import OnPlateau
from nnviz.core.ensemble.replay import replay_in_pytorch
from nnviz.core.ensemble.settings import OPTIMIZERS, Settings, grid
from nnviz.core.ensemble.trained import PLACES, Trained
from nnviz.core.ensemble.training import train
from nnviz.core.ensemble.warm import warm

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "MLP",
    "MODULE_OPTIMIZERS",
    "OPTIMIZERS",
    "PLACES",
    "OnPlateau",
    "Settings",
    "Trained",
    "TrainedModules",
    "grid",
    "replay_in_pytorch",
    "train",
    "train_modules",
    "warm",
]
