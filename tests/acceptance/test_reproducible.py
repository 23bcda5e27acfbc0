"""Same drop, policy, key, seed: same bytes, in another folder, process, time zone and locale. Another key: no one in common."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.small import POLICY, write_people

ROOT = Path(__file__).resolve().parents[2]
KEY = "00112233445566778899aabbccddeeff"
N_ROWS = 300
PSEUDONYMS = ("customer_id", "email")

Folders = Callable[..., Path]


@pytest.fixture
def release(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Release the drop in folders of its own and return the release's folder."""

    def released(name: str, *, key: str = KEY, seed: int = 7) -> Path:
        monkeypatch.setenv("VEIL_TEST_KEY", key)
        monkeypatch.setenv("VEIL_HOME", str(tmp_path / name / "home"))
        monkeypatch.setenv("VEIL_RELEASES", str(tmp_path / name / "releases"))
        ended = run(write_people(tmp_path / name / "in", N_ROWS), POLICY, seed=seed)
        assert ended.name == "Released", ended.message
        return Path(ended.message)

    return released


def _digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file but the one that says when and where the run was."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _column(folder: Path, kind: str, name: str) -> list[str]:
    with (folder / kind / "people.csv").open(newline="", encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


def _bytes(folder: Path, kind: str) -> bytes:
    return (folder / kind / "people.csv").read_bytes()


def test_the_same_run_twice_gives_the_same_bytes(release: Folders):
    first, second = _digests(release("first")), _digests(release("second"))
    expected = {"transformed/people.csv", "synthetic/people.csv", "report.html", "manifest.json", "evidence/checks.json"}
    assert expected <= set(first)
    assert any(name.startswith("models/") for name in first)
    assert first == second


def test_another_process_time_zone_and_locale_give_the_same_bytes(release: Folders, tmp_path: Path):
    here = release("here")
    drop = write_people(tmp_path / "elsewhere" / "in", N_ROWS)
    (tmp_path / "elsewhere" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    environment = os.environ | {
        "VEIL_HOME": str(tmp_path / "elsewhere" / "home"), "VEIL_RELEASES": str(tmp_path / "elsewhere" / "releases"),
        "VEIL_TEST_KEY": KEY, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "C",
        "OMP_NUM_THREADS": "2", "PREFECT_HOME": str(tmp_path / "elsewhere" / "prefect"),
    }  # fmt: skip
    environment.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "flows.cli", "run", str(drop), "--policy", str(tmp_path / "elsewhere" / "policy.yaml"),
               "--epochs", "1", "--seed", "7"]  # fmt: skip
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    (there,) = (tmp_path / "elsewhere" / "releases" / "people").glob("*-*")
    assert _digests(there) == _digests(here)


def test_another_key_gives_other_pseudonyms(release: Folders):
    one, other = release("one"), release("other", key="ffeeddccbbaa99887766554433221100")
    for column in PSEUDONYMS:
        assert not set(_column(one, "transformed", column)) & set(_column(other, "transformed", column)), column
    same = [a == b for a, b in zip(*(_column(each, "transformed", "signed_at") for each in (one, other)), strict=True)]
    assert sum(same) < len(same) / 10
    for kept in ("gender", "city", "plan"):
        assert _column(one, "transformed", kept) == _column(other, "transformed", kept)


def test_another_seed_gives_another_stand_in_of_the_same_transformed_table(release: Folders):
    one, other = release("one"), release("other", seed=8)
    assert _bytes(one, "transformed") == _bytes(other, "transformed")
    assert _bytes(one, "synthetic") != _bytes(other, "synthetic")
    assert json.loads((other / "manifest.json").read_text(encoding="utf-8"))["seed"] == 8
