"""The words of the page: what to watch, what to predict, what breaks, what is claimed."""

import numpy as np
from numpy.typing import ArrayLike

from nnviz.concepts.adversarial.attacks import ascent, fgsm, projected
from nnviz.concepts.adversarial.claims import CLAIMS
from nnviz.concepts.adversarial.model import Params, Run
from nnviz.concepts.adversarial.recipe import RECIPES
from nnviz.concepts.adversarial.survey import PROBE, Way
from nnviz.core.lesson import Answer, Lesson, Measure, Note, Prediction, Preset, Reference

SAME = 2.0  # points within which two attacks break the same


def undefended(params: Params) -> Params:
    """Return the same network without a defence, at ε = 0.15 in L∞."""
    return params.but(defence="none", epsilon=PROBE, norm="linf", hurried=False)


def who_breaks_more(run: Run) -> Answer:
    """Grade FGSM against PGD by the median over networks of the difference in what they fool."""
    if run.own is None:
        raise ValueError("the run holds no curves to grade the answer by")
    place = run.own.at(PROBE)
    one, many = (100 * (1 - run.own.kept[way][:, place]) for way in ("fgsm", "pgd"))
    ahead = float(np.median(many - one))
    choice = 2 if abs(ahead) <= SAME else 0 if ahead > 0 else 1
    reasons = (
        "the loss bends on the way, and PGD looks again",
        "here one long step gets farther than ten short ones",
        "looking again on the way changes next to nothing",
    )
    because = (
        f"Over {run.own.networks} networks {np.median(many):.0f} % of the digits are answered wrongly under PGD and "
        f"{np.median(one):.0f} % under FGSM, a median difference of {ahead:.1f} points: {reasons[choice]}."
    )
    return Answer(choice, because)


def staircase(params: Params) -> Params:
    """Return the network behind a staircase, attacked with examples of another network at ε = 0.15 in L∞."""
    return params.but(defence="masking", attack="transfer", epsilon=PROBE, norm="linf", hurried=False)


def what_transfers(run: Run) -> Answer:
    """Grade how many examples from elsewhere are answered wrongly, where PGD cannot move."""
    if run.own is None:
        raise ValueError("the run holds no curves to grade the answer by")
    place = run.own.at(PROBE)
    white, borrowed = (100 * float(np.median(1 - run.own.kept[way][:, place])) for way in ("pgd", "transfer"))
    strongest = 100 * float(np.median(1 - run.own.strongest[:, place]))
    choice = int(np.searchsorted([10, 50], borrowed, side="right"))
    because = (
        f"Answered wrongly are {white:.0f} % of the digits under PGD, {borrowed:.0f} % of the borrowed examples, and "
        f"{strongest:.0f} % under the strongest attack of all. The staircase hides the slope, not the mistakes."
    )
    return Answer(choice, because)


def kept(run: Run, way: Way) -> ArrayLike:
    """Return what each network keeps of its accuracy at the measured strength nearest to ε, (K,); nan while unknown."""
    return run.own.kept[way][:, run.own.at(run.params.epsilon)] if run.own else np.nan


