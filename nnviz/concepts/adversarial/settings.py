"""What can be moved on the page."""

from typing import Literal, Self, get_args

from nnviz.concepts.adversarial.attacks import Norm
from nnviz.concepts.adversarial.defences import Defence
from nnviz.concepts.adversarial.portrait import SHOWN, Attack, Spec
from nnviz.core import params

DEFENCES: dict[str, str] = {
    "none": "none",
    "adversarial": "adversarial training",
    "distillation": "distillation",
    "masking": "gradient masking",
    "squeezing": "input squeezing",
    "smoothing": "randomized smoothing",
    "detection": "detection",
    "ensemble": "ensemble",
    "certified": "certified training",
}
ATTACKS: dict[str, str] = {
    "fgsm": "FGSM: one step",
    "pgd": "PGD: many steps",
    "cw": "Carlini–Wagner: nearest in L2",
    "jsma": "JSMA: fewest pixels",
    "transfer": "black box: transfer",
    "queries": "black box: queries",
}
TARGETS = {"any": "any other class"} | {str(digit): str(digit) for digit in range(10)}
Target = Literal["any", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
COMPARED = 8  # networks at most of each defence that is only compared with
STEPPED = ("pgd", "cw", "transfer", "queries")
BALLED = ("fgsm", "pgd", "transfer", "queries")


class Params(params.Params):
    """What to attack, with what, and behind which defence."""

    epsilon: float = params.field(
        0.15,
        "Strength ε",
        "How far the attacker may go. In L∞ no pixel moves by more than ε of the range from black to white; in L2 the "
        "root-mean-square change stays within ε; for JSMA ε is the share of pixels that may be painted over.",
        ge=0,
        le=0.5,
        multiple_of=0.005,
        live=True,
    )
    attack: Attack = params.field(
        "pgd",
        "Attack",
        "FGSM and PGD climb the loss along its gradient. Carlini–Wagner and JSMA look for the smallest change. A black "
        "box sees no gradient: it borrows examples made on another network, or asks again and again.",
        labels=ATTACKS,
    )
    steps: int = params.field(
        10,
        "Steps",
        "Gradient steps of PGD. A black box gets 20 questions per step, Carlini–Wagner 6 steps of its descent.",
        ge=1,
        le=40,
        live=True,
        when={"attack": STEPPED},
    )
    defence: Defence = params.field(
        "none",
        "Defence",
        "Train on attacked digits; on a teacher's soft labels; hide the gradient on a staircase of 17 greys; squeeze "
        "to black and white; average over noise; refuse suspicious inputs; ask three networks; train on proven bounds.",
        labels=DEFENCES,
    )
    model: Literal["cnn", "mlp", "linear"] = params.field(
        "cnn",
        "Network",
        "What reads the digits: two convolutions, two hidden layers, or one layer of weights.",
        labels={"cnn": "convolutional", "mlp": "MLP 64-64-32-10", "linear": "linear"},
    )
    digit: int = params.field(
        18,
        "Test digit",
        "Which of the forty digits below is shown large; you can also click one.",
        ge=0,
        le=SHOWN - 1,
        live=True,
        more=True,
    )
    drawing: str = params.field(
        "",
        "Your own digit",
        "Draw a digit and it is attacked instead. Its true class is unknown, so the attacker tries to change whatever "
        "the network takes it for. Cleared, the test digit is back.",
        editor="drawing",
        pattern="^([0-9a-g]{64})?$",
        more=True,
    )
    norm: Norm = params.field(
        "linf",
        "Ball",
        "L∞ bounds the largest change of a pixel. L2 bounds the length of the change, ‖δ‖₂ ≤ ε√64: the same mean "
        "square, but freely spread. All curves follow.",
        labels={"linf": "L∞: largest change", "l2": "L2: length"},
        more=True,
        when={"attack": BALLED},
    )
    step: float = params.field(
        0.25,
        "Step size",
        "Length of one step of PGD, as a share of ε. Steps × step size below 1 cannot even reach the rim of the ball.",
        ge=0.05,
        le=1,
        multiple_of=0.05,
        unit="ε",
        live=True,
        more=True,
        when={"attack": ("pgd", "transfer")},
    )
    restarts: int = params.field(
        1,
        "Restarts",
        "How often PGD starts: first from the digit itself, then from random points of the ball. The best end counts.",
        ge=1,
        le=8,
        live=True,
        more=True,
        when={"attack": ("pgd", "transfer")},
    )
    target: Target = params.field(
        "any", "Turn it into", "Any wrong class will do, or one class must come out.", labels=TARGETS, more=True
    )
    adaptive: bool = params.field(
        False,
        "Attacker knows the defence",
        "Then it goes round: passes gradients straight through a staircase, averages over the noise, fools network and "
        "detector at once, and follows scores instead of saturated probabilities.",
        more=True,
    )
    plane: Literal["features", "cut"] = params.field(
        "features",
        "Map of the path",
        "A network with two inputs, whose whole world fits on the screen; or a cut through the 64 dimensions of the "
        "digit above, along the attack.",
        labels={"features": "network with two inputs", "cut": "cut through pixel space"},
        more=True,
    )
    lines: Literal["attacks", "defences"] = params.field(
        "attacks",
        "One line for each",
        "Accuracy against ε: every attack on the chosen defence, or every defence under its strongest attack.",
        labels={"attacks": "attack", "defences": "defence"},
        more=True,
    )
    against: tuple[Defence, ...] = params.field(
        ("none", "adversarial", "masking", "certified"),
        "Defences to compare",
        "The chosen defence is always among them. Each one is trained and attacked on up to 8 seeds.",
        labels=DEFENCES,
        more=True,
    )
    detail: Literal["symptoms", "transfer"] = params.field(
        "symptoms",
        "Last chart",
        "Symptoms of a masked gradient in the chosen defence; or how far examples made on one network fool another.",
        labels={"symptoms": "symptoms of masking", "transfer": "who fools whom"},
        more=True,
    )
    seeds: int = params.field(
        8, "Seeds", "Networks behind the curves, each trained from its own seed.", ge=1, le=32, more=True
    )
    across: float = params.field(0.42, "Point x₁", "Set by a click on the map.", ge=0, le=1, editor="hidden")
    up: float = params.field(0.66, "Point x₂", "Set by a click on the map.", ge=0, le=1, editor="hidden")
    hurried: bool = params.field(
        False, "Hurried", "Set while a hand drags: curves that are not known yet are left out.", editor="hidden"
    )

    def preview(self) -> Self:
        """Attack anew, but wait for no curve."""
        return self.but(hurried=True)

    @property
    def spec(self) -> Spec:
        """How the attack is made."""
        return Spec(
            attack=self.attack,
            epsilon=self.epsilon,
            norm=self.norm,
            steps=self.steps,
            step=self.step,
            restarts=self.restarts,
            target=-1 if self.target == "any" else int(self.target),
            adapted=self.adaptive,
        )

    @property
    def compared(self) -> tuple[Defence, ...]:
        """The defences to compare, in their usual order, the chosen one among them."""
        return tuple(name for name in get_args(Defence) if name in self.against or name == self.defence)
