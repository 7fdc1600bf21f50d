"""What is said, asked and claimed about dropout."""

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.dropout.claims import CLAIMS
from nnviz.concepts.dropout.model import Run
from nnviz.concepts.dropout.predictions import PREDICTIONS
from nnviz.concepts.dropout.recipe import recipe
from nnviz.concepts.dropout.thinning import dropout, forward, test_factor
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

INTRO = """At every step of training, every example meets another **thinned network**: each hidden unit is switched off
with the **dropout rate**. At test all units answer at once. Play the timeline and watch units flicker out on the left
while the surface on the right stays calm. Then drag the rate: training accuracy falls, and for a while test accuracy
rises."""

PRESETS = (
    Preset(
        "0.9 everywhere",
        {"rate": 0.9, "width": 8, "noise": 0.2},
        "Eight units a layer, of which fewer than one is left on average: even the training points are not learned.",
        "underfitting",
    ),
    Preset(
        "Forget eval mode",
        {"eval_mode": False, "rate": 0.8},
        "The surface turns to salt and pepper: ask the same question twice and you get two answers.",
        "train mode at test",
    ),
    Preset(
        "Forget to rescale",
        {"scaling": "none"},
        "Accuracy hides it. Read the diagnosis: the outputs are four times too large, so every error is a loud one.",
        "missing rescale",
    ),
    Preset(
        "Multiply by the rate",
        {"scaling": "rate", "rate": 0.2},
        "The slip that rate 0.5 conceals: at 0.2 the outputs shrink to almost nothing and the boundary moves.",
        "missing rescale",
    ),
)

REFERENCES = (
    Reference(
        "Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, Dropout: a simple way to prevent neural networks "
        "from overfitting, JMLR",
        2014,
        "https://jmlr.org/papers/v15/srivastava14a.html",
    ),
    Reference(
        "Hinton et al., Improving neural networks by preventing co-adaptation of feature detectors",
        2012,
        "https://arxiv.org/abs/1207.0580",
    ),
    Reference(
        "Gal & Ghahramani, Dropout as a Bayesian approximation: representing model uncertainty in deep learning, ICML",
        2016,
        "https://arxiv.org/abs/1506.02142",
    ),
    Reference(
        "Wager, Wang & Liang, Dropout training as adaptive regularization, NeurIPS",
        2013,
        "https://arxiv.org/abs/1307.1493",
    ),
    Reference(
        "Goodfellow, Bengio & Courville, Deep Learning, section 7.12",
        2016,
        "https://www.deeplearningbook.org/contents/regularization.html",
    ),
    Reference(
        "PyTorch, torch.nn.Dropout (inverted dropout)",
        2025,
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html",
    ),
)

NOTES = (
    Note(
        2,
        "Play once. Ask: is it the same network at two steps? No: each example at each step has a mask of its own, "
        "drawn from 2⁶⁴ thinned networks that share their weights.",
    ),
    Note(
        3,
        "Drag the rate from 0 to 0.9 slowly, then look below (V) at “Accuracy against the rate”. Ask where test accuracy "
        "turns. Training accuracy only falls; test accuracy rises first, because the wide network had memorized the "
        "overlapping points.",
    ),
    Note(3, "Ask the first prediction (Q), then “Show this run above”. Why worse? There were no units to spare."),
    Note(
        3,
        "Break it → Forget eval mode, then Forget to rescale. The first is seen at once; the second leaves "
        "accuracy alone and multiplies the loss. Ask which is the more dangerous in a real project.",
    ),
    Note(
        2,
        "Reset, then below (V) “What many thinned networks say together”: one alone is a little worse, a few are as good "
        "as all units in one pass. That pass is the cheap stand-in for the average, and exact only for a linear network.",
    ),
)


def gain(run: Run) -> NDArray[np.float64]:
    """Return what dropout adds to the test accuracy of each seed, in points."""
    with_dropout, without = (run.curves[name].test_accuracy[-1] for name in ("dropout", "none"))
    return np.asarray(100 * (with_dropout - without))


MEASURES = (
    Measure("test accuracy", "", lambda run: run.curves["dropout"].test_accuracy[-1], "more"),
    Measure("gain over no dropout", "points", gain, "more"),
    Measure("training accuracy", "", lambda run: run.curves["dropout"].train_accuracy[-1]),
    Measure("test loss", "", lambda run: run.curves["dropout"].test_loss[-1], "less"),
)

lesson = Lesson(
    intro=INTRO,
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(dropout, test_factor, forward),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=NOTES,
)
