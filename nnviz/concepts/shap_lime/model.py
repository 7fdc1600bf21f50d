"""SHAP and LIME on one prediction of a trained network, beside the definition that SHAP estimates."""

from dataclasses import dataclass, replace
from functools import partial
from math import factorial

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.shap_lime import by_lime, by_shap, repeats
from nnviz.concepts.shap_lime.by_lime import Line
from nnviz.concepts.shap_lime.game import Case, Game, distances, game, ranking
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.plane import Plane, plane
from nnviz.concepts.shap_lime.repeats import Repeats
from nnviz.concepts.shap_lime.settings import Params
from nnviz.concepts.shap_lime.shapley import gains, orders, shapley_values, walks
from nnviz.concepts.shap_lime.subject import Which, resolve, subject
from nnviz.core.progress import Report, silent

__all__ = ["Params", "Run", "run"]

FRAMES = 60
INK = 0.375  # standard deviation of the digits' pixels: a tile is moved in units of it


@dataclass(frozen=True)
class Walks:
    """Players arriving in one order after another: the Shapley value is the average of what each adds.

    Attributes:
        counts: (T,) orders walked at each snapshot; of: how many are walked in all; every: whether those are all M!.
        order: (T, M) players in the order of the last walk.
        path: (T, M + 1) worth along it, from nobody to all.
        average: (T, M) running average of each player's gains.
    """

    counts: NDArray[np.int64]
    of: int
    every: bool
    order: NDArray[np.int64]
    path: Floats
    average: Floats


@dataclass(frozen=True)
class Doubled:
    """Mean |φ| over the rows: of the feature alone, then of the original and of its copy."""

    alone: float
    original: float
    copy: float


@dataclass(frozen=True)
class Run:
    """One prediction explained.

    Attributes:
        params: settings; case: what is played; game: the game.
        number: row number; recorded: (d,) the row as it is; row: (d,) with the change.
        moved: (n,) features that are changed; player: who brings them.
        missing: the uploaded table is gone, another set stands in.
        base, prediction: worth of nobody and of all.
        exact: (M,) by the definition; values: (M,) by the chosen method; before: (M,) exact values of the recorded row.
        pixels: (d,) values of single pixels by the explainer `pixels_by`; empty for a table.
        line: LIME; plane: its fit in two dimensions; walks: orders.
        again: repeats, whole: (n, M) values of the first n rows; None while they are not computed yet.
        doubled: what the twin did, or None.
    """

    params: Params
    case: Case
    game: Game
    number: int
    recorded: Floats
    row: Floats
    moved: tuple[int, ...]
    player: int
    missing: bool
    base: float
    prediction: float
    exact: Floats
    values: Floats
    before: Floats
    pixels: Floats
    pixels_by: by_shap.Explainer
    line: Line
    plane: Plane
    walks: Walks
    again: Repeats | None = None
    whole: Floats | None = None
    doubled: Doubled | None = None


def run(params: Params, report: Report = silent) -> Run:
    """Explain one prediction: quick parts first, then what takes repeats."""
    case, number, missing = asked(params, report)
    quick = explained(params, case, number, missing)
    report(0.1, "explaining once more", quick)
    again = repeated(params, case, number, report)
    report(0.5, "explaining every row", replace(quick, again=again))
    whole = repeats.whole_set(case, report=partial(_later, report))
    return replace(quick, again=again, whole=whole, doubled=doubled(case, whole, report))


def asked(params: Params, report: Report = silent) -> tuple[Case, int, bool]:
    """Return the game that the settings ask for, the row's number, and whether an uploaded table is missing."""
    data, found = resolve(params.data)
    picture = data == "digits"
    plain = Which(data, "mlp" if picture else params.network, params.seeds)
    known = subject(plain, report=report)
    number = min(params.row, len(known.rows) - 1)
    label = int(known.networks[0].logits(known.rows[number]).argmax()) if known.classes else 0
    which = plain
    if params.twin != "none" and not picture:
        place = min(int(params.feature), len(known.features)) - 1
        which = replace(plain, twin=params.twin, twin_of=int(ranking(plain, label)[place]))
    kind = params.output if known.classes else "value"
    case = Case(which, params.features, params.background, params.reference, kind, label)
    return case, number, not found


