"""The settings of the page."""

from typing import Literal

from nnviz.concepts.shap_lime.game import Reference
from nnviz.concepts.shap_lime.subject import ROWS, Architecture, Twin
from nnviz.core import params

Method = Literal["definition", "exact", "kernel", "permutation", "gradient", "deep"]
METHODS = {
    "definition": "The definition: all coalitions",
    "exact": "shap: exact",
    "kernel": "shap: kernel",
    "permutation": "shap: permutation",
    "gradient": "shap: gradient",
    "deep": "shap: deep",
}
PLACES = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
PLACE_NAMES = {place: f"Number {place}" for place in PLACES}


class Params(params.Params):
    """The settings of the page."""

    data: str = params.field(
        "wine", "Data", "What the networks have learned to tell apart; send a table of your own below the charts",
        labels={"wine": "Wine: three cultivars", "breast_cancer": "Breast cancer: biopsies", "digits": "Digits, by a CNN"},
        editor="choice", pattern=r"^(wine|breast_cancer|digits|csv:[0-9a-f]{1,64}(-[0-9]{1,3})?)$",
    )  # fmt: skip
    row: int = params.field(
        18, "Row to explain", "Number of the test row whose prediction is explained; the table below lists them all",
        ge=0, le=ROWS - 1,
    )  # fmt: skip
    feature: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] = params.field(
        "1", "Feature to change", "Which feature the next slider moves: number 1 matters most; of a digit, which tile. Or click a bar",
        labels=PLACE_NAMES,
    )  # fmt: skip
    change: float = params.field(
        0.0, "Change it by", "What if: adds this many standard deviations to the chosen feature and explains the row anew",
        ge=-4, le=4, multiple_of=0.1, unit="sd", live=True,
    )  # fmt: skip
    method: Method = params.field(
        "definition", "SHAP by", "Who computes the SHAP values: the plain definition, or one of the shap package's explainers",
        labels=METHODS,
    )  # fmt: skip
    everyone: bool = params.field(
        False, "Every feature plays", "Each feature (or pixel) is a player of its own; the chart adds up those it does not show",
        when={"method": ("kernel", "permutation")},
    )  # fmt: skip
    width: float = params.field(
        0.75, "LIME's kernel width", "How far LIME looks around the row, in units of √(number of features); a third of it on digits",
        ge=0.05, le=5, log=True, live=True, more=True,
    )  # fmt: skip
    samples: int = params.field(
        200, "Samples", "Points that LIME tries around the row, and what kernel, permutation and gradient may ask the network",
        ge=50, le=2000, multiple_of=50, more=True,
    )  # fmt: skip
    repeats: int = params.field(
        10, "Repeats", "How often LIME and SHAP explain the same row again with other samples", ge=2, le=20, more=True
    )
    reference: Reference = params.field(
        "sample", "Background", "Rows whose values stand in for a feature that is absent; they set the base value",
        labels={"sample": "Random training rows", "centres": "Centres of k-means", "mean": "The mean row",
                "odd": "The one oddest row"}, more=True,
    )  # fmt: skip
    background: int = params.field(
        20, "Background rows", "How many background rows an absent feature is averaged over",
        ge=1, le=50, more=True, when={"reference": ("sample", "centres")},
    )  # fmt: skip
    output: Literal["probability", "log_odds"] = params.field(
        "probability", "Explain the", "Log-odds log(p/(1−p)) add up without bounds; probabilities squeeze what is already sure",
        labels={"probability": "Probability", "log_odds": "Log-odds"}, more=True,
    )  # fmt: skip
    features: int = params.field(
        6, "Features that play", "The most important ones play by themselves, all others as one; a digit is cut into so many tiles",
        ge=3, le=10, more=True,
    )  # fmt: skip
    bins: bool = params.field(
        False,
        "LIME by quartiles",
        "Describe a value by its quartile, LIME's own default, instead of by a slope",
        more=True,
    )
    twin: Twin = params.field(
        "none", "Duplicate the feature", "Put the chosen feature into the table twice and train again: who gets the credit?",
        labels={"none": "No", "copy": "An exact copy", "near": "A nearly exact copy"}, more=True,
    )  # fmt: skip
    network: Architecture = params.field(
        "mlp", "Network", "The linear one is logistic (or linear) regression: with two classes its log-odds have SHAP values w·(x − mean)",
        labels={"mlp": "MLP, 16 and 8 hidden units", "linear": "Linear, no hidden layer"}, more=True,
    )  # fmt: skip
    seeds: int = params.field(
        8, "Seeds", "How many networks are trained on the same rows; the first is explained, the others show the spread",
        ge=1, le=32, more=True,
    )  # fmt: skip
