"""The words of the page: what to watch, what breaks, what a presenter asks."""

from nnviz.concepts.neuron.claims import CLAIMS
from nnviz.concepts.neuron.fitting import shares, starting_weights
from nnviz.concepts.neuron.predictions import PREDICTIONS
from nnviz.concepts.neuron.recipe import recipe
from nnviz.concepts.neuron.unit import activate, neuron
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

INTRO = """A neuron multiplies each input by a weight, adds the products and a bias, and bends the sum: y = φ(w·x + b).
Drag the **weights** and watch the line turn; drag the **bias** and watch it move. Then choose **Many neurons** as the
large picture and add them one by one: each bends once, and their sum follows a curve."""

PRESETS = (
    Preset(
        "All weights zero",
        {"w1": 0.0, "w2": 0.0, "b": 0.5},
        "Every product is 0: the inputs no longer matter, the plane has one colour and there is no line.",
        "collapse",
    ),
    Preset(
        "A dead ReLU",
        {"activation": "relu", "w1": 0.5, "w2": 0.5, "b": -2.5, "x1": 2.0, "x2": 2.0},
        "The bias is so negative that no input lifts the sum above 0: output 0, slope 0, nothing left to learn by.",
        "dead units",
    ),
    Preset(
        "A saturated sigmoid",
        {"activation": "sigmoid", "w1": 3.0, "w2": -2.5, "b": 1.0, "x1": 1.8, "x2": -1.4},
        "The dot sits on the flat end of φ: the output is almost 1 and the slope almost 0, so no gradient passes.",
        "saturation",
    ),
    Preset(
        "A network of zeros",
        {"picture": "network", "neurons": 8, "start": "zeros"},
        "Eight neurons that start alike get the same gradient, here none at all: the network stays a constant.",
        "symmetric units",
    ),
)

MEASURES = (
    Measure("error of the network", "", lambda run: run.fit.error, "less"),
    Measure("output of the neuron", "", lambda run: run.output),
    Measure("steepness of the neuron", "", lambda run: run.slope * run.length),
)

REFERENCES = (
    Reference(
        "McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity",
        1943,
        "https://doi.org/10.1007/BF02478259",
    ),
    Reference(
        "Rosenblatt, The perceptron: a probabilistic model for information storage and organization in the brain",
        1958,
        "https://doi.org/10.1037/h0042519",
    ),
    Reference(
        "Cybenko, Approximation by superpositions of a sigmoidal function", 1989, "https://doi.org/10.1007/BF02551274"
    ),
    Reference(
        "Hornik, Approximation capabilities of multilayer feedforward networks",
        1991,
        "https://doi.org/10.1016/0893-6080(91)90009-T",
    ),
    Reference("Goodfellow, Bengio & Courville, Deep Learning, MIT Press", 2016, "https://www.deeplearningbook.org"),
    Reference("Kingma & Ba, Adam: a method for stochastic optimization, ICLR", 2015, "https://arxiv.org/abs/1412.6980"),
)

NOTES = (
    Note(
        3,
        "Read the diagram aloud from left to right with the numbers on it. Ask: what comes out if x₁ falls to −1? Let "
        "the class compute the product, the sum and the side of the line, then set it.",
    ),
    Note(
        3,
        "Ask the first prediction (Q). Then back to the picture and w₁ to 0: where does the line go? (It lies flat, "
        "and x₁ no longer matters.) Then w₁ back to 1.",
    ),
    Note(
        2,
        "Large picture “Its outputs over the plane”. Drag the bias from −2 to 2. Ask: what stays? (The normal: the "
        "line moves and does not turn.)",
    ),
    Note(
        4,
        "Large picture “Many neurons”, curve “Bump”. With one neuron ask: why can it not come down again? Then two: "
        "one goes up, one goes down. Then 4, 8, 16.",
    ),
    Note(
        2, "Same picture, activation “Linear”: 16 neurons and still a straight line. Ask: what was the bend good for?"
    ),
)


lesson = Lesson(
    intro=INTRO,
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(neuron, activate, shares, starting_weights),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=NOTES,
)
