"""LIME's fit in two dimensions: the network on a plane through the row, and the straight surface that stands in for it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.shap_lime import by_lime
from nnviz.concepts.shap_lime.by_lime import Line
from nnviz.concepts.shap_lime.game import Game
from nnviz.concepts.shap_lime.network import Floats

POINTS = 33
REACH = 4.0  # standard deviations to each side of the mean, or further if the row lies beyond
SHOWN = 250  # samples drawn, those with the most weight
JITTER = 0.07  # a tile is shown or not: without it all samples would lie on four points


@dataclass(frozen=True)
class Plane:
    """Two players moved, all others held at the row's values.

    Attributes:
        across, up: the numbers of the two players.
        x, y: (G,) their values: standard deviations, or the share of a tile that is shown.
        network, line: (G, G) what the network and LIME's line say at (y, x).
        here: (2,) the row.
        samples: (n, 2) some of LIME's samples; closeness: (n,) their weight.
    """

    across: int
    up: int
    x: Floats
    y: Floats
    network: Floats
    line: Floats
    here: Floats
    samples: Floats
    closeness: Floats


def plane(game: Game, row: Floats, line: Line, moved: int, *, width: float, bins: bool) -> Plane:
    """Cut the plane of player `moved` and the other player with the largest effect by LIME.

    A game with a single player is cut along it twice.
    """
    single = min(moved, game.singles - 1)
    others = [player for player in np.argsort(-np.abs(line.effects)) if player < game.singles and player != single]
    across, up = single, int(others[0]) if others else single
    chosen = np.argsort(-line.closeness, kind="stable")[:SHOWN].astype(np.int64)
    cut = _tiles if game.subject.picture else _features
    return cut(game, row, line, (across, up), chosen, width=width, bins=bins)


def _features(
    game: Game, row: Floats, line: Line, pair: tuple[int, int], chosen: NDArray[np.int64], *, width: float, bins: bool
) -> Plane:
    first, second = (game.groups[player][0] for player in pair)
    x, y = (_range(row[feature]) for feature in (first, second))
    grid = np.tile(row, (POINTS, POINTS, 1))
    grid[..., second] = y[:, None]
    grid[..., first] = x[None, :]
    flat = grid.reshape(-1, len(row))
    described = flat
    if bins:
        quartiles = by_lime.table_explainer(game, width, bins, seed=0).discretizer
        described = (quartiles.discretize(flat) == quartiles.discretize(row)).astype(np.float64)
    straight = line.intercept + described @ line.weights
    return Plane(
        *pair,
        x,
        y,
        game.answer(grid),
        straight.reshape(POINTS, POINTS),
        row[[first, second]],
        line.samples[chosen][:, [first, second]],
        line.closeness[chosen],
    )


def _tiles(
    game: Game, row: Floats, line: Line, pair: tuple[int, int], chosen: NDArray[np.int64], *, width: float, bins: bool
) -> Plane:
    del width, bins  # a tile is shown or hidden: there is nothing to bin
    share = np.linspace(0.0, 1.0, POINTS)
    first, second = (list(game.groups[player]) for player in pair)
    hidden = game.background.mean(axis=0)
    grid = np.tile(row, (POINTS, POINTS, 1))
    grid[..., second] = (hidden + share[:, None] * (row - hidden))[:, None, second]
    grid[..., first] = (hidden + share[:, None] * (row - hidden))[None, :, first]
    ones = np.ones((POINTS, POINTS, len(game.groups)))
    ones[..., pair[1]] = share[:, None]
    ones[..., pair[0]] = share[None, :]
    jitter = np.random.default_rng(0).uniform(-JITTER, JITTER, (len(chosen), 2))
    straight = line.intercept + ones @ line.weights
    points = line.shown[chosen][:, list(pair)] + jitter
    return Plane(*pair, share, share, game.answer(grid), straight, np.ones(2), points, line.closeness[chosen])


def _range(value: float) -> Floats:
    low, high = min(-REACH, np.floor(value) - 1.0), max(REACH, np.ceil(value) + 1.0)
    return np.linspace(low, high, POINTS)
