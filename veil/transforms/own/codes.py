"""A person's own numbers, addresses and names of places in texts: whole and in parts, however they are parted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from veil.transforms.own.folding import FoldedText, fold, squeeze

PLACES: Final = frozenset({"CITY", "LOCATION", "ORGANIZATION", "REGION", "COUNTRY"})
STREETS: Final = frozenset({"STREET_ADDRESS", "ADDRESS", "ADDRESS_LINE"})
PHONES: Final = frozenset({"PHONE_NUMBER"})
EMAILS: Final = frozenset({"EMAIL_ADDRESS"})
LONG, SHORTEST, MAX_GAP = 7, 3, 3
PHONE_CORE, MIN_PHONE = 8, 7
_PREFIX_DIGITS: Final = 8
_GAP: Final = frozenset(" .,-/_:()+@'#\u00a0\u2010\u2011\u2013\u2009\u202f")
_STREET_WORDS: Final = (
    ("street", "st"), ("avenue", "ave"), ("avenue", "av"), ("road", "rd"), ("boulevard", "blvd"), ("boulevard", "bd"),
    ("lane", "ln"), ("drive", "dr"), ("court", "ct"), ("place", "pl"), ("square", "sq"), ("strasse", "str"), ("straat", "str"),
    ("platz", "pl"), ("calle", "c"), ("avenida", "avda"), ("plaza", "pza"), ("viale", "vle"), ("piazza", "pza"), ("chemin", "ch"),
    ("rue", "r"), ("laan", "ln"), ("circle", "cir"), ("highway", "hwy"), ("parkway", "pkwy"), ("terrace", "ter"),
)  # fmt: skip


@dataclass(frozen=True)
class CodeSpan:
    """A stretch of a text that holds a value, of which entity, and what is written in its place."""

    start: int
    end: int
    entity: str
    new: str | None = field(repr=False)


@dataclass(frozen=True)
class _Needle:
    entity: str
    new: str | None = field(repr=False)
    needs_capital: bool = False


@dataclass(frozen=True)
class OwnCodes:
    """The numbers, addresses and places of one person, in the form in which texts are searched for them."""

    needles: dict[str, _Needle] = field(repr=False)
    phones: dict[str, tuple[str, str | None]] = field(repr=False)

    @classmethod
    def of(cls, values: Iterator[tuple[str, str, str | None]]) -> OwnCodes:
        """Collect the forms of values.

        Parameters
        ----------
        values : entity, the source's cell, and what it became; None where that tells nothing, so that a label is written.
        """
        needles: dict[str, _Needle] = {}
        phones: dict[str, tuple[str, str | None]] = {}
        for entity, raw, new in values:
            digits = "".join(char for char in raw if char.isdecimal())
            if entity in PHONES and len(digits) >= MIN_PHONE:
                phones.setdefault(digits.lstrip("0")[-PHONE_CORE:], (digits, new))
            for form, fresh in _forms(entity, raw, new):
                if len(form) >= SHORTEST:
                    single_place = entity in PLACES and form.isalpha()
                    needles.setdefault(form, _Needle(entity, fresh, single_place))
        return cls(needles, phones)

    def find(self, folded: FoldedText) -> Iterator[CodeSpan]:
        """Yield the stretches of a text that hold one of the values; they may overlap."""
        squeezed = folded.squeezed
        for form, needle in self.needles.items():
            if form in squeezed:
                yield from self._stretches(folded, form, needle)
        for core, (digits, new) in self.phones.items():
            if core in squeezed:
                yield from _phone_stretches(folded, core, digits, new)

    def _stretches(self, folded: FoldedText, form: str, needle: _Needle) -> Iterator[CodeSpan]:
        for first, last in folded.stretches(form):
            start, end = folded.words[first].start, folded.words[last].end
            if len(form) < 4 and (first != last or not form.isalpha()):
                continue
            if needle.needs_capital and not folded.text[start].isupper():
                continue
            if all(_is_gap(folded.between(word)) for word in range(first, last)):
                yield CodeSpan(*_widened(folded.text, start, end, needle.entity), needle.entity, needle.new)


def _phone_stretches(folded: FoldedText, core: str, digits: str, new: str | None) -> Iterator[CodeSpan]:
    """Yield a telephone number with whatever prefix: none, a zero, a country's code."""
    squeezed, at = folded.squeezed, folded.squeezed.find(core)
    while at >= 0:
        end = at + len(core)
        first, last = folded.word_at(at), folded.word_at(end - 1)
        closes = end == len(squeezed) or folded.starts[last] + len(folded.words[last].plain) == end
        if closes and all(_is_gap(folded.between(word)) for word in range(first, last)):
            first = _with_prefix(folded, first, at, digits[: -len(core)])
            start = folded.words[first].start
            while start and folded.text[start - 1] in "+(":
                start -= 1
            yield CodeSpan(start, folded.words[last].end, "PHONE_NUMBER", new)
        at = squeezed.find(core, at + 1)


