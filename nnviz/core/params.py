"""One declaration of a page's settings: control, validation, URL, command line and cache key come from it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

Kind = Literal["range", "select", "toggle", "pills", "vector", "text"]
MAXIMUM_ECHO = 40  # characters of bad input repeated back to the learner


@dataclass(frozen=True)
class Control:
    """What a browser or a command line must know to offer one parameter.

    Attributes:
        name: field name, as in the URL.
        kind: range (number), select (one of), toggle (bool), pills (some of), vector (several numbers), text.
        minimum, maximum, step: bounds and grid of a number; step is None where any value in range is accepted.
        options: (value, label) pairs of a select, of pills, or of a text with the editor "choice".
        length: how many numbers a vector holds (0 otherwise).
        live: the picture follows while the hand still drags.
        more: folded away until the learner asks for it.
        editor: special editor for a text: "drawing", "choice" (a select that also takes a text it does not offer); "" for
            none, "hidden" for no control at all.
        when: shown only while each named field has one of the listed values.
    """

    name: str
    kind: Kind
    title: str
    help: str
    default: Any
    unit: str
    minimum: float | None
    maximum: float | None
    step: float | None
    log: bool
    whole: bool
    options: tuple[tuple[str, str], ...]
    length: int
    live: bool
    more: bool
    editor: str
    when: dict[str, tuple[str, ...]]

    @property
    def accepted(self) -> str:
        """Say in words which values are accepted."""
        if self.kind in ("select", "pills"):
            values = ", ".join(value for value, _ in self.options)
            return f"one of {values}" if self.kind == "select" else f"some of {values}"
        if self.kind == "toggle":
            return "1 (on) or 0 (off)"
        if self.kind == "text":
            return "a text as this page writes it"
        noun = "a whole number" if self.whole else "a number"
        if self.kind == "vector":
            noun = f"{self.length} numbers, each"
        grid = f" in steps of {self.step:g}" if self.step and not (self.whole and self.step == 1) else ""
        return f"{noun} from {self.minimum:g} to {self.maximum:g}{grid}"


@dataclass(frozen=True)
class Ignored:
    """One setting that was not taken, and why."""

    name: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}={self.value} was ignored: {self.reason}"


def field(
    default: Any,
    title: str,
    description: str,
    *,
    ge: float | None = None,
    le: float | None = None,
    multiple_of: float | None = None,
    unit: str = "",
    log: bool = False,
    live: bool = False,
    more: bool = False,
    labels: Mapping[str, str] | None = None,
    editor: str = "",
    pattern: str | None = None,
    when: Mapping[str, tuple[str, ...]] | None = None,
) -> Any:
    """Declare one parameter; the annotation gives its type, this its range, step, unit and words.

    Bounds of a tuple of numbers hold for each of its numbers.
    """
    extra = {"unit": unit, "log": log, "live": live, "more": more, "labels": dict(labels or {}), "editor": editor}
    bounds = {"ge": ge, "le": le, "multiple_of": multiple_of}
    extra |= {"when": {name: list(values) for name, values in (when or {}).items()}, "bounds": bounds}
    own = {} if isinstance(default, tuple) else bounds
    return Field(default, title=title, description=description, pattern=pattern, json_schema_extra=extra, **own)  # type: ignore[call-overload]  # None means "no bound" to pydantic too


class Params(BaseModel):
    """The settings of a page: frozen, hashable, and bounded so that no value can run away with the machine."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="after")
    def _bounds_of_tuples_and_grid(self) -> Self:
        """Hold every number of a tuple to its bounds, and put numbers exactly on their grid, so that equal means equal."""
        for control in controls(type(self)):
            value = getattr(self, control.name)
            if control.kind == "vector":
                if len(value) != control.length or not all(_within(number, control) for number in value):
                    raise ValueError(f"{control.name} takes {control.accepted}, got {value}")
            elif control.kind == "range" and control.step and not control.whole:
                object.__setattr__(self, control.name, _on_grid(value, control.step))
        return self

    def preview(self) -> Self:
        """Return the cheaper settings that run while the hand still drags; a page that is cheap anyway keeps its own."""
        return self

    def but(self, **changes: Any) -> Self:
        """Return these settings with some changed, validated again."""
        return type(self).model_validate(self.model_dump() | changes)

    def to_query(self) -> dict[str, str]:
        """Return what differs from the defaults, as it stands in a URL."""
        fields = type(self).model_fields
        return {name: as_text(getattr(self, name)) for name in fields if getattr(self, name) != fields[name].default}

    def texts(self) -> dict[str, str]:
        """Return every setting as it would stand in a URL."""
        return {name: as_text(getattr(self, name)) for name in type(self).model_fields}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Self, tuple[Ignored, ...]]:
        """Read settings from a query string's pairs; whatever cannot be taken is ignored and named.

        Never raises: bad values fall back to the default of their own field only.
        """
        known = {control.name: control for control in controls(cls)}
        ignored = [
            Ignored(_clip(name), _clip(text), "this page has no such setting")
            for name, text in query.items()
            if name not in known
        ]
        values: dict[str, Any] = {}
        for name, control in known.items():
            if name in query:
                try:
                    values[name] = _parse(query[name], control)
                    cls(**{name: values[name]})
                except ValueError as error:  # pydantic's ValidationError is one
                    values.pop(name, None)
                    ignored.append(Ignored(name, _clip(query[name]), _reason(error, control)))
        try:
            return cls(**values), tuple(ignored)
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            together = ", ".join(values)
            return cls(), (*ignored, Ignored(together, "these values together", reason))


