"""Chapters, pages and questions, in the order of learning: data only. A room is loaded when it is entered."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from nnviz.charts.view import View
    from nnviz.core.lesson import Lesson
    from nnviz.core.params import Params
    from nnviz.core.progress import Report


@dataclass(frozen=True)
class Page:
    """One page: its slug is its path and the name of its room."""

    slug: str
    title: str
    questions: tuple[int, ...]
    summary: str
    symptoms: tuple[str, ...] = ()

    @property
    def exists(self) -> bool:
        """Tell whether the room is built."""
        found = find_spec("nnviz.concepts")
        folders = found.submodule_search_locations if found else None
        return any((Path(folder) / self.room / "lesson.py").exists() for folder in folders or ())

    @property
    def before(self) -> tuple[str, ...]:
        """Slugs of the pages that this one builds on."""
        return BUILDS_ON.get(self.slug, ())

    @property
    def room(self) -> str:
        """Name of the room's Python package."""
        return self.slug.replace("-", "_")


@dataclass(frozen=True)
class Chapter:
    """A chapter: pages that belong together."""

    title: str
    pages: tuple[Page, ...]


class Room(Protocol):
    """What every room offers: settings in, a run out, charts of the run, and the words."""

    Params: "type[Params]"
    lesson: "Lesson"

    def run(self, params: Any, report: "Report" = ...) -> Any:
        """Compute the page's run: same settings, same result."""

    def view(self, run: Any) -> "View":
        """Draw a run."""


HOME = Page("home", "nnviz", (), "A network learns a wave.")
"""The home page has a room too: its first experiment."""

