"""A small bright spot in a noisy picture, found pixel by pixel under cross-entropy and under Dice."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nnviz.concepts.losses.functions import binary_cross_entropy, dice, sigmoid
from nnviz.core.memo import memo
from nnviz.core.seeds import generator

Floats = NDArray[np.float64]
SIDE = 16
PICTURES = 6  # to learn from; one more to be tested on
CONTRAST, BLUR = 1.0, 1.0
STEPS = 80
RATES = {"cross-entropy": 1.0, "dice": 10.0}  # Dice's gradient is spread thinly over thousands of pixels
MOMENTUM = 0.9
MASK_LOSSES = ("cross-entropy", "dice")


@dataclass(frozen=True)
class Masks:
    """What one loss has learned, over S seeds.

    Attributes:
        probability: (16, 16) of the test picture, first seed.
        found: (S,) share of the spot's pixels found; score: (S,) Dice score 2|A∩B|/(|A| + |B|) of the test picture.
        right: (S,) share of all pixels that are right.
    """

    probability: Floats
    found: Floats
    score: Floats
    right: Floats


def pictures(seed: int, pixels: int) -> tuple[Floats, Floats]:
    """Return noisy pictures and their masks, (7, 16, 16): each has a spot of that many pixels, nearest to a random centre."""
    draws = generator(seed, "masks")
    count = PICTURES + 1
    centres = 3 + (SIDE - 7) * torch.rand(count, 2, generator=draws, dtype=torch.float64).numpy()
    rows, columns = np.mgrid[:SIDE, :SIDE]
    distance = (rows - centres[:, :1, None]) ** 2 + (columns - centres[:, 1:, None]) ** 2
    order = distance.reshape(count, -1).argsort(axis=1, kind="stable")
    masks = np.zeros((count, SIDE * SIDE))
    np.put_along_axis(masks, order[:, :pixels], 1.0, axis=1)
    noise = torch.randn(count, SIDE, SIDE, generator=draws, dtype=torch.float64).numpy()
    truth = masks.reshape(count, SIDE, SIDE)
    return CONTRAST * truth + BLUR * noise, truth


def patches(images: Floats) -> Floats:
    """Return each pixel with its eight neighbours and a constant 1, (7, 256, 10); beyond the edge is 0."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    views = sliding_window_view(padded, (3, 3), axis=(1, 2)).reshape(len(images), SIDE * SIDE, 9)
    return np.concatenate([views, np.ones((*views.shape[:2], 1))], axis=2)


def learn(x: Floats, y: Floats, loss: str) -> Floats:
    """Train one unit per seed on all pixels (S, P, 10) with masks (S, P); returns its weights (S, 10)."""
    weights, speed = np.zeros((len(x), x.shape[2])), np.zeros((len(x), x.shape[2]))
    for _ in range(STEPS):
        logits = np.einsum("spi,si->sp", x, weights)
        slope = dice(logits, y)[1] if loss == "dice" else binary_cross_entropy(logits, y)[1] / x.shape[1]
        speed = MOMENTUM * speed + np.einsum("sp,spi->si", slope, x)
        weights = weights - RATES[loss] * speed
    return weights


@memo(maxsize=64)
def masks(loss: str, pixels: int, seeds: tuple[int, ...]) -> Masks:
    """Train under one loss and look at the picture that was not trained on."""
    drawn = [pictures(seed, pixels) for seed in seeds]
    x = np.array([patches(images) for images, _ in drawn])  # (S, 7, 256, 10)
    y = np.array([truth.reshape(PICTURES + 1, -1) for _, truth in drawn])
    flat = x[:, :PICTURES].reshape(len(x), -1, x.shape[3])
    weights = learn(flat, y[:, :PICTURES].reshape(len(x), -1), loss)
    probability = sigmoid(np.einsum("spi,si->sp", x[:, PICTURES], weights))
    said, truth = probability > 0.5, y[:, PICTURES] > 0.5
    both = (said & truth).sum(axis=1)
    return Masks(
        probability=probability[0].reshape(SIDE, SIDE),
        found=both / truth.sum(axis=1),
        score=2 * both / (said.sum(axis=1) + truth.sum(axis=1)),
        right=(said == truth).mean(axis=1),
    )
