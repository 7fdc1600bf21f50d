"""One attack on forty digits at once, made anew for every position of the hand."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.adversarial.attacks import Goal, Norm, fgsm, gradient, pgd, projected
from nnviz.concepts.adversarial.blackbox import by_queries
from nnviz.concepts.adversarial.defences import Defence, Guard, guarded, learned
from nnviz.concepts.adversarial.minimal import carlini_wagner, jsma
from nnviz.concepts.adversarial.survey import OTHER, STRANGER, runner_up
from nnviz.concepts.adversarial.tasks import Model, task_of
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.data import drawing
from nnviz.models.chain import Chain

Attack = Literal["fgsm", "pgd", "cw", "jsma", "transfer", "queries"]
SEED = 0  # of the network that is shown
SHOWN = 40  # test digits that are attacked together
LONGEST = 41  # moments of an attack's path that are kept
QUESTIONS, DESCENT = 20, 6  # per step: questions of a black box, steps of Carlini and Wagner's descent
MOST = 0.5  # largest ε, and so the largest share of pixels that a saliency map may change


@dataclass(frozen=True)
class Spec:
    """How an attack is made.

    Attributes:
        epsilon: largest change of a pixel (L∞), root-mean-square change (L2), or share of the pixels (saliency map).
        steps: of the gradient; a black box gets 20 questions for each, Carlini and Wagner's descent 6 steps.
        step: length of one step, in radii.
        target: class to arrive at, or −1 to leave the own class.
        adapted: the attacker knows the defence and goes round it.
    """

    attack: Attack = "pgd"
    epsilon: float = 0.15
    norm: Norm = "linf"
    steps: int = 10
    step: float = 0.25
    restarts: int = 1
    target: int = -1
    adapted: bool = False

    @property
    def ball(self) -> Norm | None:
        """The norm that bounds the change; None where only the number of changed pixels is bounded."""
        own: dict[Attack, Norm | None] = {"cw": "l2", "jsma": None}
        return own.get(self.attack, self.norm)

    def radius(self, width: int) -> float:
        """Return the radius of the ball for inputs of `width` numbers: ε, in L2 ε √width."""
        return self.epsilon * (width**0.5 if self.ball == "l2" else 1.0)


@dataclass(frozen=True)
class Scene:
    """One defended network, a stranger on whom examples can be made, and the inputs to attack.

    Attributes:
        inputs: (1, N, d).
        labels: (1, N) the true classes; of a drawing what the network takes it for.
    """

    guard: Guard
    stranger: Chain
    inputs: Tensor
    labels: Tensor


@dataclass(frozen=True)
class Portrait:
    """What an attack did to one digit, moment by moment, and to forty.

    Attributes:
        label: the class that the attacker wants to get away from.
        path: (T, 64) ink 0…1 at T moments of the attack, the original first.
        probabilities: (T, 10) of the classes.
        refused: (T,) bool, the detector's alarm.
        certified: no change within the ball could have fooled the network on this digit.
        flat: the gradient that the attacker follows is exactly zero at the original.
        strip: (40, 64) the test digits after the attack.
        labels, answers: (40,) their classes, and what the network takes them for now.
        fooled: (40,) bool, the attacker got what was wanted and no alarm was raised.
        drawn: the digit is the learner's own.
    """

    label: int
    path: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    refused: NDArray[np.bool_]
    certified: bool
    flat: bool
    strip: NDArray[np.float32]
    labels: NDArray[np.int64]
    answers: NDArray[np.int64]
    fooled: NDArray[np.bool_]
    drawn: bool

    @property
    def change(self) -> NDArray[np.float32]:
        """The whole perturbation, (64,)."""
        return np.asarray(self.path[-1] - self.path[0])

    @property
    def answer(self) -> int:
        """What the network takes the attacked digit for."""
        return int(self.probabilities[-1].argmax())


def portray(model: Model, defence: Defence, spec: Spec, digit: int, ink: str = "", report: Report = silent) -> Portrait:
    """Attack forty test digits (and a drawing, where there is one) and show one of them.

    Args:
        digit: which of the forty, unless `ink` holds a drawing.
        ink: 64 letters as `nnviz.data.drawing` writes them, or "" for none.
    """
    scene = digits_scene(model, defence, ink, report=report)
    path = walk(scene, spec, _far(model, defence, ink, spec, report))  # (T, 1, N, 64)
    place = SHOWN if ink else digit
    with torch.no_grad():
        answers = scene.guard.decide(path[-1]).argmax(dim=2)[0]
        one = path[:, 0, place : place + 1].transpose(0, 1)  # (1, T, 64)
        probabilities = scene.guard.decide(one).softmax(dim=2)[0]
    fooled = answers != scene.labels[0]
    if spec.target >= 0:
        fooled &= answers == spec.target
    fooled &= ~scene.guard.refused(path[-1])[0]
    return Portrait(
        label=int(scene.labels[0, place]),
        path=one[0].numpy(),
        probabilities=probabilities.numpy(),
        refused=scene.guard.refused(one)[0].numpy(),
        certified=_proven(scene, spec, place),
        flat=is_flat(scene, spec, place),
        strip=path[-1, 0, :SHOWN].numpy(),
        labels=scene.labels[0, :SHOWN].numpy(),
        answers=answers[:SHOWN].numpy(),
        fooled=fooled[:SHOWN].numpy(),
        drawn=bool(ink),
    )


def walk(scene: Scene, spec: Spec, far: Tensor | None = None) -> Tensor:
    """Return (T, 1, N, d), the inputs at each moment of the attack; never outside the ball and the box.

    Args:
        far: for the attacks that look for the smallest change, how far they go when nothing bounds them.
    """
    inputs, width = scene.inputs, scene.inputs.shape[2]
    radius, goal = spec.radius(width), goal_of(scene, spec)
    if far is not None and spec.attack == "jsma":
        return far[: round(spec.epsilon * width) + 1]
    if far is not None:
        return torch.stack([inputs, projected(far[-1], inputs, radius, "l2")])
    if spec.epsilon == 0:
        return inputs.unsqueeze(0)
    scores = scene.guard.adapted if spec.adapted else scene.guard.follow
    if spec.attack == "fgsm":
        return torch.stack([inputs, fgsm(scores, inputs, goal, radius, spec.norm)])
    if spec.attack == "queries":
        budget = QUESTIONS * spec.steps
        asked = by_queries(scene.guard.decide, inputs, goal, radius=radius, norm=spec.norm, budget=budget)
        return torch.cat([inputs.unsqueeze(0), asked[np.linspace(0, budget - 1, min(budget, LONGEST - 1)).astype(int)]])
    source = scene.stranger.logits if spec.attack == "transfer" else scores
    return pgd(
        source,
        inputs,
        goal,
        radius=radius,
        step=spec.step * radius,
        steps=spec.steps,
        norm=spec.norm,
        restarts=spec.restarts,
    )


def farthest(scene: Scene, spec: Spec) -> Tensor | None:
    """Return where an attack that looks for the smallest change ends when nothing bounds it; None for the others."""
    inputs, goal = scene.inputs, goal_of(scene, spec)
    scores = scene.guard.adapted if spec.adapted else scene.guard.follow
    if spec.attack == "cw":
        near = carlini_wagner(scores, inputs, goal, steps=DESCENT * spec.steps)
        return torch.where(near.isnan(), inputs, near).unsqueeze(0)
    if spec.attack == "jsma":
        targets = goal.classes if goal.reach else runner_up(scene.guard, inputs, goal)
        return jsma(scores, inputs, targets, most=round(MOST * inputs.shape[2]))
    return None


def goal_of(scene: Scene, spec: Spec) -> Goal:
    """Return what the attacker wants: away from the labels, or all to the target."""
    if spec.target < 0:
        return Goal(scene.labels, margins=spec.adapted)
    return Goal(torch.full_like(scene.labels, spec.target), reach=True, margins=spec.adapted)


@memo(maxsize=32)
def digits_scene(model: Model, defence: Defence, ink: str, *, report: Report = silent) -> Scene:
    """Return the scene of the test digits; its networks are trained if they are not yet."""
    guard = guarded(model, defence, (SEED,), report=report)
    stranger = learned(OTHER[model], "clean", (SEED + STRANGER,), report=report)
    data = task_of(model).parts
    inputs, labels = data.test[:SHOWN], data.test_labels[:SHOWN]
    if ink:
        own = torch.tensor(drawing.to_array(ink).reshape(1, -1), dtype=inputs.dtype)
        with torch.no_grad():
            seen = guard.decide(own.unsqueeze(0)).argmax(dim=2)[0]
        inputs, labels = torch.cat([inputs, own]), torch.cat([labels, seen])
    return Scene(guard, stranger, inputs.unsqueeze(0), labels.unsqueeze(0))


def _far(model: Model, defence: Defence, ink: str, spec: Spec, report: Report) -> Tensor | None:
    """Return `farthest`, remembered by what it depends on, which is not ε."""
    if spec.attack not in ("cw", "jsma"):
        return None
    steps = spec.steps if spec.attack == "cw" else 1
    bare = Spec(attack=spec.attack, epsilon=0.0, steps=steps, target=spec.target, adapted=spec.adapted)
    return _farthest_digits(model, defence, ink, bare, report=report)


@memo(maxsize=32)
def _farthest_digits(model: Model, defence: Defence, ink: str, spec: Spec, *, report: Report = silent) -> Tensor | None:
    report(0.0, "searching the smallest change")
    return farthest(digits_scene(model, defence, ink, report=report), spec)


def _proven(scene: Scene, spec: Spec, place: int) -> bool:
    """Tell whether a certificate covers the shown digit; there is none for a number of pixels."""
    if spec.ball is None:
        return False
    one, label = scene.inputs[:, place : place + 1], scene.labels[:, place : place + 1]
    with torch.no_grad():
        return bool(scene.guard.certify(one, label, [spec.radius(one.shape[2])], spec.ball).all())


def is_flat(scene: Scene, spec: Spec, place: int) -> bool:
    """Tell whether the gradient that the attacker follows at one input is exactly zero; a black box follows none."""
    if spec.attack in ("transfer", "queries"):
        return False
    scores = scene.guard.adapted if spec.adapted else scene.guard.follow
    one = Goal(scene.labels[:, place : place + 1], margins=spec.adapted or spec.attack in ("cw", "jsma"))
    return bool(gradient(scores, scene.inputs[:, place : place + 1], one).eq(0).all())
