"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np

from nnviz.concepts.gradient_flow.claims import CLAIMS
from nnviz.concepts.gradient_flow.model import Params, Run, flow_ratio
from nnviz.concepts.gradient_flow.network import backward, forward
from nnviz.concepts.gradient_flow.recipe import recipe
from nnviz.concepts.gradient_flow.training import Floats, clip
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference
from nnviz.core.notation import number

FRACTIONS = (-1, -3, -6, -9)  # decades; the last stands for all below it


def tower(params: Params) -> Params:
    """Return a plain sigmoid MLP of 20 layers at gain 1; width, seeds and the rest stay."""
    return params.but(
        network="mlp", activation="sigmoid", depth=20, gain=1.0, residual=False, normalization="none", clipping="none"
    )


def fraction(run: Run) -> Answer:
    """Grade which fraction of the last layer's gradient reaches layer 1."""
    ratio = float(np.nanmedian(flow_ratio(run.own)))
    choice = int(np.argmin([abs(np.log10(ratio) - exponent) for exponent in FRACTIONS]))
    a_layer = number(ratio ** (1 / (run.params.depth - 1)))
    because = f"It is {number(ratio)}: each of the 19 steps between multiplies by about {a_layer}; σ′ is at most ¼."
    return Answer(choice, because)


def clipped_tower(params: Params) -> Params:
    """Return the sigmoid tower with a clip that always acts, beside the one without."""
    return tower(params).but(clipping="norm", threshold=0.01, cure="clipping", training=True, decay=0.0)


def regained(run: Run) -> Answer:
    """Grade what clipping does to layer 1's share of the first update."""
    clipped, without = (record.update[0, 0] / record.update[0, -1] for record in (run.treated, run.without))
    share, times = float(np.median(clipped)), float(np.median(clipped / without))
    choice = 2 if share > 0.1 else 1 if times > 10 else 0
    because = (
        f"Layer 1's first update is {number(share)} of layer 20's, ×{number(times)} of what it is without the clip: "
    )
    return Answer(choice, because + "one factor shortens all layers alike.")


def exploding_residual(params: Params) -> Params:
    """Return a ReLU MLP at gain 2 with residual connections, beside the one without."""
    changes = {"network": "mlp", "activation": "relu", "gain": 2.0, "depth": 20, "residual": True, "cure": "residual"}
    return params.but(**changes, normalization="none")


def grown(run: Run) -> Answer:
    """Grade what residual connections do to an exploding gradient."""
    with_them, without = (float(np.nanmedian(flow_ratio(record))) for record in (run.treated, run.without))
    choice = 0 if with_them < without / 3 else 1 if with_them < 3 * without else 2
    because = f"Layer 1 gets {number(with_them)} times of layer 20's gradient with them and {number(without)} times "
    return Answer(choice, because + "without: every layer adds to what passes, so nothing shrinks.")


