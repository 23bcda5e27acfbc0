"""What makes a transform too weak for a column: judged before any data is read, and again by the rows that came.

Each judge is a pure function of the transform's parameters and of what is known of the column. What cannot be computed is not
judged here: how many people share a group is what a check on k counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from veil.errors import few
from veil.transforms.fakes.kinds import UNIQUE_KINDS
from veil.transforms.fakes.universe import unique_values
from veil.transforms.jsons.paths import covers, parsed
from veil.transforms.strength import collision_chance, fake_universe, hash_bits, shift_choices, token_bits

if TYPE_CHECKING:
    from veil.model import LogicalType
    from veil.transforms.base import Transform

MIN_SHIFT_DAYS: Final = 30
"""A shift drawn from fewer days leaves the month, and with it most of what a date tells."""

MIN_SHIFTS: Final = 20
"""With fewer shifts to choose from, one known date of a subject is tried against all of them in a minute."""

MIN_SHARED: Final = 11
"""Rows that must share what a mask leaves, on average: the k that statistical offices ask for in what they publish."""

MAX_COLLISION: Final = 1e-6
"""Chance that any two values of a column may get one pseudonym."""

MAX_MEETING: Final = 0.05
"""Share of the values that may share a fake where two people do not normally share a value: phones, user names, addresses."""

MIN_RATIO: Final = 0.01
MAX_RETAIN: Final = 0.9
MAX_EPSILON: Final = 10
MIN_KM: Final = 1
MAX_PREFIX: Final = {"v4": 24, "v6": 48}

DIGITS_ONLY: Final = frozenset({"CREDIT_CARD", "PHONE_NUMBER", "US_SSN", "IBAN_CODE", "ACCOUNT_NUMBER", "CARD_SECURITY_CODE"})
"""Entities whose last characters are digits, of which there are ten; elsewhere letters count too."""

SHORTEST: Final = {
    "POSTCODE": 4, "PHONE_NUMBER": 7, "US_SSN": 9, "CREDIT_CARD": 13, "IBAN_CODE": 15, "FIRST_NAME": 3, "LAST_NAME": 3,
}  # fmt: skip
"""Characters that the shorter values of an entity have; a mask must hide at least half of them."""

@dataclass(frozen=True)
class Known:
    """What is known of a column. Before data is read, `rows` and `distinct` are what the policy expects.

    `identifies`: the column says whom a row is about, or refers to another table; two of its values must never meet.
    """

    rows: int
    distinct: int
    entity: str | None = None
    type: LogicalType | None = None
    format: str | None = None
    identifies: bool = False


@dataclass(frozen=True)
class Weakness:
    """Why a transform is too weak; `parameter` is the one to change, empty if several would do."""

    parameter: str
    message: str
    repair: str


Found = Iterator[Weakness]


def weaknesses(transform: Transform, known: Known) -> tuple[Weakness, ...]:
    """Return everything that makes a transform too weak for what is known of its column."""
    judge = JUDGES.get(transform.name)
    return tuple(judge(transform, known)) if judge is not None else ()


def _mask(mask: Any, known: Known) -> Found:
    n_open = mask.keep_first + mask.keep_last
    yield from _left_open("", f"the mask leaves {n_open} characters", n_open, known)
    shortest = SHORTEST.get(known.entity or "")
    if shortest is not None and 2 * n_open > shortest:
        message = f"the mask leaves {n_open} of {shortest} characters of a short `{known.entity}`"
        yield Weakness("", message, "leave at most half")


def _left_open(parameter: str, what: str, n_open: int, known: Known) -> Found:
    """Judge characters that stay readable: so many rows as there are possibilities and more, or each stands alone."""
    symbols = 36 if known.type in ("text", "category", "json") and known.entity not in DIGITS_ONLY else 10
    shared = known.rows / float(symbols) ** n_open
    if n_open and shared < MIN_SHARED:
        most = max(0, math.floor(math.log(known.rows / MIN_SHARED, symbols))) if known.rows > MIN_SHARED else 0
        told = f"{math.floor(shared)}" if shared >= 1 else "fewer than one"
        bits = f"{n_open * math.log2(symbols):.0f} bits"
        message = f"{what}, {bits}: {told} of {known.rows:,} rows would share them, not {MIN_SHARED}"
        yield Weakness(parameter, message, f"at most {most}" if most else "leave none, or `drop` the column")


def _token(token: Any, known: Known) -> Found:
    yield from _pseudonym(token.length, token_bits, known)


def _hash(hashed: Any, known: Known) -> Found:
    yield from _pseudonym(hashed.length, hash_bits, known)


def _pseudonym(length: int, bits: Callable[[int], float], known: Known) -> Found:
    chance = collision_chance(known.distinct, bits(length))
    if chance > MAX_COLLISION:
        enough = math.ceil((2 * math.log2(known.distinct) - 1 - math.log2(MAX_COLLISION)) / bits(1))
        message = f"{bits(length):.0f} bits for {_count(known.distinct)} values: two of them meet with a chance of {chance:.1g}"
        yield Weakness("length", message, f"`length: {enough}` brings it under 1 in {1 / MAX_COLLISION:,.0f}")


def _fake(fake: Any, known: Known) -> Found:
    """Judge how many fakes there are. People share names and towns: two Anns are no fault, except where a join rests on them."""
    if fake.unique:
        most = unique_values(fake.of, fake.locale, style=fake.style)
        if known.distinct > most:
            message = f"`unique` holds for {most:,} values of this kind, and there are {_count(known.distinct)}"
            yield Weakness("unique", message, "use `token` for what tells people apart")
        return
    universe = fake_universe(fake.of, fake.locale, style=fake.style)
    if known.identifies and (chance := collision_chance(known.distinct, math.log2(universe))) > MAX_COLLISION:
        message = f"{universe:,} fakes for {_count(known.distinct)} values: two people get one with a chance of {chance:.1g}"
        yield Weakness("of", message, "use `token` for what tells people apart")
    elif fake.of in UNIQUE_KINDS and (meeting := -math.expm1(-known.distinct / universe)) > MAX_MEETING:
        message = f"{universe:,} fakes for {_count(known.distinct)} values: {meeting:.0%} of them would share one"
        few_by_style = fake.style in ("fictional", "national")
        yield Weakness("of", message, "`style: unreachable` has enough" if few_by_style else "use `token`, or say fewer `rows`")


def _count(number: int) -> str:
    return f"{number:,}" if number >= 10 else few(number)


def _date_shift(shift: Any, known: Known) -> Found:
    del known
    low, high = shift.days
    repair, choices = "for instance `days: [-180, 180]`", shift_choices((low, high), weeks_only=shift.weeks_only)
    if high - low < MIN_SHIFT_DAYS:
        yield Weakness("days", f"a window of {high - low} days hides too little, less than {MIN_SHIFT_DAYS}", repair)
    elif choices < MIN_SHIFTS:
        yield Weakness("days", f"whole weeks leave {choices} shifts, fewer than {MIN_SHIFTS}", repair)


def _age_band(band: Any, known: Known) -> Found:
    if band.as_of is None and (known.entity == "BIRTH_DATE" or known.type in ("date", "datetime")):
        yield Weakness("", "an age at a birth date needs the day that it is taken on", "add `as_of: 2026-12-31`")


def _step(parameter: str, step: Any, known: Known) -> Found:
    """A step no wider than the column's own grid changes no number."""
    grid = _grid(known)
    if step is not None and grid is not None and Decimal(str(step)) <= grid:
        yield Weakness(parameter, f"a step of {step} leaves numbers with steps of {grid:f} as they are", "widen it")


