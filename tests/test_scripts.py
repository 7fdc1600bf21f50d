"""Every page's run as a script and as a notebook: alone in a fresh process they print the page's own numbers."""

import ast
import json
import math
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz import catalogue
from nnviz.catalogue import Page
from nnviz.core.progress import silent
from nnviz.core.script import as_notebook, as_python, cells

BUILT = (catalogue.HOME, *catalogue.built())
SINGLE = {"adversarial", "shap-lime"}
"""Pages with networks that compute in float32: their numbers agree to 1e-4, all others to 1e-6."""
USUAL = {"torch", "numpy", "sklearn"}
NAMED = {"shap-lime": {"shap", "lime"}}
"""Libraries that a page is about."""
LONGEST = 1000  # lines: more than that is no script for a page but a package
EXECUTE = """
import json, sys
scope = {"__name__": "__main__"}
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec(compile(cell["source"], cell["id"], "exec"), scope)
"""
every_page = pytest.mark.parametrize("page", BUILT, ids=lambda page: page.slug)


def telling_preset(page: Page) -> dict[str, Any]:
    """Return the changes of one preset; a diverging run magnifies every rounding, so any other one comes first."""
    presets = sorted(catalogue.load(page.slug).lesson.presets, key=lambda preset: preset.cause == "divergence")
    return dict(presets[0].values) if presets else {}


CASES = [(page, which) for page in BUILT for which in ("defaults", "preset")]
every_case = pytest.mark.parametrize(("page", "which"), CASES, ids=lambda value: getattr(value, "slug", value))


@cache
def parts_of(page: Page, which: str) -> tuple[str, ...]:
    room = catalogue.load(page.slug)
    params = room.Params(**(telling_preset(page) if which == "preset" else {}))
    assert room.lesson.recipe is not None, f"{page.slug} has no recipe"
    return tuple(cells(room.lesson.recipe, params.model_dump(), f"/{page.slug}"))


@cache
def measured(page: Page, which: str) -> dict[str, float]:
    """Return the page's measures of the first seed."""
    room = catalogue.load(page.slug)
    run = room.run(room.Params(**(telling_preset(page) if which == "preset" else {})), silent)
    return {measure.name: float(np.ravel(measure.of(run))[0]) for measure in room.lesson.measures}


