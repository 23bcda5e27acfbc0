"""From descriptions to tables: every table and column has a random stream of its own, so that none disturbs another."""

from __future__ import annotations

import datetime
import random

from benchmarks.classify.tables.makers import MAKERS
from benchmarks.classify.tables.model import Cells, ColumnSpec, Draw, Half, LabelledTable, Person, Place, TableSpec, Words
from benchmarks.classify.tables.patterns import filled
from benchmarks.classify.tables.specs import read_specs
from benchmarks.classify.tables.words import words
from veil.rng import integer

SEED = 2026


def build(half: Half, seed: int = SEED) -> tuple[LabelledTable, ...]:
    """Return the labelled tables of one half; the same seed gives the same cells."""
    return tuple(_table(spec, seed) for spec in read_specs(half))


def _table(spec: TableSpec, seed: int) -> LabelledTable:
    lists = words(spec.locale, spec.half)
    rng = random.Random(integer(seed, spec.name, "people"))
    n_people = spec.n_people or spec.n_rows
    people = [_person(lists, rng) for _ in range(n_people)]
    places = [_place(lists, rng) for _ in range(n_people)]
    owners = [rng.randrange(n_people) for _ in range(spec.n_rows)] if spec.n_people else list(range(n_people))
    owning, living = tuple(people[owner] for owner in owners), tuple(places[owner] for owner in owners)
    cells = {}
    for column in spec.columns:
        stream = random.Random(integer(seed, spec.name, column.header))
        draw = Draw(stream, spec.n_rows, spec.locale, spec.half, lists, owning, living, tuple(owners))
        cells[column.header] = _finished(_made(column, draw, spec), column, stream)
    return LabelledTable(spec.name, spec.language, spec.domain, cells, {column.header: column.truth for column in spec.columns})


def _made(column: ColumnSpec, draw: Draw, spec: TableSpec) -> Cells:
    if column.maker not in MAKERS:
        known = ", ".join(sorted(MAKERS))
        raise ValueError(f"table `{spec.name}`, column `{column.header}`: no maker `{column.maker}`; there are {known}")
    return MAKERS[column.maker](draw, column.argument)


def _finished(cells: Cells, column: ColumnSpec, rng: random.Random) -> Cells:
    def finish(cell: str | None) -> str | None:
        if cell is None or rng.random() < column.null_share:
            return column.null_text
        if column.case == "upper" or (column.case == "mixed" and rng.random() < 1 / 3):
            return strayed(cell.upper())
        return strayed(cell.lower() if column.case == "lower" else cell)

    def strayed(cell: str) -> str:
        if not column.stray_share or rng.random() >= column.stray_share:  # no draw where it is not asked for: old cells stay
            return cell
        return rng.choice((f"{cell} ", f" {cell}", f"{cell}  "))

    return [finish(cell) for cell in cells]


def _person(lists: Words, rng: random.Random) -> Person:
    female = rng.random() < 0.5
    given = lists["female" if female else "male"]
    first, middle = rng.choice(given), rng.choice(given)
    born = datetime.date(1935, 1, 1) + datetime.timedelta(days=int(rng.triangular(0, 25500, 14000)))
    last = rng.choice(lists["family"])
    return Person(first, middle, _feminine(last, lists["domain"][0]) if female else last, female, born)


def _feminine(family: str, domain: str) -> str:
    """Family names of women as Czech, Polish and Bulgarian registers write them."""
    if domain == "cz" and family[-1] not in "íá":
        return family[:-1] + "á" if family.endswith("ý") else (family[:-1] if family[-1] in "aeo" else family) + "ová"
    if domain == "bg":
        return family + "\N{CYRILLIC SMALL LETTER A}"
    return family[:-1] + "a" if domain == "pl" and family.endswith(("ski", "cki")) else family


def _place(lists: Words, rng: random.Random) -> Place:
    american = lists["country"][0] == "United States"
    number = filled("{^##|^###|^#|^###}" if american else "{^|^|^#|^#|^#|^##|^#{a|b}|^#-^#}", rng)
    code = rng.choice(lists["region_codes"])
    return Place(rng.choice(lists["streets"]), number, filled(rng.choice(lists["postcodes"]), rng),
                 rng.choice(lists["cities"]), rng.choice(lists["regions"]), code)
