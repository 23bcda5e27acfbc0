"""Odd drops as whole runs: each ends released, or held with a reason that says what to do; none breaks inside a stage.

After every run nothing is left in the work folder or among the temporary files, a release is for its owner only, and the
process has its umask back.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from tests.acceptance.conftest import Ended, Run
from tests.acceptance.loose import OFF, loose_gdpr

Rows = list[list[str]]

KEY = "00112233445566778899aabbccddeeff"


def _columns(columns: str, *, subject: str = "customer_id", more: str = "", defaults: str = "", gates: str = OFF) -> str:
    """Return a policy that names every column."""
    return f"""
policy: edges
version: 1
{defaults}
keys: {{main: {{from: env:VEIL_TEST_KEY, epoch: "1"}}}}
keyspaces: {{person: {{key: main, canonical: text}}}}
tables:
  drop:
    match: {{files: "drop*"}}
    subject: {subject}
    columns: {columns}
{more}
{f"gates: {{check: {gates}}}" if gates else ""}
"""


def _table(n_rows: int, **columns: Callable[[int, np.random.Generator], str]) -> tuple[list[str], Rows]:
    rng = np.random.default_rng(5)
    return list(columns), [[make(row, rng) for make in columns.values()] for row in range(n_rows)]


def _customer(row: int, _: np.random.Generator) -> str:
    return f"{40_100_203 + 17 * row}"


def _group(_: int, rng: np.random.Generator) -> str:
    return "abcd"[rng.integers(4)]


def _amount(_: int, rng: np.random.Generator) -> str:
    return f"{rng.normal(50, 10):.2f}"


def _always(value: str) -> Callable[[int, np.random.Generator], str]:
    return lambda row, rng: value


def _sometimes(value: str, of: Callable[[int, np.random.Generator], str]) -> Callable[[int, np.random.Generator], str]:
    return lambda row, rng: value if rng.random() < 0.2 else of(row, rng)


def _date(_: int, rng: np.random.Generator) -> str:
    return f"{rng.integers(1950, 2000)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"


def _odd_cell(row: int, _: np.random.Generator) -> str:
    cells = ["😀 fine", "=1+1", "+cmd|' /C calc'!A0", 'a "quoted" word', "two\nlines", "tab\there", "<script>", "@sum", ""]
    return cells[row % len(cells)]


@dataclass(frozen=True)
class Case:
    """A drop, its policy, and how the run must end."""

    tables: dict[str, tuple[list[str], Rows]]
    policy: str
    ends: str = "Released"
    words: str = ""
    needs: dict[str, str] = field(default_factory=dict)


def _one(policy: str, n_rows: int = 260, ends: str = "Released", words: str = "", **columns) -> Case:
    return Case({"drop": _table(n_rows, **columns)}, policy, ends, words)


NO_STAND_IN = "synthesize: {synthesizer: none}"
PLAIN = {"customer_id": _customer, "segment": _group, "amount": _amount}
NAMED = "{customer_id: {do: token, in: person}, segment: {do: keep, reason: needed}, amount: {do: keep, reason: needed}"
ODD_NAMES = {"naïve größe": _group, "a|b": _group, "`tick`": _group, "two\nlines": _group, "<script>alert(1)</script>": _group,
             "名前": _group, "{braces}": _group, "-dash": _amount, "=1+1": _amount}  # fmt: skip
TRANSFORMS = """
      customer_id: {do: hash, in: person}
      iban: {do: mask, keep_last: 4}
      remark: {do: constant, value: removed}
      secret: {do: "null"}
      salary: {do: top_bottom, top: 60000, bottom: 20000}
      born: {do: date_part, part: quarter}
      left: {do: date_part, part: weekday}
      old: {do: drop}
      segment: {do: keep, reason: needed}