def _with_prefix(folded: FoldedText, first: int, at: int, own: str) -> int:
    """Return the word at which a number starts: digits before it belong to it where they may be a prefix of it."""
    best = first
    for word in range(first, max(-1, first - 5), -1):
        if word < first and not (folded.words[word].plain.isdecimal() and _is_gap(folded.between(word))):
            break
        prefix = folded.squeezed[folded.starts[word] : at]
        if len(prefix) > _PREFIX_DIGITS:
            break
        before = folded.text[max(0, folded.words[word].start - 2) : folded.words[word].start]
        plain, mine = prefix.replace("0", ""), own.replace("0", "")
        is_marked = plain == mine or "+" in before or prefix.startswith("0")
        if not plain or mine.endswith(plain) or (plain.endswith(mine) and is_marked):
            best = word
    return best


def _is_gap(between: str) -> bool:
    return len(between) <= MAX_GAP and all(char in _GAP for char in between)


def _widened(text: str, start: int, end: int, entity: str) -> tuple[int, int]:
    """Return the stretch with the sign before a user name, so that `@ann` leaves no mark."""
    return (start - 1, end) if entity == "USER_NAME" and text[start - 1 : start] == "@" else (start, end)


def _forms(entity: str, raw: str, new: str | None) -> Iterator[tuple[str, str | None]]:
    """Yield the squeezed forms of a value, each with what is written for it."""
    whole = squeeze(raw)
    if entity in EMAILS:
        yield from _address_forms(raw, new)
    elif entity in STREETS:
        yield from _street_forms(raw, new)
    elif entity in PHONES:
        yield whole if len(whole) >= MIN_PHONE else "", new
    else:
        yield whole, new
        if any(map(str.isdigit, whole)):
            number = "".join(filter(str.isdecimal, whole)).lstrip("0")
            yield number if len(number) >= 5 and re.fullmatch(r"[^\W\d_]{0,4}\d+", whole) else "", new


def _address_forms(raw: str, new: str | None) -> Iterator[tuple[str, str | None]]:
    local, _, domain = fold(raw).rpartition("@")
    new_local = new.rpartition("@")[0] if new and "@" in new else new
    user, host = squeeze(local), squeeze(domain)
    yield user + host, new
    yield user + "at" + host, new
    yield user + "at" + squeeze(domain.replace(".", " dot ")), new
    yield user + squeeze(domain.replace(".", " dot ")), new
    if len(user) >= 5 or (len(user) > SHORTEST and not user.isalpha()):
        yield user, new_local


def _street_forms(raw: str, new: str | None) -> Iterator[tuple[str, str | None]]:
    """Yield the whole line, its first part, the house number behind or in front, and the street without it; words shortened."""
    for line in dict.fromkeys((raw, raw.split(",")[0] if not raw[:1].isdigit() else raw)):
        words = re.findall(r"[^\W_]+", fold(line))
        numbers = [word for word in words if word[0].isdigit()]
        names = [word for word in words if not word[0].isdigit()]
        for street in dict.fromkeys(_shortened(names)):
            if len(street) < 4:
                continue
            for number in ("".join(numbers), *numbers[:2]):
                if number:
                    yield street + number, new
                    yield number + street, new
            yield (street if len(street) >= 6 else ""), (None if new is None else re.sub(r"[\d,]+", "", new).strip())
        yield squeeze(line), new


def _shortened(words: list[str]) -> Iterator[str]:
    """Yield the street's words run together, as written and with one of them shortened or written out."""
    yield "".join(words)
    for at, word in enumerate(words):
        for other in _OTHERS.get(word, ()):
            yield "".join([*words[:at], other, *words[at + 1 :]])
        for whole, short in _ENDINGS:
            for old, new in ((whole, short), (short, whole)):
                if len(word) > len(old) + 2 and word.endswith(old):
                    yield "".join([*words[:at], word[: -len(old)] + new, *words[at + 1 :]])


_ENDINGS: Final = (("strasse", "str"), ("straat", "str"), ("weg", "wg"), ("platz", "pl"), ("laan", "ln"))
_OTHERS: Final = {
    word: tuple(other for pair in _STREET_WORDS if word in pair for other in pair if other != word)
    for pair in _STREET_WORDS
    for word in pair
}
