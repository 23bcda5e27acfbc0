"""Lists of words by locale, from `words/*.txt`: a key, a colon, values with commas."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from benchmarks.classify.tables.model import Half, Words

FOLDER: Final = Path(__file__).resolve().parent / "words"
SPLIT_KEYS: Final = ("female", "male", "family", "cities", "streets", "companies", "occupations")
"""Lists of which `dev` gets the even places and `held-out` the odd ones; `fresh` and `fourth` have files of their own."""


@lru_cache(maxsize=64)
def words(locale: str, half: Half) -> Words:
    """Return the lists of a locale such as `de_AT`: those of its file, and those of its language for the rest."""
    if half in ("fresh", "fourth"):
        files = dict.fromkeys(("shared", locale[:2], locale))
        own = {key: values for name in files for key, values in _file(f"{half}/{name}").items()}
        return dict(sorted(own.items()))
    read = {**_file("shared"), **_file("en"), **_file(locale[:2]), **(_file(locale) if len(locale) > 2 else {})}
    offset = 0 if half == "dev" else 1
    return {key: values[offset::2] if key in SPLIT_KEYS else values for key, values in sorted(read.items())}


@lru_cache(maxsize=64)
def _file(name: str) -> Words:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(": ") for line in lines if ": " in line and not line.startswith("#"))
    return {key.strip(): tuple(value.strip() for value in _split(key, values)) for key, _, values in pairs}


def _split(key: str, values: str) -> list[str]:
    """An address is one form that has commas of its own; so has a sentence."""
    if key == "address":
        return [values]
    return values.split(" ;; ") if " ;; " in values else values.split(", ")
