from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.classify import scale
from benchmarks.classify.__main__ import COMMANDS, main

DATA = pytest.mark.skipif(not scale.ADVENTURE_WORKS.exists(), reason="shared/data is not here")


@pytest.mark.parametrize(("name", "share"), [("column", 5e-5), ("wide-500", 0.02), pytest.param("million", 2e-4, marks=DATA)])
def test_a_case_is_written_and_classified(tmp_path: Path, name: str, share: float) -> None:
    case = scale.CASES[name]
    written = scale._write(case, tmp_path, share)
    done = scale._classify(case, tmp_path)
    assert written == {"n_rows": round(case.n_rows * share), "n_columns": case.n_columns}
    assert {key: done[key] for key in written} == written
    assert done["peak_mib"] > 50
    assert done["cpu_seconds"] > 0
    assert ("HomeOwnerFlag" in done["found"]) == (name == "million")


def test_missing_data_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(scale, "ADVENTURE_WORKS", Path("nowhere.csv"))
    assert main(["scale", "--cases", "million"]) == 0
    assert "not run, there is no nowhere.csv" in capsys.readouterr().out


def test_the_command_is_listed() -> None:
    assert COMMANDS["scale"] == scale.__name__
