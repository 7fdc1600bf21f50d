"""A script is a function with all it needs, in an order that runs, and nothing of the house."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nnviz.core import script
from nnviz.core.script import Cases, as_notebook, as_python, cells

NUMBERS = count()
Make = Callable[..., Any]

HELPERS = '''
"""Helpers."""

import math
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from nnviz.core.memo import memo

LOW, HIGH = 2, 5  # both from one line
UNUSED = object()


@dataclass(frozen=True)
class Pair:
    """Two numbers."""

    left: float
    right: float = field(default=0.0)

    def turned(self) -> "Pair":
        return Pair(self.right, self.left)


@memo(maxsize=4)
def remembered(number: int) -> float:
    """Return a root."""
    return math.sqrt(number)  # noqa: RUF100


@cache
@memo(
    maxsize=4,
)
def twice_decorated(number: int) -> float:
    return number * clipped(number)


def clipped(number: float) -> float:
    number = max(LOW, min(HIGH, number))
    LOW_again = number
    return float(np.asarray(LOW_again))


def even(number: int) -> bool:
    return number == 0 or odd(number - 1)


def odd(number: int) -> bool:
    return number != 0 and even(number - 1)
'''


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Return what makes a module of the house from source, and returns its `recipe`."""
    made = []

    def module(source: str, helpers: str = HELPERS) -> Any:
        number = next(NUMBERS)
        for name, text in (("helpers", helpers), ("recipe", source)):
            full, path = f"nnviz.made_{name}_{number}", tmp_path / f"{name}_{number}.py"
            path.write_text(text.replace("HELPERS", f"nnviz.made_helpers_{number}"), encoding="utf-8")
            built = ModuleType(full)
            built.__file__ = str(path)
            monkeypatch.setitem(sys.modules, full, built)
            exec(compile(path.read_text(encoding="utf-8"), path, "exec"), built.__dict__)
            made.append(full)
        return built.__dict__["recipe"]

    monkeypatch.setattr(script, "source_of", lambda name: Path(str(sys.modules[name].__file__)).read_text("utf-8"))
    yield module
    script.bindings.cache_clear()


def printed(parts: list[str], tmp_path: Path) -> dict[str, float]:
    """Run a script where no nnviz can be found; return what it prints."""
    file = tmp_path / "run.py"
    file.write_text(as_python(parts), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", "-W", "error", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name: float(value) for name, value in (line.split(" = ") for line in done.stdout.splitlines())}


RECIPE = '''
from HELPERS import Pair, clipped, remembered, twice_decorated


def recipe(number: int, **_others: object) -> dict[str, float]:
    """Everything that a script must carry along."""
    HIGH = 100  # a local variable, not the constant
    pair = Pair(remembered(number)).turned()
    return {"root": pair.right, "clipped": clipped(HIGH), "twice": twice_decorated(number)}
'''


def test_a_script_carries_all_it_needs_once_and_runs_alone(make: Make, tmp_path: Path) -> None:
    parts = cells(make(RECIPE), {"number": 16, "unused": ("a", 1.5)}, "/page?number=16")
    assert printed(parts, tmp_path) == {"root": 4.0, "clipped": 5.0, "twice": 80.0}
    text = as_python(parts)
    assert text.count("LOW, HIGH = 2, 5  # both from one line") == 1
    assert text.count("@dataclass(frozen=True)") == 1
    assert text.count("@cache") == 1
    for absent in ("memo", "nnviz", "maxsize", "UNUSED", "noqa", "even"):
        assert absent not in text
    assert "from dataclasses import dataclass, field\n" in text
    assert text.startswith('"""The run of /page?number=16')


def test_imports_come_in_the_usual_order() -> None:
    imports = {
        "np": ("numpy", ""),
        "nn": ("torch", "nn"),
        "Tensor": ("torch", "Tensor"),
        "F": ("torch.nn", "functional"),
        "math": ("math", ""),
        "replace": ("dataclasses", "replace"),
    }
    assert script.import_lines(imports).splitlines() == [
        "import math",
        "from dataclasses import replace",
        "",
        "import numpy as np",
        "from torch import Tensor, nn",
        "from torch.nn import functional as F",
    ]


def test_functions_may_call_each_other(make: Make, tmp_path: Path) -> None:
    source = 'from HELPERS import even\n\n\ndef recipe() -> dict[str, float]:\n    return {"even": even(8)}\n'
    assert printed(cells(make(source), {}, "/"), tmp_path) == {"even": 1.0}


def test_a_recipe_may_itself_be_remembered(make: Make, tmp_path: Path) -> None:
    source = 'from nnviz.core.memo import memo\n\n\n@memo(maxsize=2)\ndef recipe(x: int) -> dict[str, float]:\n    return {"x": x}\n'
    assert printed(cells(make(source), {"x": 3}, "/"), tmp_path) == {"x": 3.0}


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("import nnviz.core.seeds", "nnviz.core.seeds.generator(0, '')"),
        ("from nnviz.core import seeds", "seeds.generator(0, '')"),
        ("from nnviz.core.seeds import generator as draw", "draw(0, '')"),
    ],
)
def test_modules_and_other_names_are_refused_with_the_line(make: Make, line: str, use: str) -> None:
    source = f'{line}\n\n\ndef recipe() -> dict[str, float]:\n    {use}\n    return {{"x": 0.0}}\n'
    with pytest.raises(ValueError, match=line):
        cells(make(source), {}, "/")


