"""The residual-identifier scan: does any output cell still hold an identifier of the source?

Source values and cells are compared in one normal form: compatibility characters resolved, accents dropped, casefolded,
and everything that is no letter or digit taken out. So `1 (11) 500 555-0162` is found as `+1 11 500.5550162`, and
`12, Main St.` as `12 main st`.
How strictly a match must stand alone depends on the length of the normal form:

- 7 characters or more: it begins and ends where a word does, or where letters meet digits.
- 4 to 6: it is bounded by characters that are neither letter nor digit, with the same number of gaps inside as in the source,
  so that customer number 11000 is found in `no. 11000` and not in `110001`, `A11000` or `1,1000`.
- 3: it is the whole cell. Shorter values are not looked for: every table holds them.

A number of fewer than 7 digits is somebody's customer number by chance, be it an amount, a post code or a house number. For
columns where such numbers occur anyway, `scan(..., numbers=True)` leaves these identifiers out, and
`veil.checks.chance.own_value_chance` answers: do people's own numbers stand on their own rows more often than by chance?
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from veil.errors import few
from veil.model import CheckResult

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.checks.view import Codes

    Booleans = npt.NDArray[np.bool_]

WHOLE_CELL = 3
LONG = 7
CHUNK_CHARACTERS = 2_000_000
MAX_ENTITIES = 62


@dataclass(frozen=True)
class Haystack:
    """Cells in normal form, one after the other with a line end after each, and what stood between the characters.

    Attributes
    ----------
    text : letters, digits and line ends only.
    cell : per character, which cell it is of.
    gaps : per character, how many gaps there were up to and before it.
    word_start, word_end : the character is first or last in its word or cell.
    turn : letters meet digits before the character.
    line_end : the character ends a cell.
    """

    text: str = field(repr=False)
    cell: Codes = field(repr=False)
    gaps: Codes = field(repr=False)
    word_start: Booleans = field(repr=False)
    word_end: Booleans = field(repr=False)
    turn: Booleans = field(repr=False)
    line_end: Booleans = field(repr=False)


@dataclass(frozen=True)
class ResidualScan:
    """The source's identifiers, ready to be looked for. Build it once, scan as many cells as there are."""

    entities: tuple[str, ...]
    _automaton: Any = field(repr=False)
    _lengths: Codes = field(repr=False)
    _gaps: Codes = field(repr=False)
    _short_numbers: Booleans = field(repr=False)
    _masks: Codes = field(repr=False)

    @classmethod
    def build(cls, sources: Mapping[str, Iterable[str]]) -> ResidualScan:
        """Return a scan for the distinct identifier values of each entity.

        Parameters
        ----------
        sources : per entity of high entropy (e-mail, phone, street line, customer number), the source's values.
            Entities whose values collide by chance, such as first names, do not belong here.
        """
        from ahocorasick_rs import AhoCorasick, MatchKind

        entities = tuple(sources)
        if len(entities) > MAX_ENTITIES:
            raise ValueError(f"at most {MAX_ENTITIES} entities in one scan")
        masks: dict[str, int] = {}
        gaps: dict[str, int] = {}
        for at, values in enumerate(sources.values()):
            for text, n_gaps in _patterns(list(dict.fromkeys(values))):
                masks[text] = masks.get(text, 0) | 1 << at
                gaps[text] = max(gaps.get(text, 0), n_gaps)
        automaton = AhoCorasick(list(masks), matchkind=MatchKind.Standard) if masks else None
        lengths = np.fromiter((len(text) for text in masks), dtype=np.int64, count=len(masks))
        digits = np.fromiter((text.isdigit() for text in masks), dtype=bool, count=len(masks))
        as_array = [np.fromiter(found.values(), dtype=np.int64, count=len(masks)) for found in (gaps, masks)]
        return cls(entities, automaton, lengths, as_array[0], digits & (lengths < LONG), as_array[1])

    def scan(self, cells: Sequence[str], *, numbers: bool = False) -> dict[str, int]:
        """Return per entity how many cells hold at least one of its source values.

        Parameters
        ----------
        cells : distinct output cells, without nulls. Time grows with their characters, not with the number of identifiers.
        numbers : True for cells of a column where short numbers occur anyway; see the module's text.
        """
        counts = np.zeros(len(self.entities), dtype=np.int64)
        if self._automaton is not None:
            for haystack in _haystacks(cells):
                counts += self._count(haystack, numbers)
        return {entity: int(count) for entity, count in zip(self.entities, counts, strict=True)}

    def _count(self, haystack: Haystack, numbers: bool) -> Codes:
        found = self._automaton.find_matches_as_indexes(haystack.text, overlapping=True)
        matches = np.asarray(found, dtype=np.int64).reshape(-1, 3)
        pattern, start, end = matches[:, 0], matches[:, 1], matches[:, 2] - 1
        stands = self._stands_alone(haystack, pattern, start, end)
        if numbers:
            stands &= ~self._short_numbers[pattern]
        cell, mask = haystack.cell[start[stands]], self._masks[pattern[stands]]
        bits = (mask[:, None] >> np.arange(len(self.entities))) & 1
        return np.array([len(np.unique(cell[bits[:, at] == 1])) for at in range(len(self.entities))], dtype=np.int64)

    def _stands_alone(self, haystack: Haystack, pattern: Codes, start: Codes, end: Codes) -> Booleans:
        """Return True per match that is a word, or a cell, of its own; see the module's text."""
        length = self._lengths[pattern]
        word = haystack.word_start[start] & haystack.word_end[end]
        loose = (haystack.word_start | haystack.turn)[start] & (haystack.word_end[end] | haystack.turn[end + 1])
        same_gaps = haystack.gaps[end] - haystack.gaps[start] == self._gaps[pattern]
        whole = ((start == 0) | haystack.line_end[start - 1]) & haystack.line_end[end + 1]
        return np.where(length >= LONG, loose, word & same_gaps & np.where(length == WHOLE_CELL, whole, True))