"""

CASES: dict[str, Case] = {
    "an all-null column": _one(loose_gdpr(), **PLAIN, nothing=_always("")),
    "an all-null column that is kept": _one(
        _columns(NAMED + ", nothing: {do: keep, reason: empty}}"), **PLAIN, nothing=_always("")),
    "a constant column": _one(loose_gdpr(), **PLAIN, country=_always("BE"), one=_always("1"), day=_always("2020-01-01")),
    "flags": _one(loose_gdpr(), customer_id=_customer,
                  f=lambda r, g: str(int(g.integers(2))), t=lambda r, g: "yn"[g.integers(2)]),
    "no personal data": _one(loose_gdpr(), segment=_group, amount=_amount, size=_group),
    "no subject": _one(_columns("{segment: {do: keep, reason: needed}, amount: {do: keep, reason: needed}}", subject="null"),
                       segment=_group, amount=_amount),
    "a subject with nulls": _one(loose_gdpr(), **(PLAIN | {"customer_id": _sometimes("", _customer)}), signup_date=_date),
    "a named subject with nulls": _one(_columns(NAMED + ", seen: {do: date_shift, days: [-180, 180]}}"),
                                       **(PLAIN | {"customer_id": _sometimes("", _customer)}), seen=_date),
    "25 rows": _one(loose_gdpr(), 25, "Held", "drop: rows", **PLAIN),
    "110 rows": _one(loose_gdpr(1), 110, "Held", "about 250 rows", **PLAIN),
    "240 rows": _one(loose_gdpr(1), 240, "Held", "about 250 rows", **PLAIN),
    "250 rows": _one(loose_gdpr(), 250, **PLAIN),
    "one row": _one(loose_gdpr(), 1, "Held", "drop: rows", **PLAIN),
    "identifiers only": _one(loose_gdpr(), ends="Held", words="nothing to learn", customer_id=_customer,
                             email=lambda r, g: f"a{r}b@mail-{r % 5}.be",
                             phone=lambda r, g: f"+3247{1_000_000 + 37 * r}"),
    "100 columns": _one(loose_gdpr(), **PLAIN, **{f"c{i}": [_group, _amount, _always("x")][i % 3] for i in range(97)}),
    "odd column names": _one(loose_gdpr(), customer_id=_customer, **ODD_NAMES),
    "odd cells": _one(loose_gdpr(), **PLAIN, odd=_odd_cell),
    "odd cells redacted": _one(_columns(NAMED + ", odd: {do: redact_text}}"), **PLAIN, odd=_odd_cell),
    "odd cells in a token": _one(_columns(NAMED + ", odd: {do: token}}"), **PLAIN, odd=_odd_cell),
    "a stand-in that is demanded but not made": _one(_columns(NAMED + "}", more=NO_STAND_IN), ends="Held",
                                                     words="membership_auc", **PLAIN),
    "no stand-in": _one(_columns(NAMED + "}", more=NO_STAND_IN, gates=""), **PLAIN),
    "a token nobody refers to": _one(
        _columns(NAMED + ", code: {do: token}}"), **PLAIN, code=_sometimes("", lambda r, g: f"X{r % 40}")),
    "all transforms": _one(
        _columns(TRANSFORMS), customer_id=_customer, iban=lambda r, g: f"BE{10 + r % 80}5390075470{r % 90 + 10}",
        remark=_sometimes("", lambda r, g: f"remark {r}"), secret=lambda r, g: f"s{r}",
        salary=_sometimes("", lambda r, g: str(int(g.integers(10_000, 90_000)))), born=_sometimes("", _date), left=_date,
        old=_group, segment=_group,
    ),
    "declared null values": _one(
        _columns(NAMED + ", salary: {do: top_bottom, top: 60000}, born: {do: date_shift, days: [-90, 90]}, "
                         "age: {do: age_band, width: 5}}", defaults="defaults: {null_values: [NA]}"),
        **(PLAIN | {"customer_id": _sometimes("NA", _customer), "amount": _sometimes("NA", _amount)}),
        salary=_sometimes("NA", lambda r, g: str(int(g.integers(10_000, 90_000)))), born=_sometimes("NA", _date),
        age=_sometimes("NA", lambda r, g: str(int(g.integers(18, 90)))),
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set the key, and let temporary files fall into a folder of the test."""
    monkeypatch.setenv("VEIL_TEST_KEY", KEY)
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _write(folder: Path, tables: dict[str, tuple[list[str], Rows]]) -> Path:
    folder.mkdir()
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return folder if len(tables) > 1 else folder / f"{next(iter(tables))}.csv"


