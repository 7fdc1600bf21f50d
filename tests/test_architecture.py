"""The arrows of the house point down only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {
    "core": set(),
    "data": {"core"},
    "models": {"core", "data"},
    "charts": {"core"},
    "concepts": {"charts", "models", "data", "core"},
    "ui": {"charts", "core", "data", "catalogue"},
    "catalogue": {"core", "charts"},
}
"""Floor → floors that it may import from (and itself)."""
MODULES = sorted((ROOT / "nnviz").rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the full names of all modules that a file imports, at the top or inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def floor_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "nnviz" and len(parts) > 1 and parts[1] in FLOORS else None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_down(path: Path) -> None:
    here = path.relative_to(ROOT / "nnviz").parts[0].removesuffix(".py")
    if here in FLOORS:
        reached = {floor for name in imported(path) if (floor := floor_of(name))}
        assert reached <= FLOORS[here] | {here}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_face_knows_streamlit_and_models_know_no_plotly(path: Path) -> None:
    tops = {name.split(".")[0] for name in imported(path)}
    here = path.relative_to(ROOT / "nnviz").parts[0]
    assert here == "ui" or "streamlit" not in tops
    if here == "core" or path.name == "model.py":
        assert "plotly" not in tops


@pytest.mark.parametrize(
    "path", sorted((ROOT / "nnviz" / "concepts").glob("*/*.py")), ids=lambda path: path.parent.name + "/" + path.name
)
def test_rooms_do_not_enter_each_other(path: Path) -> None:
    rooms = {name.split(".")[2] for name in imported(path) if name.startswith("nnviz.concepts.")}
    assert rooms <= {path.parent.name}
