"""Runnable scripts from the project's own source: a function with all it needs, in one file that imports no nnviz."""

import ast
import builtins
import importlib
import inspect
import json
import symtable
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

HOUSE = "nnviz"
ONE_CORE = "torch.set_num_threads(1)  # networks as small as these are quickest on one core"
LEFT_OUT = ("nnviz.core.memo", "memo")  # the decorator that a script does without: it computes everything once
SILENCED = ("# noqa", "# type: ignore", "# fmt:")  # words to our own tools, not to a reader
Recipe = Callable[..., Mapping[str, float]]


@dataclass(frozen=True)
class Cases:
    """A recipe that the value of one setting chooses, so that its script holds only what that value needs.

    Attributes:
        setting: whose value chooses.
        recipes: value → recipe.
        otherwise: the recipe of every other value.
    """

    setting: str
    recipes: Mapping[str, Recipe]
    otherwise: Recipe | None = None

    def chosen(self, settings: Mapping[str, Any]) -> Recipe:
        """Return the recipe for these settings.

        Raises:
            ValueError: if there is none.
        """
        value = settings[self.setting]
        recipe = self.recipes.get(value, self.otherwise)
        if recipe is None:
            raise ValueError(f"{self.setting} = {value!r} has no recipe; there are {', '.join(self.recipes)}")
        return recipe

    def __call__(self, **settings: Any) -> Mapping[str, float]:
        """Run the chosen recipe."""
        return self.chosen(settings)(**settings)


@dataclass
class Bundle:
    """What a function needs, in an order in which each part finds what it needs.

    Attributes:
        imports: name in the script → (module, name there or "" for the module itself).
        parts: (module, first line) → source of one top-level statement.
        owners: name in the script → the part that binds it.
    """

    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    parts: dict[tuple[str, int], str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    under_way: set[tuple[str, int]] = field(default_factory=set)

    def add(self, module: str, name: str) -> None:
        """Add what a name means in a module, and before it all that its source names.

        Raises:
            ValueError: if the name is unknown, or means something else elsewhere in the script.
        """
        statement = bindings(module).get(name)
        if statement is None:
            if not hasattr(builtins, name):
                raise ValueError(f"{module} binds no {name!r} at its top level, so a script cannot have it")
            return
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self._add_import(module, name, statement)
            return
        key = (module, statement.lineno)
        if key in self.parts or key in self.under_way:
            return
        self.under_way.add(key)
        source = text_of(module, statement)
        order = list(bindings(module))  # parts come in the order in which their module has them
        for other in sorted(names_read(source), key=lambda each: order.index(each) if each in order else -1):
            if bindings(module).get(other) is not statement:
                self.add(module, other)
        for bound in (each for each, where in bindings(module).items() if where is statement):
            self._claim(bound, source, module)
        if source not in self.parts.values():  # the same alias may stand in several modules
            self.parts[key] = source

    def _add_import(self, module: str, name: str, statement: ast.Import | ast.ImportFrom) -> None:
        alias = next(one for one in statement.names if bound_by(one) == name)
        origin = statement.module if isinstance(statement, ast.ImportFrom) else alias.name
        if str(origin).split(".")[0] != HOUSE:
            real = alias.name if isinstance(statement, ast.ImportFrom) else ""
            self._claim(name, f"{origin} {real}", module)
            self.imports[name] = (str(origin), real)
        elif isinstance(statement, ast.Import) or alias.asname or alias.name not in bindings(str(origin)):
            words = ast.unparse(statement)
            raise ValueError(f"{module} has {words!r}, but a script needs names, not modules or other names for them")
        else:
            self.add(str(origin), name)

    def _claim(self, name: str, meaning: str, module: str) -> None:
        if self.owners.setdefault(name, meaning) != meaning:
            raise ValueError(f"{name!r} means something else in {module} than elsewhere in the script: rename one")


@cache
def source_of(module: str) -> str:
    """Return the source of a module."""
    return inspect.getsource(importlib.import_module(module))


@cache
def bindings(module: str) -> dict[str, ast.stmt]:
    """Return what a module's names are bound by, at its top level."""
    return {name: statement for statement in ast.parse(source_of(module)).body for name in bound_names(statement)}


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """Return the names that one top-level statement binds."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from map(bound_by, statement.names)
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))


def bound_by(alias: ast.alias) -> str:
    """Return the name that one part of an import statement binds."""
    return alias.asname or alias.name.split(".")[0]


def text_of(module: str, statement: ast.stmt) -> str:
    """Return a statement as it stands, with its decorators and comments, but without `memo` and words to our tools.

    Raises:
        ValueError: if it imports from the house inside a function, where a script would not find it.
    """
    for node in ast.walk(statement):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [str(node.module)] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        if any(name.split(".")[0] == HOUSE for name in names):
            raise ValueError(f"{module}, line {node.lineno}: {ast.unparse(node)!r} must stand at the top of the module")
    decorators = statement.decorator_list if isinstance(statement, ast.FunctionDef | ast.ClassDef) else []
    dropped = {
        line
        for one in decorators
        if remembers(module, one)
        for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)
    }
    first, last = min([statement.lineno, *(one.lineno for one in decorators)]), statement.end_lineno or statement.lineno
    lines = source_of(module).splitlines()
    return "\n".join(plain(lines[number - 1]) for number in range(first, last + 1) if number not in dropped)


def remembers(module: str, decorator: ast.expr) -> bool:
    """Tell whether a decorator is the house's `memo`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    origin = bindings(module).get(called.id) if isinstance(called, ast.Name) else None
    return isinstance(origin, ast.ImportFrom) and (origin.module, ast.unparse(called)) == LEFT_OUT


def plain(line: str) -> str:
    """Return a line without what it says to our own tools."""
    for words in SILENCED:
        line = line.partition(words)[0]
    return line.rstrip()


@cache
def names_read(source: str) -> frozenset[str]:
    """Return the names that a top-level statement looks up outside itself: no arguments, no local variables."""
    tables, found = [symtable.symtable(source, "<part>", "exec")], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and symbol.is_global()}
    return frozenset(found)


