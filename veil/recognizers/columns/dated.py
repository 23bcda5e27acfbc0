"""What dates of a format look like, for an engine that reads a million of them while Python reads a few thousand."""

from __future__ import annotations

import re
from typing import Final

_DAYS: Final = (
    ("(?:0{pad}[1-9]|1[0-9]|2[0-8])", "(?:0{pad}[1-9]|1[0-2])"),
    ("(?:29|30)", "(?:0{pad}[13-9]|1[0-2])"),
    ("31", "(?:0{pad}[13578]|1[02])"),
)
"""Days with the months that have them in every year. The 29th of February is left to those who know the year."""

_SHORT: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
                "December")  # fmt: skip
_MONTHS: Final = (range(12), (0, *range(2, 12)), (0, 2, 4, 6, 7, 9, 11))
_OTHERS: Final = {
    "%Y": "(?:19|20)[0-9]{2}", "%y": "[0-9]{2}", "%H": "(?:[01][0-9]|2[0-3])", "%M": "[0-5][0-9]", "%S": "[0-5][0-9]",
    "%f": "[0-9]{6}", "%I": "(?:0[1-9]|1[0-2])", "%-I": "(?:[1-9]|1[0-2])", "%p": "(?:AM|PM)",
}  # fmt: skip
_FIELD: Final = re.compile(r"%-?[A-Za-z]")


def surely(pattern: str) -> str | None:
    """Return a regular expression (RE2) of texts that have the format for certain; None for a format with a field unknown here.

    Parameters
    ----------
    pattern : in the letters of `strftime`, with `%-d` for a number without a leading zero.

    Returns
    -------
    expression : for whole texts. Dates of the years 1900 to 2099, but for the 29th of February; others may have the format too.
    """
    ways = [_way(pattern, place) for place in range(len(_DAYS))]
    return None if None in ways else rf"^(?:{'|'.join(filter(None, ways))})\z"


def _way(pattern: str, place: int) -> str | None:
    days, months = _DAYS[place]
    fields = {
        **_OTHERS,
        "%d": days.replace("{pad}", ""), "%-d": days.replace("0{pad}", ""),
        "%m": months.replace("{pad}", ""), "%-m": months.replace("0{pad}", ""),
        "%b": f"(?:{'|'.join(_SHORT[month] for month in _MONTHS[place])})",
        "%B": f"(?:{'|'.join(_LONG[month] for month in _MONTHS[place])})",
    }  # fmt: skip
    parts, end = [], 0
    for found in _FIELD.finditer(pattern):
        if found.group() not in fields:
            return None
        parts += [re.escape(pattern[end : found.start()]), fields[found.group()]]
        end = found.end()
    return "".join([*parts, re.escape(pattern[end:])])