def run_alone(arguments: list[str]) -> dict[str, float]:
    """Run Python where neither nnviz nor the working directory is found; return the numbers that it prints."""
    done = subprocess.run([sys.executable, "-I", *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    lines = (line.rpartition(" = ") for line in done.stdout.splitlines())
    return {name: float(value) for name, _, value in lines}


def assert_the_same(slug: str, printed: dict[str, float], expected: dict[str, float]) -> None:
    assert printed.keys() == expected.keys()
    close = 1e-4 if slug in SINGLE else 1e-6
    for name, value in expected.items():
        same = math.isclose(printed[name], value, rel_tol=close) or (math.isnan(value) and math.isnan(printed[name]))
        assert same, f"{name}: the page says {value}, the script {printed[name]}"


@every_page
def test_every_page_has_measures_and_a_recipe(page: Page) -> None:
    lesson = catalogue.load(page.slug).lesson
    assert lesson.measures
    assert lesson.recipe is not None
    names = [measure.name for measure in lesson.measures]
    assert len(set(names)) == len(names)
    assert not [name for name in names if " = " in name or "\n" in name]


@every_case
def test_a_script_prints_the_numbers_of_the_page(page: Page, which: str, tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    file.write_text(as_python(parts_of(page, which)), encoding="utf-8")
    assert_the_same(page.slug, run_alone([str(file)]), measured(page, which))


OTHERS: dict[str, tuple[dict[str, Any], ...]] = {
    "home": ({"units": 1, "waves": 3, "seed": 7},),
    "activations": (
        {"functions": ("elu", "gelu", "swish", "softplus", "leaky_relu"), "alpha": 0.5, "beta": 2.5, "data": "spiral"},
        {"functions": ("step", "tanh"), "data": "xor", "hidden": 1, "rate": 1.0, "x": -1.0, "gain": 0.5},
        {"functions": ("sigmoid", "relu"), "data": "moons", "hidden": 3, "bias": 0.5, "epochs": 20},
        {"functions": ()},
    ),
    "initialization": (
        {"scheme": "orthogonal", "gain": 1.2, "activation": "leaky_relu", "depth": 5, "width": 8, "seed": 7},
        {"scheme": "constant", "activation": "sigmoid", "depth": 3, "rate": 0.5, "epochs": 10},
        {"scheme": "standard", "activation": "linear", "depth": 2, "width": 16, "gain": 0.5, "seeds": 1},
        {"scheme": "he_normal", "activation": "relu", "depth": 8, "rate": 0.01},
    ),
    "normalization": (
        {"scaler": "robust", "outlier": 12.0, "feature": "proline", "correlation": 0.6, "wines": 60, "seed": 3},
        {"scaler": "minmax", "leak": True, "wines": 40, "rate": 1.0, "epochs": 60, "step": 0.7},
        {"scaler": "layer", "rate": 0.01, "seeds": 1, "ratio": 333.0, "activation": "relu"},
    ),
    "gradient-flow": (
        {"network": "rnn", "activation": "tanh", "depth": 12, "residual": True, "clipping": "norm", "decay": 0.02},
        {"normalization": "layer", "loss": "squared", "clipping": "value", "threshold": 0.1, "depth": 2},
        {"normalization": "batch", "depth": 4, "clipping": "rescale", "activation": "gelu", "rate": 0.01},
        {"gain": 3.0, "depth": 64, "training": False, "width": 4},
    ),
    "deep-training": (
        {"depth": 5, "norm": "none", "optimizer": "adam", "rate": 0.01, "scheme": "large", "steps": 40, "seeds": 2},
        {"depth": 4, "norm": "group", "data": "points", "own": "0,0,0;1,1,1;-1,1,0", "clipping": True, "steps": 20},
    ),
    "batch-norm": (
        {"norm": "layer", "noise": 0.5, "depth": 3, "steps": 50, "seeds": 2, "data": "moons", "after": True},
        {"eval_mode": False, "batch": 12, "depth": 2, "steps": 50, "seeds": 1, "seed": 4, "activation": "tanh"},
    ),
    "dropout": (
        {"data": "digits", "same": False, "second": 0.2, "points": 70, "width": 10, "epochs": 50, "eval_mode": False},
        {"scaling": "keep", "rate": 0.3, "points": 60, "epochs": 50, "seed": 3, "seeds": 2},
        {"scaling": "none", "rate": 0.0, "epochs": 50, "eval_mode": False, "seeds": 1},
    ),
    "ensembles": (
        {"method": "seeds", "combine": "weighted", "members": 3, "epochs": 40, "seeds": 2, "data": "xor"},
        {"method": "stacking", "members": 5, "epochs": 30, "seeds": 1, "wrong": 0.1},
        {"method": "stacking", "combine": "vote", "members": 2, "epochs": 20, "seeds": 1, "data": "points"},
        {"method": "snapshot", "combine": "vote", "members": 4, "epochs": 40, "seeds": 2, "seed": 5},
        {"method": "subspaces", "members": 3, "epochs": 30, "seeds": 1, "data": "circle"},
        {"method": "boosting", "combine": "weighted", "members": 4, "epochs": 30, "seeds": 1, "width": 2},
    ),
    "momentum": (
        {"method": "nesterov", "beta": 0.6, "rate": 0.4, "kappa": 30.0, "steps": 40, "seeds": 2},
        {"method": "nesterov", "beta": 0.0, "x": 0.5, "y": -1.0, "seeds": 1},
    ),
    "optimizers": (
        {"surface": "ravine", "angle": 30.0, "condition": 20.0, "momentum": 0.5, "beta1": 0.8, "seeds": 2},
        {"surface": "himmelblau", "start": (1.0, 2.0), "steps": 60, "optimizers": ("adam",), "seeds": 1},
        {"surface": "reddi", "beta1": 0.0, "beta2": 0.1, "seeds": 1},
    ),
    "batch-size": (
        {"data": "digits", "budget": "steps", "steps": 110, "scaling": "root", "batch_sizes": ("4", "32"), "seeds": 1},
        {"batch_sizes": (), "epochs": 7, "seeds": 2},
        {"batch_sizes": ("16", "128"), "scaling": "linear", "rate": 0.05, "label_noise": 0.4, "seeds": 2},
    ),
    "adversarial": (
        *(
            {"defence": defence, "seeds": 1, "against": ()}
            for defence in ("adversarial", "squeezing", "smoothing", "detection", "ensemble", "certified")
        ),
        {"defence": "distillation", "model": "mlp", "norm": "l2", "epsilon": 0.1, "seeds": 1, "against": ()},
        {"model": "linear", "norm": "l2", "epsilon": 0.0, "seeds": 2, "against": ()},
    ),
    "shap-lime": (
        {"data": "breast_cancer", "twin": "near", "feature": "3", "change": 1.5, "output": "log_odds", "seeds": 2},
        {"twin": "copy", "network": "linear", "reference": "mean", "features": 10, "bins": True, "seeds": 1},
        {"data": "digits", "feature": "4", "change": -2.0, "reference": "centres", "width": 2.0, "seeds": 1},
    ),
    "capacity": (
        {"capacity": 3, "target": "step", "wrong": 0.2, "points": 9, "seeds": 2},
        {"capacity": 90, "features": "gaussian", "noise": 0.7, "seeds": 1},
        {"capacity": 200, "features": "fourier", "ridge": "0.1", "seeds": 1},
        {"capacity": 12, "features": "mlp", "steps": 100, "sets": 4, "seeds": 2},
    ),
    "learning-rate": (
        {
            "data": "points",
            "points": "-1,-1,0;1,1,1;-1,1,1;1,-1,0;0.5,0.2,1",
            "schedule": "plateau",
            "epochs": 20,
            "seeds": 1,
        },
        {"data": "xor", "hidden": "relu", "schedule": "one_cycle", "unit": "relu", "x0": -1.0, "x1": 0.0, "seeds": 2},
        {
            "data": "spiral",
            "schedule": "plateau",
            "rate": 1.0,
            "epochs": 30,
            "unit": "linear",
            "px": -1.0,
            "py": -1.0,
            "seeds": 1,
        },
    ),
    "early-stopping": (
        {"patience": 3, "restore": False, "min_delta": 0.02, "share": 0.2, "batch": 7, "epochs": 100, "seeds": 1},
        {"noise": 0.0, "points": 10, "width": 8, "epochs": 100, "seed": 9, "seeds": 2},
    ),
    "regularization": (
        {"penalty": "elastic", "mix": 0.3, "bias": True, "strength": 0.02, "seeds": 1},
        {"penalty": "max_norm", "strength": 2.0, "data": "diabetes", "points": 100, "seeds": 2},
        {"penalty": "l2", "data": "diabetes", "bias": True, "seeds": 2},
    ),
}
"""Further settings of pages, one or more for each branch of their recipes."""


@pytest.mark.parametrize(("slug", "changes"), [(slug, changes) for slug in OTHERS for changes in OTHERS[slug]])
def test_a_recipe_gives_the_numbers_of_the_page_in_other_settings(slug: str, changes: dict[str, Any]) -> None:
    room = catalogue.load(slug)
    params = room.Params(**changes)
    run = room.run(params, silent)
    expected = {measure.name: float(np.ravel(measure.of(run))[0]) for measure in room.lesson.measures}
    assert room.lesson.recipe is not None
    printed = {name: float(value) for name, value in room.lesson.recipe(**params.model_dump()).items()}
    assert_the_same(slug, printed, expected)
    compile(as_python(cells(room.lesson.recipe, params.model_dump(), f"/{slug}")), slug, "exec")


@every_page
def test_every_seed_has_its_measures(page: Page) -> None:
    room = catalogue.load(page.slug)
    params = room.Params()
    run = room.run(params, silent)
    for measure in room.lesson.measures:
        values = np.asarray(measure.of(run))
        assert values.ndim == 0 or values.shape == (getattr(params, "seeds", 1),), measure.name


@every_case
def test_a_script_imports_what_everybody_has(page: Page, which: str) -> None:
    text = as_python(parts_of(page, which))
    tops = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            tops |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            tops.add(str(node.module).split(".")[0])
    assert tops <= USUAL | NAMED.get(page.slug, set()) | sys.stdlib_module_names
    assert "nnviz" not in text
    assert len(text.splitlines()) <= LONGEST


@every_page
def test_a_notebook_prints_the_numbers_of_the_page(page: Page, tmp_path: Path) -> None:
    text = as_notebook(parts_of(page, "defaults"))
    assert_valid(json.loads(text))
    file, driver = tmp_path / "run.ipynb", tmp_path / "execute.py"
    file.write_text(text, encoding="utf-8")
    driver.write_text(EXECUTE, encoding="utf-8")
    assert_the_same(page.slug, run_alone([str(driver), str(file)]), measured(page, "defaults"))


def assert_valid(notebook: dict[str, Any]) -> None:
    """Hold a notebook to the schema of nbformat 4.5, as far as it uses it."""
    assert set(notebook) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert {"name", "display_name"} <= set(notebook["metadata"]["kernelspec"])
    identities = [cell["id"] for cell in notebook["cells"]]
    assert len(set(identities)) == len(identities)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", identity) for identity in identities)
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        assert isinstance(cell["source"], str)
        assert cell["source"].strip()
        keys = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            keys |= {"outputs", "execution_count"}
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            ast.parse(cell["source"])
        else:
            assert cell["cell_type"] == "markdown"
        assert set(cell) == keys
