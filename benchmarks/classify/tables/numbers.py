"""Cells that are numbers, dates or codes of no person."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

from benchmarks.classify.tables.model import Cells, Draw, Maker
from benchmarks.classify.tables.patterns import filled

_DAY: Final = datetime.date(2019, 1, 1)


def _pattern(draw: Draw, argument: str) -> Cells:
    """A text of one of the patterns (` / ` between them), drawn anew per row."""
    forms = argument.split(" / ")
    return [filled(draw.rng.choice(forms), draw.rng) for _ in range(draw.n_rows)]


def _owned(draw: Draw, argument: str) -> Cells:
    """Like `pattern`, the same for all rows of a person."""
    forms = argument.split(" / ")
    return draw.per_owner(lambda: filled(draw.rng.choice(forms), draw.rng))


def _sequence(draw: Draw, argument: str) -> Cells:
    """`sequence 1001 [form]`: ascending numbers, as a key; the form has `{}` for the number."""
    first, _, form = argument.partition(" ")
    return [(form or "{}").format(int(first or 1) + row) for row in range(draw.n_rows)]


def _integer(draw: Draw, argument: str) -> Cells:
    low, high = (int(each) for each in argument.split())
    return [str(draw.rng.randint(low, high)) for _ in range(draw.n_rows)]


def _few(draw: Draw, argument: str) -> Cells:
    """`few 100`: small counts, most of them near zero, up to the given number."""
    return [str(min(int(argument), int(draw.rng.expovariate(6 / int(argument))))) for _ in range(draw.n_rows)]


def _decimal(draw: Draw, argument: str) -> Cells:
    """`decimal mean spread places [comma]`: normal, with a decimal point or comma."""
    mean, spread, places, *comma = argument.split()
    cells = [f"{draw.rng.gauss(float(mean), float(spread)):.{places}f}" for _ in range(draw.n_rows)]
    return [cell.replace(".", ",") for cell in cells] if comma else list(cells)


def _money(draw: Draw, argument: str) -> Cells:
    """`money median [point|comma|dollar|euro|round]`: amounts with a long tail."""
    median, _, style = argument.partition(" ")
    amounts = [float(median) * draw.rng.lognormvariate(0, 0.6) for _ in range(draw.n_rows)]
    return [_written(amount, style) for amount in amounts]


def _written(amount: float, style: str) -> str:
    if style == "comma":
        return f"{amount:.2f}".replace(".", ",")
    if style == "dollar":
        return f"${amount:,.2f}"
    if style == "euro":
        return f"{amount:,.2f} €".translate(str.maketrans(",.", ".,"))
    return f"{100 * round(amount / 100)}" if style == "round" else f"{amount:.2f}"


def _date(draw: Draw, form: str) -> Cells:
    """A date or time of 2019 to 2025 in the given strftime form."""
    days = [_DAY + datetime.timedelta(days=draw.rng.randrange(2200)) for _ in range(draw.n_rows)]
    times = [datetime.time(draw.rng.randrange(24), draw.rng.randrange(60), draw.rng.randrange(60)) for _ in days]
    return [datetime.datetime.combine(day, time).strftime(form or "%Y-%m-%d") for day, time in zip(days, times, strict=True)]


def _epoch(draw: Draw, argument: str) -> Cells:
    scale = int(argument or 1)
    return [str(draw.rng.randrange(1_550_000_000 * scale, 1_740_000_000 * scale)) for _ in range(draw.n_rows)]


def _choice(draw: Draw, argument: str) -> Cells:
    """`choice a; b; c`: one of few values, the first ones more often."""
    values = [value.strip() for value in argument.split(";")]
    weights = [1 / (rank + 1.5) for rank in range(len(values))]
    return list(draw.rng.choices(values, weights, k=draw.n_rows))


def _coordinate(draw: Draw, argument: str) -> Cells:
    """`coordinate low high [places]`: a float, evenly spread."""
    low, high, *places = argument.split()
    return [f"{draw.rng.uniform(float(low), float(high)):.{places[0] if places else 6}f}" for _ in range(draw.n_rows)]


def _pair(draw: Draw, argument: str) -> Cells:
    """`pair latlow lathigh lonlow lonhigh`: latitude and longitude in one cell."""
    bounds = [float(each) for each in argument.split()]
    return [f"{draw.rng.uniform(*bounds[:2]):.5f}, {draw.rng.uniform(*bounds[2:]):.5f}" for _ in range(draw.n_rows)]


MAKERS: Final[Mapping[str, Maker]] = {
    "pattern": _pattern, "owned": _owned, "sequence": _sequence, "integer": _integer, "few": _few, "decimal": _decimal,
    "money": _money, "date": _date, "epoch": _epoch, "choice": _choice, "coordinate": _coordinate, "pair": _pair,
}
