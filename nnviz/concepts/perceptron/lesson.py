"""The words of the page: what to watch, what breaks, what a presenter asks."""

from nnviz.concepts.perceptron.bound import most_mistakes
from nnviz.concepts.perceptron.claims import CLAIMS
from nnviz.concepts.perceptron.predictions import PREDICTIONS
from nnviz.concepts.perceptron.recipe import recipe
from nnviz.concepts.perceptron.rule import learn, next_mistake
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

INTRO = """The perceptron looks at one point after the other. Is it on the right side of the line? Then nothing happens.
If not, the point itself is added to the weights, w ← w + ηyx, and the line **turns**. Step through the mistakes, make
the **margin** small, and see why it must stop; then try **XOR**, where it never does."""

PRESETS = (
    Preset(
        "XOR goes round in circles",
        {"data": "xor"},
        "Every mistake undoes another: the weights come back to where they were, and everything repeats for ever.",
        "underfitting",
    ),
    Preset(
        "Overlapping classes",
        {"data": "overlapping"},
        "Each point in the other cloud pulls the line away again: training is broken off in the middle of the jumping.",
        "underfitting",
    ),
    Preset(
        "Broken off too early",
        {"gap": 0.05, "passes": 1},
        "The margin is a hair: a line exists, but one pass is too little to turn to it.",
        "underfitting",
    ),
)

MEASURES = (
    Measure("mistakes", "", lambda run: run.mistakes, "less"),
    Measure("points on the wrong side", "", lambda run: run.wrong, "less"),
    Measure("margin of its line", "", lambda run: run.margins, "more"),
)

REFERENCES = (
    Reference(
        "Rosenblatt, The perceptron: a probabilistic model for information storage and organization in the brain",
        1958,
        "https://doi.org/10.1037/h0042519",
    ),
    Reference(
        "Novikoff, On convergence proofs on perceptrons, Symposium on the Mathematical Theory of Automata",
        1962,
        "https://apps.dtic.mil/sti/citations/AD0298258",
    ),
    Reference(
        "Block & Levin, On the boundedness of an iterative procedure for solving a system of linear inequalities",
        1970,
        "https://doi.org/10.1090/S0002-9939-1970-0265383-5",
    ),
    Reference(
        "Boser, Guyon & Vapnik, A training algorithm for optimal margin classifiers, COLT",
        1992,
        "https://doi.org/10.1145/130385.130401",
    ),
    Reference(
        "scikit-learn: sklearn.linear_model.Perceptron",
        2024,
        "https://scikit-learn.org/stable/modules/generated/sklearn.linear_model.Perceptron.html",
    ),
)

NOTES = (
    Note(
        3,
        "Go to the start, press “one step forward”. Before each step ask: which way will the line turn? (The ringed "
        "point’s own vector is added, or taken away if it is a circle.)",
    ),
    Note(
        2,
        "Ask the first prediction, then drag the margin from 0.4 to 0.2 and read the dashed line in “Mistakes so far”.",
    ),
    Note(
        4,
        "“Why it must stop”: the length must grow at least like k and can grow at most like √k. Ask: where do two such "
        "lines meet? (At (R/γ)².)",
    ),
    Note(
        3,
        "Break it, “XOR goes round in circles”. Ask: how could the computer notice? (Same weights at the same place in "
        "the order: then everything that follows is the same too.)",
    ),
    Note(2, "Points “Your own”: let the class place six points that need as many mistakes as possible."),
)

lesson = Lesson(
    intro=INTRO,
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(learn, next_mistake, most_mistakes),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=NOTES,
)