def _assert_tidy(tmp_path: Path, umask: int) -> None:
    """Nothing is left behind, what is published is for its owner only, and the umask is what it was."""
    assert os.umask(umask) == umask
    assert not list((tmp_path / "home" / "work").glob("*"))
    # Great Expectations keeps one empty folder per process for its ephemeral context.
    assert not [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]
    published = list((tmp_path / "releases").glob("*/*")) + list((tmp_path / "releases").glob("*/held/*"))
    assert published
    for path in (path for folder in published for path in (folder, *folder.rglob("*"))):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert not list((tmp_path / "releases").rglob(".staging-*"))


def _assert_complete(ended: Ended, tables: dict[str, tuple[list[str], Rows]]) -> None:
    """A release has every table, and every file has the digest that the manifest gives it."""
    folder = Path(ended.message)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {f"transformed/{name}.csv" for name in tables} <= set(manifest["files"])
    for name, (_, rows) in tables.items():
        with (folder / "transformed" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            assert len(list(csv.reader(file))) == len(rows) + 1


def test_an_empty_string_is_no_identifier_and_not_null(run: Run, tmp_path: Path):
    """`""` in quotes is another thing than nothing, and both pass a token unchanged."""
    _, rows = _table(260, **PLAIN)
    keys = {0: "", 1: '""'}
    lines = [",".join([keys.get(at % 10, row[0]), *row[1:]]) for at, row in enumerate(rows)]
    drop = tmp_path / "drop.csv"
    drop.write_text("\n".join(["customer_id,segment,amount", *lines, ""]), encoding="utf-8")
    ended = run(drop, _columns(NAMED + "}"))
    assert ended.name == "Released", ended.message
    out = (Path(ended.message) / "transformed" / "drop.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line[0] for line in out[:2]] == [",", '"']
    assert sum(line.startswith(",") for line in out) == sum(line.startswith('"",') for line in out) == 26


def test_what_stands_for_null_is_nobody_and_is_written_as_it_was(run: Run, tmp_path: Path):
    case = CASES["declared null values"]
    ended = run(_write(tmp_path / "in", case.tables), case.policy)
    assert ended.name == "Released", ended.message
    header, rows = case.tables["drop"]
    for kind in ("transformed", "synthetic"):
        with (Path(ended.message) / kind / "drop.csv").open(newline="", encoding="utf-8") as file:
            table = list(csv.DictReader(file))
        for at, name in enumerate(header):
            wanted, got = sum(row[at] == "NA" for row in rows), sum(row[name] == "NA" for row in table)
            assert wanted == got if kind == "transformed" else abs(wanted - got) <= 40, (kind, name)
    shifted = {row["born"] for row in table}
    assert len(shifted) > 20  # learnt as dates, not withheld as text


@pytest.mark.parametrize("name", CASES)
def test_an_odd_drop_ends_released_or_held_with_a_reason(name: str, run: Run, tmp_path: Path):
    case = CASES[name]
    umask = os.umask(0o022)
    os.umask(umask)
    ended = run(_write(tmp_path / "in", case.tables), case.policy)
    assert (ended.name, case.words in ended.message) == (case.ends, True), f"{ended.name}: {ended.message}"
    _assert_tidy(tmp_path, umask)
    if ended.name == "Released":
        _assert_complete(ended, case.tables)


@pytest.mark.slow
def test_three_hundred_columns(run: Run, tmp_path: Path):
    wide = {f"c{at}": [_group, _amount, _always("x")][at % 3] for at in range(297)}
    case = _one(loose_gdpr(), **PLAIN, **wide)
    ended = run(_write(tmp_path / "in", case.tables), case.policy)
    assert ended.name == "Released", ended.message
    _assert_complete(ended, case.tables)
