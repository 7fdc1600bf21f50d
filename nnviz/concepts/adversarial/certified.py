"""What no attack can do: interval bounds carried through the layers, and the votes of randomized smoothing."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import Tensor

from nnviz.concepts.adversarial.attacks import PIXELS, Box, Norm
from nnviz.models.chain import Chain

CONFIDENCE = 0.999  # of each certificate by votes


def around(inputs: Tensor, radius: float, box: Box = PIXELS) -> tuple[Tensor, Tensor]:
    """Return the lowest and highest value that each pixel can take when none moves by more than `radius`."""
    return (inputs - radius).clamp_min(box[0]), (inputs + radius).clamp_max(box[1])


def lowest_margins(chain: Chain, low: Tensor, high: Tensor, labels: Tensor, euclidean: float | None = None) -> Tensor:
    """Return (K, N, C), numbers that s_y − s_j cannot fall below while the inputs stay in [low, high]; 0 where j = y.

    An affine layer moves an interval (m ± r) to (m W + b ± r |W|), ReLU its two ends; the last layer is bounded as
    the differences s_y − s_j themselves, which makes the bound exact for a linear model.

    Args:
        low, high: (K, N, d) ends of the interval of each input.
        labels: (K, N) int64 y.
        euclidean: the inputs also stay within this L2 distance of the middle of a ball that low and high enclose.

    Source: Gowal et al., "On the effectiveness of interval bound propagation", 2018.
    """
    middle, spread = (low + high) / 2, (high - low) / 2
    hidden = list(zip(chain.weights, chain.biases, strict=True))
    for layer, (weight, bias) in enumerate(hidden[:-1]):
        middle, spread = torch.baddbmm(bias, middle, weight), _spread(spread, weight, euclidean if not layer else None)
        low, high = (middle - spread).relu(), (middle + spread).relu()
        middle, spread = (low + high) / 2, (high - low) / 2
    weight, bias = hidden[-1]
    own = labels.unsqueeze(2)
    scores = torch.baddbmm(bias, middle, weight)
    pairs = (weight.unsqueeze(3) - weight.unsqueeze(2)).flatten(2)  # (K, H, C·C): column y·C + j is w_y − w_j
    loss = _spread(spread, pairs, euclidean if len(hidden) == 1 else None)
    columns = own * chain.classes + torch.arange(chain.classes)  # (K, N, C)
    return scores.gather(2, own) - scores - loss.gather(2, columns)


def _spread(spread: Tensor, weight: Tensor, euclidean: float | None) -> Tensor:
    """Return how far an affine layer's outputs can move: r |W|, and no further than ε ‖w‖₂ if an L2 ball is known."""
    moved = torch.bmm(spread, weight.abs())
    return moved if euclidean is None else torch.minimum(moved, euclidean * weight.norm(dim=1, keepdim=True))


def never_wrong(margins: Tensor, labels: Tensor) -> Tensor:
    """Return (K, N) bool: every bound on s_y − s_j is positive, so the answer stays y."""
    return (margins.scatter(2, labels.unsqueeze(2), torch.inf) > 0).all(dim=2)


def certify(chain: Chain, inputs: Tensor, labels: Tensor, radius: float, norm: Norm = "linf") -> Tensor:
    """Return (K, N) bool: no change within the ball can turn the answer from the label.

    In L2 the middle of the ball is the input while the box may cut the interval, so the interval stays whole.
    """
    low, high = around(inputs, radius) if norm == "linf" else (inputs - radius, inputs + radius)
    return never_wrong(lowest_margins(chain, low, high, labels, None if norm == "linf" else radius), labels)


def smoothed_radius(share: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Return R = σ Φ⁻¹(p), the L2 radius within which a class with the share p of the noise stays in front; p ≤ ½ → 0.

    Of a linear model it is the distance from the boundary, |w·x + b| / ‖w‖.

    Source: Cohen, Rosenfeld & Kolter, "Certified adversarial robustness via randomized smoothing", 2019.
    """
    return np.asarray(np.maximum(noise * stats.norm.ppf(share), 0.0))


def radius_of_votes(votes: NDArray[np.int64], count: int, noise: float) -> NDArray[np.float64]:
    """Return the radius that `votes` of `count` noisy answers prove, with 99.9 % confidence each.

    The share is the lower end of its exact (Clopper–Pearson) interval: votes are drawn, and luck must not certify.
    """
    lower = stats.beta.ppf(1 - CONFIDENCE, np.maximum(votes, 1), count - votes + 1)
    return smoothed_radius(np.where(votes > 0, lower, 0.0), noise)
