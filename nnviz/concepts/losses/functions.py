"""Every loss of the page as plain NumPy: its value and, by hand, its gradient. Logits of any size stay finite."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Number = NDArray[Any] | np.floating[Any] | float  # one number, or an array of any shape
Name = Literal[
    "mse", "mae", "huber", "bce", "sigmoid_mse", "categorical", "sparse", "kl", "hinge", "focal", "dice", "perplexity"
]
LABELS: Mapping[str, str] = {
    "mse": "MSE",
    "mae": "MAE",
    "huber": "Huber",
    "bce": "Binary cross-entropy",
    "sigmoid_mse": "MSE after a sigmoid",
    "categorical": "Categorical cross-entropy",
    "sparse": "Sparse cross-entropy",
    "kl": "KL divergence",
    "hinge": "Hinge",
    "focal": "Focal",
    "dice": "Dice",
    "perplexity": "Perplexity",
}
REGRESSION = ("mse", "mae", "huber")
TINY = 1e-12  # keeps Dice of an empty mask defined


def sigmoid(z: Number) -> Floats:
    """Return 1/(1 + e⁻ᶻ) without overflow."""
    z = np.asarray(z, dtype=np.float64)
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1, small) / (1 + small))


def softplus(z: Number) -> Floats:
    """Return log(1 + eᶻ) without overflow: −log σ(−z)."""
    z = np.asarray(z, dtype=np.float64)
    return np.asarray(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))))


def log_softmax(z: Number) -> Floats:
    """Return log of the softmax over the last axis, (..., C)."""
    z = np.asarray(z, dtype=np.float64)
    shifted = z - z.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def mse(prediction: Number, target: Number) -> tuple[Floats, Floats]:
    """Return (ŷ − y)² and its gradient 2(ŷ − y)."""
    error = np.asarray(prediction, dtype=np.float64) - target
    return error**2, 2 * error


def mae(prediction: Number, target: Number) -> tuple[Floats, Floats]:
    """Return |ŷ − y| and its gradient, the sign (0 at 0, as PyTorch has it)."""
    error = np.asarray(prediction, dtype=np.float64) - target
    return np.abs(error), np.sign(error)


def huber(prediction: Number, target: Number, delta: float = 1.0) -> tuple[Floats, Floats]:
    """Return e²/2 within ±δ and δ(|e| − δ/2) beyond, with its gradient, e cut at ±δ. Source: Huber 1964."""
    error = np.asarray(prediction, dtype=np.float64) - target
    size = np.abs(error)
    return np.where(size <= delta, error**2 / 2, delta * (size - delta / 2)), np.clip(error, -delta, delta)


def binary_cross_entropy(logit: Number, target: Number, smoothing: float = 0.0) -> tuple[Floats, Floats]:
    """Return −y log σ(z) − (1 − y) log σ(−z) and its gradient σ(z) − y; smoothing ε moves y to y(1 − ε) + ε/2."""
    z = np.asarray(logit, dtype=np.float64)
    y = np.asarray(target, dtype=np.float64) * (1 - smoothing) + smoothing / 2
    return y * softplus(-z) + (1 - y) * softplus(z), sigmoid(z) - y


def sigmoid_mse(logit: Number, target: Number) -> tuple[Floats, Floats]:
    """Return (σ(z) − y)² and its gradient 2(σ − y)σ(1 − σ), which fades where σ is flat."""
    p = sigmoid(logit)
    return (p - target) ** 2, 2 * (p - target) * p * sigmoid(-np.asarray(logit, dtype=np.float64))


def hinge(logit: Number, target: Number) -> tuple[Floats, Floats]:
    """Return max(0, 1 − sz) with s = 2y − 1, and its gradient, −s inside the margin. Source: Cortes & Vapnik 1995."""
    z, side = np.asarray(logit, dtype=np.float64), 2 * np.asarray(target, dtype=np.float64) - 1
    short = 1 - side * z
    return np.maximum(short, 0), np.where(short > 0, -side, 0.0)


def focal(logit: Number, target: Number, gamma: float = 2.0) -> tuple[Floats, Floats]:
    """Return −(1 − q)^γ log q, q the probability of the true class, and its gradient. Source: Lin et al. 2017.

    With m = sz, s = 2y − 1 and q = σ(m): dL/dm = −(1 − q)^γ (1 − q − γq log q).
    """
    side = 2 * np.asarray(target, dtype=np.float64) - 1
    m = side * np.asarray(logit, dtype=np.float64)
    q, rest, loss = sigmoid(m), sigmoid(-m), softplus(-m)
    return rest**gamma * loss, -side * rest**gamma * (rest + gamma * q * loss)


def dice(logit: Number, target: Number) -> tuple[Floats, Floats]:
    """Return 1 − 2Σpy / (Σp + Σy) over the last axis (pixels) and its gradient. Source: Milletari et al. 2016."""
    p, y = sigmoid(logit), np.asarray(target, dtype=np.float64)
    both, whole = (p * y).sum(axis=-1, keepdims=True), (p + y).sum(axis=-1, keepdims=True) + TINY
    slope = -2 * y / whole + 2 * both / whole**2
    return 1 - 2 * both[..., 0] / whole[..., 0], slope * p * (1 - p)


def categorical(logits: Number, target: Number, smoothing: float = 0.0) -> tuple[Floats, Floats]:
    """Return −Σ yᵢ log pᵢ of one-hot targets (..., C) and its gradient p − y; smoothing ε gives every class ε/C."""
    logs = log_softmax(logits)
    y = np.asarray(target, dtype=np.float64) * (1 - smoothing) + smoothing / logs.shape[-1]
    return -(y * logs).sum(axis=-1), np.exp(logs) - y


def sparse(logits: Number, classes: Number, smoothing: float = 0.0) -> tuple[Floats, Floats]:
    """Return −log p of the true class, given by its number (...), and its gradient; smoothing as in `categorical`."""
    logs = log_softmax(logits)
    index = np.asarray(classes)[..., None]
    true = np.take_along_axis(logs, index, axis=-1)[..., 0]
    gradient = np.exp(logs) - smoothing / logs.shape[-1]
    own = np.take_along_axis(gradient, index, axis=-1) - (1 - smoothing)
    np.put_along_axis(gradient, index, own, axis=-1)
    return -(1 - smoothing) * true - smoothing * logs.mean(axis=-1), gradient


def kl(logits: Number, target: Number, smoothing: float = 0.0) -> tuple[Floats, Floats]:
    """Return Σ yᵢ log(yᵢ/pᵢ) and its gradient p − y: cross-entropy less the target's own entropy."""
    logs = log_softmax(logits)
    y = np.asarray(target, dtype=np.float64) * (1 - smoothing) + smoothing / logs.shape[-1]
    entropy = -(y * np.log(np.where(y > 0, y, 1))).sum(axis=-1)
    return categorical(logits, target, smoothing)[0] - entropy, np.exp(logs) - y


