"""The first seed's ensemble, as anyone would train it in PyTorch; one recipe a method."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nnviz.concepts.ensembles.combining import (
    ambiguity_split,
    boosted,
    calibration_error,
    growing,
    log_odds,
    named,
    stacked,
)
from nnviz.concepts.ensembles.draws import (
    FOLDS,
    MIXED,
    Points,
    bootstrap_rows,
    cosine_cycle,
    cycle_epochs,
    features_of,
    fold_numbers,
    network_seed,
    points_of,
    resampled_rows,
    subspace,
)
from nnviz.core.script import Cases
from nnviz.core.seeds import generator
from nnviz.models.plain import make_mlp

BATCH = 20
Table = NDArray[np.float64]


def fit(net: nn.Sequential, x: Table, y: NDArray[np.int64], seed: int, rate: float, factors: Table) -> nn.Sequential:
    """Train in place with Adam, one factor on the learning rate per epoch; the seed draws the orders."""
    inputs, targets = torch.from_numpy(x).double(), torch.from_numpy(y).double()[:, None]
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    loss, orders = nn.BCEWithLogitsLoss(), generator(seed, "order")
    for factor in factors:
        optimizer.param_groups[0]["lr"] = rate * float(factor)
        for rows in torch.randperm(len(inputs), generator=orders).split(BATCH):
            optimizer.zero_grad()
            loss(net(inputs[rows]), targets[rows]).backward()
            optimizer.step()
    return net


def answers(net: nn.Sequential, x: Table) -> Table:
    """Return a network's chance of b at points, (N,)."""
    with torch.no_grad():
        chances: Table = torch.sigmoid(net(torch.from_numpy(x).double())[:, 0]).numpy()
    return chances


def numbers(
    points: Points, test: Table, train: Table, combine: str, usual: Table | None, votes: bool
) -> dict[str, float]:
    """Combine the members' chances (M, N) of b at test and training points, and measure what comes out.

    Args:
        usual: (M, M) the method's own weights of the first 1 … M members; None where it has none.
        votes: whether the method's own answer is a vote.
    """
    weights, truth = growing(np.ones(len(test))), points.test_targets.astype(np.float64)
    if usual is not None and combine in ("own", "weighted"):
        weights = usual
    elif combine == "weighted":
        right = (train > 0.5) == (points.targets == 1)
        weights = growing(log_odds(right.mean(axis=1), right.shape[1]))
    votes = combine == "vote" or (votes and combine == "own")
    given = (test > 0.5).astype(np.float64) if votes else test
    split, mixed = ambiguity_split(given, weights, truth), weights @ given
    accuracy = (named(mixed[-1]) == (truth == 1)).mean()
    own = ((test > 0.5) == (truth == 1)).mean(axis=1)
    return {
        "test accuracy": accuracy,
        "gain over the average member": 100 * (accuracy - weights[-1] @ own),
        "squared error": split.ensemble[-1],
        "disagreement": split.ambiguity[-1],
        "calibration error": 100 * calibration_error(mixed[-1], truth),
    }


def both(nets: list[nn.Sequential], points: Points) -> tuple[Table, Table]:
    """Return the members' chances at the test and at the training points."""
    test, train = (np.stack([answers(net, x) for net in nets]) for x in (points.test_inputs, points.inputs))
    return test, train