def _grid(known: Known) -> Decimal | None:
    """Return the distance between neighboring numbers of a column, where it is known."""
    if known.type == "integer":
        return Decimal(1)
    return Decimal(1).scaleb(2 - len(known.format)) if known.type == "decimal" and known.format else None


def _band(band: Any, known: Known) -> Found:
    yield from _step("width", band.width, known)


def _round(rounding: Any, known: Known) -> Found:
    yield from _step("to", rounding.to, known)
    yield from _step("places", None if rounding.places is None else Decimal(1).scaleb(-rounding.places), known)


def _truncate(truncate: Any, known: Known) -> Found:
    yield from _step("step", truncate.step, known)
    if truncate.to in ("day", "hour"):
        message = f"`to: {truncate.to}` leaves the exact day, which links data sets"
        yield Weakness("to", message, "say `to: month`, or use `date_shift`")
    if truncate.first is not None:
        yield from _left_open("first", f"the first {truncate.first} characters stay", truncate.first, known)


def _noise(noise: Any, known: Known) -> Found:
    yield from _step("amount", None if noise.amount is None else Decimal(str(noise.amount)) * 2, known)
    if noise.ratio is not None and noise.ratio < MIN_RATIO:
        message = f"moves a number by less than {MIN_RATIO:.0%}, so that it is still told from its neighbors"
        yield Weakness("ratio", message, f"at least {MIN_RATIO}")
    yield from _epsilon(noise)


