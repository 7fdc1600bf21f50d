"""What a run shows of its networks: curves, the sweep over rates, one network drawn, averages, correlations."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.dropout import measures, planes, thinning
from nnviz.concepts.dropout.measures import Committee, Penalty
from nnviz.concepts.dropout.planes import THINNED
from nnviz.concepts.dropout.settings import Params
from nnviz.concepts.dropout.thinning import Layers, Scaling
from nnviz.concepts.dropout.training import Problem, Rates, Recorded, Replayed, finals, replay
from nnviz.core.progress import Report

GRID = tuple(round(0.1 * tenth, 1) for tenth in range(10))
COARSE = (0.0, 0.2, 0.5, 0.7, 0.9)
SKETCH = (0.0, 0.3, 0.6, 0.9)
HEAVY = 1.5e10  # multiplications of a whole sweep beyond which it takes fewer rates
SWEEP_SEEDS = 8
COMPARED = 200  # test points on which outputs in training and at test are compared
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Curves:
    """Scores of S seeds at T recorded epochs, each (T, S): accuracy in 0…1, loss in nats."""

    train_accuracy: Doubles
    test_accuracy: Doubles
    train_loss: Doubles
    test_loss: Doubles


@dataclass(frozen=True)
class Sweep:
    """Accuracy 0…1 at the end against the first layer's dropout rate: rates (R,), train and test (R, S)."""

    rates: Doubles
    train: Doubles
    test: Doubles


@dataclass(frozen=True)
class Drawn:
    """What is drawn of the first seed.

    Attributes:
        weights: (T, P) float32 at the recorded epochs.
        replayed: its masks and examples at those epochs.
        surface: (T, G, G) float32 chance of class b over the plane at the recorded epochs (rows x₂); None for digits.
        thinned: (THINNED + 2, G, G) float32: thinned networks, their average over all passes, all units; or None.
        spread: (G, G) float32 standard deviation of that chance over the passes, over the wide window; or None.
        mean: (N, C) float32 mean probabilities over the passes at the test points.
        test_spread: (N,) float32 standard deviation, over the passes, of the chance of the class that the mean names.
        flips: share of test points that get two classes when the network, as set, is asked twice.
        size_ratio: outputs at test, as set, over the mean of the outputs in training; 1 where they match.
        matched_ratio: the same with the scaling that fits the training.
        test_loss, matched_loss: mean cross-entropy at the test points with all units, as set and with that scaling.
        test_accuracy, matched_accuracy: share of test points right, likewise.
    """

    weights: Floats
    replayed: Replayed
    surface: Floats | None
    thinned: Floats | None
    spread: Floats | None
    mean: Floats
    test_spread: Floats
    flips: float
    size_ratio: float
    matched_ratio: float
    test_loss: float
    matched_loss: float
    test_accuracy: float
    matched_accuracy: float


def curves_of(params: Params, problem: Problem, net: Recorded, report: Report) -> Curves:
    """Score every recorded network on its own training and test points, in the mode and with the scaling that are set.

    The network without dropout has nothing to drop or rescale, whatever is set.
    """
    scaling = params.scaling_at(net.rates)
    scores = np.empty((4, len(net.epochs), net.weights.shape[1]))
    for index in range(net.weights.shape[1]):
        report(index / net.weights.shape[1], "testing")
        layers = params.setting.network.layers(net.weights[:, index])
        scores[:, :, index] = _scores(params, problem, index, layers, net.rates, scaling)
    return Curves(*scores)


def _scores(
    params: Params, problem: Problem, index: int, layers: Layers, rates: Rates, scaling: Scaling
) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Return train and test accuracy, train and test loss, (T,) each, of one seed's networks."""
    parts = ((problem.inputs[index], problem.targets[index]), (problem.test_inputs[index], problem.test_targets[index]))
    found = []
    for inputs, targets in parts:
        uniforms = None
        if not params.eval_mode and any(rates):
            uniforms = thinning.fresh_masks(params.seed + index, len(layers[0][0]), len(inputs), 2 * params.width)
        logits = thinning.forward(layers, inputs, rates, scaling, uniforms)
        found.append((measures.accuracy(logits.numpy(), targets), measures.cross_entropy(logits, targets)))
    return found[0][0], found[1][0], found[0][1], found[1][1]


def sweep(params: Params, problem: Problem, plain: Recorded, report: Report) -> Sweep:
    """Train one ensemble of rates × seeds and score its ends; the second layer's own rate, if it has one, stays.

    Args:
        plain: the networks without dropout: where nothing is dropped, nothing is trained again.
    """
    setting = params.setting.ends(SWEEP_SEEDS)
    work = setting.network.parameters * setting.points * setting.epochs * len(setting.seeds) * len(GRID)
    grid = SKETCH if params.sketch else GRID if work < HEAVY else COARSE
    pairs = tuple((rate, rate if params.same else params.second) for rate in grid)
    weights = finals(setting, tuple(rates for rates in pairs if any(rates)), report)
    if not any(pairs[0]):
        weights = np.concatenate([plain.weights[-1:, : len(setting.seeds)], weights])
    scores = np.empty((2, len(grid), len(setting.seeds)))
    for index in range(len(setting.seeds)):
        for row, rates in enumerate(pairs):
            layers = setting.network.layers(weights[row, index][None])
            found = _scores(params, problem, index, layers, rates, params.scaling_at(rates))
            scores[:, row, index] = found[0][0], found[1][0]
    return Sweep(np.array(grid), *scores)


