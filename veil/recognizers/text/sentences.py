"""Sentences, and the elements that templates are made of: words that the column repeats, and slots that vary."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from veil.recognizers.text.known_codes import months
from veil.recognizers.text.letters import folded

CONSTANT, WORDS, CHECKABLE, ABSORBED = 0, 1, 2, 3
FIRST: Final = "^"
"""Marks a word as the first of its sentence, where a capital says nothing."""
_MARKS: Final = {WORDS: "\x01", CHECKABLE: "\x02", ABSORBED: "\x03"}
"""What stands for a slot in the key of a template."""
LONGEST_SLOT: Final = 4
"""Slots of more words count as one kind of slot."""
_BREAK: Final = re.compile(r"[.!?;][ \t]+(?=[^\W\d_a-zß-ÿ])|\n+")
_LAST_WORD: Final = re.compile(r"[^\W_]{2,12}$")
_SHORTENED: Final = frozenset({
    "ap", "apr", "apt", "aug", "av", "avda", "ave", "avv", "bd", "bl", "blvd", "bzw", "ca", "capt", "col", "corp", "ctra",
    "dec", "dept", "dhr", "dna", "dott", "dr", "dra", "ext", "feb", "fr", "ft", "geb", "gen", "gov", "hon", "hr", "inc",
    "ing", "jan", "jr", "jul", "jun", "lic", "lieut", "lt", "ltd", "mar", "messrs", "mevr", "mlle", "mme", "mr", "mrs", "ms",
    "mt", "mw", "no", "nos", "nov", "nr", "oct", "pl", "pp", "prof", "pst", "rd", "rep", "rev", "sen", "sep", "sept", "sg",
    "sgt", "sig", "sr", "sra", "st", "ste", "str", "tel", "tl", "urb", "vgl", "vs", "zn",
})
_WORD: Final = re.compile(r"[^\W\d_]{3,12}")
_CHECKABLE: Final = re.compile(r"[@\d]|://|www\.")
_INITIAL: Final = re.compile(r"(?<![^\W_])[^\W\d_a-z][^\W\d_]?\.$")
"""`J.` or `St.`: the dot is of the name."""
_SPACE: Final = re.compile(r"[^\S ]")
_OPENING: Final = "([{<\"'\u201c\u2018\u00ab*#-\u2013\u2014/"
_CLOSING: Final = ")]}>\"'\u201d\u2019\u00bb,;:!?.\u2026*-\u2013\u2014/"
TRIMMED: Final = "".join(sorted(set(_OPENING + _CLOSING)))
"""Characters around a word that are not of it."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_DIGITS: Final = str.maketrans("123456789", "000000000")


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each sentence starts, and the sentence; an abbreviation such as `Prof.` ends none."""
    low = 0
    for match in _BREAK.finditer(text):
        end = match.start()
        if text[end] != "\n":
            if not text[max(low, end - 2) : end].isalnum() or end - low < 2 or _is_shortened(text, low, match):
                continue
            end += 1
        if end > low:
            yield low, text[low:end]
        low = match.end()
    if low < len(text):
        yield low, text[low:]


def _is_shortened(text: str, low: int, match: re.Match[str]) -> bool:
    """Return whether the dot is of the word before it: `Prof. Smith`, `12. Mai`."""
    if text[match.start()] != ".":
        return False
    word = _LAST_WORD.search(text, max(low, match.start() - 13), match.start())
    return word is not None and (
        word.group().lower() in _SHORTENED or (word.group().isdigit() and _is_month(text, match.end()))
    )


def _is_month(text: str, start: int) -> bool:
    word = _WORD.match(text, start)
    return word is not None and folded(word.group()) in months()


class Parsed(NamedTuple):
    """A sentence as elements. `key` is the same for all sentences of a template; the lists have an entry per element."""

    key: str
    kinds: list[int]
    starts: list[int]
    ends: list[int]

    @property
    def n_constant(self) -> int:
        """How many elements are words that the column repeats."""
        return self.kinds.count(CONSTANT)

    def slot_places(self) -> set[int]:
        """Return the places of all characters in slots."""
        slots = (place for place, kind in enumerate(self.kinds) if kind != CONSTANT)
        return {at for place in slots for at in range(self.starts[place], self.ends[place])}


def words_of(sentence: str) -> set[str]:
    """Return the words of a sentence without what surrounds them, the first marked."""
    first, *others = (word.strip(TRIMMED) for word in sentence.split())
    return {FIRST + first, *others} - {"", FIRST}


def is_checkable(word: str) -> bool:
    """Return whether the form of a word tells what it is: it holds a digit, an `@` or a link."""
    return _CHECKABLE.search(word) is not None


def parse(sentence: str, constants: Collection[str], *, counted: bool = True, absorbing: bool = False) -> Parsed:
    """Cut a sentence into constant words, runs of rare words, and runs of words with digits; punctuation separates runs.

    Parameters
    ----------
    constants : the constant words; those that are so as the first of a sentence with `FIRST` before them.
    counted : whether runs of another number of words are other runs.
    absorbing : whether all between two constant words is one slot.
    """
    return _absorbed(sentence, constants) if absorbing else _parsed(sentence, constants, counted)


def _absorbed(sentence: str, constants: Collection[str]) -> Parsed:
    parsed = _parsed(sentence, constants, False)
    kinds: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    pieces: list[str] = []
    for kind, start, end in zip(parsed.kinds, parsed.starts, parsed.ends, strict=True):
        if kind != CONSTANT and kinds and kinds[-1] == ABSORBED:
            ends[-1] = end
            continue
        kinds.append(CONSTANT if kind == CONSTANT else ABSORBED)
        starts.append(start)
        ends.append(end)
        pieces.append(sentence[start:end] if kind == CONSTANT else _MARKS[ABSORBED])
    return Parsed("\x1f".join(pieces), kinds, starts, ends)


def _parsed(sentence: str, constants: Collection[str], counted: bool) -> Parsed:
    pieces: list[str] = []
    kinds: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    is_open, n_words, end = False, 0, -1
    for chunk in _SPACE.sub(" ", sentence).split(" "):
        start, end = end + 1, end + 1 + len(chunk)
        if (chunk if start else FIRST + chunk) in constants:
            kinds.append(CONSTANT)
            starts.append(start)
            ends.append(end)
            pieces.append(chunk)
            is_open = False
            continue
        if chunk.isalpha():
            checkable, core_start, core_end = False, start, end
        else:
            checkable = is_checkable(chunk)
            core_start, core_end = _core(sentence, start, end, checkable)
        if core_start >= core_end:
            if not chunk:
                continue
            pieces.append(chunk)
            is_open = False
            continue
        core = sentence[core_start:core_end]
        kind = CHECKABLE if checkable else CONSTANT if (core if start else FIRST + core) in constants else WORDS
        if core_start > start:
            pieces.append(sentence[start:core_start])
            is_open = False
        if is_open and kind == kinds[-1]:
            ends[-1] = core_end
            n_words += 1
        else:
            kinds.append(kind)
            starts.append(core_start)
            ends.append(core_end)
            pieces.append(core if kind == CONSTANT else _MARKS[kind])
            n_words = 1
        is_open = kind != CONSTANT
        if counted and kind == WORDS:
            pieces[-1] = f"{_MARKS[WORDS]}{min(n_words, LONGEST_SLOT)}"
        if core_end < end:
            pieces.append(sentence[core_end:end])
            is_open = False
    return Parsed("\x1f".join(pieces), kinds, starts, ends)


def _core(sentence: str, start: int, end: int, checkable: bool) -> tuple[int, int]:
    """Return where the word itself starts and ends: without quotes, brackets, punctuation and the genitive's `'s`."""
    while start < end and sentence[start] in _OPENING and not (checkable and sentence[start] in "(/"):
        if sentence[start] in "'\u2019" and sentence[start + 1 : start + 2].islower():
            break
        start += 1
    while end > start and sentence[end - 1] in _CLOSING and not (checkable and sentence[end - 1] in ")/"):
        if sentence[end - 1] == "." and end < len(sentence) and _INITIAL.search(sentence, start, end):
            break
        end -= 1
    if not checkable and end - start > 2 and sentence[end - 2 : end] in ("'s", "\u2019s"):
        end -= 2
    return start, end


def shape(value: str) -> str:
    """Return the form of a value: digits as zeros, runs of letters as one; a mix of many runs by its length only."""
    if "@" in value:
        return "@"
    if "://" in value or "www." in value:
        return "://"
    form = _LETTERS.sub("a", value.translate(_DIGITS))
    return form if form.count("a") < 3 and len(form) <= 40 else f"mixed {len(value) // 4}"
