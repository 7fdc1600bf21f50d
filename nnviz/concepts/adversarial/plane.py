"""The attack's path on a plane: all inputs of a small network, or a cut through the digit's 64 dimensions."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nnviz.concepts.adversarial.defences import Defence, Guard, guarded, learned
from nnviz.concepts.adversarial.portrait import SEED, Portrait, Scene, Spec, digits_scene, farthest, walk
from nnviz.concepts.adversarial.survey import STRANGER
from nnviz.concepts.adversarial.tasks import Model, task_of
from nnviz.core.memo import memo
from nnviz.core.progress import Report, silent
from nnviz.core.seeds import generator
from nnviz.models.chain import Chain

Floats = NDArray[np.float32]
GRID, CUT = 51, 41  # points along each side of the map; steps of 0.02, because a click writes them into the address
ALONG, ACROSS = (-0.8, 4.2), (-2.0, 2.0)  # what a cut shows, as L2 distance from the digit
CORNERS = 181  # points on the ball's rim


@dataclass(frozen=True)
class Plane:
    """An attack's path over a map of answers.

    Attributes:
        x, y: (G,) coordinates of the map.
        margin: (G, G) −1…1, rows along y: probability of class 0 − class 1, in a cut own class − largest other.
        path: (T, 2) the attack's moments.
        rim: (R, 2) where the ball meets the plane, or (0, 2) where there is none.
        label: the own class.
        answer: what the network takes the end of the path for.
        cut: a cut through pixel space, not the two features themselves.
    """

    x: Floats
    y: Floats
    margin: Floats
    path: Floats
    rim: Floats
    label: int
    answer: int
    cut: bool


def on_two_features(defence: Defence, spec: Spec, point: tuple[float, float], report: Report = silent) -> Plane:
    """Attack one point of the network with two inputs; a target makes no difference between two classes."""
    spec = Spec(**{**vars(spec), "target": -1})
    small = two_features(defence, report=report)
    inputs = torch.tensor([[point]], dtype=torch.float32)
    with torch.no_grad():
        label = int(_nearest(inputs[0, 0]))
    scene = Scene(small.guard, small.stranger, inputs, torch.tensor([[label]]))
    path = walk(scene, spec, farthest(scene, spec))
    with torch.no_grad():
        answer = int(small.guard.decide(path[-1]).argmax())
    rim = _rim(np.eye(2, dtype=np.float32), spec, 2) + np.asarray(point, dtype=np.float32)
    return Plane(small.axis, small.axis, small.margin, path[:, 0, 0].numpy(), rim, label, answer, cut=False)


@dataclass(frozen=True)
class Small:
    """The network with two inputs, a stranger of its kind, and p(class 0) − p(class 1), (G, G), on axis × axis."""

    guard: Guard
    stranger: Chain
    axis: Floats
    margin: Floats


@memo(maxsize=16)
def two_features(defence: Defence, *, report: Report = silent) -> Small:
    """Return the small network behind a defence, and the map of its answers."""
    guard = guarded("plane", defence, (SEED,), report=report)
    stranger = learned("plane", "clean", (SEED + STRANGER,), report=report)
    axis = np.linspace(0, 1, GRID, dtype=np.float32)
    across, up = np.meshgrid(axis, axis)
    points = torch.tensor(np.column_stack([across.ravel(), up.ravel()])).unsqueeze(0)
    with torch.no_grad():
        upper, lower = guard.decide(points).softmax(dim=2)[0].T
    return Small(guard, stranger, axis, (upper - lower).reshape(GRID, GRID).numpy())


def through_the_digit(model: Model, defence: Defence, spec: Spec, portrait: Portrait, ink: str) -> Plane:
    """Cut through pixel space along the attack's change and, across it, where its path bends; pixels stay in 0…1."""
    guard = digits_scene(model, defence, ink).guard
    basis = _basis(torch.tensor(portrait.path))  # (2, 64)
    x, y = np.linspace(*ALONG, CUT, dtype=np.float32), np.linspace(*ACROSS, CUT, dtype=np.float32)
    along, across = np.meshgrid(x, y)
    places = torch.tensor(np.column_stack([along.ravel(), across.ravel()]))
    points = (torch.tensor(portrait.path[0]) + places @ basis).clamp(0, 1).unsqueeze(0)
    with torch.no_grad():
        probabilities = guard.decide(points).softmax(dim=2)[0]
    own = probabilities[:, portrait.label].clone()
    probabilities[:, portrait.label] = 0
    margin = (own - probabilities.amax(dim=1)).reshape(CUT, CUT).numpy()
    path = (torch.tensor(portrait.path - portrait.path[0]) @ basis.T).numpy()
    rim = _rim(basis.numpy(), spec, basis.shape[1])
    return Plane(x, y, margin, path, rim, portrait.label, portrait.answer, cut=True)


def _basis(path: Tensor) -> Tensor:
    """Return two orthonormal directions (2, d): the whole change, and the largest departure of the path from it."""
    moves = path - path[0]
    first = _unit(moves[-1])
    rest = moves - (moves @ first).unsqueeze(1) * first
    bend = rest[rest.norm(dim=1).argmax()]
    if bend.norm() < 1e-4:  # a straight path bends nowhere: any direction across it will do
        chance = torch.randn(path.shape[1], generator=generator(SEED, "across"))
        bend = chance - (chance @ first) * first
    return torch.stack([first, _unit(bend)])


def _unit(vector: Tensor) -> Tensor:
    """Return the vector at length 1; of nothing, the diagonal."""
    length = vector.norm()
    return vector / length if length > 1e-8 else torch.full_like(vector, len(vector) ** -0.5)


def _rim(basis: Floats, spec: Spec, width: int) -> Floats:
    """Return (R, 2), the ball's rim on the plane: ε / max|direction| in L∞, the radius itself in L2."""
    if spec.ball is None:
        return np.zeros((0, 2), dtype=np.float32)
    angle = np.linspace(0, 2 * np.pi, CORNERS, dtype=np.float32)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    length = np.abs(circle @ basis).max(axis=1, keepdims=True) if spec.ball == "linf" else 1.0
    return np.asarray(spec.radius(width) * circle / length, dtype=np.float32)


def _nearest(point: Tensor) -> Tensor:
    """Return the class of the training point next to this one: the truth of a point that nobody labelled."""
    data = task_of("plane").parts
    return data.train_labels[(data.train - point).norm(dim=1).argmin()]
