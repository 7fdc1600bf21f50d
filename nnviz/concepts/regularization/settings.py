"""The settings of the regularization page."""

from typing import Literal, Self

from nnviz.core import params

Penalty = Literal["l1", "l2", "elastic", "max_norm"]
NAMES: dict[str, str] = {"l1": "L1 (lasso)", "l2": "L2 (ridge)", "elastic": "Elastic net", "max_norm": "Max-norm"}


class Params(params.Params):
    """Settings of the regularization page."""

    penalty: Penalty = params.field(
        "l1",
        "Penalty",
        "L1: λ times the sum of absolute weights. L2: half λ times the sum of squares. Elastic net: some of each. "
        "Max-norm: no penalty, but a layer's weights together must not be longer than 1/λ; the playground bounds those into each "
        "unit.",
        labels=NAMES,
        live=True,
    )
    strength: float = params.field(
        0.05,
        "λ",
        "How much weights cost. Towards 0 the fit is free to follow every point; large, it is a flat line.",
        ge=1e-4,
        le=10,
        log=True,
        live=True,
    )
    data: Literal["curve", "diabetes"] = params.field(
        "curve",
        "Data",
        "Noisy points around a curve, fitted by a polynomial; or 442 real patients with ten measurements each.",
        labels={"curve": "Noisy curve", "diabetes": "Diabetes (real)"},
    )
    points: int = params.field(
        20,
        "Points",
        "How many examples are learned from; others validate. With many, there is little to regularize.",
        ge=10,
        le=200,
        multiple_of=5,
        live=True,
    )
    degree: int = params.field(
        12,
        "Degree",
        "Of the polynomial: how many wiggles it may have, and how many weights there are.",
        ge=2,
        le=15,
        live=True,
        when={"data": ("curve",)},
    )
    noise: float = params.field(
        0.4,
        "Noise",
        "Standard deviation of the points around the curve.",
        ge=0,
        le=1,
        multiple_of=0.05,
        live=True,
        when={"data": ("curve",)},
    )
    mix: float = params.field(
        0.5,
        "Share of L1",
        "How much of the elastic net's penalty is L1; the rest is L2.",
        ge=0.05,
        le=0.95,
        multiple_of=0.05,
        live=True,
        more=True,
        when={"penalty": ("elastic",)},
    )
    bias: bool = params.field(
        False,
        "Penalize the bias",
        "Off, as it should be: the height of the curve costs nothing. On: it is pulled to 0 with all the weights.",
        live=True,
        more=True,
        when={"data": ("curve",)},
    )
    width: int = params.field(
        24,
        "Network's width",
        "Hidden units of the small network below, which learns from the same points under the same penalty.",
        ge=4,
        le=64,
        multiple_of=4,
        unit="units",
        live=True,
        more=True,
        when={"data": ("curve",)},
    )
    seeds: int = params.field(8, "Seeds", "Draws of the points; each is fitted by itself.", ge=1, le=32, more=True)
    seed: int = params.field(
        4, "First seed", "The draw that is shown; the others take the numbers after it.", ge=0, le=99, more=True
    )

    def preview(self) -> Self:
        """Return the same for at most eight draws: closed forms follow the hand as they are."""
        return self.but(seeds=min(self.seeds, 8))
