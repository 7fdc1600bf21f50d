"""The run in words: what is counted, what differs, what the charts show now."""

import numpy as np

from nnviz.concepts.gradient_flow.breakdown import growth
from nnviz.concepts.gradient_flow.model import Params, Run, flow_ratio, typical
from nnviz.concepts.gradient_flow.training import Floats, Record
from nnviz.core.notation import number
from nnviz.core.statistics import band, paired_interval

LOST = 1e100  # a loss beyond it is lost in these words, although 64 bits still hold it
KINDS = {"batch": "batch normalization", "layer": "layer normalization"}
CLIPS = {"norm": "clipping by norm", "value": "clipping by value", "rescale": "gradient normalization"}


def noun(params: Params) -> str:
    """Return what the network is counted in."""
    return "layer" if params.network == "mlp" else "time step"


def cure(run: Run) -> str:
    """Name what one group has and the other lacks."""
    setting = run.treated.setting
    alike = setting.activation == run.without.setting.activation
    names = {
        "initialization": "He initialization" if alike else "ReLU and He",
        "residual": "residual connections",
        "normalization": KINDS.get(setting.normalization, ""),
        "clipping": CLIPS.get(setting.clipping, ""),
    }
    return names[run.params.cure]


def lost(record: Record) -> int:
    """Return how many networks have broken down in the end."""
    return int(np.sum(~np.isfinite(record.loss[-1])))


def group(run: Run, record: Record) -> str:
    """Name one of the two groups, and how many of it are lost."""
    name = f"{'with' if record is run.treated else 'without'} {cure(run)}"
    return f"{name} ({lost(record)} of {record.loss.shape[1]} lost)" if lost(record) else name


def sentence(run: Run) -> str:
    """Say what the charts show, with the run's numbers."""
    return f"{_start(run)} {_end(run)}" if len(run.own.loss) > 2 else _start(run)


def _start(run: Run) -> str:
    own, name = run.own, noun(run.params)
    ratio = band(flow_ratio(own))
    networks = own.loss.shape[1]
    low, middle, high = float(ratio.low), float(flow_ratio(own)[typical(own)]), float(ratio.high)
    if not np.isfinite(middle):
        return f"At initialization no gradient arrives at any {name}."
    back = growth(own.signal[0, ::-1, typical(own)])
    spread = f" ({number(low)} to {number(high)} in 80 % of {networks} networks)" if networks > 1 else ""
    text = f"At initialization {name} 1 gets {number(middle)} of the gradient of {name} {run.params.depth}{spread}"
    return f"{text}: ×{number(back)} a {name}, going back." if np.isfinite(back) else f"{text}."


def _end(run: Run) -> str:
    with_cure, without = (
        np.where(record.loss[-1] < LOST, record.loss[-1], np.nan) for record in (run.treated, run.without)
    )
    ends = [_loss(with_cure), _loss(without)]
    text = f"After {len(run.own.loss) - 1} steps the median loss is {ends[0]} with {cure(run)} and {ends[1]} without"
    gain = paired_interval(with_cure, without)
    if np.isfinite([gain.low, gain.high]).all():
        text += (
            f": a mean difference of {number(gain.estimate)} (95 % interval {number(gain.low)} to {number(gain.high)}"
        )
        text += f", {gain.kept} pairs)"
    return f"{text}."


def _loss(losses: Floats) -> str:
    finite, networks = band(losses), len(losses)
    if finite.lost == networks:
        return "not a number"
    left = f" ({finite.lost} of {networks} lost)" if finite.lost else ""
    return f"{number(float(finite.median))}{left}"
