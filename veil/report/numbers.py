"""How figures are written: short, without false precision, and so that a small count of people tells nothing."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from veil.errors import few

Unit = Literal["share", "score", "people", "count"]
NOT_MEASURED = "not measured"
LEAST_SHARE = 0.005

_LIMIT = re.compile(r"^\s*(<=|>=|≤|≥|==|=|<|>)?\s*(\d+(?:\.\d+)?)\s*(%?)\s*$")
_BETWEEN = re.compile(r"^\s*>=\s*(\d+(?:\.\d+)?)\s+and\s+<=\s*(\d+(?:\.\d+)?)\s*$")
# Words of a gate's line that counts things other than people, so that its exact number tells nothing about anyone.
_NOT_PEOPLE = re.compile(r"^k$|\b(columns?|files?|models?|losses|kept by a rule)\b")
_QUOTED = re.compile(r"`.*`")


@dataclass(frozen=True)
class Limit:
    """A threshold as a gate wrote it: `<= 0.55`, `>= 11`, `= 0`."""

    side: Literal["at most", "at least", "exactly"]
    number: float


def parse_limit(text: str | None) -> Limit | None:
    """Read a threshold; None if there is none or if it has another form, such as two bounds."""
    match = _LIMIT.match(text or "")
    if not match:
        return None
    number = float(match.group(2)) / (100.0 if match.group(3) else 1.0)
    side = match.group(1) or "="
    if side in ("<=", "≤", "<"):
        return Limit("at most", number)
    return Limit("at least" if side in (">=", "≥", ">") else "exactly", number)


def write_limit(text: str | None, unit: Unit = "score") -> str:
    """Write a threshold in words: `at most 0.55`, `at least 11`, `none`."""
    between = _BETWEEN.match(text or "")
    if between:
        return f"from {between.group(1)} to {between.group(2)}"
    limit = parse_limit(text)
    if limit is None:
        return (text or "").replace("<=", "≤").replace(">=", "≥")
    if limit.number == 0 and limit.side != "at least" and unit in ("people", "count"):
        return "none"
    written = f"{100 * limit.number:g}%" if unit == "share" else f"{limit.number:g}"
    return written if limit.side == "exactly" else f"{limit.side} {written}"


def figure(value: float | None, unit: Unit = "score") -> str:
    """Write one figure in its unit; `not measured` for None and for what is not finite."""
    if value is None or not math.isfinite(value):
        return NOT_MEASURED
    if unit == "share":
        return percent(value)
    if unit == "people":
        return people(value)
    if unit == "count":
        return thousands(value)
    return score(value)


def score(value: float) -> str:
    """Write a score with three digits after the point, and never round it up to a perfect one."""
    text = f"{value:.3f}"
    return "0.999" if text == "1.000" and value < 1 else text.replace("-0.000", "0.000")


def percent(share: float) -> str:
    """Write a share of [0, 1] as a percentage with one digit; what is not nothing or all is not written so."""
    if 0 < share < 0.0005:
        return "under 0.1%"
    if 0.9995 < share < 1:
        return "over 99.9%"
    text = f"{100 * share:.1f}"
    return {"0.0": "0", "-0.0": "0", "100.0": "100"}.get(text, text) + "%"


def thousands(count: float) -> str:
    """Write a whole number with separators, and one that is not whole like a score."""
    return f"{count:,.0f}" if float(count).is_integer() else score(count)


def people(count: float) -> str:
    """Write a count of records or people; one to nine are `fewer than 10`."""
    if not float(count).is_integer():
        return score(count)
    return thousands(count) if count >= 10 else few(int(count))


def interval(low: float | None, high: float | None, unit: Unit = "score") -> str:
    """Write a 95 % interval, or nothing where there is none."""
    if low is None or high is None or low == high:
        return ""
    return f"{figure(low, unit)} to {figure(high, unit)}"


def observed(name: str, value: float | None, demanded: str) -> str:
    """Write what a gate counted. A small whole number is withheld unless the line's name says that it counts no people.

    Parameters
    ----------
    name : the line's, `table: what was counted`; a column's name stands in backticks and does not decide.
    """
    if value is None or not math.isfinite(value):
        return ""
    what = _QUOTED.sub("", name).rsplit(": ", 1)[-1].strip()
    if what == "unique_share" and 0 < value < LEAST_SHARE:
        return f"under {LEAST_SHARE:g}"
    if float(value).is_integer():
        if _NOT_PEOPLE.search(what):
            return thousands(value)
        return people(value) if value != 1 or not _is_share(demanded) else score(value)
    return score(value)


def _is_share(demanded: str) -> bool:
    """A demand with digits after the point, or of at least or exactly 1, is on a scale from 0 to 1."""
    limit = parse_limit(demanded)
    return limit is not None and (limit.number % 1 != 0 or limit == Limit("at least", 1.0))
