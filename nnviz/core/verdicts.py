"""What a test of a claim found, and the file in which it waits for the reader."""

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any, Literal, get_args

import numpy as np

import nnviz

Word = Literal["supported", "contradicted", "it depends"]
SIGNS: Mapping[Word, str] = {"supported": "✓", "contradicted": "✗", "it depends": "~"}
FOLDER = Path(__file__).parents[2] / "assets" / "verdicts"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Verdict:
    """What the runs say about a claim.

    Attributes:
        word: supported, contradicted or it depends.
        effect, low, high: the measured effect and its interval, in `unit`.
        unit: unit of the effect, "" when it has none.
        seeds: how many seeds it rests on.
        reason: one sentence in words with the numbers.
        details: plain values that a page may show beside it (numbers, texts, lists, mappings).

    Raises:
        ValueError: if the word is none of the three.
    """

    word: Word
    effect: float
    low: float
    high: float
    unit: str
    seeds: int
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.word not in get_args(Word):
            raise ValueError(f"word must be one of {', '.join(get_args(Word))}, got {self.word!r}")

    @property
    def sign(self) -> str:
        """✓, ✗ or ~."""
        return SIGNS[self.word]


@dataclass(frozen=True)
class Stored:
    """The verdicts of one page as they were stored.

    Attributes:
        date: when they were computed, ISO 8601, UTC.
        versions: what they were computed with: python, torch, numpy, nnviz.
        verdicts: name of the claim → its verdict.
        seconds: name of the claim → how long its test took on the machine that stored it.
    """

    date: str
    versions: Mapping[str, str]
    verdicts: Mapping[str, Verdict]
    seconds: Mapping[str, float] = field(default_factory=dict)


def to_plain(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain JSON values; a number that is not finite becomes None."""
    plain: dict[str, Any] = _plain(asdict(verdict))
    return plain


def from_plain(plain: Mapping[str, Any]) -> Verdict:
    """Return the verdict that `to_plain` wrote: None is nan as an effect, −inf or inf as an end.

    Raises:
        ValueError: if a field is missing, unknown or not of its kind.
    """
    ends = {"effect": math.nan, "low": -math.inf, "high": math.inf}
    try:
        values: dict[str, Any] = {
            key: ends[key] if key in ends and value is None else value for key, value in plain.items()
        }
        values |= {key: float(values[key]) for key in ends}
        return Verdict(**values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a stored verdict: {error}") from None


def store(
    slug: str, verdicts: Mapping[str, Verdict], *, seconds: Mapping[str, float] | None = None, folder: Path = FOLDER
) -> Path:
    """Write the verdicts of one page with date and versions, and return the file.

    Args:
        slug: the page.
        verdicts: name of the claim → its verdict.
        seconds: name of the claim → how long its test took.

    Raises:
        ValueError: if the slug or a claim's name is not made of lower-case words joined by hyphens.
    """
    for name in verdicts:
        check_slug("claim", name)
    content = {
        "page": slug,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "verdicts": {name: to_plain(verdict) for name, verdict in verdicts.items()},
        "seconds": {name: round(taken, 1) for name, taken in (seconds or {}).items()},
    }
    path = _path(slug, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(unfinished, path)  # in one move, so that a reader never meets half a file
    return path


def stored(slug: str, *, folder: Path = FOLDER) -> Stored | None:
    """Return the stored verdicts of one page, or None when none have been stored.

    Raises:
        ValueError: if the slug is malformed or the file is not what `store` writes.
    """
    path = _path(slug, folder)
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    try:
        verdicts = {name: from_plain(plain) for name, plain in content["verdicts"].items()}
        return Stored(content["date"], content["versions"], verdicts, content.get("seconds", {}))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} holds no verdicts as this version stores them: {error}") from None


def versions() -> dict[str, str]:
    """Return the versions that a number may depend on, without importing torch."""
    found = {"python": python_version(), "nnviz": nnviz.__version__}
    return found | {name: version(name) for name in ("torch", "numpy")}


def check_slug(what: str, text: str) -> None:
    """Raise ValueError unless `text` is lower-case words joined by hyphens, safe as a file's name."""
    if not _SLUG.fullmatch(text):
        raise ValueError(f"{what} must be lower-case words joined by hyphens, got {text!r}")


def _path(slug: str, folder: Path) -> Path:
    check_slug("slug", slug)
    return folder / f"{slug}.json"


def _plain(value: Any) -> Any:
    """Return plain JSON values: arrays as lists, numpy numbers as Python's, what is not finite as None."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
