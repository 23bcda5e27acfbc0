"""The three real files under the policy that ships for unknown drops; what is left of them is looked for without Veil's own code.

The quick variant learns the first rows of each file in one epoch, with no demand on how good the stand-in is; the slow one sends
the whole files through with the policy as it ships.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.loose import loose_gdpr

DATA = Path(__file__).parents[2].parent / "shared" / "data"
ADVENTURE_WORKS = "adventure-works-bike-buying.csv"
FILES = (ADVENTURE_WORKS, "adult.csv", "google-meet-mycompany.csv")
QUICK_ROWS = {ADVENTURE_WORKS: 2500, "adult.csv": 1500, "google-meet-mycompany.csv": 1500}
N_COLUMNS = {ADVENTURE_WORKS: 24, "adult.csv": 15, "google-meet-mycompany.csv": 59}

Columns = dict[str, list[str]]

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real files are not here: {DATA}")


@dataclass(frozen=True)
class Result:
    """A released drop, read with the standard library: its source and its two tables, by column; and its plan."""

    source: Columns
    transformed: Columns
    synthetic: Columns
    kept: tuple[str, ...]


def _read(path: Path) -> Columns:
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def _first_rows(name: str, folder: Path, n_rows: int) -> Path:
    """Copy the first rows of a file, byte for byte; no cell of these files has a line break."""
    folder.mkdir()
    with (DATA / name).open("rb") as source:
        (folder / name).write_bytes(b"".join(itertools.islice(source, n_rows + 1)))
    return folder / name


def _released(run: Run, drop: Path, policy: str, epochs: int | None) -> Result:
    ended = run(drop, policy, epochs=epochs, seed=2026)
    assert ended.name == "Released", ended.message
    folder = Path(ended.message)
    (plan,) = json.loads((folder / "evidence" / "plan.json").read_text(encoding="utf-8")).values()
    kept = tuple(step["column"] for step in plan["steps"] if step["effect"] == "keep")
    (transformed,), (synthetic,) = ((folder / kind).iterdir() for kind in ("transformed", "synthetic"))
    return Result(_read(drop), _read(transformed), _read(synthetic), kept)


def _rows(table: Columns) -> Iterator[tuple[str, ...]]:
    return zip(*table.values(), strict=True)


def _n_rows(table: Columns) -> int:
    return len(next(iter(table.values())))


def _assert_faithful(result: Result, n_columns: int) -> None:
    """Kept columns are the source's to the byte, no row is lost, no column is new, and the stand-in looks like the table."""
    assert len(result.source) == n_columns
    assert len(result.kept) >= 5
    for column in result.kept:
        assert result.transformed[column] == result.source[column], column
    assert list(result.synthetic) == list(result.transformed)
    assert [column for column in result.source if column in result.transformed] == list(result.transformed)
    assert _n_rows(result.source) == _n_rows(result.transformed) == _n_rows(result.synthetic)
    for column, cells in result.transformed.items():
        _assert_alike(column, cells, result.synthetic[column])


FORMATS = (r"-?\d+", r"-?\d+\.\d", r"-?\d+\.\d\d", r"-?\d+(\.\d+)?", r"\d{4}-\d\d-\d\d", r"[A-Z][a-z]{2} \d{1,2}, \d{4}, .*")


def _assert_alike(column: str, cells: list[str], synthetic: list[str]) -> None:
    """A stand-in has cells in the formats of the table, and nulls where and about as often as the table has them."""
    filled, made = ({cell for cell in each if cell} for each in (cells, synthetic))
    for form in FORMATS:
        if filled and all(re.fullmatch(form, cell) for cell in filled):
            assert all(re.fullmatch(form, cell) for cell in made), (column, form)
    shares = [each.count("") / len(each) for each in (cells, synthetic)]
    assert (shares[0] == 0) == (shares[1] == 0) or 0 < max(shares) < 0.02, column
    assert abs(shares[0] - shares[1]) < 0.15, column


def _assert_nobody_survives(result: Result) -> None:
    """Count, in plain Python, what of AdventureWorks' people is in any cell of the two tables: nothing."""
    streets = {cell.casefold() for name in ("AddressLine1", "AddressLine2") for cell in result.source[name] if len(cell) > 5}
    phones = set(result.source["PhoneNumber"]) - {""}
    digits = {re.sub(r"\D", "", phone) for phone in phones}
    customers = set(result.source["CustomerID"])
    for table in (result.transformed, result.synthetic):
        cells = {cell for column in table.values() for cell in column}
        text = "\n".join(sorted(cells))
        assert sum(street in text.casefold() for street in streets) == 0
        assert sum(phone in text for phone in phones) == 0
        assert not digits & set(_digit_runs(cells, {len(each) for each in digits}))
        assert not customers & {token for cell in cells for token in re.findall(r"\w+", cell)}


def _digit_runs(cells: set[str], lengths: set[int]) -> Iterator[str]:
    """Yield all runs of digits of some lengths that the cells have when everything else is taken out of them."""
    for cell in cells:
        number = re.sub(r"\D", "", cell)
        for length in lengths:
            yield from (number[start : start + length] for start in range(len(number) - length + 1))


def _assert_no_row_shows_its_own_person(result: Result) -> None:
    source = zip(*(result.source[name] for name in ("FirstName", "LastName", "BirthDate")), strict=True)
    names = list(zip(result.transformed["FirstName"], result.transformed["LastName"], strict=True))
    for (first, last, born), shown, cells in zip(source, names, _rows(result.transformed), strict=True):
        row = " ".join(cells)
        assert shown != (first, last)
        assert f"{first} {last}" not in row
        assert born not in row


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")
    monkeypatch.setenv("VEIL_KEY", "00112233445566778899aabbccddeeff")


def _assert_all(name: str, result: Result) -> None:
    _assert_faithful(result, N_COLUMNS[name])
    if name == ADVENTURE_WORKS:
        _assert_nobody_survives(result)
        _assert_no_row_shows_its_own_person(result)


@pytest.mark.parametrize("name", FILES)
def test_the_first_rows_of_a_real_file(name: str, run: Run, tmp_path: Path):
    drop = _first_rows(name, tmp_path / "in", QUICK_ROWS[name])
    _assert_all(name, _released(run, drop, loose_gdpr(), epochs=8))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", FILES)
def test_a_whole_real_file_with_default_settings(name: str, run: Run, tmp_path: Path):
    _assert_all(name, _released(run, DATA / name, "gdpr", epochs=None))
