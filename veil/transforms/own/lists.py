"""Words around names and words that are names too, folded."""

from __future__ import annotations

from typing import Final

TITLES: Final = frozenset({
    "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "herr", "frau", "ing", "mag", "m", "mme", "mlle", "sr", "sra", "don", "dona",
    "dhr", "mevr", "mw", "sig", "sigra", "dott", "jr", "ii", "iii", "iv", "phd", "md",
})  # fmt: skip
PARTICLES: Final = frozenset({
    "van", "von", "de", "der", "den", "dem", "het", "ter", "ten", "te", "di", "da", "del", "della", "dos", "das", "du", "des",
    "la", "le", "los", "las", "zu", "zur", "vom", "al", "el", "bin", "ben", "y", "e", "af", "av", "d", "l",
})  # fmt: skip
COMMON: Final = frozenset({
    "will", "may", "an", "do", "so", "in", "no", "on", "la", "le", "de", "art", "mark", "bill", "rose", "hope", "grace",
    "faith", "joy", "pat", "sue", "rob", "dean", "grant", "drew", "jack", "long", "young", "white", "black", "brown", "green",
    "gray", "day", "best", "good", "small", "short", "price", "rich", "still", "back", "call", "case", "man", "son", "kind",
    "gut", "lang", "klein", "groot", "grand", "petit", "leroy", "page", "rey", "rico", "bueno", "mas", "dal", "dan", "van",
    "den", "der", "als", "sind", "park", "hall", "church", "bank", "field", "stone", "wood", "baker", "cook", "king", "major",
    "noble", "sharp", "sol", "mar", "luz", "sans", "bon", "bien", "roux", "jung", "alt", "neu", "jong", "oude",
})  # fmt: skip
"""Words that are names too: in small letters and without another name beside them, they are words."""
