"""What the page says in words: names, numbers, the sentence, and what the diagnosis found."""

from html import escape

import numpy as np

from nnviz.concepts.shap_lime.model import Run, oddness
from nnviz.concepts.shap_lime.network import Floats
from nnviz.core import diagnosis
from nnviz.core.diagnosis import Finding
from nnviz.core.statistics import band, rank_agreement

LETTERS = 26  # of a name in a chart
IN_A_LABEL = 18  # of a name that stands beside a value
ROOMY = 7  # players; with more their labels are small
CORRELATED = 0.95  # |r| from which two features tell nearly the same
FLAT = 0.05  # of the spread of the answers: slopes below it are none
ODD_SHARE, ODD_BASE = 0.99, 0.75  # of training rows nearer to the mean; standard deviations of the base off the average


def number(value: float) -> str:
    """Return a number with the digits that matter: about three."""
    size = abs(value)
    if size >= 1e5 or 0 < size < 5e-4:
        return f"{value:.2g}"
    return f"{value:.0f}" if size >= 100 else f"{value:.3g}"


def signed(value: float) -> str:
    """Return a number with its sign; what rounds to nothing is 0."""
    return "0" if abs(value) < 5e-7 else ("+" if value > 0 else "−") + number(abs(value))


def short(name: str, letters: int = LETTERS) -> str:
    """Return a name for a chart: cut, and no markup, for it may be a stranger's."""
    return escape(name if len(name) <= letters else name[: letters - 1] + "…")


def raw(name: str) -> str:
    """Return a name for plain text."""
    return name if len(name) <= LETTERS else name[: LETTERS - 1] + "…"


def player_label(run: Run, player: int) -> str:
    """Return a player's name with the row's value in its own unit; of the one that is changed, what it was before."""
    game, changed = run.game, bool(run.params.change) and player == run.player
    mark = "➤ " if changed else ""
    if game.subject.picture or player >= game.singles:
        return mark + short(game.names[player])
    name = f"{mark}{player + 1} · {short(game.names[player], IN_A_LABEL)}"
    value = number(_restored(run, run.recorded, player))
    return f"{name} (was {value}) =" if changed else f"{name} = {value}"


def value_label(run: Run) -> str:
    """Return the value of the player that is changed, which goes with its name; empty where none has a value."""
    game = run.game
    if not run.params.change or game.subject.picture or run.player >= game.singles:
        return ""
    return number(_restored(run, run.row, run.player))


def _restored(run: Run, row: Floats, player: int) -> float:
    feature = run.game.groups[player][0]
    return float(run.game.subject.restored(row[feature], feature))


def answer_name(run: Run) -> str:
    """Return what is shared out, for an axis."""
    subject = run.game.subject
    if not subject.classes:
        return "predicted value"
    what = "probability" if run.case.kind == "probability" else "log-odds"
    return f"{what} of {short(subject.classes[run.case.label])}"


def sentence(run: Run) -> str:
    """Return the page's sentence."""
    parts = [_verdict(run), _sum(run), _scores(run)]
    if run.number < run.params.row:
        parts.insert(0, f"There is no row {run.params.row}; here is the last.")
    if run.doubled:
        parts.append(
            f"Alone the duplicated feature had a mean |φ| of {number(run.doubled.alone)}; now it has "
            f"{number(run.doubled.original)} and its copy {number(run.doubled.copy)}."
        )
    return " ".join(parts)


def _verdict(run: Run) -> str:
    subject, top = run.game.subject, int(np.argmax(np.abs(run.values)))
    most = f"most comes from {raw(run.game.names[top])}: {signed(float(run.values[top]))}"
    average = f"the background's average answer is {number(run.base)}, and {most}."
    if not subject.classes:
        truth = number(float(subject.targets[run.number]))
        return f"For row {run.number} the network predicts {number(run.prediction)} (the truth is {truth}); {average}"
    truth, label = subject.classes[int(subject.targets[run.number])], subject.classes[run.case.label]
    right = f"rightly taken for {raw(label)}" if truth == label else f"taken for {raw(label)} and is {raw(truth)}"
    if run.params.change:
        right = f"changed and asked about {raw(label)} again"
    what = "probability" if run.case.kind == "probability" else "log-odds"
    return f"Row {run.number} is {right} ({what} {number(run.prediction)}); {average}"


def _sum(run: Run) -> str:
    gap = abs(float(run.values.sum()) - (run.prediction - run.base))
    exact = gap < 1e-6 * max(1.0, abs(run.prediction - run.base))
    text = f"The bars add up {'exactly' if exact else f'but for {number(gap)}'}"
    if run.params.method != "definition":
        off = float(np.abs(run.values - run.exact).max())
        text += f", each within {number(off)} of the definition" if off > 1e-9 else ", each as the definition has it"
    text += f"; LIME's line has R² = {run.line.score:.2f}"
    agreement = agreed(run)
    return text + (f" and ranks the features like SHAP with ρ = {agreement:.2f}." if np.isfinite(agreement) else ".")