def bundle(recipe: Recipe) -> Bundle:
    """Collect a function and all it needs from the house; see `Bundle.add` for what it may not need."""
    found = Bundle()
    found.add(recipe.__module__, recipe.__name__)
    return found


def import_lines(imports: Mapping[str, tuple[str, str]]) -> str:
    """Return import statements, one a module, the standard library's first."""
    grouped: dict[str, list[str]] = {}
    for name, (module, real) in sorted(imports.items()):
        if not real:
            short = f" as {name}" if name != module.split(".")[0] else ""
            grouped.setdefault(f"import {module}{short}", [])
        else:
            grouped.setdefault(f"from {module} import ", []).append(real if real == name else f"{real} as {name}")
    lines = [start + ", ".join(names) for start, names in grouped.items()]
    lines.sort(key=lambda line: (line.startswith("from"), line.lower()))
    ours = [line for line in lines if line.split()[1].split(".")[0] in sys.stdlib_module_names]
    others = [line for line in lines if line not in ours]
    return "\n\n".join("\n".join(block) for block in (ours, others) if block)


def gathered(parts: Sequence[str]) -> list[str]:
    """Return the parts with neighbouring constants put together."""
    blocks: list[list[str]] = []
    for part in parts:
        if is_constant(part) and blocks and is_constant(blocks[-1][-1]):
            blocks[-1].append(part)
        else:
            blocks.append([part])
    return ["\n".join(block) for block in blocks]


def is_constant(part: str) -> bool:
    """Tell whether a part is neither a function nor a class."""
    return not part.startswith(("def ", "class ", "@"))


def cells(recipe: Recipe, settings: Mapping[str, Any], address: str) -> list[str]:
    """Return the parts of the script in order: what it is, its imports, its definitions, and the call that prints.

    Args:
        recipe: a function from settings to numbers by name; plain PyTorch and NumPy. Or `Cases`.
        settings: its arguments.
        address: where the same run stands on the page.

    Raises:
        ValueError: if the recipe needs what a script cannot have; see `Bundle.add`.
    """
    if isinstance(recipe, Cases):
        recipe = recipe.chosen(settings)
    found = bundle(recipe)
    where = "".join(letter for letter in address if letter.isprintable() and letter not in '"\\')
    heading = f'"""The run of {where}, written out: it prints the numbers of the page for its first seed."""'
    arguments = "".join(f"    {name}={value!r},\n" for name, value in settings.items())
    call = f"numbers = {recipe.__name__}(\n{arguments})\n" if settings else f"numbers = {recipe.__name__}()\n"
    show = 'for name, value in numbers.items():\n    print(f"{name} = {float(value):.9g}")'
    parts = [ONE_CORE] if any(module.split(".")[0] == "torch" for module, _ in found.imports.values()) else []
    parts += found.parts.values()
    return [heading, import_lines(found.imports), *gathered(parts), call + show]


def as_python(parts: Sequence[str]) -> str:
    """Return a script."""
    heading, imports, *rest = parts
    top = f"{heading}\n\n{imports}" if imports else heading
    if is_constant(rest[0]):
        top = f"{top}\n\n{rest.pop(0)}"
    return "\n\n\n".join([top, *rest]) + "\n"


def as_notebook(parts: Sequence[str]) -> str:
    """Return a Jupyter notebook (nbformat 4.5), one cell a part."""
    heading, *rest = (part for part in parts if part)
    about = {"cell_type": "markdown", "id": "about", "metadata": {}, "source": heading.strip('"')}
    code: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"part-{number}",
            "metadata": {},
            "source": part,
            "outputs": [],
            "execution_count": None,
        }
        for number, part in enumerate(rest)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps(
        {"cells": [about, *code], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1, ensure_ascii=False
    )