CHAPTERS = (
    Chapter(
        "From one neuron to a network",
        (
            Page(
                "neuron",
                "A neuron, and many",
                (1, 2),
                "Weights, a bias, an activation: bend a line into a curve.",
                ("dead ReLU", "saturated sigmoid"),
            ),
            Page(
                "perceptron",
                "The perceptron learning rule",
                (3,),
                "A line that turns a little at every mistake.",
                ("never stops", "not linearly separable", "XOR"),
            ),
            Page(
                "mlp",
                "Perceptron against multilayer perceptron",
                (4,),
                "What a hidden layer can do that a line cannot.",
                ("XOR", "accuracy stays at half", "all outputs equal"),
            ),
            Page(
                "forward-pass",
                "Forward propagation",
                (5,),
                "Follow one input through every sum.",
                ("shapes do not match", "matrix product", "softmax"),
            ),
            Page(
                "backprop",
                "Backpropagation and the chain rule",
                (6, 7),
                "Local slope times upstream, edge by edge.",
                ("gradient is zero", "autograd"),
            ),
            Page(
                "losses",
                "Loss functions",
                (8, 9),
                "What is punished, and how hard.",
                ("outliers pull the fit", "which loss", "perplexity"),
            ),
            Page(
                "playground",
                "Build your own network",
                (),
                "Everything at once, on your own points.",
                ("loss is NaN", "overfitting", "spiral", "TensorFlow Playground"),
            ),
        ),
    ),
    Chapter(
        "Learning",
        (
            Page("optimizers", "Optimizers", (10,), "SGD, momentum, Adam and the rest, each at its best rate."),
            Page("momentum", "Momentum", (18,), "A heavy ball in a ravine."),
            Page(
                "learning-rate",
                "The learning rate",
                (22,),
                "Too small crawls, too large explodes; the edge is ragged.",
                ("loss goes up", "loss oscillates", "loss does not move"),
            ),
            Page(
                "batch-size",
                "Batch size",
                (49,),
                "The same training by three clocks: steps, examples, seconds.",
                ("noisy loss", "training is slow", "large batch generalizes worse"),
            ),
        ),
    ),
    Chapter(
        "Depth",
        (
            Page(
                "activations",
                "Activation functions",
                (15,),
                "Bend, saturate, die: each function and its slope under your hand.",
                ("dead ReLU", "dying ReLU", "all outputs equal", "saturated units"),
            ),
            Page(
                "gradient-flow",
                "Vanishing and exploding gradients",
                (11, 12),
                "Watch the signal fade or blow up, layer by layer.",
                (
                    "loss is NaN",
                    "gradients vanish",
                    "gradients explode",
                    "deep net does not learn",
                    "gradient clipping",
                ),
            ),
            Page(
                "initialization",
                "Weight initialization",
                (17,),
                "Where training starts decides whether it starts.",
                ("deep net does not learn", "all units are alike", "loss starts huge"),
            ),
            Page(
                "normalization",
                "Normalizing inputs",
                (14,),
                "From needle to circle: scale the features.",
                ("features on different scales", "training is slow", "outliers in the inputs"),
            ),
            Page("batch-norm", "Batch normalization", (16,), "What it does, and why it is not why you think."),
            Page("deep-training", "Why deep nets are hard", (23,), "Fix a broken deep net with the fewest changes."),
        ),
    ),
    Chapter(
        "Generalization",
        (
            Page("regularization", "L1, L2 and friends", (13, 19), "The diamond, the circle, and exact zeros."),
            Page("early-stopping", "Early stopping", (20,), "Where it should have stopped."),
            Page(
                "dropout",
                "Dropout",
                (21,),
                "Units flicker out in training; the average of thinned nets answers.",
                ("overfitting", "train and test accuracy differ", "forgot eval mode"),
            ),
            Page("capacity", "Complexity and generalization", (42,), "Bias, variance and the second descent."),
            Page("ensembles", "Ensembles", (37,), "Many nets, one answer."),
        ),
    ),
    Chapter(
        "Architectures",
        (
            Page("convolution", "Convolutional networks", (24,), "One small window, used everywhere."),
            Page("pooling", "Pooling", (25,), "Summaries of small windows."),
            Page("rnn", "Recurrent networks", (26,), "A net with a memory that fades."),
            Page("lstm", "LSTM and GRU", (27,), "Gates that keep, add and forget."),
            Page("gan", "Generative adversarial networks", (28,), "A forger and a detective."),
            Page("autoencoder", "Autoencoders", (29,), "Through the bottleneck and back."),
            Page("som", "Self-organizing maps", (30,), "A grid that unfolds over the data."),
        ),
    ),
    Chapter(
        "Tasks and data",
        (
            Page("regression", "Regression with networks", (31,), "Curves, intervals and what lies outside."),
            Page("large-data", "Large data sets", (32,), "More rows than memory."),
            Page("transfer", "Transfer learning", (33,), "What one task teaches another."),
            Page("anomaly", "Anomaly detection", (34,), "Finding the odd one out."),
            Page("deep-vs-classical", "Deep against classical learning", (36,), "Who wins with how many rows."),
            Page("language", "Networks and language", (38,), "Words as numbers, attention as arcs."),
            Page("self-supervised", "Self-supervised learning", (39,), "Learning without labels."),
            Page("imbalance", "Imbalanced data", (40,), "One in a hundred.", ("always predicts one class",)),
            Page("missing-data", "Missing data", (43,), "What to put into the holes."),
        ),
    ),
    Chapter(
        "Trust",
        (
            Page(
                "adversarial",
                "Adversarial attacks and defences",
                (41,),
                "Push a digit until the network is sure of something else.",
                ("confident and wrong", "robustness", "FGSM", "PGD"),
            ),
            Page("interpretability", "Looking inside", (35,), "Maps of what mattered, and how to grade them."),
            Page(
                "shap-lime",
                "SHAP and LIME",
                (44,),
                "Two explanations of one prediction, beside the definition.",
                ("which feature matters", "explain a prediction", "feature importance"),
            ),
            Page("ethics", "Decisions about people", (47,), "Thresholds, groups and trade-offs."),
            Page("limits", "Limits and open questions", (50,), "Eight failures, live."),
        ),
    ),
    Chapter(
        "Systems and agents",
        (
            Page("edge", "Small models for small machines", (45,), "Prune, quantize, distil."),
            Page("distributed", "Training on many machines", (46,), "Many workers, one network."),
            Page("reinforcement", "Reinforcement learning", (48,), "Learning from reward."),
        ),
    ),
)

