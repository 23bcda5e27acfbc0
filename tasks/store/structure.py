"""Where the records and fields of CSV bytes are, found on whole blocks at once and strictly by RFC 4180.

The parser proper (Arrow's) is lenient: it joins what follows a closing quote and forgives lone carriage returns. It is
therefore only given blocks that passed here. A quote inside an unquoted field (`5" pipe`) is an ordinary character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]

NEWLINE, CARRIAGE_RETURN = 10, 13
NO_TERMINATOR, LF, CRLF = 0, 1, 2


@dataclass(frozen=True)
class Fault:
    """Why bytes are no CSV, and at which byte of the block."""

    at: int
    reason: str


@dataclass(frozen=True)
class Structure:
    """The complete records of a block.

    `ends` are their exclusive ends with the terminator, `fields` the fields of each, `terminators` how each ends.
    """

    ends: Positions
    fields: Positions
    terminators: Bytes

    @property
    def starts(self) -> Positions:
        """The first byte of each record."""
        return np.concatenate(([0], self.ends[:-1])) if len(self.ends) else self.ends

    @property
    def blank(self) -> npt.NDArray[np.bool_]:
        """Whether each record is a blank line."""
        return np.asarray(self.ends - self.starts == self.terminators)


def scan(data: bytes, delimiter: str, quote: str, *, final: bool) -> Structure | Fault:
    """Find the records of a block that begins at the start of a record.

    Parameters
    ----------
    data : UTF-8 bytes.
    delimiter, quote : one ASCII character each.
    final : whether the file ends here; if not, an incomplete record at the end of the block is left out.
    """
    cells = np.frombuffer(data, dtype=np.uint8)
    toggles = _toggles(data, cells, ord(delimiter), ord(quote), final=final)
    if isinstance(toggles, Fault):
        return toggles
    if b"\r" in data and (alone := _lone_carriage_return(cells, toggles, final=final)) is not None:
        return Fault(alone, "a carriage return stands alone; end lines with \\n or \\r\\n")
    marks = _marks(cells, ord(delimiter), ord(quote), toggles)
    places = np.flatnonzero(cells[marks] == NEWLINE)
    newlines, fields = marks[places], np.diff(places, prepend=-1)
    ends = newlines + 1
    if final and len(cells) and (not len(ends) or ends[-1] < len(cells)):
        ends = np.append(ends, len(cells))
        fields = np.append(fields, len(marks) - int(fields.sum()) + 1)
    return Structure(ends, fields, _terminators(cells, newlines, len(ends)))


def _marks(cells: Bytes, delimiter: int, quote: int, toggles: Positions | None) -> Positions:
    """Return where fields end: delimiters and line ends outside of quotes."""
    found = (cells == delimiter) | (cells == NEWLINE)
    if toggles is None:
        return np.flatnonzero(found)
    found[toggles] = True
    marks = np.flatnonzero(found)
    turns = cells[marks] == quote
    inside = np.bitwise_xor.accumulate(turns.view(np.uint8)).view(np.bool_)
    return np.asarray(marks[~(inside | turns)])


def _terminators(cells: Bytes, newlines: Positions, n_records: int) -> Bytes:
    kinds = np.full(n_records, NO_TERMINATOR, dtype=np.uint8)
    before = cells[newlines - 1] if len(cells) else cells
    kinds[: len(newlines)] = np.where((before == CARRIAGE_RETURN) & (newlines > 0), CRLF, LF)
    return kinds


def _lone_carriage_return(cells: Bytes, toggles: Positions | None, *, final: bool) -> int | None:
    returns = np.flatnonzero(cells == CARRIAGE_RETURN)
    if toggles is not None:
        returns = returns[np.searchsorted(toggles, returns) % 2 == 0]
    if not final:
        returns = returns[returns < len(cells) - 1]
    followed = cells[np.minimum(returns + 1, len(cells) - 1)] == NEWLINE
    return None if followed.all() else int(returns[~followed][0])


def _toggles(data: bytes, cells: Bytes, delimiter: int, quote: int, *, final: bool) -> Positions | Fault | None:
    """Return the bytes at which a quoted field begins or ends, in order; None if there is no quote at all."""
    if quote not in data:
        return None
    quotes = np.flatnonzero(cells == quote)
    if _well_quoted(cells, quotes, delimiter, quote):
        if final and len(quotes) % 2:
            return Fault(int(quotes[-1]), "a quote is opened and never closed")
        return quotes
    found: list[int] = []
    for span in _quoted_fields(data, chr(delimiter), chr(quote), final=final):
        if isinstance(span, Fault):
            return span
        found.extend(span)
    return np.array(found, dtype=np.int64)


def _well_quoted(cells: Bytes, quotes: Positions, delimiter: int, quote: int) -> bool:
    """Whether every quote opens a field, closes one or is one half of a doubled quote."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = cells[opening[opening > 0] - 1]
    after = cells[closing[closing < len(cells) - 1] + 1]
    opens = (before == delimiter) | (before == NEWLINE) | (before == quote)
    closes = (after == delimiter) | (after == NEWLINE) | (after == CARRIAGE_RETURN) | (after == quote)
    return bool(opens.all() and closes.all())


def _quoted_fields(data: bytes, delimiter: str, quote: str, *, final: bool) -> Iterator[tuple[int, ...] | Fault]:
    """Yield the first and last byte of each quoted field, one by one: the slow way, for files with stray quotes."""
    mark, comma = re.escape(quote).encode(), re.escape(delimiter).encode()
    opening = re.compile(rb"(?:\A|(?<=[" + comma + rb"\n]))" + mark)
    field = re.compile(mark + rb"(?:[^" + mark + rb"]++|" + mark + mark + rb")*+" + mark)
    followed = re.compile(rb"[" + comma + rb"\n]|\r|\Z")
    position = 0
    while start := opening.search(data, position):
        whole = field.match(data, start.start())
        if whole is None:
            yield Fault(start.start(), "a quote is opened and never closed") if final else (start.start(),)
            return
        if not followed.match(data, whole.end()):
            yield Fault(whole.end(), "text follows a closing quote; double the quotes inside a quoted field")
            return
        yield whole.start(), whole.end() - 1
        position = whole.end()
