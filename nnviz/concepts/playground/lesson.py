"""Words of the page: how it breaks, what it is measured by, where it comes from."""

from nnviz.concepts.playground.predictions import PREDICTIONS
from nnviz.concepts.playground.problem import features_of
from nnviz.concepts.playground.recipe import Hidden, fit, recipe
from nnviz.core.lesson import Lesson, Measure, Note, Preset, Reference

DEEP = {"layers": 6} | {f"units{layer}": 16 for layer in range(1, 7)}
WIDE = {"units1": 16, "units2": 16}

PRESETS = (
    Preset(
        "Diverging",
        {"data": "hills", "rate": 3.0, "activation": "relu", **WIDE},
        "Every step overshoots farther than the last; the diagnosis names the step at which numbers end.",
        "non-finite",
    ),
    Preset(
        "Dead ReLU",
        {"activation": "relu", "rate": 5.0, "units1": 8, "units2": 8},
        "A few large steps push units below zero for every point: empty thumbnails, and no gradient to bring them back.",
        "dead units",
    ),
    Preset(
        "All weights start at zero",
        {"initialization": "zeros"},
        "All units of a layer are one and the same: their thumbnails stay equal for ever.",
        "symmetric units",
    ),
    Preset(
        "Saturated from the start",
        {"initialization": "normal", "gain": 30.0},
        "Huge first weights push tanh into its flat ends; thumbnails have hard edges that hardly move.",
        "saturation",
    ),
    Preset(
        "Memorizing",
        {"noise": 0.6, "examples": 60, "epochs": 1000, "rate": 0.3, **WIDE},
        "30 noisy points, 337 parameters: training loss falls, test loss turns and rises.",
        "overfitting",
    ),
    Preset(
        "Leaking test points",
        {"noise": 0.6, "examples": 60, "epochs": 1000, "rate": 0.3, "leak": 1.0, **WIDE},
        "The same network, and a test accuracy near 1: every test point was trained on.",
        "leakage",
    ),
    Preset(
        "Exploding depth",
        {"activation": "relu", "initialization": "he_normal", "gain": 5.0, **DEEP},
        "Six layers, each five times too large: the gradient of layer 1 is thousands of times that of layer 6.",
        "exploding gradient",
    ),
    Preset(
        "Unscaled features",
        {"scaling": "thousand"},
        "x₂ comes in thousandths: it drowns x₁ and flattens every unit it reaches.",
        "unscaled inputs",
    ),
    Preset(
        "Vanishing depth",
        {"activation": "sigmoid", "layers": 6},
        "Six sigmoid layers: almost nothing of the gradient reaches the first.",
        "vanishing gradient",
    ),
    Preset(
        "Batch norm, batches of two",
        {"data": "xor", "activation": "relu", "normalization": "batch", "batch": 2, "units1": 8, "units2": 8},
        "Of two points, centred and scaled, only a sign is left. Take batches of 10, or no normalization, and XOR is learned.",
        "tiny batch",
    ),
    Preset(
        "Batch norm takes the biases",
        {"normalization": "batch"},
        "The default network with batch normalization: tanh without a bias cannot close a border around a circle. ReLU can.",
        "underfitting",
    ),
)

REFERENCES = (
    Reference(
        "Smilkov, Carter, Sculley, Viégas & Wattenberg: Direct-manipulation visualization of deep networks",
        2016,
        "https://arxiv.org/abs/1708.03788",
    ),
    Reference("TensorFlow Playground, its source", 2016, "https://github.com/tensorflow/playground"),
    Reference(
        "Rumelhart, Hinton & Williams: Learning representations by back-propagating errors",
        1986,
        "https://doi.org/10.1038/323533a0",
    ),
    Reference("Ioffe & Szegedy: Batch normalization", 2015, "https://arxiv.org/abs/1502.03167"),
    Reference("Ba, Kiros & Hinton: Layer normalization", 2016, "https://arxiv.org/abs/1607.06450"),
    Reference("He, Zhang, Ren & Sun: Deep residual learning", 2016, "https://arxiv.org/abs/1512.03385"),
    Reference("PyTorch: torch.optim", 2025, "https://docs.pytorch.org/docs/stable/optim.html"),
)

lesson = Lesson(
    intro="Choose data, features, layers and how to train; the network that is trained under your settings is there "
    "while your hand still moves. Watch the first layer draw straight borders and the next bend them. Then put down "
    "points of your own, change a weight by hand, or break it.",
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=(),
    heart=(features_of, Hidden, fit),
    references=REFERENCES,
    measures=(
        Measure("test accuracy or R²", "", lambda run: run.scores.test_score[-1], "more"),
        Measure("test loss", "", lambda run: run.scores.test_loss[-1], "less"),
        Measure("training loss", "", lambda run: run.scores.train_loss[-1], "less"),
    ),
    recipe=recipe,
    notes=(
        Note(
            2,
            "Play the default. Ask: “Each unit of layer 1 draws one straight border. Where does the circle come "
            "from?” (The second layer adds what the first has drawn.)",
        ),
        Note(
            2,
            "Hidden layers to 0, then add x₁² and x₂². Ask: “Which is better, a layer or the right feature?” (With "
            "the squares a linear model does it; nobody tells you which feature is right.)",
        ),
        Note(
            3,
            "Data Spiral, drag units and layers, optimizer Adam with rate 0.01. Ask: “Is it luck?” (Look at the "
            "seeds.)",
        ),
        Note(2, "Click a dot on a wire and drag its weight. Ask: “Who repairs it?” (Training on does.)"),
        Note(
            3,
            "Break it, “Batch norm takes the biases”. Ask: “Normalization should help. Why is the circle gone?” (Centring "
            "takes each unit's bias away.) Then ReLU; then batches of 2.",
        ),
        Note(3, "Break it, “Memorizing”, then “Leaking test points”: same network. Ask: “Which number lied?”"),
    ),
)
