"""Views as bytes: plotly specifications with typed arrays, each chart sent only when it has changed."""

import base64
import hashlib
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from nnviz.charts import theme
from nnviz.charts.view import Chart, View
from nnviz.core.params import as_text

PLOTLY_TYPES = {"float64": "f4", "float32": "f4", "float16": "f4", "int64": "i4", "int32": "i4", "int16": "i2"}
PLOTLY_TYPES |= {"int8": "i1", "uint8": "u1", "uint16": "u2", "uint32": "u4", "bool": "u1"}


def encode(view: View, known: frozenset[str] = frozenset(), moment: float | None = None) -> bytes:
    """Return a view as one line of JSON; charts whose fingerprint is in `known` travel without their body.

    `moment` in 0…1 is a share of the timeline: only the frame there travels. A moving hand sees no other, and a
    classroom's network is spared the rest. None sends all frames.
    """
    charts = b",".join(_chart(chart, known, moment) for chart in view.charts)
    rest = {
        "sentence": view.sentence,
        "steps": None if view.steps is None else [int(step) for step in view.steps],
        "unit": view.unit,
        "captions": list(view.captions),
        "findings": [{"severity": finding.severity, "text": finding.text} for finding in view.findings],
    }
    return b'{"charts":[' + charts + b'],"view":' + orjson.dumps(rest) + b"}"


def _chart(chart: Chart, known: frozenset[str], moment: float | None) -> bytes:
    body = orjson.dumps(
        {
            "title": chart.title,
            "figure": theme.with_defaults(chart.figure),
            "frames": {path: _at(values, moment) for path, values in chart.frames.items()},
            "alt": chart.alt,
            "click": dict(chart.click),
            "zoom": dict(chart.zoom),
            "wider": {name: as_text(float(value)) for name, value in chart.wider.items()},
            "drag": chart.drag,
            "least": chart.least,
            "wide": chart.wide,
            "height": chart.height,
        },
        default=_typed,
        option=orjson.OPT_NON_STR_KEYS,
    )
    fingerprint = hashlib.blake2b(body, digest_size=8).hexdigest()
    shown = b"null" if fingerprint in known else body
    return b'{"name":%b,"fingerprint":"%b","body":%b}' % (orjson.dumps(chart.name), fingerprint.encode(), shown)


def _at(values: Any, moment: float | None) -> Any:
    """Return all frames (T, ...), or the one at a moment as (1, ...); halves round up, as in the browser."""
    if moment is None:
        return values
    index = int(moment * (len(values) - 1) + 0.5)
    return values[index : index + 1]


def _typed(value: Any) -> Any:
    """Encode what JSON has no word for: arrays as plotly's base64 typed arrays, NumPy scalars as numbers."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"cannot send a {type(value).__name__}")


def _array(array: NDArray[Any]) -> Any:
    if array.dtype.name not in PLOTLY_TYPES:
        return array.tolist()
    code = PLOTLY_TYPES[array.dtype.name]
    packed = np.ascontiguousarray(array, dtype=np.dtype(code).newbyteorder("<"))
    spec = {"dtype": code, "bdata": base64.b64encode(packed.tobytes()).decode("ascii")}
    return spec if array.ndim == 1 else spec | {"shape": ", ".join(str(length) for length in array.shape)}