def softmax_mse(logits: Number, target: Number) -> tuple[Floats, Floats]:
    """Return Σ(pᵢ − yᵢ)² after a softmax (Brier score) and its gradient with respect to the logits."""
    p = np.exp(log_softmax(logits))
    slope = 2 * (p - target)
    return ((p - target) ** 2).sum(axis=-1), p * (slope - (p * slope).sum(axis=-1, keepdims=True))


def softmax_mae(logits: Number, target: Number) -> tuple[Floats, Floats]:
    """Return Σ|pᵢ − yᵢ| after a softmax and its gradient with respect to the logits."""
    p = np.exp(log_softmax(logits))
    slope = np.sign(p - target)
    return np.abs(p - target).sum(axis=-1), p * (slope - (p * slope).sum(axis=-1, keepdims=True))


def multi_hinge(logits: Number, target: Number) -> tuple[Floats, Floats]:
    """Return Σ over wrong classes of max(0, 1 − z_true + zᵢ) / C, as PyTorch's multi-margin loss, and its gradient."""
    z, y = np.asarray(logits, dtype=np.float64), np.asarray(target, dtype=np.float64)
    short = np.where(y > 0, 0.0, 1 - (z * y).sum(axis=-1, keepdims=True) + z)
    inside = (short > 0).astype(np.float64)
    count = z.shape[-1]
    return np.maximum(short, 0).sum(axis=-1) / count, (inside - y * inside.sum(axis=-1, keepdims=True)) / count


