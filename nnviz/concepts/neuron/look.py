"""Numbers and colours as every chart of the page writes them."""

from nnviz.concepts.neuron.unit import Activation
from nnviz.core.notation import decimals

DIVERGING = [[0.0, "$blue"], [0.5, "$paper"], [1.0, "$orange"]]
LIMITS: dict[Activation, tuple[float, float]] = {
    "step": (0.0, 1.0), "sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (-6.0, 6.0), "linear": (-6.0, 6.0),
}  # fmt: skip
"""What the colours of the outputs reach over: the same at every weight, so that the eye keeps the change."""


def short(value: float) -> str:
    """Return a number with three significant digits and a real minus sign; a tiny or huge one in powers of ten."""
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    return f"{mantissa}·10{raised}".replace("-", "−")


def signed(value: float) -> str:
    """Return a number in brackets where it is negative, for use inside a product or a sum."""
    return f"({decimals(value)})" if float(f"{value:.2f}") < 0 else decimals(value)


def share(activation: Activation, output: float) -> float:
    """Return where an output lies on the colours, from 0 (blue) to 1 (orange)."""
    low, high = LIMITS[activation]
    return min(1.0, max(0.0, (output - low) / (high - low)))


def tint(activation: Activation, output: float) -> str:
    """Return the colour of one output, as on the plane but paler: a number stands on it."""
    place = 2 * share(activation, output) - 1
    return f"{'$orange' if place > 0 else '$blue'}/{0.5 * abs(place):.2f}"