def residual_result(table: str, counts: Mapping[str, int], n_cells: int) -> CheckResult:
    """Return the scan's counts as one result: cells that hold an identifier of the source, which must be none.

    Parameters
    ----------
    counts : per entity, over all columns of the table.
    n_cells : distinct cells that were looked at.
    """
    value = float(sum(counts.values()))
    found = "; ".join(f"{entity}: {few(count)} cells" for entity, count in counts.items() if count)
    detail = found or f"none of {len(counts)} kinds of identifier in any cell"
    return CheckResult("residual_identifiers", "privacy", table, (), value, value, value, "lower", detail=detail, n=n_cells)


def normal(text: str) -> str:
    """Return a text casefolded and without accents; what is no letter or digit is still in it."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return text.casefold()


def _patterns(values: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield the normal form of each value that is long enough, and how many gaps it has."""
    for haystack in _haystacks(values):
        at = 0
        for text in haystack.text.split("\n")[:-1]:
            if len(text) >= WHOLE_CELL:
                yield text, int(haystack.gaps[at + len(text) - 1] - haystack.gaps[at])
            at += len(text) + 1


def _haystacks(cells: Sequence[str]) -> Iterator[Haystack]:
    chunk: list[str] = []
    size = 0
    for cell in cells:
        chunk.append(normal(cell))
        size += len(cell) + 1
        if size > CHUNK_CHARACTERS:
            yield _haystack(chunk)
            chunk, size = [], 0
    if chunk:
        yield _haystack(chunk)


def _haystack(texts: list[str]) -> Haystack:
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    characters = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "replace"), dtype="<u4")
    is_end = np.zeros(len(characters), dtype=bool)
    is_end[np.cumsum(lengths) - 1] = True
    letter, digit = _classes(characters)
    kept = np.flatnonzero(letter | digit | is_end)
    cell = np.repeat(np.arange(len(texts)), lengths)[kept]
    after_gap = np.diff(kept, prepend=-1) > 1
    end, digit = is_end[kept], digit[kept]
    opens = np.concatenate([[True], end[:-1]]) | after_gap
    closes = np.concatenate([opens[1:] | end[1:], [True]])
    turn = np.concatenate([[False], digit[1:] != digit[:-1]])
    return Haystack(characters[kept].tobytes().decode("utf-32-le"), cell, np.cumsum(after_gap), opens, closes, turn, end)


def _classes(characters: npt.NDArray[np.uint32]) -> tuple[Booleans, Booleans]:
    """Return which characters are letters and which are digits; asks once per distinct character."""
    distinct, place = np.unique(characters, return_inverse=True)
    alphanumeric = np.array([chr(code).isalnum() for code in distinct], dtype=bool)
    digit = np.array([chr(code).isdigit() for code in distinct], dtype=bool)
    return (alphanumeric & ~digit)[place], digit[place]