def ends(params: Params, curves: Mapping[str, Curves]) -> Sweep:
    """Return what is known before the sweep: no dropout, and the page's rate if it has one."""
    known = [(0.0, curves["none"])] + ([(params.rate, curves["dropout"])] if params.rate else [])
    rates, found = zip(*known, strict=True)
    train, test = (
        np.stack([getattr(each, name)[-1] for each in found]) for name in ("train_accuracy", "test_accuracy")
    )
    return Sweep(np.array(rates), train, test)


def draw(params: Params, problem: Problem, net: Recorded) -> Drawn:
    """Compute all that is drawn of the first seed: surfaces, thinned networks, spread, and what betrays a slip."""
    layers = params.setting.network.layers(net.weights[-1, 0])
    masks = thinning.thinned_networks(params.seed, max(params.passes, THINNED), 2 * params.width)
    inputs = problem.test_inputs[0]
    chances = thinning.probabilities(
        thinning.forward(layers, inputs, params.rates, params.scaling_at(params.rates), masks)
    )
    mean = chances.mean(axis=0)
    named = np.take_along_axis(chances, mean.argmax(axis=1)[None, :, None], axis=2)[..., 0]  # (passes, N)
    pictures = planes.compute(params, net, masks) if params.plane else (None, None, None)
    return Drawn(
        weights=net.weights[:, 0].copy(),
        replayed=replay(params.setting, params.rates, net.epochs),
        surface=pictures[0],
        thinned=pictures[1],
        spread=pictures[2],
        mean=mean,
        test_spread=named.std(axis=0),
        flips=flips(params, layers, inputs),
        **slips(params, layers, inputs, problem.test_targets[0]),
    )


def flips(params: Params, layers: Layers, inputs: Floats) -> float:
    """Return the share of inputs that get another class when the network, in the mode that is set, is asked again."""
    if params.eval_mode:
        return 0.0
    masks = thinning.fresh_masks(params.seed, 2, len(inputs), 2 * params.width)
    return measures.flips(thinning.forward(layers, inputs, params.rates, params.scaling_at(params.rates), masks))


def slips(params: Params, layers: Layers, inputs: Floats, targets: NDArray[np.int64]) -> dict[str, float]:
    """Return size and loss of the outputs with all units, scaled as set and as fits the training."""
    some = inputs[:COMPARED]
    masks = thinning.fresh_masks(params.seed, 20 if params.sketch else 60, len(some), 2 * params.width)
    own = params.scaling_at(params.rates)
    training = thinning.forward(layers, some, params.rates, own, masks)
    fitting: Scaling = "inverted" if own == "inverted" else "keep"
    found = {}
    for ratio, name, scaling in (("size_ratio", "test", own), ("matched_ratio", "matched", fitting)):
        logits = thinning.forward(layers, inputs, params.rates, scaling)
        found[ratio] = measures.size_ratio(logits[:COMPARED], training)
        found[f"{name}_loss"] = float(measures.cross_entropy(logits, targets))
        found[f"{name}_accuracy"] = float(measures.accuracy(logits.numpy(), targets))
    return found


def committee(params: Params, problem: Problem, net: Recorded, report: Report) -> Committee:
    """Average 1, 2, 3, … thinned networks of every seed, beside the network with all units."""
    sizes = measures.committee_sizes(params.passes)
    rows = []
    for index, seed in enumerate(params.setting.seeds):
        report(index / len(params.setting.seeds), "averaging thinned networks")
        layers = params.setting.network.layers(net.weights[-1, index])
        inputs, targets = problem.test_inputs[index], problem.test_targets[index]
        masks = thinning.thinned_networks(seed, params.passes, 2 * params.width)
        chances = thinning.probabilities(
            thinning.forward(layers, inputs, params.rates, params.scaling_at(params.rates), masks)
        )
        whole = thinning.forward(layers, inputs, params.rates, params.scaling_at(params.rates)).numpy()
        single = measures.accuracy(chances, targets).mean()
        rows.append((measures.averaged(chances, targets, sizes), single, measures.accuracy(whole, targets)))
    average, single_net, all_units = zip(*rows, strict=True)
    return Committee(sizes, np.stack(average), np.array(single_net), np.array(all_units))


def coadaptation(
    params: Params, problem: Problem, nets: Mapping[str, Recorded], report: Report
) -> tuple[dict[str, Doubles], dict[str, Doubles]]:
    """Correlate the chosen layer's units over the test points: the first seed's matrix, every seed's mean |r|."""
    which = 0 if params.layer == "first" else 1
    first, means = {}, {}
    for name, net in nets.items():
        matrices = []
        for index in range(net.weights.shape[1]):
            report(index / net.weights.shape[1], "correlating units")
            layers = params.setting.network.layers(net.weights[-1, index])
            outputs = thinning.hidden(layers, problem.test_inputs[index])[which]
            matrices.append(measures.correlations(outputs))
        first[name] = matrices[0]
        means[name] = np.array([measures.mean_correlation(matrix) for matrix in matrices])
    return first, means


def penalty(params: Params, problem: Problem, net: Recorded) -> Penalty:
    """Split the loss of a linear read-out of the first seed's second layer, fitted at that layer's rate."""
    layers = params.setting.network.layers(net.weights[-1, 0])
    outputs = thinning.hidden(layers, problem.inputs[0])[-1]
    columns, wanted, weights = measures.readout(outputs, problem.targets[0], params.rates[1])
    return measures.linear_penalty(columns, wanted, weights, np.linspace(0, 0.95, 20))