def explained(params: Params, case: Case, number: int, missing: bool) -> Run:
    """Return the quick parts: all that follows a moving hand."""
    played = game(case)
    recorded = played.subject.rows[number]
    row, moved, player = changed(params, case, played, recorded)
    worths = played.worths(row)
    exact = shapley_values(worths)
    line = by_lime.explain(played, row, samples=params.samples, width=params.width, bins=params.bins, seed=0)
    values = exact if params.method == "definition" else by_method(params, played, row)
    explainer: by_shap.Explainer = "gradient"
    if params.method == "deep" or (params.everyone and params.method in ("kernel", "permutation")):
        explainer = params.method
    pixels = np.zeros(0)
    if played.subject.picture:
        pixels = by_shap.values(explainer, played, row, samples=params.samples, seed=0, everyone=True)
    return Run(
        params=params,
        case=case,
        game=played,
        number=number,
        recorded=recorded,
        row=row,
        moved=moved,
        player=player,
        missing=missing,
        base=float(worths[0]),
        prediction=float(worths[-1]),
        exact=exact,
        values=values,
        before=shapley_values(played.worths(recorded)) if params.change else exact,
        pixels=pixels,
        pixels_by=explainer,
        line=line,
        plane=plane(played, row, line, player, width=params.width, bins=params.bins),
        walks=walked(worths),
    )


def changed(params: Params, case: Case, played: Game, recorded: Floats) -> tuple[Floats, tuple[int, ...], int]:
    """Return the row with the learner's change, the features that are moved, and the player who brings them."""
    row = recorded.copy()
    if played.subject.picture:
        player = min(int(params.feature), len(played.groups)) - 1
        moved = played.groups[player]
        row[list(moved)] = np.clip(row[list(moved)] + INK * params.change, 0.0, 1.0)
        return row, moved, player
    ranked = ranking(case.which, case.label)
    feature = int(ranked[min(int(params.feature), len(ranked)) - 1])
    row[feature] += params.change
    return row, (feature,), next(player for player, group in enumerate(played.groups) if feature in group)


def by_method(params: Params, played: Game, row: Floats) -> Floats:
    """Return the values (M,) of the package's chosen explainer."""
    assert params.method != "definition"
    everyone = params.everyone and params.method in ("kernel", "permutation")
    values = by_shap.values(params.method, played, row, samples=params.samples, seed=0, everyone=everyone)
    return played.summed(values) if everyone else values


def walked(worths: Floats) -> Walks:
    """Walk the orders and keep at most FRAMES snapshots, evenly spaced in the logarithm of their number."""
    players = len(worths).bit_length() - 1
    arrivals = orders(players)
    paths = walks(worths, arrivals)
    running = np.cumsum(gains(paths, arrivals), axis=0) / np.arange(1, len(arrivals) + 1)[:, None]
    counts = np.unique(np.round(np.geomspace(1, len(arrivals), FRAMES)).astype(np.int64))
    every = len(arrivals) == factorial(players)
    return Walks(counts, len(arrivals), every, arrivals[counts - 1], paths[counts - 1], running[counts - 1])


def repeated(params: Params, case: Case, number: int, report: Report) -> Repeats:
    """Explain the recorded row again and again; SHAP by the chosen explainer if it draws, else by the kernel's."""
    drawing = params.method in by_shap.DRAWING
    explainer: by_shap.Explainer = "kernel"
    if params.method in ("permutation", "gradient"):
        explainer = params.method
    shap = repeats.shap_again(
        case,
        number,
        explainer=explainer,
        samples=params.samples,
        everyone=params.everyone and drawing and explainer != "gradient",
        repeats=params.repeats,
        report=report,
    )
    lime = repeats.lime_again(
        case,
        number,
        samples=params.samples,
        width=params.width,
        bins=params.bins,
        repeats=params.repeats,
        report=report,
    )
    return Repeats(lime, shap, explainer, repeats.other_networks(case, number))


def doubled(case: Case, whole: Floats, report: Report) -> Doubled | None:
    """Compare a feature's mean |φ| over the rows with that of itself and its copy once it stands there twice."""
    if case.which.twin == "none":
        return None
    plain = replace(case, which=replace(case.which, twin="none", twin_of=0))
    alone = repeats.whole_set(plain, report=partial(_later, report))
    groups, place = game(plain).groups, (case.which.twin_of,)
    copy = (len(game(case).subject.features) - 1,)
    if place not in groups:
        return None
    size, sizes = np.abs(alone).mean(axis=0), np.abs(whole).mean(axis=0)
    twins = game(case).groups
    return Doubled(float(size[groups.index(place)]), float(sizes[twins.index(place)]), float(sizes[twins.index(copy)]))


def oddness(played: Game) -> float:
    """Return the share of training rows that lie nearer to the mean than the background does on average."""
    train = played.subject.train
    return float(np.mean(distances(train, train) < distances(played.background, train).mean()))


def _later(report: Report, fraction: float, what: str = "", partial: object = None) -> None:
    report(0.5 + fraction / 2, what, partial)
