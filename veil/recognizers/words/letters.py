"""Letters: names and cells in plain lower case, and how words in Greek or Cyrillic are written in Latin letters."""

# ruff: noqa: RUF001, the letters of other scripts are what this module is about
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

_LOWER, _UPPER = "a-zα-ωа-џ", "A-ZΑ-ΩЀ-Я"
_CASE = re.compile(
    rf"(?<=[{_LOWER}\d])(?=[{_UPPER}])|(?<=[{_UPPER}])(?=[{_UPPER}][{_LOWER}])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)
_WORDS = re.compile(r"\d+|[^\W\d_]+")
_LETTERS = str.maketrans({
    "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "Oe", "ı": "i",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ґ": "г", "Ґ": "Г", "ς": "σ", "ħ": "h", "ŧ": "t", "ə": "a", "Ə": "A",
})
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
DJ_LANGUAGES: Final = frozenset({"hr", "sl"})
DIGRAPH_LANGUAGES: Final = frozenset({"de", "da", "no", "sv", "fi", "et"})

_CYRILLIC: Final = dict(zip(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ'",
    ("a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts",
     "ch", "sh", "shch", "", "y", "", "e", "yu", "ya", "i", "yi", "ye", "g", ""),
    strict=True,
))
_GREEK: Final = dict(zip(
    "αβγδεζηθικλμνξοπρσςτυφχψω",
    ("a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps",
     "o"),
    strict=True,
))
_SCHEMES: Final[Mapping[str, tuple[Mapping[str, str], ...]]] = {
    "ru": (
        _CYRILLIC,
        _CYRILLIC | {"й": "i", "х": "h", "ц": "c", "щ": "sch", "ю": "iu", "я": "ia"},
        _CYRILLIC | {"ж": "z", "й": "j", "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "sc", "ю": "ju", "я": "ja"},
    ),
    "uk": (
        _CYRILLIC | {"г": "h", "и": "y", "й": "i", "ї": "i", "є": "ie", "ю": "iu", "я": "ia"},
        _CYRILLIC | {"г": "h", "и": "y", "й": "y", "ї": "yi", "є": "ye"},
    ),
    "bg": (_CYRILLIC | {"х": "h", "щ": "sht", "ъ": "a", "ь": "y"}, _CYRILLIC | {"х": "h", "щ": "sht", "ъ": "u", "ц": "c"}),
    "el": (
        _GREEK | {"ου": "ou", "αυ": "af", "ευ": "ef", "γγ": "ng", "μπ": "b", "γκ": "gk"},
        _GREEK | {"ου": "ou", "χ": "x", "η": "h", "ω": "w", "ξ": "ks", "θ": "8"},
        _GREEK | {"ου": "ou", "χ": "h", "υ": "u", "ξ": "ks"},
    ),
}
TRANSLITERATED: Final = frozenset(_SCHEMES)


def plain(text: str) -> str:
    """Return the text without accents; special letters such as `ß` and `ł` are written in two or one plain ones."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words_in(text: str) -> tuple[str, ...]:
    """Split into lower-case words without accents; digits are words of their own. Keeps nothing in memory: fit for cells."""
    if text.isascii() and text.islower() and text.isalpha():
        return (text,)
    return tuple(_WORDS.findall(_CASE.sub(" ", plain(text)).lower().translate(_LETTERS)))


def folded(value: str) -> str:
    """Return the value in lower case, without accents, its hyphens as spaces."""
    return " ".join(plain(value.lower()).lower().replace("-", " ").split())


def words_once(text: str) -> frozenset[str]:
    """Return the words of a list that is written with spaces between them."""
    return frozenset(text.split())


def latin_spellings(entry: str, language: str) -> Iterator[str]:
    """Yield how a phrase of a language is written where only plain Latin letters are at hand: `tätigkeit` as `taetigkeit`."""
    spelled = unicodedata.normalize("NFC", entry)
    if language in DIGRAPH_LANGUAGES and spelled.translate(_DIGRAPHS) != spelled:
        yield spelled.translate(_DIGRAPHS)
    if language in DJ_LANGUAGES and "đ" in spelled:
        yield spelled.replace("đ", "dj")
    if not spelled.isascii():
        bare = plain(spelled) if language == "el" else spelled
        yield from (_transliterated(bare, scheme) for scheme in _SCHEMES.get(language, ()))


def _transliterated(text: str, scheme: Mapping[str, str]) -> str:
    for pair in (letters for letters in scheme if len(letters) == 2):
        text = text.replace(pair, scheme[pair])
    return "".join(scheme.get(char, char) for char in text)
