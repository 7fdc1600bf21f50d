"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

from nnviz.concepts.batch_norm.claims import CLAIMS
from nnviz.concepts.batch_norm.predictions import PREDICTIONS
from nnviz.concepts.batch_norm.recipe import recipe
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference
from nnviz.models.norms import follow, normalised

MEASURES = (
    Measure("test error with the norm", "%", lambda run: run.test, "less"),
    Measure("test error without", "%", lambda run: 100 * run.plain.modes[0], "less"),
    Measure("training loss with the norm", "", lambda run: run.own.final, "less"),
    Measure("training loss without", "", lambda run: run.plain.final, "less"),
)

PRESETS = (
    Preset(
        "Batch of two",
        {"batch": 2, "data": "moons", "rate": 0.1},
        "Two numbers, centred and scaled, are always −1 and +1: the net with the norm hardly learns the two moons, the one "
        "without does. The chart of both modes shows what larger batches change.",
        "underfitting",
    ),
    Preset(
        "Forgetting evaluation mode",
        {"eval_mode": False},
        "Nothing about the weights is wrong, but every answer now depends on the points that happen to come along.",
        "train mode at test",
    ),
)

REFERENCES = (
    Reference("Ioffe & Szegedy: Batch normalization", 2015, "https://arxiv.org/abs/1502.03167"),
    Reference(
        "Santurkar, Tsipras, Ilyas & Madry: How does batch normalization help optimization?",
        2018,
        "https://arxiv.org/abs/1805.11604",
    ),
    Reference(
        "Bjorck, Gomes, Selman & Weinberger: Understanding batch normalization",
        2018,
        "https://arxiv.org/abs/1806.02375",
    ),
    Reference("Ba, Kiros & Hinton: Layer normalization", 2016, "https://arxiv.org/abs/1607.06450"),
    Reference("Wu & He: Group normalization", 2018, "https://arxiv.org/abs/1803.08494"),
    Reference("PyTorch: BatchNorm1d", 2026, "https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html"),
)

lesson = Lesson(
    intro="The same deep net twice, from the same weights on the same batches: without a norm and with one. Play the training "
    "and watch what every layer is given. Make the batches small, make the steps large, forget evaluation mode, and put "
    "noise after the norm, which undoes it: does what helped go away?",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(normalised, follow),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=(
        Note(
            2,
            "Play the training at a learning rate of 0.3, then 1. Ask: “Which side stays in place? Which one learns?”",
        ),
        Note(
            3,
            "Ask the first prediction (Q): the norm keeps every layer's input in place, the noise moves it at every step. Then "
            "set noise after the norm to 0.5, read the test errors, and under Claims the verdict.",
        ),
        Note(
            3,
            "Noise back to 0, batch size 32, 8, 4, 2. Ask: “From two numbers take the mean and divide by the deviation. What is left?” (−1 and +1.) "
            "The same on points of your own: [build your own network](/playground?normalization=batch&activation=relu).",
        ),
        Note(
            2,
            "Reset, then evaluation mode off. Ask: “You send one photo, then the same with others. May the answer change?” (It does: "
            "the diagnosis counts how often.)",
        ),
        Note(
            2,
            "Below (V), “Which rates still train”: ask for the largest rate on each side, then try it with the learning rate.",
        ),
    ),
)
