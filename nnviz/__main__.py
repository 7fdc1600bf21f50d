"""nnviz on the command line: `python -m nnviz list | run SLUG --field value … | script SLUG … | claims SLUG`."""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from nnviz import catalogue
from nnviz.catalogue import Room
from nnviz.core import claims
from nnviz.core.claims import Verdict
from nnviz.core.params import Params, controls
from nnviz.core.script import as_notebook, as_python, cells


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, or 2 where the call was off."""
    parser = argparse.ArgumentParser(prog="python -m nnviz", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the pages that exist")
    flags = "every setting of the page is a flag: --rate 0.3"
    run = commands.add_parser("run", help="compute a page's run", epilog=flags)
    run.add_argument("slug")
    run.add_argument("--out", type=Path, help="write the run's arrays to this .npz file")
    script = commands.add_parser("script", help="write a page's run as a plain script of its own", epilog=flags)
    script.add_argument("slug")
    script.add_argument("--notebook", action="store_true", help="as a Jupyter notebook")
    script.add_argument("--out", type=Path, help="write it to this file instead of the screen")
    test = commands.add_parser("claims", help="test claims over seeds; fails if a stored verdict no longer holds")
    test.add_argument("slug", nargs="?", help="a page; all pages without it")
    test.add_argument("--seeds", type=int, help="how many; without it as many as each claim names")
    test.add_argument("--store", action="store_true", help="keep the verdicts: the page shows them")
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command not in ("run", "script"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return {"list": _list, "run": _run, "script": _script, "claims": _claims}[known.command](known, rest)
    except (KeyError, ValueError) as error:
        print(error.args[0], file=sys.stderr)
        return 2


def _list(_known: argparse.Namespace, _rest: Sequence[str]) -> int:
    for page in catalogue.built():
        print(f"{page.slug:16} {page.title}")
    return 0


def _run(known: argparse.Namespace, rest: Sequence[str]) -> int:
    room = catalogue.load(known.slug)
    result = room.run(_settings(room, rest), _progress)
    view = room.view(result)
    print(view.sentence)
    for finding in view.findings:
        print(f"{finding.severity}: {finding.text}")
    if known.out:
        np.savez_compressed(known.out, allow_pickle=False, **arrays_of(result))
    return 0


def _script(known: argparse.Namespace, rest: Sequence[str]) -> int:
    room = catalogue.load(known.slug)
    params = _settings(room, rest)
    if room.lesson.recipe is None:
        raise ValueError(f"{known.slug} has no script")
    query = urlencode(params.to_query())
    parts = cells(room.lesson.recipe, params.model_dump(), f"/{known.slug}{'?' if query else ''}{query}")
    text = as_notebook(parts) if known.notebook else as_python(parts)
    if known.out:
        known.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def _settings(room: Room, rest: Sequence[str]) -> Params:
    params, ignored = room.Params.from_query(_pairs(rest))
    if ignored:
        known_flags = ", ".join(f"--{control.name}" for control in controls(room.Params))
        raise ValueError("\n".join([*(str(one) for one in ignored), f"This page takes {known_flags}."]))
    return params


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
    slugs = [known.slug] if known.slug else [page.slug for page in catalogue.built()]
    changed = [line for slug in slugs for line in _recompute(slug, known.seeds, keep=known.store)]
    if changed and not known.store:
        print("\n".join(["", "Stored verdicts that no longer hold:", *changed]))
        return 1
    return 0


def _recompute(slug: str, seeds: int | None, *, keep: bool) -> list[str]:
    """Test a page's claims, print them, and return in words which stored verdicts came out otherwise."""
    before = claims.stored(slug)
    verdicts: dict[str, Verdict] = {}
    seconds: dict[str, float] = {}
    changed = []
    print(f"\n{slug}")
    for claim in catalogue.load(slug).lesson.claims:
        began = time.perf_counter()
        verdict = verdicts[claim.name] = claim.test(range(seeds or claim.seeds), _progress)
        seconds[claim.name] = time.perf_counter() - began
        doubtful = " (✗?)" if claim.doubtful else ""
        print(f"{verdict.sign} {verdict.word:12} {claim.text}{doubtful}\n  {verdict.reason}", flush=True)
        old = before.verdicts.get(claim.name) if before else None
        if old is None or old.word != verdict.word:
            changed.append(f"{slug} {claim.name}: {old.word if old else 'not stored'} → {verdict.word}")
    if keep:
        print(f"stored in {claims.store(slug, verdicts, seconds=seconds)}")
    return changed


if __name__ == "__main__":
    sys.exit(main())
