"""Common words: by themselves they are no names, whatever a model says and although a sentence starts with them."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


def is_ordinary(word: str) -> bool:
    """Return whether a folded word is a common one of English, German, French, Spanish, Italian or Dutch."""
    return word in ordinary()


@lru_cache(maxsize=1)
def ordinary() -> frozenset[str]:
    """Return the common words, folded. Frozen in a file: what counts as a name must not change with a library's release."""
    text = files("veil.recognizers.text").joinpath("ordinary.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