def seeds(
    method: str,
    members: int,
    width: int,
    combine: str,
    data: str,
    own: str,
    noise: float,
    points: int,
    wrong: float,
    epochs: int,
    rate: float,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Train every member on all points, or on a resample of its own (bagging)."""
    given, nets = points_of(data, points, noise, wrong, seed, own), []
    for member in range(members):
        number, count = network_seed(method, seed, member), len(given.inputs)
        rows = bootstrap_rows(seed, member, count) if method == "bagging" else np.arange(count)
        net = make_mlp((2, width, 1), "tanh", seed=number)
        nets.append(fit(net, given.inputs[rows], given.targets[rows], number, rate, np.ones(epochs)))
    return numbers(given, *both(nets, given), combine, None, False)


def subspaces(
    method: str,
    members: int,
    width: int,
    combine: str,
    data: str,
    own: str,
    noise: float,
    points: int,
    wrong: float,
    epochs: int,
    rate: float,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Train every member on some of seven features, the others set to zero."""
    given = points_of(data, points, noise, wrong, seed, own)
    train, test = features_of(given.inputs), features_of(given.test_inputs)
    found = np.empty((members, len(test))), np.empty((members, len(train)))
    for member in range(members):
        seen, number = subspace(seed, member), network_seed(method, seed, member)
        net = make_mlp((7, width, 1), "tanh", seed=number)
        fit(net, seen * train, given.targets, number, rate, np.ones(epochs))
        found[0][member], found[1][member] = answers(net, seen * test), answers(net, seen * train)
    return numbers(given, *found, combine, None, False)


def snapshots(
    method: str,
    members: int,
    width: int,
    combine: str,
    data: str,
    own: str,
    noise: float,
    points: int,
    wrong: float,
    epochs: int,
    rate: float,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Train one network through cosine cycles, each with a fresh Adam, and keep what it says at the end of each."""
    given, found = points_of(data, points, noise, wrong, seed, own), []
    net = make_mlp((2, width, 1), "tanh", seed=network_seed(method, seed, 0))
    for member in range(members):
        factors = cosine_cycle(cycle_epochs(epochs))
        fit(net, given.inputs, given.targets, network_seed(method, seed, member), rate, factors)
        found.append((answers(net, given.test_inputs), answers(net, given.inputs)))
    test, train = (np.stack(each) for each in zip(*found, strict=True))
    return numbers(given, test, train, combine, None, False)


def boosting(
    method: str,
    members: int,
    width: int,
    combine: str,
    data: str,
    own: str,
    noise: float,
    points: int,
    wrong: float,
    epochs: int,
    rate: float,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Train one member after the other on points drawn by the weights that AdaBoost leaves."""
    given, nets, say = points_of(data, points, noise, wrong, seed, own), [], np.empty(members)
    weights = np.full(len(given.inputs), 1 / len(given.inputs))
    for member in range(members):
        rows, number = resampled_rows(seed, member, weights), network_seed(method, seed, member)
        net = make_mlp((2, width, 1), "tanh", seed=number)
        nets.append(fit(net, given.inputs[rows], given.targets[rows], number, rate, np.ones(epochs)))
        missed = (answers(net, given.inputs) > 0.5) != (given.targets == 1)
        say[member], weights = boosted(missed, weights)
    return numbers(given, *both(nets, given), combine, growing(say), True)


def stacking(
    method: str,
    members: int,
    width: int,
    combine: str,
    data: str,
    own: str,
    noise: float,
    points: int,
    wrong: float,
    epochs: int,
    rate: float,
    seed: int,
    **_others: object,
) -> dict[str, float]:
    """Train every member on all points, and once without each fold to see what it is worth where it has not been."""
    given, nets = points_of(data, points, noise, wrong, seed, own), []
    folds = fold_numbers(seed, len(given.inputs))
    held_out = np.empty((members, len(folds)))
    for member in range(members):
        number, kind = network_seed(method, seed, member), MIXED[member % len(MIXED)]
        for fold in range(-1, FOLDS):  # −1: all points
            rows = np.flatnonzero(folds != fold)
            rows = rows if len(rows) else np.arange(len(folds))
            net = make_mlp((2, width, 1), kind, seed=number)
            fit(net, given.inputs[rows], given.targets[rows], number, rate, np.ones(epochs))
            if fold < 0:
                nets.append(net)
            else:
                held_out[member, folds == fold] = answers(net, given.inputs[folds == fold])
    return numbers(given, *both(nets, given), combine, stacked(held_out, given.targets.astype(np.float64)), False)


RECIPES = Cases(
    "method", {"subspaces": subspaces, "snapshot": snapshots, "boosting": boosting, "stacking": stacking}, seeds
)