lesson = Lesson(
    intro=(
        "Drag ε and watch a digit turn into another under changes that you can see here five times enlarged. Then put "
        "a defence in front of the network, and look below whether it still stands when the attacker is cleverer."
    ),
    predictions=(
        Prediction(
            "PGD with 10 steps or FGSM at the same ε = 0.15, on networks without defence: who breaks more?",
            ("PGD with 10 steps", "FGSM", "Both the same, within 2 points"),
            undefended,
            who_breaks_more,
        ),
        Prediction(
            "Pixels are rounded to the 17 greys that digits have anyway, so the gradient is zero everywhere and PGD "
            "cannot move. How many digits do examples fool that were made on another network?",
            ("Hardly any: less than 10 %", "Some: 10 to 50 %", "Most: more than 50 %"),
            staircase,
            what_transfers,
        ),
    ),
    presets=(
        Preset(
            "A wall of masked gradients",
            {"defence": "masking"},
            "PGD cannot move and the network looks safe. Read the symptoms in the last chart.",
            "gradient masking",
        ),
        Preset(
            "The wall, walked round",
            {"defence": "masking", "attack": "transfer", "epsilon": 0.2},
            "The same wall: examples made on another network do not ask for its gradient.",
            "gradient masking",
        ),
        Preset(
            "Distilled into silence",
            {"defence": "distillation"},
            "Scores are so large that the softmax is flat. Let the attacker know the defence, and it is gone.",
            "gradient masking",
        ),
    ),
    claims=CLAIMS,
    heart=(fgsm, ascent, projected),
    references=(
        Reference("Szegedy et al., Intriguing properties of neural networks", 2014, "https://arxiv.org/abs/1312.6199"),
        Reference(
            "Goodfellow, Shlens & Szegedy, Explaining and harnessing adversarial examples",
            2015,
            "https://arxiv.org/abs/1412.6572",
        ),
        Reference(
            "Papernot et al., The limitations of deep learning in adversarial settings (JSMA)",
            2016,
            "https://arxiv.org/abs/1511.07528",
        ),
        Reference(
            "Papernot et al., Distillation as a defense to adversarial perturbations",
            2016,
            "https://arxiv.org/abs/1511.04508",
        ),
        Reference(
            "Papernot, McDaniel & Goodfellow, Transferability in machine learning",
            2016,
            "https://arxiv.org/abs/1605.07277",
        ),
        Reference(
            "Carlini & Wagner, Towards evaluating the robustness of neural networks",
            2017,
            "https://arxiv.org/abs/1608.04644",
        ),
        Reference(
            "Madry et al., Towards deep learning models resistant to adversarial attacks",
            2018,
            "https://arxiv.org/abs/1706.06083",
        ),
        Reference(
            "Athalye, Carlini & Wagner, Obfuscated gradients give a false sense of security",
            2018,
            "https://arxiv.org/abs/1802.00420",
        ),
        Reference(
            "Gowal et al., On the effectiveness of interval bound propagation", 2018, "https://arxiv.org/abs/1810.12715"
        ),
        Reference("Xu, Evans & Qi, Feature squeezing", 2018, "https://arxiv.org/abs/1704.01155"),
        Reference(
            "Cohen, Rosenfeld & Kolter, Certified adversarial robustness via randomized smoothing",
            2019,
            "https://arxiv.org/abs/1902.02918",
        ),
        Reference("Tsipras et al., Robustness may be at odds with accuracy", 2019, "https://arxiv.org/abs/1805.12152"),
        Reference("Andriushchenko et al., Square attack", 2020, "https://arxiv.org/abs/1912.00049"),
    ),
    measures=(
        Measure("accuracy under PGD", "", lambda run: kept(run, "pgd"), "more"),
        Measure("accuracy when the attacker knows the defence", "", lambda run: kept(run, "adapted"), "more"),
        Measure("clean accuracy", "", lambda run: run.own.clean if run.own else np.nan, "more"),
    ),
    recipe=RECIPES,
    notes=(
        Note(
            2,
            "Drag ε from 0 upwards until the answer turns. Ask: can you see what was added? Answer: on 8×8 pixels "
            "yes; the claim “imperceptible” comes from photographs with a thousand times as many pixels.",
        ),
        Note(
            3,
            "Set the map to the network with two inputs and click points. Ask: which way does the path go? Answer: "
            "to the corner of the ball for FGSM, then along the rim for PGD.",
        ),
        Note(
            4,
            "Break it: a wall of masked gradients. Ask: are we safe? Vote, then switch the attack to transfer, and "
            "then let the attacker know the defence.",
        ),
        Note(
            3,
            "Last: what is proven. Ask: who is right between the two lines? Answer: nobody knows; a better attack "
            "lowers the upper one, a better proof lifts the lower one.",
        ),
    ),
)
