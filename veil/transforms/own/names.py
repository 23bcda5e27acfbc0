"""A person's own names in texts: single, whole, reversed, shortened to initials, run together, typed without accents.

A run of words that belong to the name is one span. It is written with the fake names in the same order and form: `Smith, A.`
becomes `Peeters, L.`
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from veil.transforms.own.folding import FoldedText, Word, fold, spellings, styled, words_of
from veil.transforms.own.lists import COMMON, PARTICLES, TITLES

Kind = Literal["given", "family"]

MIN_LETTERS: Final = 3
_GAP: Final = frozenset(" .,-'_\u00a0\u2019\u2010\u2011")
MAX_GAP: Final = 3


@dataclass(frozen=True)
class NameWord:
    """What a word of the name becomes. `whole`: `new` stands for the whole name. None: it is told by a label."""

    kind: Kind
    new: str | None = field(repr=False)
    whole: bool = False
    is_particle: bool = False


@dataclass(frozen=True)
class NameSpan:
    """A run of the name's words, and what is written in its place."""

    start: int
    end: int
    new: str | None = field(repr=False)


@dataclass(frozen=True)
class _Hit:
    """A word of the text that may belong to the name. `pieces` are what it becomes: a kind and a text each."""

    place: int
    pieces: tuple[tuple[Kind, str | None, bool], ...] = field(repr=False)
    anchors: bool = False
    is_particle: bool = False


