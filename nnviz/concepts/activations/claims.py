"""Sentences from textbooks about activation functions, put to the test over seeds."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.activations.functions import Name, sigmoid_slope
from nnviz.concepts.activations.nets import Data, Training, finite, train
from nnviz.concepts.activations.tower import passage
from nnviz.core import claims, statistics
from nnviz.core.claims import Claim, Verdict
from nnviz.core.progress import Report, part

INPUTS = 1000  # per seed, for σ′
DEEP = 20  # layers of the tower
GAINS = {"half of He's weights": np.sqrt(0.5), "Xavier's": 1.0, "He's": np.sqrt(2.0)}
DATA: tuple[Data, ...] = ("moons", "circle", "xor", "spiral")
RATES = (0.03, 0.1, 0.3, 1.0)
OTHER = 10_000  # added to a seed: nets on which the rate is chosen are never those that are compared
TUNING_SEEDS = 8
MATTERS = 1.0  # percentage points of test accuracy
HARD: dict[str, Training] = {
    "bias 0": Training(),
    "bias −10": Training(bias=-10.0),
    "rate 1": Training(rate=1.0, hidden=4),
}


def slope_at_most_a_quarter(seeds: Sequence[int], report: Report) -> Verdict:
    """Count inputs, 0 among them, at which σ′ ≤ ¼."""
    report(0.0, "reading off the sigmoid's slope")
    drawn = [np.random.default_rng([seed, 15]).normal(0, 4, INPUTS) for seed in seeds]
    slopes = sigmoid_slope(np.concatenate([np.zeros(1), *drawn]))
    what = "a slope of at most ¼"
    return claims.in_every(int(np.sum(slopes <= 0.25)), slopes.size, what=what, seeds=len(seeds))


def relu_keeps_the_gradient(seeds: Sequence[int], report: Report) -> Verdict:
    """Measure the gradient that survives 20 ReLU layers, under three initializations; less than 1/1000 has vanished."""
    verdicts = {}
    for index, (scheme, gain) in enumerate(GAINS.items()):
        report(index / len(GAINS), f"ReLU tower with {scheme}")
        gradients = np.array([passage("relu", 0.0, float(gain), 0.0, DEEP, seed).gradient for seed in seeds])
        with np.errstate(divide="ignore", invalid="ignore"):  # a gradient of 0 has no logarithm: that seed is lost
            decades = np.log10(gradients[:, 0] / gradients[:, -1])
        interval = statistics.mean_interval(decades)
        what = f"log₁₀ of layer 1's gradient as a share of layer {DEEP}'s"
        verdicts[scheme] = claims.at_least(interval, -3.0, what=what, unit="decades")
    return claims.by_condition(verdicts)


def leaky_leaves_none_dead(seeds: Sequence[int], report: Report) -> Verdict:
    """Count nets of leaky ReLU (leak 0.01) without a dead unit after training, ReLU's beside them."""
    alive = trials = 0
    relu: dict[str, float] = {}
    accuracy: dict[str, float] = {}
    for index, (condition, training) in enumerate(HARD.items()):
        report(index / len(HARD), f"training with {condition}")
        setting = replace(training, seeds=tuple(seeds))
        leaky = train("leaky_relu", 0.01, setting, report=part(report, index / len(HARD), (index + 0.5) / len(HARD)))
        kept = finite(leaky)
        alive, trials = alive + int(np.sum(leaky.dead[1][kept] == 0)), trials + int(np.sum(kept))
        relu[condition] = float(np.mean(train("relu", 0.0, setting).dead[1]))
        accuracy[condition] = float(np.median(leaky.accuracy[-1]))
    verdict = claims.in_every(alive, max(trials, 1), what="a leaky net without a dead unit", seeds=len(seeds))
    listed = ", ".join(f"{100 * share:.0f} % with {condition}" for condition, share in relu.items())
    aside = f"ReLU's dead units: {listed}."
    learned = f"Alive is not learning: with bias −10 leaky nets reach {accuracy['bias −10']:.2f} test accuracy."
    reason = f"{verdict.reason} {aside} {learned}"
    return replace(verdict, reason=reason, details={"dead ReLU units": relu, "leaky accuracy": accuracy})


def swish_beats_relu(seeds: Sequence[int], report: Report) -> Verdict:
    """Compare test accuracy, paired by seed, each function at the rate that suits it best on other seeds."""
    return _compare("swish", "relu", seeds, report)


def tanh_beats_sigmoid(seeds: Sequence[int], report: Report) -> Verdict:
    """The same comparison for tanh and sigmoid."""
    return _compare("tanh", "sigmoid", seeds, report)


def _compare(first: Name, second: Name, seeds: Sequence[int], report: Report) -> Verdict:
    verdicts: dict[str, Verdict] = {}
    for index, data in enumerate(DATA):
        whole = part(report, index / len(DATA), (index + 1) / len(DATA))
        better = _at_best_rate(first, data, seeds, part(whole, 0.0, 0.5))
        worse = _at_best_rate(second, data, seeds, part(whole, 0.5, 1.0))
        gain = statistics.paired_interval(100 * better, 100 * worse)
        verdicts[data] = claims.directional(gain, MATTERS, what="the gain in test accuracy", unit="points")
    return claims.by_condition(verdicts)


def _at_best_rate(name: Name, data: Data, seeds: Sequence[int], report: Report) -> NDArray[np.float64]:
    """Return the test accuracy of every seed at the rate whose mean accuracy is highest on other seeds, (K,)."""
    knob = 1.0 if name == "swish" else 0.0
    others = tuple(OTHER + seed for seed in range(TUNING_SEEDS))
    setting = Training(data=data, hidden=3, epochs=100, noise=0.2, seeds=others)
    means = []
    runs = len(RATES) + 1
    for index, rate in enumerate(RATES):
        told = part(report, index / runs, (index + 1) / runs, f"choosing the rate for {name} on {data}")
        means.append(train(name, knob, replace(setting, rate=rate), report=told).accuracy[-1].mean())
    best = replace(setting, rate=RATES[int(np.argmax(means))], seeds=tuple(seeds))
    last = part(report, len(RATES) / runs, 1.0, f"training {name} on {data}")
    return np.asarray(train(name, knob, best, report=last).accuracy[-1])


CLAIMS = (
    Claim(
        "sigmoid-slope",
        "The sigmoid's derivative is never larger than ¼.",
        "Goodfellow, Bengio & Courville, Deep Learning, 2016",
        slope_at_most_a_quarter,
    ),
    Claim(
        "relu-vanishing",
        "ReLU solves the vanishing gradient.",
        "many tutorials; Glorot, Bordes & Bengio, 2011, say only that its active paths do not vanish",
        relu_keeps_the_gradient,
        doubtful=True,
    ),
    Claim(
        "leaky-dead",
        "Leaky ReLU leaves no dead units.",
        "Maas, Hannun & Ng, 2013",
        leaky_leaves_none_dead,
    ),
    Claim(
        "swish-relu",
        "Swish beats ReLU.",
        "Ramachandran, Zoph & Le, 2017, on deep image networks",
        swish_beats_relu,
        doubtful=True,
    ),
    Claim(
        "tanh-sigmoid",
        "Tanh, centred on zero, trains better nets than the sigmoid.",
        "LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998",
        tanh_beats_sigmoid,
    ),
)
