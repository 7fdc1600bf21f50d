"""A network to take home and to bring back: settings, and the weights they lead to, as JSON."""

import json
from typing import Any

import numpy as np

from nnviz.concepts.playground.model import run
from nnviz.concepts.playground.settings import Params

LARGEST = 200_000  # bytes of a file that is read


def saved(params: Params) -> str:
    """Return settings as in the address, and the last weights of the network in the picture, layer by layer.

    A layer with batch normalization has its running mean and variance, too.
    """
    found = run(params)
    vector = found.story.weights[-1].astype(np.float64)
    weights = [{"weight": _plain(matrix), "bias": _plain(bias)} for matrix, bias in found.network.layers(vector)]
    for layer, (mean, variance) in zip(weights, found.network.statistics(vector), strict=False):  # hidden layers
        layer |= {"running_mean": _plain(mean), "running_var": _plain(variance)}
    return json.dumps({"page": "playground", "settings": params.to_query(), "layers": weights}, indent=1)


def loaded(raw: bytes) -> tuple[Params, bool]:
    """Return the settings of a saved file, and whether all of them could be taken.

    Raises:
        ValueError: if it is no such file; the message is for the learner.
    """
    refused = "This is no file saved here, and nothing has changed."
    if len(raw) > LARGEST:
        raise ValueError(refused)
    try:
        settings = json.loads(raw)["settings"].items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(refused) from None
    params, ignored = Params.from_query({str(name): str(value) for name, value in settings})
    return params, not ignored


def _plain(array: Any) -> Any:
    """Return nested lists; JSON has no word for what is not finite."""
    numbers = array.round(7).astype(object)
    numbers[~np.isfinite(array)] = None
    return numbers.tolist()
