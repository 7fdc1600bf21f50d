"""Sentences from textbooks about vanishing and exploding gradients: each cure alone, and what it leaves ill."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from nnviz.concepts.gradient_flow.model import HE, flow_ratio
from nnviz.concepts.gradient_flow.network import Clipping, Setting
from nnviz.concepts.gradient_flow.training import STEPS, Floats, Record, train
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part
from nnviz.core.statistics import Interval

Settings = Mapping[str, Setting]
Test = Callable[[Sequence[int], Report], Verdict]
SHARE = "layer 1's share of layer 20's gradient"
KEPT = partial(claims.within, low=0.1, high=10.0, what=SHARE, unit="×")
NOT_VANISHING = partial(claims.at_least, threshold=0.1, what=SHARE, unit="×")
NOT_EXPLODING = partial(claims.at_most, threshold=10.0, what=SHARE, unit="×")
LEARNED = 0.05  # a loss lower by less than this is no learning that matters

PLAIN = Setting(depth=20)
HEALTHY = replace(PLAIN, gain=HE)
EXPLODING = replace(PLAIN, gain=2.0)
GAINS: Settings = {f"gain {gain:g}": replace(PLAIN, gain=gain) for gain in (0.5, 1.0, 2.0)}
FADING: Settings = {
    "sigmoid, gain 1": replace(PLAIN, activation="sigmoid"),
    "tanh, gain ½": replace(PLAIN, activation="tanh", gain=0.5),
    "ReLU, gain ½": replace(PLAIN, gain=0.5),
}


def share(setting: Setting, seeds: Sequence[int]) -> Interval:
    """Return layer 1's share of the last layer's gradient at initialization: geometric mean and interval over seeds.

    A network whose layer 1 gets nothing at all has no logarithm; it counts as lost.
    """
    ratio = flow_ratio(train(replace(setting, seeds=tuple(seeds)), 1))
    return statistics.paired_ratio_interval(np.where(ratio > 0, ratio, np.nan), np.ones_like(ratio))


def at_initialization(settings: Settings, rule: Callable[[Interval], Verdict]) -> Test:
    """Return the test that puts layer 1's share under each of the settings to a rule."""

    def test(seeds: Sequence[int], report: Report) -> Verdict:
        parts = {}
        for index, (name, setting) in enumerate(settings.items()):
            report(index / len(settings), name)
            parts[name] = rule(share(setting, seeds))
        return claims.by_condition(parts) if len(parts) > 1 else next(iter(parts.values()))

    return test


def trained(settings: Settings, seeds: Sequence[int], report: Report) -> dict[str, Record]:
    """Train the networks of every setting."""
    records = {}
    for index, (name, setting) in enumerate(settings.items()):
        span = part(report, index / len(settings), (index + 1) / len(settings))
        records[name] = train(replace(setting, seeds=tuple(seeds)), STEPS, span)
    return records


def stays_finite(settings: Settings, what: str) -> Test:
    """Return the test that counts the networks, of all settings, whose loss is finite after every step."""

    def test(seeds: Sequence[int], report: Report) -> Verdict:
        finite = [np.isfinite(record.loss).all(axis=0) for record in trained(settings, seeds, report).values()]
        return claims.in_every(int(np.sum(finite)), int(np.size(finite)), what=what, seeds=len(seeds))

    return test


