"""SHAP and LIME on one prediction of a trained network, beside the definition that SHAP estimates."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.shap_lime import by_lime, by_shap, repeats
from nnviz.concepts.shap_lime.by_lime import Line
from nnviz.concepts.shap_lime.game import Case, Game, Reference, distances, game, ranking
from nnviz.concepts.shap_lime.network import Floats
from nnviz.concepts.shap_lime.plane import Plane, plane
from nnviz.concepts.shap_lime.repeats import Repeats
from nnviz.concepts.shap_lime.shapley import gains, orders, shapley_values, walks
from nnviz.concepts.shap_lime.subject import ROWS, Architecture, Twin, Which, resolve, subject
from nnviz.core import params
from nnviz.core.progress import Report, silent

Method = Literal["definition", "exact", "kernel", "permutation", "gradient", "deep"]
METHODS = {
    "definition": "The definition: all coalitions",
    "exact": "shap: exact",
    "kernel": "shap: kernel",
    "permutation": "shap: permutation",
    "gradient": "shap: gradient",
    "deep": "shap: deep",
}
PLACES = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
PLACE_NAMES = dict(zip(PLACES, ("The most important", *(f"Number {place}" for place in PLACES[1:])), strict=True))
FRAMES = 60
INK = 0.375  # standard deviation of the digits' pixels: a tile is moved in units of it


class Params(params.Params):
    """The settings of the page."""

    data: str = params.field(
        "wine", "Data", "What the networks have learned to tell apart; send a table of your own below the charts",
        labels={"wine": "Wine: three cultivars", "breast_cancer": "Breast cancer: biopsies", "digits": "Digits, by a CNN"},
        editor="choice", pattern=r"^(wine|breast_cancer|digits|csv:[0-9a-f]{1,64}(-[0-9]{1,3})?)$",
    )  # fmt: skip
    row: int = params.field(
        18, "Row to explain", "Number of the test row whose prediction is explained; the table below lists them all",
        ge=0, le=ROWS - 1,
    )  # fmt: skip
    feature: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] = params.field(
        "1", "Feature to change", "Which feature the next slider moves, by importance, or which tile of a digit; or click a bar",
        labels=PLACE_NAMES,
    )  # fmt: skip
    change: float = params.field(
        0.0, "Change it by", "What if: adds this many standard deviations to the chosen feature and explains the row anew",
        ge=-4, le=4, multiple_of=0.1, unit="sd", live=True,
    )  # fmt: skip
    method: Method = params.field(
        "definition", "SHAP by", "Who computes the SHAP values: the plain definition, or one of the shap package's explainers",
        labels=METHODS,
    )  # fmt: skip
    everyone: bool = params.field(
        False, "Every feature plays", "Each feature (or pixel) is a player of its own; the chart adds up those it does not show",
        when={"method": ("kernel", "permutation")},
    )  # fmt: skip
    width: float = params.field(
        0.75, "LIME's kernel width", "How far LIME looks around the row, in units of √(number of features); a third of it on digits",
        ge=0.05, le=5, log=True, live=True, more=True,
    )  # fmt: skip
    samples: int = params.field(
        200, "Samples", "Points that LIME tries around the row, and what kernel, permutation and gradient may ask the network",
        ge=50, le=5000, multiple_of=50, more=True,
    )  # fmt: skip
    repeats: int = params.field(
        10, "Repeats", "How often LIME and SHAP explain the same row again with other samples", ge=2, le=30, more=True
    )
    reference: Reference = params.field(
        "sample", "Background", "Rows whose values stand in for a feature that is absent; they set the base value",
        labels={"sample": "Random training rows", "centres": "Centres of k-means", "mean": "The mean row",
                "odd": "The one oddest row"}, more=True,
    )  # fmt: skip
    background: int = params.field(
        20, "Background rows", "How many background rows an absent feature is averaged over",
        ge=1, le=100, more=True, when={"reference": ("sample", "centres")},
    )  # fmt: skip
    output: Literal["probability", "log_odds"] = params.field(
        "probability", "Explain the", "Log-odds log(p/(1−p)) add up without bounds; probabilities squeeze what is already sure",
        labels={"probability": "Probability", "log_odds": "Log-odds"}, more=True,
    )  # fmt: skip
    features: int = params.field(
        6, "Features that play", "The most important ones play by themselves, all others as one; a digit is cut into so many tiles",
        ge=3, le=10, more=True,
    )  # fmt: skip
    bins: bool = params.field(
        False, "LIME by quartiles", "Describe a value by its quartile, LIME's own default, instead of by a slope", more=True
    )
    twin: Twin = params.field(
        "none", "Duplicate the feature", "Put the chosen feature into the table twice and train again: who gets the credit?",
        labels={"none": "No", "copy": "An exact copy", "near": "A nearly exact copy"}, more=True,
    )  # fmt: skip
    network: Architecture = params.field(
        "mlp", "Network", "The linear one is logistic (or linear) regression: its log-odds have SHAP values w·(x − mean)",
        labels={"mlp": "MLP, 16 and 8 hidden units", "linear": "Linear, no hidden layer"}, more=True,
    )  # fmt: skip
    seeds: int = params.field(
        8, "Seeds", "How many networks are trained on the same rows; the first is explained, the others show the spread",
        ge=1, le=32, more=True,
    )  # fmt: skip


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
        pixels: (d,) values of single pixels by expected gradients; empty for a table.
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
    pixels = np.zeros(0)
    if played.subject.picture:
        pixels = by_shap.values("gradient", played, row, samples=params.samples, seed=0, everyone=True)
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
        values=exact if params.method == "definition" else by_method(params, played, row),
        before=shapley_values(played.worths(recorded)) if params.change else exact,
        pixels=pixels,
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
    every = len(np.unique(arrivals, axis=0)) == np.prod(np.arange(1, players + 1, dtype=np.float64))
    return Walks(counts, len(arrivals), bool(every), arrivals[counts - 1], paths[counts - 1], running[counts - 1])


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
