"""The settings of the page: what TensorFlow Playground lets one choose, and what its users ask for."""

from typing import Any, Literal, Self

from pydantic import field_validator

from nnviz.concepts.playground.problem import FEATURES, REAL_NAMES, TOY_NAMES
from nnviz.core import params
from nnviz.data import points as own_points

Activation = Literal["linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus"]
ACTIVATION_NAMES = {
    "linear": "Linear", "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "leaky_relu": "Leaky ReLU",
    "elu": "ELU", "gelu": "GELU", "silu": "Swish / SiLU", "softplus": "Softplus",
}  # fmt: skip
Optimizer = Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
OPTIMIZER_NAMES = {
    "sgd": "SGD", "momentum": "SGD with momentum", "nesterov": "Nesterov", "adagrad": "Adagrad", "rmsprop": "RMSprop",
    "adam": "Adam", "adamw": "AdamW",
}  # fmt: skip
Initialization = Literal[
    "pytorch", "playground", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "lecun_uniform",
    "lecun_normal", "orthogonal", "normal", "uniform", "constant", "zeros",
]  # fmt: skip
INITIALIZATION_NAMES = {
    "pytorch": "PyTorch's default", "playground": "TensorFlow Playground's (±½, bias 0.1)",
    "xavier_uniform": "Xavier / Glorot, uniform", "xavier_normal": "Xavier / Glorot, normal",
    "he_uniform": "He, uniform", "he_normal": "He, normal", "lecun_uniform": "LeCun, uniform",
    "lecun_normal": "LeCun, normal", "orthogonal": "Orthogonal", "normal": "Normal, deviation = scale",
    "uniform": "Uniform, ± scale", "constant": "Constant = scale", "zeros": "All zero",
}  # fmt: skip
Loss = Literal["cross_entropy", "half_mse", "huber", "mae"]
Schedule = Literal["constant", "step", "exponential", "cosine", "warmup", "one_cycle", "plateau"]
Scaling = Literal["plane", "playground", "standard", "thousand"]
LAYERS, UNITS = 6, 16
BY_HAND = {"editing": ("1",)}
DATA_NAMES = TOY_NAMES | {"points": "Your own points"} | REAL_NAMES
EDIT = r"[0-6]\.[0-9]{1,2}\.([0-9]{1,2}|b)"


def _units(layer: int, default: int) -> Any:
    allowed = tuple(str(count) for count in range(layer, LAYERS + 1))
    help_text = f"Units of hidden layer {layer}; the picture shows what each of them computes over the plane"
    return params.field(
        default, f"Units, layer {layer}", help_text, ge=1, le=UNITS, live=True, when={"layers": allowed}
    )


def _activation(layer: int) -> Any:
    allowed = tuple(str(count) for count in range(layer, LAYERS + 1))
    return params.field(
        "tanh" if layer % 2 else "relu", f"Activation, layer {layer}", f"Activation of hidden layer {layer}",
        labels=ACTIVATION_NAMES, more=True, when={"activation": ("mixed",), "layers": allowed},
    )  # fmt: skip


