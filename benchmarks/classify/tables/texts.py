"""Cells that are words: from the locale's lists, notes with people in them, and notes without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from benchmarks.classify.tables.model import Cells, Draw, Maker
from benchmarks.classify.tables.patterns import filled
from benchmarks.classify.tables.persons import _address, _email


def _listed(draw: Draw, key: str) -> Cells:
    """A value of one of the locale's lists per row; an unknown key ends with its name."""
    if key not in draw.words:
        raise ValueError(f"no list `{key}` for {draw.locale}; add it to the words of that locale")
    return [draw.rng.choice(draw.words[key]) for _ in range(draw.n_rows)]


def _note(draw: Draw, language: str) -> Cells:
    """A sentence or two per row, half of them with a name, a phone number, an address or an e-mail of the row's person."""
    sentences = draw.words.get(f"notes_{language or draw.locale[:2]}", draw.words["notes_en"])
    addresses, emails = _address(draw, ""), _email(draw, "")
    cells: Cells = []
    for row, person in enumerate(draw.people):
        phone = filled(draw.rng.choice(draw.words["phones"]), draw.rng)
        parts = {"{f}": person.first, "{l}": person.last, "{a}": addresses[row], "{e}": emails[row], "{p}": phone}
        text = ". ".join(draw.rng.sample(sentences, k=draw.rng.choice((1, 1, 2))))
        for mark, part in parts.items():
            text = text.replace(mark, part or "")
        cells.append(text)
    return cells


def _url(draw: Draw, form: str) -> Cells:
    """`url https://x.example/{user}`: an address with the person's name in it; patterns are filled."""
    names = [cell.partition("@")[0] if cell else "" for cell in _email(draw, "{f}{l}")]
    return [filled(form, draw.rng).replace("USER", name) for name in names]


MAKERS: Final[Mapping[str, Maker]] = {"listed": _listed, "note": _note, "url": _url}
