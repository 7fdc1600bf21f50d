"""python -m nnviz: list, run, script, claims."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from nnviz import catalogue
from nnviz.__main__ import main
from nnviz.core.claims import Claim, Stored, Verdict


def test_list_names_every_page_that_exists(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()] == [page.slug for page in catalogue.built()]


def test_a_run_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run.npz"
    assert main(["run", "home", "--rate", "0.1", "--units", "3", "--out", str(out)]) == 0
    assert "3 neurons" in capsys.readouterr().out
    with np.load(out) as saved:
        assert saved["timeline.arrays.parts"].shape[1] == 3


def test_a_script_is_printed_with_its_settings(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["script", "home", "--rate", "0.1", "--units", "3"]) == 0
    printed = capsys.readouterr().out
    assert "The run of /home?units=3&rate=0.1," in printed
    file = tmp_path / "home.py"
    file.write_text(printed, encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("mean squared error = ")


def test_a_notebook_is_written_to_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "home.ipynb"
    assert main(["script", "home", "--notebook", "--out", str(out), "--seed", "5"]) == 0
    assert capsys.readouterr().out == ""
    last = json.loads(out.read_text(encoding="utf-8"))["cells"][-1]
    assert "    seed=5,\n" in last["source"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere"], "no page"),
        (["run", "home", "--rate", "77"], "Learning rate takes"),
        (["run", "home", "--speed", "1"], "This page takes --units"),
        (["run", "home", "--rate"], "settings come as --name value"),
        (["script", "home", "--rate", "77"], "Learning rate takes"),
        (["script", "nowhere"], "no page"),
        (["claims", "nowhere"], "no page"),
    ],
)
def test_a_wrong_call_is_told_why(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


def test_home_needs_no_torch() -> None:
    code = "import sys; from nnviz import catalogue; r = catalogue.load('home'); r.view(r.run(r.Params())); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_claims_fail_where_a_stored_verdict_no_longer_holds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    supported = Verdict("supported", 1.0, 0.5, 1.5, "", 3, "It holds.")
    contradicted = Verdict("contradicted", -1.0, -1.5, -0.5, "", 3, "It does not.")
    claim = Claim("it-holds", "It holds.", "Somebody, 2020", lambda _seeds, _report: supported)
    room = SimpleNamespace(lesson=SimpleNamespace(claims=(claim,)))
    monkeypatch.setattr("nnviz.catalogue.load", lambda _slug: room)
    for verdicts, code in (({"it-holds": contradicted}, 1), ({}, 1), ({"it-holds": supported}, 0)):
        monkeypatch.setattr("nnviz.core.claims.stored", lambda _slug, kept=verdicts: Stored("", {}, kept))
        assert main(["claims", "dropout", "--seeds", "3"]) == code
    said = capsys.readouterr().out
    assert "dropout it-holds: contradicted → supported" in said
    assert "dropout it-holds: not stored → supported" in said