def test_an_import_from_the_house_inside_a_function_is_refused(make: Make) -> None:
    source = "def recipe() -> dict[str, float]:\n    from nnviz.core.seeds import generator\n\n    return {}\n"
    with pytest.raises(ValueError, match="must stand at the top"):
        cells(make(source), {}, "/")


def test_one_name_for_two_things_is_refused(make: Make) -> None:
    source = 'from HELPERS import clipped\n\nLOW = 7\n\n\ndef recipe() -> dict[str, float]:\n    return {"x": clipped(LOW)}\n'
    with pytest.raises(ValueError, match="'LOW' means something else"):
        cells(make(source), {}, "/")


def test_the_same_alias_in_two_modules_stands_once(make: Make, tmp_path: Path) -> None:
    helpers = "Number = int | float\n\n\ndef half(x: Number) -> Number:\n    return x / 2\n"
    source = 'from HELPERS import half\n\nNumber = int | float\n\n\ndef recipe(x: Number) -> dict[str, Number]:\n    return {"x": half(x)}\n'
    parts = cells(make(source, helpers), {"x": 3}, "/")
    assert as_python(parts).count("Number = int | float") == 1
    assert printed(parts, tmp_path) == {"x": 1.5}


def test_a_name_that_nothing_binds_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="binds no 'missing'"):
        cells(make('def recipe() -> dict[str, float]:\n    return {"x": missing()}\n'), {}, "/")


FIRST = 'def recipe(kind: str) -> dict[str, float]:\n    return {"x": 1.0}\n'


def test_cases_hold_only_the_recipe_that_the_setting_chooses(make: Make, tmp_path: Path) -> None:
    one, two = make(FIRST), make(FIRST.replace("1.0", "2.0"))
    cases = Cases("kind", {"a": one}, two)
    assert cases(kind="a") == {"x": 1.0}
    assert cases(kind="other") == {"x": 2.0}
    assert printed(cells(cases, {"kind": "b"}, "/"), tmp_path) == {"x": 2.0}
    with pytest.raises(ValueError, match="kind = 'b' has no recipe; there are a"):
        cells(Cases("kind", {"a": one}), {"kind": "b"}, "/")


def test_torch_keeps_to_one_core(make: Make) -> None:
    source = 'import torch\n\n\ndef recipe() -> dict[str, float]:\n    return {"x": float(torch.ones(1))}\n'
    assert script.ONE_CORE in as_python(cells(make(source), {}, "/"))
    assert script.ONE_CORE not in as_python(cells(make(FIRST), {"kind": "a"}, "/"))


@pytest.mark.parametrize("address", ['/page?name="""', "/page?name=\\", "/page?a=1\n2"])
def test_no_address_breaks_out_of_the_heading(make: Make, address: str) -> None:
    tree = ast.parse(as_python(cells(make(FIRST), {"kind": '"""\\'}, address)))
    assert str(ast.get_docstring(tree)).startswith("The run of /page?")
    assert isinstance(tree.body[1], ast.FunctionDef)


def test_a_notebook_holds_the_same_parts(make: Make) -> None:
    parts = cells(make(RECIPE), {"number": 16}, "/page")
    notebook: Mapping[str, Any] = json.loads(as_notebook(parts))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    about, *code = notebook["cells"]
    assert about["cell_type"] == "markdown"
    assert about["source"].startswith("The run of /page")
    assert [cell["source"] for cell in code] == parts[1:]
