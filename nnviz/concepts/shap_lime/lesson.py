"""The words of the page."""

import numpy as np

from nnviz.concepts.shap_lime import evidence
from nnviz.concepts.shap_lime.by_lime import closeness
from nnviz.concepts.shap_lime.model import Params, Run
from nnviz.concepts.shap_lime.recipe import RECIPES
from nnviz.concepts.shap_lime.shapley import shapley_values, worth
from nnviz.concepts.shap_lime.words import number
from nnviz.core.claims import Claim
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference

IN_FULL, NOTHING = 0.85, 0.15  # of the importance that the feature had alone
CHANGED = 0.01  # of all bars' lengths together

INTRO = """A network gives one answer; SHAP and LIME say which features made it. SHAP shares out the difference from the
average answer, by asking every coalition of features what it is worth. LIME fits a straight line to the network's answers
nearby. Change a feature and watch the bars follow; then ask again, and see which of the two gives the same answer twice."""


def share(run: Run) -> Answer:
    """Grade what became of the importance of a feature that stands in the table twice."""
    assert run.doubled is not None
    alone = run.doubled.alone or 1.0
    shares = sorted((run.doubled.original / alone, run.doubled.copy / alone))
    choice = 0 if shares[0] > IN_FULL else 2 if shares[0] < NOTHING else 1
    because = (
        f"Alone it had a mean |φ| of {number(run.doubled.alone)}. Of the two, the original has "
        f"{number(run.doubled.original)} and the copy {number(run.doubled.copy)}: {shares[1]:.0%} and {shares[0]:.0%} of that."
    )
    less = "each column looks" if shares[1] < 1 else "one of the columns looks"
    meaning = (
        " Together they count for more, though the network knows no more.",
        f" The network knows no more and no less, yet {less} less important.",
        " Which of the two it is was up to the initial weights.",
    )
    return Answer(choice, because + meaning[choice])


def spill(run: Run) -> Answer:
    """Grade whether moving one feature changes what the others get."""
    moved = np.abs(run.exact - run.before)
    others = np.delete(moved, run.player)
    largest = float(others.max(initial=0.0))
    choice = int(largest > CHANGED * float(np.abs(run.before).sum()))
    own = number(float(moved[run.player]))
    because = f"Its own bar changed by {own}, the most any other bar changed is {number(largest)}."
    reason = " The answer bends: what one feature is worth depends on the others." if choice else ""
    return Answer(choice, because + reason)


def duplicated(params: Params) -> Params:
    """Return the settings with the chosen feature duplicated; a picture has no column to duplicate."""
    data = "wine" if params.data == "digits" else params.data
    place = str(min(int(params.feature), params.features))
    return params.but(data=data, feature=place, twin="copy", change=0.0)


PREDICTIONS = (
    Prediction(
        "Duplicate a feature exactly and train again: what happens to its importance?",
        (
            "Both columns keep it in full",
            "They share it: each has less than before",
            "One keeps it, the other gets nothing",
        ),
        duplicated,
        share,
    ),
    Prediction(
        "Move one feature up by two standard deviations: do the bars of the others change too?",
        ("No, only its own bar", "Yes, others change as well"),
        lambda params: params.but(change=2.0),
        spill,
    ),
)
PRESETS = (
    Preset(
        "Correlated features",
        {"data": "breast_cancer", "row": 28},
        "Worst radius and worst perimeter say the same: look at their two bars, and at how other networks share the credit.",
        "correlated features",
    ),
    Preset(
        "A kernel too narrow",
        {"width": 0.1},
        "No sample is near enough to count: LIME's weights are nothing, and its dashed lines are gone.",
        "flat surrogate",
    ),
    Preset(
        "One odd background row",
        {"reference": "odd"},
        "The base value is the answer to one strange row: every bar now explains the difference from that row.",
        "odd background",
    ),
)
CLAIMS = (
    Claim(
        "sum",
        "SHAP values sum to the prediction minus the base (to 1e-6).",
        "Lundberg & Lee 2017, local accuracy",
        evidence.adds_up,
    ),
    Claim(
        "lime-unstable",
        "LIME is unstable: asked twice, its largest effect differs by at least 10 %.",
        "Alvarez-Melis & Jaakkola 2018",
        evidence.is_unstable,
    ),
    Claim(
        "same-top",
        "SHAP and LIME agree on the top feature, in at least 80 % of rows.",
        "common practice: one is used to check the other",
        evidence.same_top_feature,
    ),
    Claim(
        "proves-fair",
        "SHAP proves a model fair: where the protected group has no importance, groups are treated alike (within 5 points).",
        "widely repeated; against it Slack et al. 2020",
        evidence.fair_because_unimportant,
        doubtful=True,
    ),
)
REFERENCES = (
    Reference(
        'Lundberg & Lee, "A unified approach to interpreting model predictions"',
        2017,
        "https://arxiv.org/abs/1705.07874",
    ),
    Reference('Ribeiro, Singh & Guestrin, "Why should I trust you?"', 2016, "https://arxiv.org/abs/1602.04938"),
    Reference('Shapley, "A value for n-person games"', 1953, "https://doi.org/10.1515/9781400881970-018"),
    Reference(
        'Castro, Gómez & Tejada, "Polynomial calculation of the Shapley value based on sampling"',
        2009,
        "https://doi.org/10.1016/j.cor.2008.04.004",
    ),
    Reference(
        'Alvarez-Melis & Jaakkola, "On the robustness of interpretability methods"',
        2018,
        "https://arxiv.org/abs/1806.08049",
    ),
    Reference('Slack et al., "Fooling LIME and SHAP"', 2020, "https://arxiv.org/abs/1911.02508"),
    Reference(
        'Aas, Jullum & Løland, "Explaining individual predictions when features are dependent"',
        2021,
        "https://arxiv.org/abs/1903.10464",
    ),
)
NOTES = (
    Note(
        3,
        "Let the waterfall play. Ask: how can a wobbling average always end at the same point? Every order adds up to the answer.",
    ),
    Note(
        4,
        "Drag “Change it by”. Ask: which bars should move? All, where the network bends; only one, if it were linear.",
    ),
    Note(
        4,
        "Open “The same row again”. Ask: which method would you sign for? LIME's crosses spread, SHAP with all coalitions does not.",
    ),
    Note(
        5,
        "Predict: duplicate a feature. Answer on wine: the credit is shared, so a copy hides importance; other data may differ.",
    ),
    Note(
        4,
        "Break it: one odd background row. Ask: did the network change? No; only the question did: compared with what?",
    ),
)

MEASURES = (
    Measure("largest SHAP value", "", lambda run: np.abs(run.exact).max()),
    Measure("prediction", "", lambda run: run.prediction),
    Measure("LIME's R²", "", lambda run: run.line.score, "more"),
    Measure("test score", "", lambda run: run.game.subject.scores, "more"),
)

lesson = Lesson(
    intro=INTRO.replace("\n", " "),
    predictions=PREDICTIONS,
    presets=PRESETS,
    claims=CLAIMS,
    heart=(worth, shapley_values, closeness),
    references=REFERENCES,
    measures=MEASURES,
    recipe=RECIPES,
    notes=NOTES,
)