class Params(params.Params):
    """The settings of the page."""

    editing: bool = params.field(
        False, "Change weights by hand", "Click a dot on a wire (its weight) or at a unit's corner (its bias), then "
        "move the slider. The network goes on from where its training ended", when=BY_HAND,
    )  # fmt: skip
    weight: float = params.field(
        0.0, "Weight of the chosen wire", "The value that replaces what training found", ge=-20, le=20,
        multiple_of=0.01, live=True, when=BY_HAND,
    )  # fmt: skip
    train_on: int = params.field(
        50, "Train on for", "Epochs after your change; 0 shows what the change alone does", ge=0, le=500,
        unit="epochs", live=True, when=BY_HAND,
    )  # fmt: skip
    data: str = params.field(
        "circle", "Data", "What the network learns: toy sets of TensorFlow Playground and others, your own points, two "
        "columns of a real set; send a table of your own below the charts",
        labels=DATA_NAMES, editor="choice",
        pattern=rf"^({'|'.join(DATA_NAMES)}|csv:[0-9a-f]{{1,64}}(-[0-9]{{1,3}})?)$",
    )  # fmt: skip
    points: str = params.field(
        "", "Your points", "Click to add a point of the chosen class, drag it, double-click to remove it",
        editor="points", live=True, when={"data": ("points",)},
    )  # fmt: skip
    first: int = params.field(
        1, "Column on x₁", "Number of the real set's column that becomes x₁, standardised; the axis shows its name",
        ge=1, le=30, live=True, when={"data": tuple(REAL_NAMES)},
    )  # fmt: skip
    second: int = params.field(
        2, "Column on x₂", "Number of the real set's column that becomes x₂, standardised; the axis shows its name",
        ge=1, le=30, live=True, when={"data": tuple(REAL_NAMES)},
    )  # fmt: skip
    features: tuple[Literal["x1", "x2", "x1x1", "x2x2", "x1x2", "sin1", "sin2"], ...] = params.field(
        ("x1", "x2"), "Features", "What the network is given of a point. The right feature can replace a whole layer",
        labels=FEATURES,
    )  # fmt: skip
    layers: int = params.field(
        2, "Hidden layers", "Layers between features and output. With none, the network is a linear model of its "
        "features", ge=0, le=LAYERS, live=True,
    )  # fmt: skip
    units1: int = _units(1, 4)
    units2: int = _units(2, 2)
    units3: int = _units(3, 4)
    units4: int = _units(4, 4)
    units5: int = _units(5, 4)
    units6: int = _units(6, 4)
    rate: float = params.field(
        0.1, "Learning rate", "Step size η: too small and nothing happens, too large and the loss jumps or explodes",
        ge=1e-5, le=10, log=True, live=True,
    )  # fmt: skip
    activation: Literal[
        "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "mixed"
    ] = params.field(
        "tanh", "Activation", "The bend in every unit. Without one (linear), many layers are no more than one",
        labels=ACTIVATION_NAMES | {"mixed": "One for each layer (see More)"},
    )  # fmt: skip
    activation1: Activation = _activation(1)
    activation2: Activation = _activation(2)
    activation3: Activation = _activation(3)
    activation4: Activation = _activation(4)
    activation5: Activation = _activation(5)
    activation6: Activation = _activation(6)
    epochs: int = params.field(
        200, "Epochs", "Passes over the training points; every pass in a new order", ge=1, le=2000, log=True,
        live=True, more=True,
    )  # fmt: skip
    optimizer: Optimizer = params.field(
        "sgd", "Optimizer", "How a gradient becomes a step; formulas of torch.optim. Adam likes rates around 0.01",
        labels=OPTIMIZER_NAMES, more=True,
    )  # fmt: skip
    momentum: float = params.field(
        0.9, "Momentum", "Share of the last step that is kept", ge=0, le=0.99, multiple_of=0.01, live=True, more=True,
        when={"optimizer": ("momentum", "nesterov")},
    )  # fmt: skip
    schedule: Schedule = params.field(
        "constant", "Schedule of the rate", "How the learning rate changes over the epochs",
        labels={"constant": "Constant", "step": "÷ 10 at ½ and ¾", "exponential": "Exponential, to 1 %",
                "cosine": "Cosine, to 0", "warmup": "Warm-up of a tenth, then cosine",
                "one_cycle": "One cycle: up to 0.3, then down",
                "plateau": "÷ 10 when the training loss stops falling"}, more=True,
    )  # fmt: skip
    batch: int = params.field(
        10, "Batch size", "Points per step; the smaller last batch is averaged over its own points",
        ge=1, le=500, log=True, live=True, more=True,
    )  # fmt: skip
    loss: Loss = params.field(
        "cross_entropy", "Loss", "What training makes small. A regression has the ½ squared error instead of "
        "cross-entropy; classes as numbers ±1 come with a tanh output, as in TensorFlow Playground",
        labels={"cross_entropy": "Cross-entropy", "half_mse": "½ squared error (TF Playground)", "huber": "Huber",
                "mae": "Absolute error"}, more=True,
    )  # fmt: skip
    penalty: Literal["none", "l1", "l2", "both", "max_norm"] = params.field(
        "none", "Regularization", "L1 pulls every weight to 0 by the same amount, L2 in proportion to its size; max-norm "
        "leaves weights alone until those into one unit are together too long (the page on regularization bounds a whole "
        "layer's); biases are left alone",
        labels={"none": "None", "l1": "L1", "l2": "L2", "both": "L1 and L2", "max_norm": "Max-norm"}, more=True,
    )  # fmt: skip
    strength: float = params.field(
        0.003, "Regularization rate", "λ of λ Σ|w| and of λ/2 Σw²", ge=1e-5, le=10, log=True, live=True, more=True,
        when={"penalty": ("l1", "l2", "both")},
    )  # fmt: skip
    longest: float = params.field(
        2.0, "Longest weights", "After every step the weights into a unit are shortened to this norm, if they are longer",
        ge=0.05, le=50, log=True, live=True, more=True, when={"penalty": ("max_norm",)},
    )  # fmt: skip
    dropout: tuple[float, ...] = params.field(
        (0.0,) * LAYERS, "Dropout, by layer", "Share of each hidden layer's units silenced at every step (not at test)",
        ge=0, le=0.9, multiple_of=0.05, live=True, more=True,
    )  # fmt: skip
    normalization: Literal["none", "layer", "batch"] = params.field(
        "none", "Normalization", "Layer: each point's sums get mean 0 and variance 1 over the units of a layer; of one "
        "unit nothing is left, of two only a sign. Batch: each unit's sums get them over the points of a batch; of one "
        "point nothing is left, of two only a sign. The picture and the scores use the running mean and variance "
        "instead",
        labels={"none": "None", "layer": "Layer normalization", "batch": "Batch normalization"}, more=True,
    )  # fmt: skip
    residual: bool = params.field(
        False, "Residual connections", "A hidden layer as wide as the hidden layer before it adds to it instead of "
        "replacing it: h + φ(Wh + b)", more=True,
    )  # fmt: skip
    initialization: Initialization = params.field(
        "pytorch", "Initialization", "How the first weights are drawn", labels=INITIALIZATION_NAMES, more=True
    )
    gain: float = params.field(
        1.0, "Scale of the first weights", "Factor on all weights at the start", ge=0.01, le=30, log=True, live=True,
        more=True,
    )  # fmt: skip
    clipping: Literal["none", "norm", "value"] = params.field(
        "none", "Gradient clipping", "By norm shortens the whole gradient, by value cuts each of its numbers",
        labels={"none": "None", "norm": "By norm", "value": "By value"}, more=True,
    )  # fmt: skip
    threshold: float = params.field(
        1.0, "Clipping threshold", "The longest gradient (or largest number in it) that is let through",
        ge=1e-3, le=100, log=True, live=True, more=True, when={"clipping": ("norm", "value")},
    )  # fmt: skip
    noise: float = params.field(
        0.04, "Noise", "Standard deviation of the Gaussian added to every point (to the target of a regression), in "
        "units of the plane", ge=0, le=1, multiple_of=0.02, live=True, more=True, when={"data": tuple(TOY_NAMES)},
    )  # fmt: skip
    examples: int = params.field(
        500, "Points", "Points of a toy set, training and test together", ge=20, le=1200, multiple_of=10, live=True,
        more=True, when={"data": tuple(TOY_NAMES)},
    )  # fmt: skip
    share: float = params.field(
        0.5, "Training share", "Share of the points that is trained on; the rest is the test",
        ge=0.1, le=0.9, multiple_of=0.05, live=True, more=True,
    )  # fmt: skip
    leak: float = params.field(
        0.0, "Leaking test points", "Share of the test points that slips into the training part as well",
        ge=0, le=1, multiple_of=0.05, live=True, more=True,
    )  # fmt: skip
    scaling: Scaling = params.field(
        "plane", "Units of the features", "In which units the network is given its features",
        labels={"plane": "As drawn", "playground": "TensorFlow Playground's (× 2.5)", "standard": "Standardised",
                "thousand": "x₂ in thousandths (× 1000)"}, more=True,
    )  # fmt: skip
    seed: int = params.field(
        0, "Weight seed", "Draws the first weights, the orders and the dropout of the network in the picture",
        ge=0, le=999, live=True, more=True,
    )  # fmt: skip
    data_seed: int = params.field(
        0, "Data seed", "Draws the points and which of them are the test", ge=0, le=999, live=True, more=True
    )
    seeds: int = params.field(
        8, "Seeds", "Networks trained side by side, from this weight seed on; the picture shows the first, curves "
        "show their median and 10–90 % band", ge=1, le=32, more=True,
    )  # fmt: skip
    test_shown: bool = params.field(
        True, "Show test points", "Hollow signs on the surface: points the network has not been trained on", more=True
    )
    discrete: bool = params.field(
        False, "Discretize output", "Show only which class wins (or the sign of a regression), not how surely",
        more=True,
    )  # fmt: skip
    edge: str = params.field(
        "", "Chosen wire", "", editor="hidden", pattern=rf"^$|^({EDIT}=-?[0-9]{{1,2}}(\.[0-9]{{1,2}})?;){{0,40}}{EDIT}$"
    )
    unit: str = params.field("", "Unit shown large", "", editor="hidden", pattern=r"^$|^out[0-9]?$|^[0-6]\.[0-9]{1,2}$")
    sketch: bool = params.field(False, "Sketch", "", editor="hidden")

    @field_validator("points")
    @classmethod
    def _readable(cls, text: str) -> str:
        own_points.parse(text)
        return text

    @property
    def chosen(self) -> tuple[int, int] | None:
        """Column (0: features) and number of the unit that is shown large; None for the answer."""
        column, dot, number = self.unit.partition(".")
        return (int(column), int(number)) if dot else None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of the hidden layers."""
        every = (self.units1, self.units2, self.units3, self.units4, self.units5, self.units6)
        return every[: self.layers]

    @property
    def activations(self) -> tuple[str, ...]:
        """Activations of the hidden layers."""
        own = (self.activation1, self.activation2, self.activation3, self.activation4, self.activation5,
               self.activation6)  # fmt: skip
        return own[: self.layers] if self.activation == "mixed" else (self.activation,) * self.layers

    def preview(self) -> Self:
        """Train one network, and record a few frames, while the hand moves."""
        return self.but(sketch=True, seeds=1)
