"""The words of the page: questions, what breaks, what is claimed, who said it."""

import numpy as np

from nnviz.concepts.batch_size import experiments, hero, look, noise_charts, result_charts
from nnviz.concepts.batch_size.gradients import example_gradients, mini_batch_gradients, two_batch_estimates
from nnviz.concepts.batch_size.model import Params, Run
from nnviz.concepts.batch_size.recipe import recipe
from nnviz.core.claims import Claim
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference
from nnviz.core.notation import significant

SHRINK = {"It stays the same": 1.0, "To a half": 1 / 2, "To a quarter": 1 / 4, "To a sixteenth": 1 / 16}
CONTESTANTS = ("1", "16", "full")


def four_times(run: Run) -> float:
    """Return the measured ratio of the gradient's standard deviation at 4B to that at B, geometric mean over all B."""
    measured = run.spread.measured  # at 1, 2, 4, …: two places on is four times the batch
    return float(np.exp(0.5 * np.log(measured[2:] / measured[:-2]).mean()))


def grade_noise(run: Run) -> Answer:
    """Grade by the measured standard deviations."""
    ratio = four_times(run)
    choice = int(np.argmin([abs(np.log(ratio / factor)) for factor in SHRINK.values()]))
    because = (
        f"Measured over all batch sizes, the standard deviation at four times the batch is {ratio:.2f} times as large; "
    )
    because += f"the variance falls with exponent {noise_charts.slope(run):.2f}.".replace("-", "−")
    return Answer(choice, because)


def grade_winner(run: Run) -> Answer:
    """Grade by the median training loss at the end."""
    winner = result_charts.best(run)
    ends = [significant(float(hero.losses(run, index).median[-1])) for index in range(len(run.batches))]
    names = [look.name(int(batch)) for batch in run.batches]
    steps = [f"{int(count):,}" for count in run.curves.steps[-1]]
    told = [f"{one} at {end} after {count} steps" for one, end, count in zip(names, ends, steps, strict=True)]
    return Answer(winner, f"Median training loss at the end: {look.listed(told)}.")


def contestants(params: Params, budget: str) -> Params:
    """Return the settings on screen with three batch sizes at one rate and the given budget."""
    return params.but(batch_sizes=CONTESTANTS, scaling="fixed", budget=budget)


