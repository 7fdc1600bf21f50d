"""The gradients of mini-batches, drawn at one network on its way: a cloud around the full gradient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.batch_size import gradients
from nnviz.concepts.batch_size.gradients import Floats
from nnviz.core.ensemble import MLP

DRAWN = 400  # mini-batches of each size
SHOWN = 60  # of which the cloud shows so many
PAIR = (8, 64)  # the two batch sizes that the estimates use


@dataclass(frozen=True)
class Cloud:
    """Mini-batches of the sizes compared, at T moments of one network, looked at in a plane.

    Attributes:
        steps: (T,) int64 of the network's own training.
        full: (T,) ‖G‖; in the plane the full gradient is the point (‖G‖, 0).
        points: (T, B, M, 2) float32: along the full gradient, and across it where the noise is largest.
    """

    steps: NDArray[np.int64]
    full: Floats
    points: NDArray[np.float32]


@dataclass(frozen=True)
class Spread:
    """How the total variance of a mini-batch's gradient falls with its size, at one set of weights.

    Attributes:
        sizes: (n,) batch sizes; measured: (n,) mean of ‖G_B − G‖² over the batches drawn.
        expected: (n,) f(B) tr Σ, from all single gradients.
        signal, noise: ‖G‖² and tr Σ, from all single gradients.
        estimates: (2,) the same two numbers from batches of PAIR alone; errors: (2,) their standard errors.
    """

    sizes: NDArray[np.int64]
    measured: Floats
    expected: Floats
    signal: float
    noise: float
    estimates: Floats
    errors: Floats


def cloud(
    network: MLP,
    path: Floats,
    steps: NDArray[np.int64],
    inputs: Floats,
    goals: Floats,
    sizes: tuple[int, ...],
    *,
    replace: bool,
) -> Cloud:
    """Draw the clouds along a path of weights (T, P); the same mini-batches at every moment."""
    draws = [gradients.batches(size, len(inputs), DRAWN, replace)[:SHOWN] for size in sizes]
    axes, points, full = None, [], []
    for weights in path:
        passed = gradients.propagate(network, weights, inputs, goals)
        axes = gradients.plane(network, passed, None if axes is None else axes[1])
        # A mean of projections is the projection of the mean: (N, 2) → (M, 2) for every batch size.
        scores = np.stack([gradients.along(network, passed, axis) for axis in axes], axis=1)
        points.append([gradients.mini_batch_gradients(scores, chosen) for chosen in draws])
        full.append(scores[:, 0].mean())
    return Cloud(steps, np.array(full), np.array(points, np.float32))


def spread(
    network: MLP,
    weights: Floats,
    inputs: Floats,
    goals: Floats,
    sizes: tuple[int, ...],
    *,
    replace: bool,
    drawn: int = DRAWN,
    seed: int = 0,
) -> Spread:
    """Measure the variance of mini-batch gradients at weights (P,) for every size, and the two estimates."""
    passed = gradients.propagate(network, weights, inputs, goals)
    single, (signal, noise) = gradients.example_gradients(passed), gradients.signal_and_noise(passed)
    full, examples = single.mean(axis=0), len(inputs)
    measured, squares = [], {}
    for size in sorted({*sizes, *PAIR}):
        drawings = gradients.batches(size, examples, DRAWN, replace, seed)[:drawn]
        found = gradients.mini_batch_gradients(single, drawings)
        squares[size] = (found**2).sum(axis=1)
        if size in sizes:
            measured.append(gradients.variance(found, full))
    shares = gradients.noise_share(np.array(PAIR, float), examples, replace=replace)
    estimates = np.stack(gradients.two_batch_estimates(squares[PAIR[0]], squares[PAIR[1]], (shares[0], shares[1])))
    return Spread(
        sizes=np.array(sizes),
        measured=np.array(measured),
        expected=gradients.noise_share(np.array(sizes, float), examples, replace=replace) * float(noise),
        signal=float(signal),
        noise=float(noise),
        estimates=estimates.mean(axis=1),
        errors=estimates.std(axis=1, ddof=1) / np.sqrt(drawn),
    )