@dataclass(frozen=True)
class OwnNames:
    """The names of one person, ready to be looked for."""

    words: dict[str, NameWord] = field(repr=False)
    joined: dict[str, tuple[Kind, ...]] = field(repr=False)
    initials: dict[str, tuple[Kind, ...]] = field(repr=False)

    @classmethod
    def of(cls, names: Sequence[tuple[str, str, str | None, bool]]) -> OwnNames:
        """Collect the words of a person's names.

        Parameters
        ----------
        names : entity, the source's cell, what it became, and whether that is a name too (else a pseudonym of the whole).
        """
        words: dict[str, NameWord] = {}
        orders: list[tuple[list[str], list[str]]] = []
        for entity, raw, new, is_name in names:
            given, family = _parted(entity, raw)
            new_given, new_family = _parted_new(entity, new, is_name)
            orders.append((given, family))
            for kind, parts, fresh in (("given", given, new_given), ("family", family, new_family)):
                for part in parts:
                    particle = kind == "family" and fold(part) in PARTICLES and len(parts) > 1
                    word = NameWord(kind, fresh, not is_name, particle)  # type: ignore[arg-type]
                    for plain in (*spellings(part), *([fold(part)[0]] if particle else [])):
                        words.setdefault(plain, word)
        cells = [[*map(fold, given)] for given, _ in orders if given], [[*map(fold, family)] for _, family in orders if family]
        initials = _initials([part for given, _ in orders for part in given], [part for _, family in orders for part in family])
        return cls(words, _joined(*cells), initials)

    def find(self, folded: FoldedText) -> Iterator[NameSpan]:
        """Yield the runs of the name's words in a text; they do not overlap."""
        if self.words.keys().isdisjoint(folded.distinct_words) and not self._may_hold(folded.distinct_words):
            return
        text, words = folded.text, folded.words
        run: list[_Hit] = []
        for hit in self._hits(folded):
            if run and not _continues(text, words[run[-1].place], words[hit.place], run[-1].place + 1 == hit.place):
                yield from self._spans(folded, run)
                run = []
            run.append(hit)
        yield from self._spans(folded, run)

    def _may_hold(self, plain: frozenset[str]) -> bool:
        """Return whether the text has a run-together form, initials, or a genitive."""
        if not self.joined.keys().isdisjoint(plain) or not self.initials.keys().isdisjoint(plain):
            return True
        if any(f"{word}s" in plain for word in self.words):
            return True
        letters = {word[0] for word in self.words}
        return len(letters & plain) > 1

    def _hits(self, folded: FoldedText) -> Iterator[_Hit]:
        for place, word in enumerate(folded.words):
            hit = self._hit(folded, place, word)
            if hit is not None:
                yield hit

    def _hit(self, folded: FoldedText, place: int, word: Word) -> _Hit | None:
        plain, text = word.plain, folded.text
        written = text[word.start : word.end]
        own = self.words.get(plain)
        ending = ""
        if own is None and plain.endswith("s") and len(plain) > MIN_LETTERS:
            own, ending = self.words.get(plain[:-1]), written[-1]
        if own is not None and (len(plain) > 1 or (own.is_particle and plain not in self.initials)):
            new = None if own.new is None else styled(own.new, written) + (ending if not own.whole else "")
            is_telling = plain not in COMMON and len(plain) >= MIN_LETTERS
            is_sure = not own.is_particle and (is_telling or written[0].isupper())
            return _Hit(place, ((own.kind, new, own.whole),), is_sure, own.is_particle)
        if plain in self.joined:
            return _Hit(place, tuple(self._piece(kind, written, joined=True) for kind in self.joined[plain]), True)
        if plain in self.initials and _are_initials(folded.text, word, written):
            pieces = tuple(self._piece(kind, written, initial=True) for kind in _collapsed(self.initials[plain]))
            return _Hit(place, pieces)
        return None

    def _piece(self, kind: Kind, written: str, *, joined: bool = False, initial: bool = False) -> tuple[Kind, str | None, bool]:
        own = next((word for word in self.words.values() if word.kind == kind), None)
        if own is None or own.new is None:
            return kind, None, False
        new = own.new
        if initial and not own.whole:
            new = new[:1].upper() if written[0].isupper() else new[:1].lower()
        elif joined and not own.whole:
            new = styled("".join(words_of(new)), written)
        return kind, new, own.whole

    def _spans(self, folded: FoldedText, run: Sequence[_Hit]) -> Iterator[NameSpan]:
        """Yield the span of a run, without what only belongs to it beside a sure word; none if nothing is sure."""
        run = _trimmed(run)
        if not any(hit.anchors for hit in run):
            yield from self._bare_initials(folded, run)
            return
        start, end = folded.words[run[0].place].start, folded.words[run[-1].place].end
        if folded.text[end : end + 1] == "." and end - folded.words[run[-1].place].start == 1:
            end += 1
        yield NameSpan(start, end, self._written(folded, run, end))

    def _bare_initials(self, folded: FoldedText, run: Sequence[_Hit]) -> Iterator[NameSpan]:
        """Yield initials that stand alone, such as `AS` or `A.S.`, unless the whole text is in capitals.

        A common word that is a name too, in small letters, is none of the two.
        """
        if not run:
            return
        letters = "".join(folded.words[hit.place].plain for hit in run)
        written = folded.text[folded.words[run[0].place].start : folded.words[run[-1].place].end]
        kinds = self.initials.get(letters, ())
        shouting = len(folded.text) > 6 and folded.text.isupper() and "." not in written
        if len(kinds) < 2 or not all(char.isupper() for char in written if char.isalpha()) or shouting:
            return
        start, end = folded.words[run[0].place].start, folded.words[run[-1].place].end
        end += folded.text[end : end + 1] == "." and "." in written
        yield NameSpan(start, end, self._written(folded, run, end))

    def _written(self, folded: FoldedText, run: Sequence[_Hit], end: int) -> str | None:
        """Return the run with the new names in the old form; several words of one kind become one."""
        out, last, gap = "", None, ""
        for at, hit in enumerate(run):
            before = folded.between(run[at - 1].place) if at else ""
            gap = gap if at and run[at - 1].is_particle else before
            for number, (kind, new, whole) in enumerate(hit.pieces):
                if new is None or whole:
                    return new
                if kind == last or (hit.is_particle and at + 1 < len(run)):
                    continue
                out += ("" if number or not out else gap) + new
                last = kind
        return out + folded.text[folded.words[run[-1].place].end : end]


def _are_initials(text: str, word: Word, written: str) -> bool:
    """Initials are capitals, or have a point behind them; `s` after an apostrophe is a genitive."""
    if text[max(0, word.start - 1) : word.start] in ("'", "\u2019") and len(written) == 1:
        return False
    return written.isupper() or (len(written) == 1 and text[word.end : word.end + 1] == ".")


def _trimmed(run: Sequence[_Hit]) -> Sequence[_Hit]:
    """Return the run without particles at its ends that belong to no family name: `van Anna` is `of Anna`."""
    low, high = 0, len(run)
    while low < high and run[low].is_particle:
        rest = next((hit for hit in run[low:high] if not hit.is_particle), None)
        if rest is not None and rest.pieces[0][0] == "family":
            break
        low += 1
    while high > low and run[high - 1].is_particle:
        high -= 1
    return run[low:high]