lesson = Lesson(
    intro=(
        "A step follows the mean gradient of a batch. A small batch gives many cheap, noisy steps; a large one gives "
        "few exact steps. Which is faster depends on the clock: press play and watch the same runs by steps, by "
        "examples and by seconds. Drag the learning rate to see who breaks first."
    ),
    predictions=(
        Prediction(
            "Four times the batch: to what does the gradient's noise (standard deviation) shrink?",
            tuple(SHRINK),
            lambda params: params.but(draw="with"),
            grade_noise,
        ),
        Prediction(
            "All get the same number of epochs, at one rate. Who ends with the lowest training loss?",
            ("Batch 1", "Batch 16", "The full batch"),
            lambda params: contestants(params, "epochs"),
            grade_winner,
        ),
        Prediction(
            "Now all get the same number of steps. Who ends with the lowest training loss?",
            ("Batch 1", "Batch 16", "The full batch"),
            lambda params: contestants(params, "steps"),
            grade_winner,
        ),
    ),
    presets=(
        Preset(
            "Batch 1, a large rate",
            {"batch_sizes": CONTESTANTS, "rate": 1.5},
            "One noisy example after the other throws the weights about; the full batch bears the same rate.",
            "divergence",
        ),
        Preset(
            "Full batch, a tiny rate",
            {"batch_sizes": ("1", "full"), "rate": 0.002},
            "Forty exact steps that lead nowhere; batch 1 takes 256 times as many.",
            "underfitting",
        ),
        Preset(
            "Linear scaling too far",
            {"batch_sizes": ("16", "64", "full"), "rate": 2.0, "scaling": "linear"},
            "Sixteen times the batch asks for sixteen times the rate: at some size that is more than the loss bears.",
            "divergence",
        ),
    ),
    claims=(
        Claim(
            "gradient-variance",
            "The variance of a mini-batch's gradient is proportional to 1/B.",
            "Goodfellow, Bengio & Courville, Deep Learning, 2016, section 8.1.3",
            experiments.gradient_variance,
        ),
        Claim(
            "small-generalize-better",
            "Small batches generalize better than large ones.",
            "Keskar et al., 2017; Masters & Luschi, 2018",
            experiments.small_generalize_better,
            doubtful=True,
        ),
        Claim(
            "large-regularize",
            "Large batches act as a regularizer: with wrong labels about, they reach a better test accuracy.",
            "the opposite of what Goodfellow, Bengio & Courville, 2016, say of small ones",
            experiments.large_regularize,
            doubtful=True,
        ),
        Claim(
            "less-time-per-epoch",
            "Larger batches take less time per epoch: each doubling makes it at least a tenth quicker.",
            "Goyal et al., 2017",
            experiments.less_time_per_epoch,
        ),
    ),
    heart=(example_gradients, mini_batch_gradients, two_batch_estimates),
    references=(
        Reference(
            "Robbins & Monro, A stochastic approximation method", 1951, "https://doi.org/10.1214/aoms/1177729586"
        ),
        Reference(
            "Keskar, Mudigere, Nocedal, Smelyanskiy & Tang, On large-batch training for deep learning",
            2017,
            "https://arxiv.org/abs/1609.04836",
        ),
        Reference(
            "Goyal et al., Accurate, large minibatch SGD: training ImageNet in 1 hour",
            2017,
            "https://arxiv.org/abs/1706.02677",
        ),
        Reference(
            "McCandlish, Kaplan, Amodei et al., An empirical model of large-batch training",
            2018,
            "https://arxiv.org/abs/1812.06162",
        ),
        Reference("Masters & Luschi, Revisiting small batch training", 2018, "https://arxiv.org/abs/1804.07612"),
        Reference(
            "Shallue et al., Measuring the effects of data parallelism on neural network training",
            2019,
            "https://jmlr.org/papers/v20/18-789.html",
        ),
        Reference("Goodfellow, Bengio & Courville, Deep Learning", 2016, "https://www.deeplearningbook.org"),
    ),
    measures=(
        Measure("training loss, smallest batch", "", lambda run: run.curves.loss[-1, 0], "less"),
        Measure("training loss, largest batch", "", lambda run: run.curves.loss[-1, -1], "less"),
        Measure("test accuracy, smallest batch", "", lambda run: run.curves.test_accuracy[0], "more"),
        Measure("test accuracy, largest batch", "", lambda run: run.curves.test_accuracy[-1], "more"),
    ),
    recipe=recipe,
    notes=(
        Note(
            2,
            "Cover the second and third clock and ask who wins. By steps the large batches are ahead, by examples "
            "the small ones; set the budget to seconds and something between wins. Same runs.",
        ),
        Note(
            3,
            "The cloud: ask what four times the batch does to its width before you play. (Half: √4.) Then show the "
            "crossing in the variance chart: where tr Σ / B meets ‖G‖², noise equals signal. That B is the noise scale.",
        ),
        Note(
            2,
            "Drag the rate up. Ask who breaks first. (Batch 1.) Then set the rate to linear scaling and compare the "
            "curves by examples: they fall on top of each other, until the largest batch breaks.",
        ),
        Note(
            2,
            "Turn label noise to 0.3 and look at the accuracies. Ask why the test is above the training. (The test "
            "labels are right; who learned the wrong ones pays there.)",
        ),
        Note(
            1,
            "Claims: ask which of the two opposite ones the class believes. Both are tested; read the reason under "
            "each verdict.",
        ),
    ),
)
