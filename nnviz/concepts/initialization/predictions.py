"""The questions asked before the reveal, graded from the run."""

import numpy as np

from nnviz.concepts.initialization import words
from nnviz.concepts.initialization.model import Params, Run, arriving, kept
from nnviz.core.lesson import Answer, Prediction
from nnviz.core.notation import number

LOST = 1e-3  # a mean square of less than a thousandth is called a lost signal
PILED = 0.9  # |tanh| above it is called piled up


def asked(params: Params, **changes: object) -> Params:
    """Return settings in which a question is asked: seeds stay, the training is the usual one."""
    fields = Params.model_fields
    usual = {name: fields[name].default for name in ("gain", "width", "rate", "epochs", "beside", "shown", "sketch")}
    return params.but(**usual | changes)


def which_loses(run: Run) -> Answer:
    """Grade which of the two starts loses the signal in 30 ReLU layers."""
    shares = [words.middle(kept(group.forward)) for group in (run.own, run.beside)]
    lost = [not share >= LOST for share in shares]
    choice = 3 if not any(lost) else 2 if all(lost) else 0 if lost[0] else 1
    steps = run.params.depth - 1
    because = (
        f"Layer {run.params.depth} keeps {number(shares[0])} of layer 1's mean square with He and {number(shares[1])} with "
        f"Xavier. ReLU throws half of it away {steps} times: ½ to that power is {number(0.5**steps)}, and He's 2/n makes up for it."
    )
    return Answer(choice, because)


def how_many_units(run: Run) -> Answer:
    """Grade how many different units an equal start leaves after training."""
    total, last = run.own.rows.shape[1], int(run.own.units[-1])
    choice = 0 if last == 1 else 3 if last == total else 1 if 2 * last < total else 2
    assert run.own.curves is not None
    because = f"{last} of {total}: equal units get equal gradients at every step. The loss ends at {words.loss(run.own.curves)}."
    return Answer(choice, because)


def outputs_at_high_gain(run: Run) -> Answer:
    """Grade where the outputs of the last layer lie."""
    hills = run.own.ridges
    last, places = hills.start[-1], np.abs(hills.centres)
    outside, inside = last[places > PILED].sum() / last.sum(), last[places < 1 - PILED].sum() / last.sum()
    choice = 2 if outside > 0.5 else 0 if inside > 0.5 else 1
    because = (
        f"{100 * outside:.0f} % of layer {run.params.depth}'s outputs lie beyond ±{PILED:g}, {100 * inside:.0f} % within "
        f"±{1 - PILED:.1g}; layer 1's gradient has {words.times(arriving(run.own.backward))} layer {run.params.depth}'s mean square."
    )
    return Answer(choice, because)


PREDICTIONS = (
    Prediction(
        "He or Xavier, 30 ReLU layers: which loses its signal?",
        ("He", "Xavier", "Both", "Neither"),
        lambda p: asked(p, scheme="he_normal", beside="xavier_normal", activation="relu", depth=30),
        which_loses,
    ),
    Prediction(
        "All weights start at 0.1. After training, how many different units has hidden layer 2?",
        ("One", "A few", "More than half", "All of them"),
        lambda p: asked(p, scheme="constant", activation="tanh", depth=4),
        how_many_units,
    ),
    Prediction(
        "Xavier's weights, times 5, in 20 tanh layers: where do the last layer's outputs lie?",
        ("Close to 0", "Spread between −1 and 1", "Piled up at −1 and 1"),
        lambda p: asked(p, scheme="xavier_normal", activation="tanh", depth=20, gain=5.0),
        outputs_at_high_gain,
    ),
)