BUILDS_ON: dict[str, tuple[str, ...]] = {
    "perceptron": ("neuron",),
    "mlp": ("neuron", "perceptron"),
    "forward-pass": ("neuron",),
    "backprop": ("forward-pass", "losses"),
    "losses": ("neuron",),
    "playground": ("mlp", "backprop"),
    "optimizers": ("backprop", "momentum", "learning-rate"),
    "momentum": ("learning-rate",),
    "learning-rate": ("backprop",),
    "batch-size": ("learning-rate",),
    "activations": ("neuron", "backprop"),
    "gradient-flow": ("backprop", "activations"),
    "initialization": ("gradient-flow",),
    "normalization": ("learning-rate",),
    "batch-norm": ("normalization", "gradient-flow"),
    "deep-training": ("initialization", "batch-norm"),
    "regularization": ("mlp", "losses"),
    "early-stopping": ("regularization",),
    "dropout": ("regularization", "mlp"),
    "capacity": ("regularization",),
    "ensembles": ("capacity", "dropout"),
    "convolution": ("mlp",),
    "pooling": ("convolution",),
    "rnn": ("gradient-flow",),
    "lstm": ("rnn",),
    "gan": ("losses", "optimizers"),
    "autoencoder": ("mlp", "losses"),
    "som": ("neuron",),
    "regression": ("losses", "capacity"),
    "large-data": ("batch-size",),
    "transfer": ("convolution",),
    "anomaly": ("autoencoder",),
    "deep-vs-classical": ("capacity",),
    "language": ("rnn",),
    "self-supervised": ("autoencoder", "transfer"),
    "imbalance": ("losses",),
    "missing-data": ("regression",),
    "adversarial": ("backprop", "convolution"),
    "interpretability": ("backprop", "convolution"),
    "shap-lime": ("mlp", "regression"),
    "ethics": ("shap-lime", "imbalance"),
    "limits": ("adversarial", "capacity"),
    "edge": ("convolution",),
    "distributed": ("batch-size",),
    "reinforcement": ("mlp", "losses"),
}
"""Page → the pages that it builds on: the arrows of the concept map."""

QUESTIONS = (
    "neuron and network",
    "parts of a neuron",
    "perceptron",
    "perceptron and MLP",
    "forward propagation",
    "backpropagation",
    "chain rule",
    "what losses are for",
    "kinds of loss",
    "optimizers",
    "exploding gradients",
    "vanishing gradients",
    "regularization",
    "normalization",
    "activations",
    "batch normalization",
    "weight initialization",
    "momentum",
    "L1 and L2",
    "early stopping",
    "dropout",
    "learning rate",
    "challenges of deep training",
    "CNN",
    "pooling",
    "RNN",
    "LSTM",
    "GAN",
    "autoencoder",
    "SOM",
    "regression",
    "large data sets",
    "transfer learning",
    "anomaly detection",
    "interpretability",
    "deep against traditional learning",
    "ensembles",
    "NLP",
    "self-supervised learning",
    "imbalance",
    "adversarial attacks",
    "complexity and generalization",
    "missing data",
    "SHAP and LIME",
    "edge deployment",
    "distributed training",
    "ethics",
    "reinforcement learning",
    "batch size",
    "limitations and open research",
)
"""Short names of questions Q1 to Q50; `QUESTIONS[n - 1]` is question n."""


def pages() -> tuple[Page, ...]:
    """Return all pages in the order of learning."""
    return tuple(page for chapter in CHAPTERS for page in chapter.pages)


def built() -> tuple[Page, ...]:
    """Return the pages that exist, in the order of learning."""
    return tuple(page for page in pages() if page.exists)


def listed(slugs: str) -> list[Page]:
    """Return the pages of a list of slugs, written a,b,c, in its order; what is no page that exists is left out."""
    known = {page.slug: page for page in built()}
    return [known[slug] for slug in dict.fromkeys(slugs.split(",")) if slug in known]


def find(slug: str) -> Page:
    """Return the page of that slug; raises KeyError naming those that exist."""
    for page in pages():
        if page.slug == slug:
            return page
    raise KeyError(f"no page {slug!r}; there are {', '.join(page.slug for page in built())}")


def chapter_of(slug: str) -> tuple[int, Chapter]:
    """Return the number (from 1) and the chapter that a page stands in."""
    for number, chapter in enumerate(CHAPTERS, start=1):
        if any(page.slug == slug for page in chapter.pages):
            return number, chapter
    raise KeyError(f"no page {slug!r}")


@cache
def load(slug: str) -> Room:
    """Enter a room: import its model, charts and lesson. Raises KeyError if there is none of that slug."""
    page = next((page for page in (HOME, *built()) if page.slug == slug), None)
    if page is None:
        raise KeyError(f"no page {slug!r}; there are {', '.join(page.slug for page in built())}")
    return cast(Room, import_module(f"nnviz.concepts.{page.room}"))