def _pram(pram: Any, known: Known) -> Found:
    yield from _stays_in_the_table("pram", known)
    if pram.retain is not None and pram.retain > MAX_RETAIN:
        yield Weakness("retain", f"leaves {pram.retain:.0%} of the cells as they are", f"at most {MAX_RETAIN}")
    yield from _epsilon(pram)


def _epsilon(private: Any) -> Found:
    if private.epsilon is not None and private.epsilon > MAX_EPSILON:
        repair = f"at most {MAX_EPSILON}; 1 is common"
        yield Weakness("epsilon", f"an epsilon of {private.epsilon} promises next to nothing", repair)


def _swap(swap: Any, known: Known) -> Found:
    del swap
    yield from _stays_in_the_table("swap", known)


def _stays_in_the_table(name: str, known: Known) -> Found:
    if known.identifies or known.entity in SHORTEST.keys() - {"POSTCODE"} | DIGITS_ONLY | {"PERSON", "EMAIL_ADDRESS"}:
        message = f"`{name}` leaves the values themselves in the table, and each of them points to a person"
        yield Weakness("", message, "use `token`, `fake` or `drop`")


def _geo_grid(grid: Any, known: Known) -> Found:
    del known
    if grid.km < MIN_KM:
        yield Weakness("km", f"a grid of {grid.km} km leaves single houses", f"at least {MIN_KM}")


def _ip_prefix(prefix: Any, known: Known) -> Found:
    del known
    for parameter, most in MAX_PREFIX.items():
        bits = getattr(prefix, parameter)
        if prefix.mode == "truncate" and bits > most:
            yield Weakness(parameter, f"the first {bits} bits lead to a few lines or to one household", f"at most {most}")


def _redact_json(redact: Any, known: Known) -> Found:
    """Judge the transform at each path, and find paths that an earlier one takes whole."""
    before: list[tuple[str, Any]] = []
    for path, rule in redact.paths.items():
        steps = parsed(path)
        taker = next((earlier for earlier, taken in before if _takes(taken, steps)), None)
        if taker is not None:
            yield Weakness("paths", f"`{path}` is never reached: `{taker}` takes every value of it", "move it up or remove it")
        for weakness in weaknesses(rule.method, Known(known.rows, known.distinct)) if hasattr(rule, "method") else ():
            yield Weakness("paths", f"`{path}`: {weakness.message}", weakness.repair)
        before.append((path, steps))


def _takes(earlier: Any, later: Any) -> bool:
    """Return whether a path takes all that a later one leads to; told only of paths that name each step."""
    named = [step.child for step in later if step.child is not None and not step.deep]
    return len(named) == len(later) and covers(earlier, tuple(named))


JUDGES: Final[Mapping[str, Callable[[Any, Known], Found]]] = {
    "age_band": _age_band,
    "band": _band,
    "date_shift": _date_shift,
    "fake": _fake,
    "geo_grid": _geo_grid,
    "hash": _hash,
    "ip_prefix": _ip_prefix,
    "mask": _mask,
    "noise": _noise,
    "pram": _pram,
    "redact_json": _redact_json,
    "round": _round,
    "swap": _swap,
    "token": _token,
    "truncate": _truncate,
}
"""Transforms that are not here have nothing that could be judged by their parameters."""
