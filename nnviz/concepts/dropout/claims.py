"""The page's claims as experiments over seeds. Every comparison is paired: same points, weights, orders and draws."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.dropout import measures, thinning, timing
from nnviz.concepts.dropout.training import Rates, Setting, finals, problem_of
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

Doubles = NDArray[np.float64]
LEAST = 1.0  # points of accuracy that matter
LEAST_SAVED = 5.0  # % of time that matter
LEAST_CORRELATION = 0.01
DATA = ("moons", "digits")


def wide(data: str, seeds: Sequence[int]) -> Setting:
    """Return a wide network on little data: moons that overlap, digits with a fifth of the training labels wrong."""
    if data == "moons":
        return Setting("moons", 64, 40, 0.5, 200, tuple(seeds))
    return Setting("digits", 64, 100, 0.2, 150, tuple(seeds))


def small(data: str, seeds: Sequence[int]) -> Setting:
    """Return a network with no unit to spare, on clean and sufficient data."""
    if data == "moons":
        return Setting("moons", 4, 200, 0.2, 200, tuple(seeds))
    return Setting("digits", 8, 200, 0.0, 150, tuple(seeds))


def test_accuracy(setting: Setting, rates: Rates, weights: NDArray[np.float32]) -> Doubles:
    """Return the test accuracy in % of final weights (S, P), all units answering."""
    problem, found = problem_of(setting), []
    for index, row in enumerate(weights):
        logits = thinning.forward(setting.network.layers(row), problem.test_inputs[index], rates, "inverted")
        found.append(100 * measures.accuracy(logits.numpy(), problem.test_targets[index]))
    return np.array(found)


def without_and_with(setting: Setting, report: Report, rate: float = 0.5) -> tuple[Doubles, Doubles]:
    """Return the test accuracies in % (S,) without dropout and with `rate` in both layers."""
    pairs = ((0.0, 0.0), (rate, rate))
    weights = finals(setting, pairs, report)
    return test_accuracy(setting, pairs[0], weights[0]), test_accuracy(setting, pairs[1], weights[1])


def helps_wide(seeds: Sequence[int], report: Report) -> Verdict:
    """Test whether rate 0.5 raises the test accuracy of a wide network on few examples, on both data sets."""
    parts = {}
    for number, data in enumerate(DATA):
        plain, dropped = without_and_with(wide(data, seeds), part(report, number / 2, (number + 1) / 2))
        change = statistics.paired_interval(dropped, plain)
        parts[data] = claims.directional(change, LEAST, what=f"the gain in test accuracy on {data}", unit="points")
    return claims.by_condition(parts)


def hurts_small(seeds: Sequence[int], report: Report) -> Verdict:
    """Test whether rate 0.5 lowers the test accuracy of a network that is too small, on both data sets."""
    parts = {}
    for number, data in enumerate(DATA):
        plain, dropped = without_and_with(small(data, seeds), part(report, number / 2, (number + 1) / 2))
        change = statistics.paired_interval(plain, dropped)
        parts[data] = claims.directional(change, LEAST, what=f"the loss of test accuracy on {data}", unit="points")
    return claims.by_condition(parts)


def by_rate(seeds: Sequence[int], report: Report) -> Verdict:
    """Test the sentence as it is often repeated: multiply by the dropout rate."""
    return _multiplied(seeds, report, "dropout rate")


def by_keep(seeds: Sequence[int], report: Report) -> Verdict:
    """Test the sentence as Srivastava et al. wrote it: multiply by the probability of keeping a unit."""
    return _multiplied(seeds, report, "keep probability")


def _multiplied(seeds: Sequence[int], report: Report, name: str) -> Verdict:
    """Measure the factor that brings the outputs with all units nearest to their mean over bare masks, and compare.

    At rate 0.5 both sentences say the same, so the rates are 0.2 and 0.8.
    """
    parts = {}
    for number, rate in enumerate((0.2, 0.8)):
        wanted = rate if name == "dropout rate" else round(1 - rate, 1)
        factors = measured_factors(seeds, rate, part(report, number / 2, (number + 1) / 2))
        gap = statistics.mean_interval(np.abs(factors - wanted))
        measured = f"the factor measured ({np.mean(factors):.2f})"
        what = f"at rate {rate:g} the distance of {measured} from the {name} ({wanted:g})"
        parts[f"rate {rate:g}"] = claims.at_most(gap, 0.05, what=what)
    return claims.by_condition(parts)


def measured_factors(seeds: Sequence[int], rate: float, report: Report) -> Doubles:
    """Return the best factor (S,) of networks trained on bare masks, each measured on 100 test points and 200 masks."""
    setting = Setting("moons", 32, 40, 0.5, 200, tuple(seeds), rescale=False)
    weights = finals(setting, ((rate, rate),), report)[0]
    problem, found = problem_of(setting), []
    for index, seed in enumerate(seeds):
        masks = thinning.fresh_masks(seed, 200, 100, 2 * setting.width)
        layers = setting.network.layers(weights[index])
        found.append(measures.best_factor(layers, problem.test_inputs[index][:100], (rate, rate), masks))
    return np.array(found)


def faster(seeds: Sequence[int], report: Report) -> Verdict:
    """Test both halves: are fewer weights updated in a step, and is time saved, per step and until it has learned?"""
    alone = timing.weights_left_alone(seeds)
    steps = timing.seconds_per_step(seeds, part(report, 0.1, 0.6))
    epochs = timing.epochs_to_learn(seeds, part(report, 0.6, 1.0))
    shares = {
        "weights": statistics.paired_interval(alone[1], alone[0]),
        "time per step": _saved(*steps),
        "epochs": _saved(*epochs),
    }
    names = {"weights": "weights left alone in a step, beyond those without dropout,"}
    names |= {"time per step": "time saved per step", "epochs": "epochs saved until the training loss is low"}
    return claims.by_condition(
        {
            key: claims.directional(share, LEAST_SAVED, what=f"the share of {names[key]}", unit="%")
            for key, share in shares.items()
        }
    )


def _saved(without: Doubles, with_dropout: Doubles) -> statistics.Interval:
    return statistics.paired_interval(100 * (1 - with_dropout / without), np.zeros(len(without)))


def less_correlated(seeds: Sequence[int], report: Report) -> Verdict:
    """Test whether units of either hidden layer are less correlated after training with rate 0.5."""
    setting = Setting("moons", 32, 40, 0.5, 200, tuple(seeds))
    weights, problem = finals(setting, ((0.0, 0.0), (0.5, 0.5)), report), problem_of(setting)
    means = np.empty((2, 2, len(seeds)))  # (layer, without and with, seed)
    for index in range(len(seeds)):
        for row in range(2):
            layers = setting.network.layers(weights[row, index])
            for layer, outputs in enumerate(thinning.hidden(layers, problem.test_inputs[index])):
                means[layer, row, index] = measures.mean_correlation(measures.correlations(outputs))
    parts = {}
    for layer, name in enumerate(("first layer", "second layer")):
        fall = statistics.paired_interval(means[layer, 0], means[layer, 1])
        parts[name] = claims.directional(fall, LEAST_CORRELATION, what=f"the fall of mean |r| in the {name}")
    return claims.by_condition(parts)


def averages(seeds: Sequence[int], report: Report, passes: int = 50) -> Verdict:
    """Test whether one pass with all units is as accurate as the average of 50 thinned networks."""
    setting, rates = Setting("moons", 32, 40, 0.5, 200, tuple(seeds)), (0.5, 0.5)
    weights, problem = finals(setting, (rates,), report)[0], problem_of(setting)
    found = np.empty((2, len(seeds)))
    for index, seed in enumerate(seeds):
        layers = setting.network.layers(weights[index])
        masks = thinning.thinned_networks(seed, passes, 2 * setting.width)
        thinned = thinning.probabilities(thinning.forward(layers, problem.test_inputs[index], rates, "inverted", masks))
        found[1, index] = 100 * measures.accuracy(thinned.mean(axis=0), problem.test_targets[index])
    found[0] = test_accuracy(setting, rates, weights)
    gap = statistics.paired_interval(found[0], found[1])
    what = f"the accuracy of all units less that of {passes} thinned networks"
    return claims.within(gap, -LEAST, LEAST, what=what, unit="points")


CLAIMS = (
    Claim(
        "helps-wide-nets-on-little-data",
        "Dropout raises the test accuracy of wide networks on little data.",
        "Srivastava et al., 2014",
        helps_wide,
    ),
    Claim(
        "hurts-small-nets",
        "Dropout lowers the test accuracy of a network that is too small: it takes units that were needed.",
        "Goodfellow, Bengio & Courville, Deep Learning, section 7.12, 2016",
        hurts_small,
    ),
    Claim(
        "scale-by-the-dropout-rate",
        "At test all units answer, so their outputs must be multiplied by the dropout rate.",
        "widely repeated in tutorials; at rate 0.5 nobody notices, 2014 on",
        by_rate,
        doubtful=True,
    ),
    Claim(
        "scale-by-the-keep-probability",
        "After training without rescaling, outputs at test must be multiplied by the probability of keeping a unit.",
        "Srivastava et al., 2014",
        by_keep,
    ),
    Claim(
        "only-active-weights-so-faster",
        "At each step only the active units' weights are updated, which makes training faster.",
        "widely repeated in tutorials, 2014 on",
        faster,
        doubtful=True,
    ),
    Claim(
        "less-co-adaptation",
        "Dropout breaks co-adaptation: hidden units become less correlated with each other.",
        "Hinton et al., 2012",
        less_correlated,
        doubtful=True,
    ),
    Claim(
        "one-pass-answers-for-the-average",
        "One pass with all units is as accurate as the average of many thinned networks, within a point.",
        "Srivastava et al., 2014",
        averages,
    ),
)
