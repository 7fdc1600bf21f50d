"""Sentences from textbooks about how weights should start, put to the test over seeds."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from nnviz.concepts.initialization.model import arriving, kept
from nnviz.concepts.initialization.network import Activation, Floats
from nnviz.concepts.initialization.points import points_of
from nnviz.concepts.initialization.schemes import Scheme, drawn_as
from nnviz.concepts.initialization.training import Plan, Setting, curves, different_rows, layers_of, started, trained
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part
from nnviz.core.statistics import Interval
from nnviz.models import deep, deep_training

RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
TUNING = tuple(range(1000, 1008))  # seeds on which each start gets its best rate; verdicts rest on others
EPOCHS = 30
MATTERS = 0.05  # nats; a smaller difference of the loss is none that matters
STEPS, NORMED_DEPTH, NORMED_WIDTH = 120, 20, 16


def net(scheme: Scheme, activation: Activation, depth: int, gain: float = 1.0) -> Setting:
    """Return networks of 32 units a layer, without seeds."""
    return Setting(scheme, gain, activation, depth, 32, ())


def ratio(values: Floats) -> Interval:
    """Return the geometric mean of ratios over seeds, with its interval; what is 0 or no number is lost."""
    usable = np.where(values > 0, values, np.nan)
    return statistics.paired_ratio_interval(usable, np.ones_like(usable))


def keeps_variance(setting: Setting, seeds: Sequence[int], report: Report) -> Verdict:
    """Judge whether layer 20's variance is ⅒ to 10 times layer 1's, forward, and back."""
    report(0.0, "before training")
    start = started(replace(setting, seeds=tuple(seeds)))
    rule = partial(claims.within, low=0.1, high=10.0, unit="×")
    return claims.by_condition(
        {
            "forward": rule(ratio(kept(start.forward)), what="layer 20's variance over layer 1's"),
            "back": rule(ratio(arriving(start.backward)), what="the gradient's variance at layer 1 over layer 20's"),
        }
    )


def xavier_halves(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by which factor each of 20 ReLU layers multiplies the mean square under Xavier's normal weights."""
    report(0.0, "before training")
    start = started(replace(net("xavier_normal", "relu", 20), seeds=tuple(seeds)))
    factor = ratio(kept(start.forward) ** (1 / 19))
    return claims.within(factor, 0.45, 0.55, what="the factor of the mean square a layer", unit="×")


def never_breaks(seeds: Sequence[int], report: Report) -> Verdict:
    """Count, over starts and activations, the trained networks in which every hidden layer is still one unit."""
    alike: list[bool] = []
    for scheme in ("zeros", "constant"):
        for activation in ("tanh", "relu"):
            report(len(alike) / (4 * len(seeds)), f"{scheme}, {activation}")
            setting = replace(net(scheme, activation, 4), seeds=tuple(seeds))
            alike += one_unit_each(setting)
    return claims.in_every(int(np.sum(alike)), len(alike), what="one unit a layer after training", seeds=len(seeds))


def one_unit_each(setting: Setting) -> list[bool]:
    """Tell for each network, eight at a time, whether all units of each hidden layer are still the same one."""
    found = []
    for start in range(0, len(setting.seeds), 8):
        some = replace(setting, seeds=setting.seeds[start : start + 8])
        layers = layers_of(some, trained(some, Plan(0.3, EPOCHS)).weights[-1])[:-1]
        found += [
            all(different_rows(weight[index], bias[index]) == 1 for weight, bias in layers)
            for index in range(len(some.seeds))
        ]
    return found


def at_best_rate(setting: Setting, seeds: Sequence[int], report: Report) -> Floats:
    """Return the last training loss of every seed at the rate that is best on other seeds; nan where one diverged."""
    tuned = []
    for index, rate in enumerate(RATES):
        report(index / (len(RATES) + 1), f"{setting.scheme}, {setting.depth} layers, rate {rate:g}")
        last = curves(replace(setting, seeds=TUNING), Plan(rate, EPOCHS)).loss[-1]
        tuned.append(np.where(np.isfinite(last), last, np.inf).mean())
    best = RATES[int(np.argmin(tuned))]
    return np.asarray(curves(replace(setting, seeds=tuple(seeds)), Plan(best, EPOCHS)).loss[-1])


def ahead(better: Setting, worse: Setting, seeds: Sequence[int], report: Report) -> Interval:
    """Return by how much the loss of the one is below the other's, each at its own best rate, paired."""
    low = at_best_rate(better, seeds, part(report, 0.0, 0.5))
    high = at_best_rate(worse, seeds, part(report, 0.5, 1.0))
    return statistics.paired_interval(high, low)


