"""One definition a term, the same everywhere: on the glossary page, and as a tooltip where a term first appears."""

import html
import re

TERMS = {
    "accuracy": "Share of examples whose predicted class is the right one.",
    "activation function": "What a unit does to its weighted sum before it passes it on: ReLU, tanh, sigmoid. Without one, a deep network is a line.",
    "Adam": "Optimizer that gives every weight its own step from running averages of the gradient and of its square (Kingma & Ba 2015).",
    "adversarial example": "An input changed a little, on purpose, so that the network errs.",
    "attack": "A search for a small change of the input that makes the network err.",
    "ambiguity": "How far the members of an ensemble are from their average: the mean squared difference.",
    "autograd": "PyTorch's record of a computation, from which it derives gradients by itself.",
    "backpropagation": "The chain rule applied from the loss back to every weight, each local slope used once.",
    "bagging": "Training each member of an ensemble on a resample of the points, drawn with replacement (Breiman 1996).",
    "band": "The range that holds the middle 80 % of the seeds, from the 10th to the 90th percentile, around their median.",
    "batch": "The examples whose mean gradient makes one step.",
    "batch normalization": "Centres and scales each unit by the mean and variance over the batch (Ioffe & Szegedy 2015).",
    "bias": "A number added to the weighted sum: it moves the boundary without turning it.",
    "bias²": "The squared distance of the mean of many fits from the truth: what is wrong with all of them alike.",
    "boosting": "Adding members one by one, each drawn to what the ones before got wrong (Freund & Schapire 1997).",
    "boundary": "Where the network changes its answer from one class to another.",
    "calibration": "Whether chances are kept: of all answers given with chance 0.8, 8 of 10 should be right.",
    "chain rule": "The slope of a chain of functions is the product of their slopes.",
    "clipping": "Shortening a gradient that is longer than a threshold.",
    "condition number": "The largest curvature of the loss over its least; its root says how much longer than wide the valley is.",
    "confidence interval": "A range made so that, in 95 % of experiments like this one, it holds the true value.",
    "confusion matrix": "A table of true classes against predicted ones: what is taken for what.",
    "convergence": "The loss comes to rest: further steps change little.",
    "cross-entropy": "The mean of −log p of the right class: 0 for a sure right answer, without bound for a sure wrong one.",
    "dead unit": "A ReLU unit that is off for every example, so that no gradient ever reaches it again.",
    "decision boundary": "The set of inputs at which two classes are equally likely for the network.",
    "defence": "A change of training or of the inputs that is meant to make attacks fail.",
    "distillation": "Training one network on another network's soft answers.",
    "divergence": "The loss grows without bound, often until the numbers overflow.",
    "dropout": "Switching units off at random in training, so that no unit can rely on another (Srivastava et al. 2014).",
    "early stopping": "Keeping the weights of the step at which the held-out loss was least.",
    "embedding": "A learned list of numbers that stands for a word, an item or a picture.",
    "ensemble": "Several networks whose answers are combined into one.",
    "epoch": "One pass over all training examples.",
    "exploding gradient": "A gradient that grows from layer to layer on its way back, until steps overflow.",
    "feature": "One number of an input, given or made from the given ones.",
    "FGSM": "One step of fixed size along the sign of the input's gradient: the simplest attack (Goodfellow et al. 2015).",
    "FLOP": "One floating-point operation: an addition or a multiplication.",
    "generalization": "Doing well on examples that were not trained on.",
    "generalization gap": "Training accuracy minus test accuracy.",
    "gradient": "The slopes of the loss with respect to all weights: the direction in which it rises fastest.",
    "gradient descent": "Stepping against the gradient, again and again.",
    "hidden layer": "A layer between the inputs and the outputs.",
    "Huber loss": "Squared error for small errors, absolute error for large ones.",
    "hyperparameter": "A setting that training does not change: rate, width, batch size.",
    "initialization": "The weights with which training starts.",
    "L1 penalty": "λ times the sum of absolute weights, added to the loss: it drives weights to exactly zero.",
    "L2 penalty": "Half λ times the sum of squared weights, added to the loss: it shrinks all weights.",
    "label smoothing": "Training towards 1 − ε for the right class instead of 1.",
    "layer": "Units that take the same inputs and answer together.",
    "layer normalization": "Centres and scales the units of one example by their own mean and variance (Ba et al. 2016).",
    "learning rate": "How far one step goes along the negative gradient.",
    "LIME": "Explains one answer by a line fitted to the network's answers near it (Ribeiro et al. 2016).",
    "linearly separable": "A line (or plane) exists with each class on its own side.",
    "logit": "An output before softmax or sigmoid: any real number.",
    "loss landscape": "The loss as a height over the weights; a picture of it is a slice along two directions.",
    "loss": "The number that training makes small: how wrong the network is on the examples it is shown.",
    "margin": "The distance from the boundary to the nearest example.",
    "mean squared error": "The mean of squared errors; its best constant answer is the mean.",
    "momentum": "A running sum of gradients that the step follows, as a heavy ball rolls on.",
    "MLP": "Multilayer perceptron: layers of units, each layer fed by the one before.",
    "NaN": "“Not a number”: what is left when numbers overflow and are subtracted or divided.",
    "Nesterov": "Momentum that looks at the slope where its step is about to land (Nesterov 1983).",
    "noise scale": "The batch size at which the gradient's noise is as large as the gradient itself (McCandlish et al. 2018).",
    "one-hot": "A list of zeros with a single one, at the place of the class.",
    "optimizer": "The rule that turns gradients into steps.",
    "outlier": "An example far from what the others would lead you to expect.",
    "overfitting": "Learning the training examples' accidents: training loss falls while test loss rises.",
    "patience": "How many epochs without a new best validation loss training goes on before it stops.",
    "perceptron": "One unit with a step, and the rule that corrects it at each mistake (Rosenblatt 1958).",
    "PGD": "Many small FGSM steps, each put back into the allowed range (Madry et al. 2018).",
    "ReLU": "max(0, z): passes what is positive and nothing else.",
    "regularization": "Anything that trades training accuracy for better answers on new examples.",
    "residual connection": "A layer's input added to its output, so that the gradient has a way around it (He et al. 2016).",
    "running statistics": "The mean and variance that batch normalization has averaged over its batches, to use instead of a batch's own at test.",
    "saturation": "A unit so far out on its curve that its slope is almost zero.",
    "seed": "The number from which all random draws of a run follow: same seed, same run.",
    "SHAP": "Shares out an answer among the features by their average contribution over all orders (Shapley 1953; Lundberg & Lee 2017).",
    "sharpness": "How fast the loss rises around the weights; here, the largest curvature.",
    "sigmoid": "1/(1 + e⁻ᶻ): squeezes any number into 0…1.",
    "softmax": "Turns logits into probabilities: exponentials, divided by their sum.",
    "step": "One change of the weights.",
    "stochastic gradient descent": "Gradient descent with the gradient of a random batch.",
    "tanh": "The hyperbolic tangent: squeezes any number into −1…1.",
    "test set": "Examples kept aside, seen only to measure.",
    "thinned network": "What dropout leaves of a network at one step.",
    "training set": "The examples that the weights are fitted to.",
    "underfitting": "The network cannot even learn its training examples.",
    "unit": "One neuron: a weighted sum, a bias and an activation function.",
    "validation set": "Examples that are not trained on but watched, to choose settings or the moment to stop.",
    "vanishing gradient": "A gradient that shrinks from layer to layer on its way back, until the first layers stand still.",
    "variance": "The mean squared distance from the mean.",
    "weight": "The number by which an input is multiplied.",
    "weight decay": "Shrinking all weights a little at each step.",
    "z-score": "A number minus the mean of its feature, in standard deviations of that feature.",
}
"""Term → its one definition."""

# Code and links are left alone; longer terms come first, so that "batch normalization" is not read as "batch".
_WORDS = "|".join(re.escape(term) for term in sorted(TERMS, key=len, reverse=True))
_PIECES = re.compile(rf"(`[^`]*`|\[[^\]]*\]\([^)]*\))|(?<![\w-])({_WORDS})(s?)(?![\w-])", re.IGNORECASE)
_KEYS = {term.lower(): term for term in TERMS}


def mark(text: str, seen: set[str]) -> str:
    """Return Markdown in which each term carries its definition as a tooltip, once: where it is not yet in `seen`.

    Args:
        text: Markdown of the house, never a user's.
        seen: terms that have been marked on this page; those marked here are added.
    """

    def dressed(match: re.Match[str]) -> str:
        left_alone, word, plural = match.group(1), match.group(2), match.group(3)
        if left_alone or _KEYS[word.lower()] in seen:
            return match.group(0)
        term = _KEYS[word.lower()]
        seen.add(term)
        return f'<abbr tabindex="0" title="{html.escape(TERMS[term])}">{word}{plural}</abbr>'

    return _PIECES.sub(dressed, text)