def multi_focal(logits: Number, target: Number, gamma: float = 2.0) -> tuple[Floats, Floats]:
    """Return −(1 − q)^γ log q of the true class after a softmax and its gradient."""
    logs, y = log_softmax(logits), np.asarray(target, dtype=np.float64)
    p, log_q = np.exp(logs), (logs * y).sum(axis=-1, keepdims=True)
    q = np.exp(log_q)
    rest = (p * (1 - y)).sum(axis=-1, keepdims=True)  # 1 − q, exact where q is nearly 1
    # (d loss / d q)·q, where (1 − q)^(γ−1) is met with log q, which is as small: their product stays finite.
    faded = rest**gamma
    ratio = np.where(rest > 0, -log_q / np.where(rest > 0, rest, 1), 1.0)
    outer = -(faded + gamma * q * faded * ratio)
    return (-faded * log_q)[..., 0], outer * (y - p)


def class_dice(logits: Number, target: Number) -> tuple[Floats, Floats]:
    """Return 1 − mean over classes of 2Σpy/(Σp + Σy), sums over the examples (..., N, C), and its gradient."""
    p, y = np.exp(log_softmax(logits)), np.asarray(target, dtype=np.float64)
    both, whole = (p * y).sum(axis=-2, keepdims=True), (p + y).sum(axis=-2, keepdims=True) + TINY
    slope = (-2 * y / whole + 2 * both / whole**2) / p.shape[-1]
    score = 1 - (2 * both / whole).mean(axis=(-1, -2))
    return score, p * (slope - (p * slope).sum(axis=-1, keepdims=True))


def along(name: Name, z: Number, target: float, delta: float, gamma: float, smoothing: float) -> tuple[Floats, Floats]:
    """Return a loss and its gradient along one prediction z; a classifier's z is a logit, its class is 1 if target > 0."""
    z, side = np.asarray(z, dtype=np.float64), float(target > 0)
    if name in REGRESSION:
        plain: dict[str, Any] = {"mse": mse, "mae": mae}
        return huber(z, target, delta) if name == "huber" else plain[name](z, target)
    if name in ("categorical", "sparse", "kl", "perplexity"):
        return _two_classes(name, z, side, smoothing)
    if name == "focal":
        return focal(z, side, gamma)
    if name == "dice":
        value, slope = dice(z[..., None], np.full((*z.shape, 1), side))
        return value, slope[..., 0]
    if name == "bce":
        return binary_cross_entropy(z, side, smoothing)
    return hinge(z, side) if name == "hinge" else sigmoid_mse(z, side)


def _two_classes(name: Name, z: Floats, side: float, smoothing: float) -> tuple[Floats, Floats]:
    """Return losses over the two logits (0, z): the second class is the true one if `side` is 1."""
    logits = np.stack([np.zeros_like(z), z], axis=-1)
    one_hot = np.array([1 - side, side])
    if name == "sparse":
        value, slope = sparse(logits, np.full(z.shape, int(side)), smoothing)
    elif name == "kl":
        value, slope = kl(logits, one_hot, smoothing)
    else:
        value, slope = categorical(logits, one_hot, 0.0 if name == "perplexity" else smoothing)
    if name == "perplexity":
        value = np.exp(np.minimum(value, 700.0))  # e⁷⁰⁰ is nearly the largest float64
        return value, value * slope[..., 1]
    return value, slope[..., 1]
