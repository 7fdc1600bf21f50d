"""The page's first descent and its first wine network, as anyone would write them in NumPy and PyTorch."""

import numpy as np
import torch
from sklearn.datasets import load_wine
from torch import nn

from nnviz.concepts.normalization.descent import condition, covariance, curvature, features, steps_needed
from nnviz.concepts.normalization.scaling import scaled
from nnviz.data import split_rows
from nnviz.models.plain import make_mlp, train_module

COLUMNS = {"alcohol": 0, "flavanoids": 6, "color_intensity": 9, "proline": 12}


def recipe(
    ratio: float,
    scaler: str,
    outlier: float,
    step: float,
    correlation: float,
    rate: float,
    wines: int,
    feature: str,
    epochs: int,
    leak: bool,
    activation: str,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Measure the loss of two scaled features, then train a 13-8-3 network on scaled wines."""
    two = features(seed, ratio, correlation, outlier)
    values, vectors = curvature(covariance(scaled(scaler, two, two)))
    table, classes = load_wine(return_X_y=True)
    learned, held_out = split_rows(classes, 1 - wines / len(table), np.random.default_rng(seed))
    inputs, test = table[learned].copy(), table[held_out]
    if outlier:
        column = inputs[:, COLUMNS[feature]]
        column[0] = column.mean() + outlier * column.std()
    seen = np.concatenate([inputs, test]) if leak else inputs
    x, x_test = (torch.from_numpy(scaled(scaler, part, seen)) for part in (inputs, test))
    y, y_test = torch.from_numpy(classes[learned]), torch.from_numpy(classes[held_out])
    module, loss = make_mlp((13, 8, 3), activation, seed=seed), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(module.parameters(), lr=rate)
    train_module(module, x, y, loss, optimizer, seed=seed, epochs=epochs, batch=16)
    with torch.no_grad():
        logits = module(x_test)
    right = (logits.argmax(dim=1) == y_test).double().mean().item()
    return {
        "condition number": float(condition(values)),
        "steps needed": float(steps_needed(values, vectors, step)),
        "test accuracy on wine": 100 * right,
        "test loss on wine": loss(logits, y_test).item(),
    }
