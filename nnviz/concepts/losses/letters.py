"""A letter-level language model as small as can be, one weight per pair of letters, and the perplexity of a sentence."""

import numpy as np
from numpy.typing import NDArray

from nnviz.concepts.losses.functions import log_softmax

Floats = NDArray[np.float64]
ALPHABET = "abcdefghijklmnopqrstuvwxyz "
STEPS, RATE = 150, 4.0
TEXT = """a network learns from its mistakes and the loss is what tells it how large a mistake is. when the loss is small
there is little left to learn. the gradient of the loss says in which direction every weight should move and the step size
says how far. a good loss is high where the answer is wrong and falls all the way down to where the answer is right. if it
is flat where the answer is wrong then nothing is learned there. the mean is pulled by the one point that lies far away and
the median is not. the teacher asks a question and the children think about it before they look at the answer. it is better
to be roughly right than to be surely wrong. when you are sure and wrong the price should be high. a letter that was
expected costs little and a letter that nobody expected costs much. that is why the sum of the surprise is a measure of how
well the model knows the language. the rain in spring is warm and the river is high. the old man and the sea is a story of
a fish. she sells shells on the shore and he sings a song in the evening. we read and write and count from one to ten."""


def numbers(text: str) -> NDArray[np.int64]:
    """Return each letter's place in the alphabet; whatever else comes is a space, and spaces in a row are one."""
    plain = " ".join("".join(letter if letter in ALPHABET else " " for letter in text.lower()).split())
    return np.array([ALPHABET.index(letter) for letter in plain], dtype=np.int64)


def pair_counts() -> Floats:
    """Return how often each letter follows each letter in the text, (27, 27)."""
    text = numbers(TEXT)
    counts = np.zeros((27, 27))
    np.add.at(counts, (text[:-1], text[1:]), 1)
    return counts


def train_letters(smoothing: float) -> Floats:
    """Return the log-probability of each letter after each letter, (27, 27), learned by descent on cross-entropy.

    Every row is a softmax of its own weights and its gradient is p − y, y the shares counted in the text, smoothed to
    (1 − ε)y + ε/27; a letter that nothing follows in the text learns the smoothing alone.
    """
    counts = pair_counts()
    rows = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = (1 - smoothing) * counts / rows + smoothing / 27
    logits = np.zeros((27, 27))
    for _ in range(STEPS):
        logits -= RATE * (np.exp(log_softmax(logits)) * shares.sum(axis=1, keepdims=True) - shares)
    return log_softmax(logits)


def surprises(log_probability: Floats, sentence: str) -> Floats:
    """Return −log p of each letter of a sentence given the one before; the first comes after a space."""
    text = numbers(sentence)
    before = np.append(ALPHABET.index(" "), text[:-1])
    return np.asarray(-log_probability[before, text])


def perplexity(surprise: Floats) -> Floats:
    """Return e to the mean cross-entropy of all letters so far, after each letter: (L,) → (L,)."""
    return np.asarray(np.exp(np.cumsum(surprise) / np.arange(1, len(surprise) + 1)))
