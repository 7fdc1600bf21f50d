"""The points that the small nets are trained on."""

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.core.seeds import generator

Floats = NDArray[np.float64]
HIDDEN = 8
TRAINING, TEST = 90, 150  # points of three classes
WAVE = 60  # points on the wave
OUTLIERS, JUMP, BLUR = 9, 3.0, 0.15
CENTRES = ((0.0, 1.0), (-0.87, -0.5), (0.87, -0.5))
SPREAD = 0.45


def class_points(seed: int, flips: float) -> tuple[Floats, NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Return training points, their labels of which a share is wrong, test points and their true classes."""
    draws = generator(seed, "three classes")
    truth = torch.arange(TRAINING + TEST) % 3
    noise = SPREAD * torch.randn(TRAINING + TEST, 2, generator=draws, dtype=torch.float64)
    x = torch.tensor(CENTRES, dtype=torch.float64)[truth] + noise
    labels = truth[:TRAINING].clone()
    wrong = torch.randperm(TRAINING, generator=draws)[: round(flips * TRAINING)]
    labels[wrong] = (labels[wrong] + 1) % 3  # always the next class: a mistake with a system
    return x[:TRAINING].numpy(), labels.numpy(), x[TRAINING:].numpy(), truth[TRAINING:].numpy()


def curve_points(seed: int) -> tuple[Floats, Floats]:
    """Return points of a wave with a little noise, some of them lifted far above it."""
    draws = generator(seed, "wave")
    x = torch.linspace(-1, 1, WAVE, dtype=torch.float64)
    y = torch.sin(torch.pi * x) + BLUR * torch.randn(WAVE, generator=draws, dtype=torch.float64)
    y[torch.randperm(WAVE, generator=draws)[:OUTLIERS]] += JUMP
    return x.numpy(), y.numpy()
