"""The fourth half of the labelled tables: that it is well formed. What the classifier finds in it is not looked at here."""

from __future__ import annotations

import datetime
import importlib
import random
from collections import Counter

import pytest

from benchmarks.classify.column_run import Judged
from benchmarks.classify.column_score import is_direct
from benchmarks.classify.tables import HALVES, LabelledTable, build, read_specs
from benchmarks.classify.tables.build import SEED
from benchmarks.classify.tables.makers import MAKERS
from benchmarks.classify.tables.model import Draw, Person
from benchmarks.classify.tables.specs import FOLDER, _column
from benchmarks.classify.tables.words import words
from veil.recognizers.entities import ENTITIES

LISTS = ("female", "male", "family", "cities", "streets", "regions", "region_codes", "postcodes", "phones", "address", "titles",
         "genders", "occupations", "companies", "marital", "nationality", "religion", "health", "education", "ethnicity",
         "country", "domain", "domains_held")


@pytest.fixture(scope="module")
def tables() -> tuple[LabelledTable, ...]:
    return build("fourth")


def drawn(maker: str, argument: str, rows: int = 60) -> list[str]:
    people = tuple(Person("Ana", "Eva", "Novak", each.female, each.born) for each in (_someone(row) for row in range(rows)))
    draw = Draw(random.Random(1), rows, "sl", "fourth", words("sl", "fourth"), people, (), tuple(range(rows)))
    return [cell for cell in MAKERS[maker](draw, argument) if cell is not None]


def _someone(row: int) -> Person:
    return Person("", "", "", bool(row % 2), datetime.date(1940, 1, 5) + datetime.timedelta(days=401 * row))


def test_it_is_as_large_and_as_mixed_as_promised(tables: tuple[LabelledTable, ...]) -> None:
    assert len(tables) >= 40
    assert sum(len(table.truth) for table in tables) >= 500
    assert len({table.language for table in tables}) >= 15
    assert len({table.domain for table in tables}) >= 15


def test_a_third_is_harmless_and_many_kinds_are_direct(tables: tuple[LabelledTable, ...]) -> None:
    truths = [truth for table in tables for truth in table.truth.values()]
    assert sum(truth is None for truth in truths) >= len(truths) / 3
    direct = {truth[0] for truth in truths if is_direct(Judged("t", "en", "c", truth, None))}  # type: ignore[index]
    assert len(direct) >= 22


def test_every_truth_is_an_entity(tables: tuple[LabelledTable, ...]) -> None:
    known = {None, *ENTITIES}
    accepted = [truth for table in tables for truth in table.truth.values() if truth is not None and truth != "ignore"]
    assert all(entity in known for truth in accepted for entity in truth)


def test_it_shares_no_table_and_no_file_with_another_half() -> None:
    names = Counter(spec.name for half in HALVES for spec in read_specs(half))
    assert max(names.values()) == 1
    own = {path.name for path in (FOLDER / "fourth").glob("*.txt")}
    assert len(own) >= 8
    assert all(len(path.read_text(encoding="utf-8").splitlines()) <= 300 for path in (FOLDER / "fourth").glob("*.txt"))


def test_columns_of_a_table_are_equally_long_and_not_empty(tables: tuple[LabelledTable, ...]) -> None:
    for table in tables:
        assert len({len(cells) for cells in table.cells.values()}) == 1, table.name
        assert all(any(cells) for cells in table.cells.values()), table.name
        assert len(table.cells) == len(table.truth)


def test_headers_of_a_table_are_not_repeated() -> None:
    for spec in read_specs("fourth"):
        assert len({column.header for column in spec.columns}) == len(spec.columns), spec.name


def test_the_same_seed_gives_the_same_cells_and_another_seed_others(tables: tuple[LabelledTable, ...]) -> None:
    assert [table.cells for table in build("fourth", SEED)] == [table.cells for table in tables]
    assert [table.cells for table in build("fourth", SEED + 1)] != [table.cells for table in tables]


def test_no_mark_of_a_form_is_left_in_a_cell(tables: tuple[LabelledTable, ...]) -> None:
    for table in tables:
        for column, cells in table.cells.items():
            assert not any(cell and (" / {" in cell or "{f}" in cell or "{l}" in cell) for cell in cells), (table.name, column)


@pytest.mark.parametrize("locale", sorted({spec.locale for spec in read_specs("fourth")}))
def test_each_locale_has_all_its_lists(locale: str) -> None:
    lists = words(locale, "fourth")
    assert [key for key in LISTS if not lists.get(key)] == []
    assert all(len(lists[key]) >= 8 for key in ("female", "male", "family"))


@pytest.mark.parametrize(("maker", "argument", "module"), [
    ("emso", "", "si.emso"), ("rnokpp", "", "ua.rntrc"), ("rut", "dots", "cl.rut"), ("rut", "", "cl.rut"),
    ("davcna", "", "si.ddv"), ("siiban", "", "iban"), ("bech32", "", "bitcoin"),
    ("luhned", "8938003##############", "luhn"),
])
def test_made_numbers_pass_the_check_of_python_stdnum(maker: str, argument: str, module: str) -> None:
    checker = importlib.import_module(f"stdnum.{module}")
    assert all(checker.is_valid(cell) for cell in drawn(maker, argument))


def test_numbers_of_care_givers_pass_luhn_after_their_prefix() -> None:
    checker = importlib.import_module("stdnum.luhn")
    assert all(len(cell) == 10 and checker.is_valid("80840" + cell) for cell in drawn("npi", ""))


@pytest.mark.parametrize(("argument", "years"), [("2007 %Y", (2007, 2019)), ("1994 %Y", (1994, 2006))])
def test_students_are_young(argument: str, years: tuple[int, int]) -> None:
    born = [int(cell) for cell in drawn("studentborn", argument)]
    assert years[0] <= min(born) <= max(born) <= years[1]


@pytest.mark.parametrize(("maker", "argument", "n_forms"), [
    ("bornas", "%d.%m.%Y / %Y-%m-%d", 2), ("dateas", "%d/%m/%y / %Y%m%d / %d-%m-%Y", 3), ("useras", "{f}.{l} / {f}_##", 2),
])
def test_cells_of_a_column_come_in_several_forms(maker: str, argument: str, n_forms: int) -> None:
    shapes = {"".join("9" if each.isdigit() else "a" if each.isalpha() else each for each in cell)
              for cell in drawn(maker, argument)}
    assert len(shapes) == n_forms


def test_blanks_are_added_only_where_asked_for(tables: tuple[LabelledTable, ...]) -> None:
    assert _column("a | - | integer 1 2 | stray=5", "here").stray_share == 0.05
    assert _column("a | - | integer 1 2 | null=5", "here").stray_share == 0.0
    by_name = {table.name: table for table in tables}
    for spec in read_specs("fourth"):
        for column in spec.columns:
            strayed = [cell for cell in by_name[spec.name].cells[column.header] if cell and cell != cell.strip()]
            assert not strayed or column.stray_share, (spec.name, column.header)
