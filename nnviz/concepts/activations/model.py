"""Activation functions: values, slopes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from nnviz.core import params
from nnviz.core.progress import Report, silent


class Params(params.Params):
    x: float = params.field(1.0, "Input", "Where the functions are read off", ge=-8, le=8, multiple_of=0.05, live=True)
    gain: float = params.field(1.0, "Gain", "g", ge=0.1, le=4, multiple_of=0.1, live=True)
    functions: tuple[Literal["relu", "tanh", "sigmoid"], ...] = params.field(("relu", "tanh"), "Functions", "Which to compare")


@dataclass(frozen=True)
class Run:
    params: Params
    x: NDArray[np.float64]
    values: dict[str, NDArray[np.float64]]


def run(params: Params, report: Report = silent) -> Run:
    x = np.linspace(-8, 8, 401)
    values = {name: getattr(torch, name)(torch.tensor(params.gain * x)).numpy() for name in params.functions}
    return Run(params, x, values)