def _scores(run: Run) -> str:
    scores = band(run.game.subject.scores)
    what = "accuracy" if run.game.subject.classes else "R²"
    middle, low, high = (float(each) for each in (scores.median, scores.low, scores.high))
    return f"Test {what} over {scores.count} network{'s' * (scores.count > 1)}: {middle:.3f} (10–90 %: {low:.3f} to {high:.3f})."


def agreed(run: Run) -> float:
    """Return Spearman's ρ between the sizes of LIME's and SHAP's effects, all others together left out."""
    singles = run.game.singles
    if singles < 2:
        return float("nan")
    return rank_agreement(np.abs(run.line.effects[:singles]), np.abs(run.values[:singles]))


def found(run: Run) -> tuple[Finding, ...]:
    """Return what the diagnosis found."""
    same = diagnosis.collapsed_outputs(run.game.answers) if len(run.game.answers) > 1 else None
    others = (_flat(run), _odd(run)) if same is None else (same,)
    return diagnosis.findings(_missing(run), _holes(run), _correlated(run), *others)


def _missing(run: Run) -> Finding | None:
    if not run.missing:
        return None
    text = f"This table is no longer kept here: upload it again below. Until then you see {run.game.subject.title}."
    return Finding("missing table", "warning", text)


def _holes(run: Run) -> Finding | None:
    holes = run.game.subject.holes
    if not holes:
        return None
    text = f"{holes} empty cell{'s' * (holes > 1)} hold the mean of their column: SHAP and LIME explain that value."
    return Finding("missing values", "note", text)


def _correlated(run: Run) -> Finding | None:
    """Find two players that tell the same, so that mixed rows contradict themselves and credit is shared at will."""
    game = run.game
    if game.subject.picture or game.singles < 2:
        return None
    columns = [group[0] for group in game.groups[: game.singles]]
    train = game.subject.train[:, columns]
    varying = np.flatnonzero(train.std(axis=0) > 0)
    if len(varying) < 2 or len(train) < 3:
        return None
    matrix = np.atleast_2d(np.corrcoef(train[:, varying].T))
    np.fill_diagonal(matrix, 0.0)
    first, second = (int(each) for each in np.unravel_index(np.abs(matrix).argmax(), matrix.shape))
    r, pair = float(matrix[first, second]), (int(varying[first]), int(varying[second]))
    if abs(r) < CORRELATED:
        return None
    names = " and ".join(f"“{raw(game.names[player])}”" for player in pair)
    credit = " and ".join(signed(float(run.values[player])) for player in pair)
    share = torn(run.row[columns][list(pair)], game.background[:, columns][:, list(pair)], r)
    text = (
        f"{names} tell nearly the same (r = {r:.4g}): the network may use either, so how they share the credit ({credit}) "
        f"says little. {100 * share:.0f} % of the rows that mix one from here with one from the background fit no real row."
    )
    return Finding("correlated features", "warning", text)


def torn(row: Floats, background: Floats, r: float) -> float:
    """Return the share of mixed pairs that lie more than 3 standard errors off the line of two correlated features.

    Args:
        row: (2,) standardised values; background: (B, 2); r: their correlation.
    """
    error = max(np.sqrt(max(1 - r**2, 0.0)), 1e-6)
    first = np.abs(background[:, 1] - r * row[0]) / error
    second = np.abs(row[1] - r * background[:, 0]) / error
    return float(np.mean(np.concatenate([first, second]) > 3))


def _flat(run: Run) -> Finding | None:
    """Find a LIME whose neighbourhood is so small that its penalty alone decides: a flat line."""
    line = run.line
    spread = float(line.answers.std())
    if spread == 0 or float(np.linalg.norm(line.weights)) >= FLAT * spread:
        return None
    text = (
        f"LIME's line is flat: its slopes have norm {number(float(np.linalg.norm(line.weights)))} while the network's answers on "
        f"the samples spread by {number(spread)}. Kernel width {run.params.width:g} leaves {line.neighbours:.1f} of "
        f"{len(line.samples)} samples with weight, so the ridge penalty decides. Widen the kernel."
    )
    return Finding("flat surrogate", "failure", text)


def _odd(run: Run) -> Finding | None:
    """Find a background that is not typical of the data: every explanation is a difference from it."""
    game = run.game
    share, average, spread = oddness(game), float(game.answers.mean()), float(game.answers.std())
    off = abs(run.base - average) / spread if spread > 0 else 0.0
    far = share >= min(ODD_SHARE, 1 - 1 / len(game.subject.train))
    if not far and off < ODD_BASE:
        return None
    rows = f"{len(game.background)} row{'s lie' if len(game.background) > 1 else ' lies'}"
    place = f"its {rows} farther from the mean than {100 * share:.0f} % of the training rows, and " if far else ""
    text = (
        f"The background is odd: {place}the base value is {number(run.base)} where all rows have {number(average)} on "
        f"average, {off:.1f} standard deviations away. Every φ is a difference from that base."
    )
    return Finding("odd background", "warning", text)