def activation_growth(run: Run) -> Floats:
    """Return how large the last layer's output is beside the first's before training, (K,)."""
    activation = run.own.activation[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(activation[-1] / activation[0])


MEASURES = (
    Measure("layer 1's share of the gradient", "", lambda run: flow_ratio(run.own)),
    Measure("last activation over the first", "", activation_growth),
    Measure("loss", "", lambda run: run.own.loss[-1], "less"),
)

PREDICTIONS = (
    Prediction(
        "A sigmoid network of 20 layers, gain 1: what fraction of layer 20's gradient reaches layer 1?",
        ("About a tenth", "About a thousandth", "About a millionth", "A billionth or less"),
        tower,
        fraction,
    ),
    Prediction(
        "Clip that network's gradient by norm, at 0.01. What becomes of layer 1's update, next to layer 20's?",
        ("It stays as small a fraction", "It gains more than a factor of ten", "It becomes comparable to layer 20's"),
        clipped_tower,
        regained,
    ),
    Prediction(
        "A ReLU network explodes at gain 2. You add residual connections. What becomes of layer 1's share?",
        ("It shrinks", "It stays about the same", "It grows"),
        exploding_residual,
        grown,
    ),
)

PRESETS = (
    Preset(
        "Exploding: gain 2",
        {"gain": 2.0, "depth": 40},
        "Activations grow going forward, gradients going back; the gradient of the weights is their product, huge "
        "at every layer.",
        "exploding gradient",
    ),
    Preset(
        "Vanishing: sigmoid, gain 1",
        {"activation": "sigmoid", "gain": 1.0},
        "The gradient loses a factor of four a layer, while the activations look healthy.",
        "vanishing gradient",
    ),
    Preset(
        "NaN in mid-training",
        {"gain": 1.8},
        "Nothing alarming at initialization; the diagnosis names the step, the layer and the updates that led there.",
        "non-finite",
    ),
    Preset(
        "Clipping against vanishing",
        {"activation": "sigmoid", "gain": 1.0, "clipping": "norm", "threshold": 0.01, "cure": "clipping"},
        "The clip acts at every step, and the map stays as blue: it scales all layers alike.",
        "vanishing gradient",
    ),
    Preset(
        "Residual sums explode",
        {"residual": True, "gain": 2.0, "cure": "residual"},
        "Compare with the net without: every sum adds to the signal, and no normalization holds it.",
        "exploding gradient",
    ),
    Preset(
        "Batch normalization, 64 layers",
        {"normalization": "batch", "depth": 64, "cure": "normalization"},
        "The activations are perfectly level, and the gradient still explodes, at every gain.",
        "exploding gradient",
    ),
    Preset(
        "An RNN forgets",
        {"network": "rnn", "activation": "tanh", "gain": 0.5, "depth": 40, "cure": "residual"},
        "The answer stands in the first number; its gradient is lost on the way back through time.",
        "vanishing gradient",
    ),
)

REFERENCES = (
    Reference(
        "Bengio, Simard & Frasconi: Learning long-term dependencies with gradient descent is difficult",
        1994,
        "https://doi.org/10.1109/72.279181",
    ),
    Reference(
        "Glorot & Bengio: Understanding the difficulty of training deep feedforward neural networks",
        2010,
        "https://proceedings.mlr.press/v9/glorot10a.html",
    ),
    Reference(
        "Glorot, Bordes & Bengio: Deep sparse rectifier neural networks",
        2011,
        "https://proceedings.mlr.press/v15/glorot11a.html",
    ),
    Reference(
        "Pascanu, Mikolov & Bengio: On the difficulty of training recurrent neural networks",
        2013,
        "https://arxiv.org/abs/1211.5063",
    ),
    Reference("He, Zhang, Ren & Sun: Delving deep into rectifiers", 2015, "https://arxiv.org/abs/1502.01852"),
    Reference("Ioffe & Szegedy: Batch normalization", 2015, "https://arxiv.org/abs/1502.03167"),
    Reference("He, Zhang, Ren & Sun: Deep residual learning", 2016, "https://arxiv.org/abs/1512.03385"),
    Reference("Ba, Kiros & Hinton: Layer normalization", 2016, "https://arxiv.org/abs/1607.06450"),
    Reference("Yang et al.: A mean field theory of batch normalization", 2019, "https://arxiv.org/abs/1902.08129"),
    Reference(
        "Zhang, Dauphin & Ma: Fixup initialization: residual learning without normalization",
        2019,
        "https://arxiv.org/abs/1901.09321",
    ),
)

lesson = Lesson(
    intro="A gradient reaches the first layer only through all the others, and each multiplies it by its weights and "
    "its slope: below 1 it fades, above 1 it blows up. Drag the gain, watch the blue line fall towards layer 1, then "
    "find what keeps it level, and what each cure leaves ill.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(forward, backward, clip),
    references=REFERENCES,
    measures=MEASURES,
    recipe=recipe,
    notes=(
        Note(
            2,
            "Before touching anything ask: “Twenty factors of 0.75: how much is left?” (0.003: follow the blue line.)",
        ),
        Note(
            3,
            "Drag the gain to 1.41 and stop: both lines are level, this is He initialization. Ask: “Why √2?” (ReLU "
            "silences half of the squared signal, so the squared weights must double it.)",
        ),
        Note(
            3,
            "Play the training and compare the losses. Ask: “Why does the dashed one rest at 0.69?” (log 2: a coin "
            "toss. Layer 1 hardly moves, and what it lets through has faded before the end.)",
        ),
        Note(
            3,
            "Break it, “Clipping against vanishing”. Ask: “The clip acts at every step: why does it not help?” "
            "(One factor for all layers leaves their ratio alone.)",
        ),
        Note(2, "Break it, “Batch normalization, 64 layers”. Ask: “Activations are perfect. What of the gradient?”"),
    ),
)