def he_beats_xavier(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge what He's start saves in a ReLU network of 20 layers."""
    gain = ahead(net("he_normal", "relu", 20), net("xavier_normal", "relu", 20), seeds, report)
    return claims.directional(gain, MATTERS, what="the loss that He saves", unit="nats")


def orthogonal_beats_normal(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge what orthogonal matrices save over normal weights of the same variance 1/n, in 20 layers."""
    parts: dict[str, Verdict] = {}
    activations: tuple[Activation, ...] = ("linear", "tanh")
    for index, activation in enumerate(activations):
        told = part(report, index / 2, (index + 1) / 2)
        gain = ahead(net("orthogonal", activation, 20), net("lecun_normal", activation, 20), seeds, told)
        parts[activation] = claims.directional(gain, MATTERS, what="the loss that orthogonal saves", unit="nats")
    return claims.by_condition(parts)


def small_is_safe(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how far small normal weights end behind Xavier's, in a shallow and in a deep network."""
    parts: dict[str, Verdict] = {}
    for index, depth in enumerate((2, 10)):
        told = part(report, index / 2, (index + 1) / 2)
        behind = ahead(net("xavier_normal", "tanh", depth), net("small", "tanh", depth), seeds, told)
        what = "the loss by which small weights end behind"
        parts[f"{depth} layers"] = claims.at_most(behind, MATTERS, what=what, unit="nats")
    return claims.by_condition(parts)


def shape_is_nothing(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge the difference between Xavier's uniform and normal weights, in 3 and in 20 tanh layers."""
    parts: dict[str, Verdict] = {}
    for index, depth in enumerate((3, 20)):
        told = part(report, index / 2, (index + 1) / 2)
        gap = ahead(net("xavier_normal", "tanh", depth), net("xavier_uniform", "tanh", depth), seeds, told)
        what = "the loss of uniform over normal weights"
        parts[f"{depth} layers"] = claims.within(gap, -MATTERS, MATTERS, what=what, unit="nats")
    return claims.by_condition(parts)


def normalised_losses(scheme: Scheme, gain: float, rates: Sequence[float], seeds: Sequence[int]) -> Floats:
    """Return the last training loss (R, S) of 20 ReLU layers with batch normalization, in training mode."""
    architecture = deep.Architecture(NORMED_DEPTH, NORMED_WIDTH, norm="batch")
    name, factor = drawn_as(scheme, gain)
    theta = deep.start(architecture, seeds, name, factor).repeat(len(rates), 1)
    x, y = zip(*(points_of(seed) for seed in seeds), strict=True)
    inputs = torch.from_numpy(np.stack(x)).mT.repeat(len(rates), 1, 1)
    targets = torch.from_numpy(np.stack(y)).repeat(len(rates), 1)
    rate = torch.tensor(rates, dtype=torch.float64).repeat_interleave(len(seeds))[:, None]
    plan = deep_training.Plan(rate=rate)
    state = deep_training.begin(architecture, theta)
    last = deep_training.train(architecture, state, plan, STEPS, lambda _: (inputs, targets))
    loss = deep_training.gradient(architecture, last.theta, inputs, targets).loss
    return loss.numpy().reshape(len(rates), len(seeds))


def normalised_at_best(scheme: Scheme, gain: float, seeds: Sequence[int]) -> Floats:
    """Return the last loss of every seed at the rate that is best on other seeds."""
    tuned = normalised_losses(scheme, gain, RATES, TUNING[:4])
    best = RATES[int(np.where(np.isfinite(tuned), tuned, np.inf).mean(axis=1).argmin())]
    return np.asarray(normalised_losses(scheme, gain, (best,), seeds)[0])


def irrelevant(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how far other starts end from He's in 20 layers with batch normalization, each at its own best rate."""
    starts: dict[str, tuple[Scheme, float]] = {
        "small": ("small", 1.0),
        "large": ("large", 1.0),
        "Xavier": ("xavier_normal", 1.0),
        "He times 10": ("he_normal", 10.0),
        "constant": ("constant", 1.0),
    }
    report(0.0, "He")
    reference = normalised_at_best("he_normal", 1.0, seeds)
    parts: dict[str, Verdict] = {}
    for index, (name, start) in enumerate(starts.items(), 1):
        report(index / (len(starts) + 1), name)
        gap = statistics.paired_interval(normalised_at_best(*start, seeds), reference)
        parts[name] = claims.within(gap, -MATTERS, MATTERS, what=f"the loss of {name} over He's", unit="nats")
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "xavier-keeps-variance-for-tanh",
        "Xavier keeps the variance in a tanh network: over 20 layers it changes by less than a factor of ten, both ways.",
        "Glorot & Bengio 2010",
        partial(keeps_variance, net("xavier_normal", "tanh", 20)),
    ),
    Claim(
        "he-keeps-variance-for-relu",
        "He keeps the variance in a ReLU network: over 20 layers it changes by less than a factor of ten, both ways.",
        "He, Zhang, Ren & Sun 2015",
        partial(keeps_variance, net("he_normal", "relu", 20)),
    ),
    Claim(
        "xavier-halves-relu",
        "Under Xavier's weights every ReLU layer halves the mean square (0.45 to 0.55 times a layer).",
        "He, Zhang, Ren & Sun 2015",
        xavier_halves,
    ),
    Claim(
        "he-beats-xavier-for-deep-relu",
        "A ReLU network of 20 layers learns more from He's start than from Xavier's, each at its own best rate.",
        "He, Zhang, Ren & Sun 2015",
        he_beats_xavier,
    ),
    Claim(
        "constant-never-breaks-symmetry",
        "Equal weights never part: started from zeros or a constant, every hidden layer is one unit after training.",
        "Rumelhart, Hinton & Williams 1986",
        never_breaks,
    ),
    Claim(
        "orthogonal-beats-normal",
        "Orthogonal matrices train 20 layers better than normal weights of the same variance, each at its best rate.",
        "Saxe, McClelland & Ganguli 2014",
        orthogonal_beats_normal,
    ),
    Claim(
        "uniform-or-normal-is-the-same",
        "Whether Xavier's weights are uniform or normal does not matter: the loss differs by at most 0.05.",
        "widely taught",
        shape_is_nothing,
    ),
    Claim(
        "small-random-numbers-are-safe",
        "Small random numbers (σ = 0.01) are a safe start: at its best rate the loss ends at most 0.05 above Xavier's.",
        "widely repeated in older texts",
        small_is_safe,
        doubtful=True,
        seeds=32,
    ),
    Claim(
        "batch-normalization-makes-it-irrelevant",
        "With batch normalization the initialization is irrelevant: 20 layers end within 0.05 of He's loss from any start.",
        "widely concluded from Ioffe & Szegedy 2015",
        irrelevant,
        doubtful=True,
        seeds=32,
    ),
)