@cache
def controls(params: type[Params]) -> tuple[Control, ...]:
    """Return the controls that a page's settings ask for, in the order of declaration."""
    return tuple(_control(name, info) for name, info in params.model_fields.items())


def _control(name: str, info: FieldInfo) -> Control:
    extra: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    kind, values = _kind(info.annotation)
    labels = extra["labels"]
    bounds = extra["bounds"]
    values = tuple(labels) if kind == "text" else values
    return Control(
        name=name,
        kind=kind,
        title=info.title or name,
        help=info.description or "",
        default=as_text(info.default),
        unit=extra["unit"],
        minimum=bounds["ge"],
        maximum=bounds["le"],
        step=bounds["multiple_of"] or (1 if info.annotation is int else None),
        log=extra["log"],
        whole=info.annotation is int,
        options=tuple((value, labels.get(value, value)) for value in values),
        length=len(info.default) if kind == "vector" else 0,
        live=extra["live"],
        more=extra["more"],
        editor=extra["editor"],
        when={field_name: tuple(allowed) for field_name, allowed in extra["when"].items()},
    )


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    """Tell from a type which control it needs, and which options it offers."""
    if get_origin(annotation) is Literal:
        return "select", get_args(annotation)
    if get_origin(annotation) is tuple:
        inner = get_args(annotation)[0]
        return ("pills", get_args(inner)) if get_origin(inner) is Literal else ("vector", ())
    kinds: dict[Any, Kind] = {bool: "toggle", int: "range", float: "range", str: "text"}
    return kinds[annotation], ()


def _reason(error: ValueError, control: Control) -> str:
    """Return what a field's own validator says of a text, or what the control takes."""
    first = error.errors()[0] if isinstance(error, ValidationError) else None
    if control.kind == "text" and first is not None and first["type"] == "value_error":
        return first["msg"].removeprefix("Value error, ")
    return f"{control.title} takes {control.accepted}"


def _parse(text: str, control: Control) -> Any:
    """Read one value from its text; raises ValueError where it is not of the control's kind."""
    if control.kind == "range":
        return int(text) if control.whole else float(text)
    if control.kind == "toggle":
        return {"1": True, "0": False, "true": True, "false": False}[text.lower()] if text.lower() in (
            "1", "0", "true", "false"
        ) else _refuse(text)  # fmt: skip
    if control.kind == "vector":
        return tuple(float(part) for part in text.split(","))
    if control.kind == "pills":
        chosen = text.split(",") if text else []
        order = [value for value, _ in control.options]
        if len(set(chosen)) != len(chosen) or not set(chosen) <= set(order):
            _refuse(text)
        return tuple(value for value in order if value in chosen)
    return text


def _refuse(text: str) -> Any:
    raise ValueError(f"not accepted: {_clip(text)}")


def _within(number: float, control: Control) -> bool:
    low, high = control.minimum, control.maximum
    return math.isfinite(number) and (low is None or number >= low) and (high is None or number <= high)


def _on_grid(value: float, step: float) -> float:
    decimals = max(0, -math.floor(math.log10(step)) + 2)
    return round(round(value / step) * step, decimals)


def _clip(text: str) -> str:
    """Shorten and clean what a stranger wrote, before it is repeated back."""
    clean = "".join(letter if letter.isprintable() else "�" for letter in text)
    return clean if len(clean) <= MAXIMUM_ECHO else clean[:MAXIMUM_ECHO] + "…"


def as_text(value: Any) -> str:
    """Write one value as it stands in a URL."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, tuple):
        return ",".join(as_text(item) for item in value)
    return str(value)
