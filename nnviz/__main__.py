"""nnviz on the command line: `python -m nnviz list | run SLUG --field value … --out run.npz | claims SLUG`."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnviz import catalogue
from nnviz.core import claims
from nnviz.core.claims import Verdict
from nnviz.core.params import controls


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, or 2 where the call was off."""
    parser = argparse.ArgumentParser(prog="python -m nnviz", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the pages that exist")
    run = commands.add_parser(
        "run", help="compute a page's run", epilog="every setting of the page is a flag: --rate 0.3"
    )
    run.add_argument("slug")
    run.add_argument("--out", type=Path, help="write the run's arrays to this .npz file")
    test = commands.add_parser("claims", help="test a page's claims over seeds")
    test.add_argument("slug")
    test.add_argument("--seeds", type=int, default=16)
    test.add_argument("--store", action="store_true", help="keep the verdicts: the page shows them")
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command != "run":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return {"list": _list, "run": _run, "claims": _claims}[known.command](known, rest)
    except (KeyError, ValueError) as error:
        print(error.args[0], file=sys.stderr)
        return 2


def _list(_known: argparse.Namespace, _rest: Sequence[str]) -> int:
    for page in catalogue.built():
        print(f"{page.slug:16} {page.title}")
    return 0


def _run(known: argparse.Namespace, rest: Sequence[str]) -> int:
    room = catalogue.load(known.slug)
    params, ignored = room.Params.from_query(_pairs(rest))
    if ignored:
        known_flags = ", ".join(f"--{control.name}" for control in controls(room.Params))
        raise ValueError("\n".join([*(str(one) for one in ignored), f"This page takes {known_flags}."]))
    result = room.run(params, _progress)
    view = room.view(result)
    print(view.sentence)
    for finding in view.findings:
        print(f"{finding.severity}: {finding.text}")
    if known.out:
        np.savez_compressed(known.out, allow_pickle=False, **arrays_of(result))
    return 0


def _pairs(rest: Sequence[str]) -> dict[str, str]:
    names, values = rest[::2], rest[1::2]
    if len(names) != len(values) or not all(name.startswith("--") for name in names):
        raise ValueError(f"settings come as --name value, got: {' '.join(rest)}")
    return {name.removeprefix("--").replace("-", "_"): value for name, value in zip(names, values, strict=True)}


def _progress(fraction: float, what: str = "", partial: Any = None) -> None:  # noqa: ARG001 - the command line draws nothing
    if sys.stderr.isatty():
        print(f"\r{fraction:4.0%} {what:60}", end="\r", file=sys.stderr)


def arrays_of(value: Any, name: str = "") -> dict[str, np.ndarray[Any, Any]]:
    """Return every array and number inside a run, by its dotted path."""
    if is_dataclass(value):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
    elif isinstance(value, dict):
        parts = value
    elif isinstance(value, list | tuple) and not all(isinstance(item, int | float | str) for item in value):
        parts = {str(index): item for index, item in enumerate(value)}
    else:
        array = np.asarray(value) if isinstance(value, np.ndarray | int | float | str | list | tuple) else None
        return {} if array is None or array.dtype == object else {name: array}
    found: dict[str, np.ndarray[Any, Any]] = {}
    for part, item in parts.items():
        found |= arrays_of(item, f"{name}.{part}" if name else str(part))
    return found


def _claims(known: argparse.Namespace, _rest: Sequence[str]) -> int:
    verdicts: dict[str, Verdict] = {}
    for claim in catalogue.load(known.slug).lesson.claims:
        verdict = verdicts[claim.name] = claim.test(range(known.seeds), _progress)
        doubtful = " (✗?)" if claim.doubtful else ""
        print(f"{verdict.sign} {verdict.word:12} {claim.text}{doubtful}\n  {verdict.reason}", flush=True)
    if known.store:
        print(f"stored in {claims.store(known.slug, verdicts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