def _continues(text: str, before: Word, after: Word, adjacent: bool) -> bool:
    gap = text[before.end : after.start]
    return adjacent and len(gap) <= MAX_GAP and all(char in _GAP for char in gap)


def _parted(entity: str, raw: str) -> tuple[list[str], list[str]]:
    """Return the given and the family names of a cell, titles left out."""
    if entity in ("FIRST_NAME", "MIDDLE_NAME"):
        return _names(raw), []
    if entity == "LAST_NAME":
        return [], _names(raw)
    if "," in raw:
        family, _, given = raw.partition(",")
        return _names(given), _names(family)
    units = [unit for unit in raw.split() if fold(unit).strip(".,") not in TITLES] or raw.split()
    first = next((at for at, unit in enumerate(units) if at and fold(unit) in PARTICLES), max(len(units) - 1, min(len(units), 1)))
    return _names(" ".join(units[:first])), _names(" ".join(units[first:]))


def _names(text: str) -> list[str]:
    words = words_of(text)
    return [word for word in words if fold(word) not in TITLES or len(word) == 1] or words


def _parted_new(entity: str, new: str | None, is_name: bool) -> tuple[str | None, str | None]:
    if new is None or not is_name or entity in ("FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"):
        return new, new
    given, _, family = new.partition(" ")
    return given, family or given


def _joined(given: Sequence[Sequence[str]], family: Sequence[Sequence[str]]) -> dict[str, tuple[Kind, ...]]:
    """Return the run-together forms: `annasmith`, `smithanna`, `asmith`, `smitha`, `jeanpierre`, `obrien`, `annavandenberg`.

    Parameters
    ----------
    given, family : the folded words of each cell.
    """
    found: dict[str, tuple[Kind, ...]] = {}
    for kind, cells in (("given", given), ("family", family)):
        for words in cells:
            for form in (*(one + two for one, two in pairwise(words)), "".join(words)):
                found.setdefault(form, (kind,))  # type: ignore[arg-type]
    short = [[word for word in words if word not in PARTICLES] for words in family]
    firsts = ["".join(words) for words in given] + [word for words in given for word in words[:4]]
    lasts = ["".join(words) for words in (*family, *short)] + [word for words in short for word in words[:4]]
    for first in dict.fromkeys(firsts):
        for last in dict.fromkeys(last for last in lasts if len(last) >= MIN_LETTERS):
            found.setdefault(first + last, ("given", "family"))
            found.setdefault(last + first, ("family", "given"))
            if len(last) > MIN_LETTERS:
                found.setdefault(first[0] + last, ("given", "family"))
                found.setdefault(last + first[0], ("family", "given"))
    return {form: kinds for form, kinds in found.items() if len(form) > MIN_LETTERS}


def _initials(given: Sequence[str], family: Sequence[str]) -> dict[str, tuple[Kind, ...]]:
    """Return single letters and their combinations: `a`, `s`, `as`, `sa`, `am`, `ams`, and `avdb` for one with particles."""
    firsts = list(dict.fromkeys(fold(name)[:1] for name in given))[:3]
    names = [name for name in family if fold(name) not in PARTICLES or name[0].isupper()]
    lasts, every = (list(dict.fromkeys(fold(name)[:1] for name in some))[:4] for some in (names, family))
    found: dict[str, tuple[Kind, ...]] = {}
    for first in firsts:
        found.setdefault(first, ("given",))
    for last in lasts:
        found.setdefault(last, ("family",))
    for ahead in dict.fromkeys([*firsts, "".join(firsts)]) if firsts else ():
        for behind in dict.fromkeys([*lasts, "".join(lasts), "".join(every)]) if lasts else ():
            before, after = _kinds("given", ahead), _kinds("family", behind)
            found.setdefault(ahead + behind, before + after)
            found.setdefault(behind + ahead, after + before)
    for several, kind in (("".join(firsts), "given"), ("".join(lasts), "family")):
        if len(several) > 1:
            found.setdefault(several, (kind,) * len(several))  # type: ignore[arg-type]
    return found


def _kinds(kind: Kind, letters: str) -> tuple[Kind, ...]:
    return (kind,) * len(letters)


def _collapsed(kinds: Sequence[Kind]) -> tuple[Kind, ...]:
    return tuple(kind for at, kind in enumerate(kinds) if not at or kinds[at - 1] != kind)