def residual_learns(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge whether residual connections lower the last loss of nets whose gradient vanishes, seed by seed."""
    without = trained(FADING, seeds, part(report, 0.0, 0.5))
    added = {name: replace(setting, residual=True) for name, setting in FADING.items()}
    treated = trained(added, seeds, part(report, 0.5, 1.0))
    what = "the loss that residual connections save"
    gains = {name: statistics.paired_interval(without[name].loss[-1], treated[name].loss[-1]) for name in FADING}
    return claims.by_condition({name: claims.directional(gain, LEARNED, what=what) for name, gain in gains.items()})


def clipping_regains(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge how many decades of the share of layer 1's updates each kind of clipping regains in a sigmoid net.

    The threshold lies below the gradient's norm, so that clipping does clip.
    """
    sick = FADING["sigmoid, gain 1"]
    kinds: Mapping[str, Clipping] = {"by norm": "norm", "by value": "value", "gradient normalization": "rescale"}
    clipped = {name: replace(sick, clipping=kind, threshold=0.01) for name, kind in kinds.items()}
    records = trained({"none": sick, **clipped}, seeds, report)
    before = update_share(records["none"])
    what = "what clipping regains of the twelve decades that layer 1 lacks"
    gains = {name: statistics.paired_interval(update_share(records[name]), before) for name in kinds}
    return claims.by_condition(
        {name: claims.at_most(gain, 1.0, what=what, unit="decades") for name, gain in gains.items()}
    )


def update_share(record: Record) -> Floats:
    """Return log₁₀ of how far layer 1's weights travel in all, over how far the last layer's do, (K,)."""
    way = record.update[:-1].sum(axis=0)  # (L, K); the last step on record is not taken any more
    return np.asarray(np.log10(way[0]) - np.log10(way[-1]))


def clipping_or_initialization(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge whether a net that would explode, clipped, ends at most 0.05 above the same net well initialized."""
    clipped = replace(EXPLODING, clipping="norm")
    records = trained({"clipped": clipped, "healthy": HEALTHY}, seeds, report)
    behind = statistics.paired_interval(records["clipped"].loss[-1], records["healthy"].loss[-1])
    return claims.at_most(behind, LEARNED, what="the loss by which the clipped net ends behind")


def decades(ratio: Floats) -> Floats:
    """Return log₁₀, nan where nothing arrived at all."""
    return np.asarray(np.log10(np.where(ratio > 0, ratio, np.nan)))


def smaller_explode_less(seeds: Sequence[int], report: Report) -> Verdict:
    """Judge by how many decades more the gradient grows in the larger net, at gain 2."""
    pairs: Mapping[str, tuple[Setting, Setting]] = {
        "10 layers against 40": (replace(EXPLODING, depth=10), replace(EXPLODING, depth=40)),
        "8 units a layer against 32": (replace(EXPLODING, width=8), replace(EXPLODING, width=32)),
    }
    parts = {}
    for index, (name, sizes) in enumerate(pairs.items()):
        report(index / len(pairs), name)
        small, large = (flow_ratio(train(replace(size, seeds=tuple(seeds)), 1)) for size in sizes)
        more = statistics.paired_interval(decades(large), decades(small))
        parts[name] = claims.directional(more, 0.5, what="the growth that size adds", unit="decades")
    return claims.by_condition(parts)


CLAIMS = (
    Claim(
        "relu-and-he-keep-the-gradient",
        "ReLU with He initialization keeps the gradient over 20 layers: layer 1 gets ⅒ to 10 times of layer 20's.",
        "He, Zhang, Ren & Sun 2015",
        at_initialization({"ReLU, gain √2": HEALTHY}, KEPT),
    ),
    Claim(
        "relu-alone-is-enough",
        "ReLU alone solves vanishing gradients, whatever the initialization: layer 1 gets at least a tenth.",
        "widely repeated after Glorot, Bordes & Bengio 2011",
        at_initialization({**GAINS, "gain √2": HEALTHY}, NOT_VANISHING),
        doubtful=True,
    ),
    Claim(
        "he-training-never-breaks-down",
        "With ReLU and He initialization training stays finite (learning rates 0.05, 0.5 and 5).",
        "implied where initialization is called the cure",
        stays_finite(
            {f"rate {rate:g}": replace(HEALTHY, rate=rate) for rate in (0.05, 0.5, 5.0)}, "a loss finite throughout"
        ),
        doubtful=True,
    ),
    Claim(
        "residual-connections-cure-vanishing",
        "With residual connections the gradient no longer vanishes: layer 1 gets at least a tenth.",
        "He, Zhang, Ren & Sun 2016",
        at_initialization({name: replace(each, residual=True) for name, each in FADING.items()}, NOT_VANISHING),
    ),
    Claim(
        "residual-connections-make-it-learn",
        "With residual connections a net whose gradient vanished learns: its loss ends at least 0.05 lower.",
        "He, Zhang, Ren & Sun 2016",
        residual_learns,
    ),
    Claim(
        "residual-connections-cure-exploding",
        "Residual connections also cure exploding gradients: layer 1 gets at most ten times of layer 20's.",
        "widely repeated; against it Zhang, Dauphin & Ma 2019",
        at_initialization({name: replace(each, residual=True) for name, each in GAINS.items()}, NOT_EXPLODING),
        doubtful=True,
    ),
    Claim(
        "layer-normalization-keeps-the-gradient",
        "With layer normalization the gradient keeps its size at any gain: layer 1 gets ⅒ to 10 times of layer 20's.",
        "Ba, Kiros & Hinton 2016",
        at_initialization({name: replace(each, normalization="layer") for name, each in GAINS.items()}, KEPT),
    ),
    Claim(
        "batch-normalization-prevents-exploding",
        "Batch normalization prevents exploding gradients: layer 1 gets at most ten times of layer 20's.",
        "Ioffe & Szegedy 2015; against it Yang et al. 2019",
        at_initialization({name: replace(each, normalization="batch") for name, each in GAINS.items()}, NOT_EXPLODING),
        doubtful=True,
    ),
    Claim(
        "clipping-keeps-training-finite",
        "Clipping by norm keeps training finite where gradients explode (MLP of 20 and 40 layers and RNN, gain 2).",
        "Pascanu, Mikolov & Bengio 2013",
        stays_finite(
            {
                "20 layers": replace(EXPLODING, clipping="norm"),
                "40 layers": replace(EXPLODING, clipping="norm", depth=40),
                "RNN": replace(EXPLODING, clipping="norm", network="rnn"),
            },
            "a loss finite throughout",
        ),
    ),
    Claim(
        "clipping-does-nothing-for-vanishing",
        "Clipping does nothing for vanishing gradients: of twelve missing decades layer 1 regains at most one.",
        "Pascanu, Mikolov & Bengio 2013",
        clipping_regains,
    ),
    Claim(
        "clipping-is-as-good-as-initialization",
        "Where gradients explode, clipping by norm is as good as He initialization: the loss ends at most 0.05 higher.",
        "implied where clipping is called the cure",
        clipping_or_initialization,
        doubtful=True,
    ),
    Claim(
        "smaller-models-explode-less",
        "Gradients explode less in a smaller model: at gain 2 they grow by at least half a decade less.",
        "widely repeated",
        smaller_explode_less,
    ),
    Claim(
        "l2-prevents-exploding",
        "An L2 penalty prevents exploding gradients: with λ = 0.01 or 0.1 training stays finite at gain 2.",
        "Pascanu, Mikolov & Bengio 2013 discuss it; widely repeated",
        stays_finite(
            {f"λ {decay:g}": replace(EXPLODING, decay=decay) for decay in (0.01, 0.1)}, "a loss finite throughout"
        ),
        doubtful=True,
    ),
)
