"""How losses look on every chart: one colour, dash and marker each; numbers as people write them."""

from nnviz.charts.build import Trace
from nnviz.concepts.losses.functions import LABELS

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SHORT = {
    "bce": "Cross-entropy", "sigmoid_mse": "Sigmoid + MSE", "categorical": "Categorical", "sparse": "Sparse",
    "kl": "KL", "softmax_mse": "MSE (Brier)", "softmax_mae": "MAE", "multi_hinge": "Hinge", "multi_focal": "Focal",
    "class_dice": "Dice",
}  # fmt: skip
TOKENS = {"mse": "$orange", "mae": "$blue", "huber": "$green"}
DASHES = {"mse": "dash", "mae": "solid", "huber": "dot"}
SYMBOLS = {"mse": "diamond", "mae": "circle", "huber": "square"}


def label(name: str) -> str:
    """Return the name of a loss as it is written where there is little room."""
    return SHORT.get(name) or LABELS[name]


def stroke(name: str, width: float = 2.4) -> Trace:
    """Return the line style of MSE, MAE or Huber."""
    return {"color": TOKENS[name], "dash": DASHES[name], "width": width}
