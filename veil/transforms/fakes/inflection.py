"""Family names of women in languages that inflect them: Czech and Polish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

# Final vowel, and consonants before a movable `e`: Havel, Havlová; Hájek, Hájková; Němec, Němcová. Pešek keeps nothing of it.
_MOVABLE: Final = ("ek", "ec", "el")
_KEEPS_E: Final = frozenset({"Marek", "Vítek", "Korbel", "Kužel"})
_POLISH: Final = (("ski", "ska"), ("cki", "cka"), ("dzki", "dzka"))


def feminine(name: str, locale: str) -> str:
    """Return the form of a family name that a woman bears; the name itself where the language has no other."""
    return _RULES.get(locale, _same)(name)


def _same(name: str) -> str:
    return name


def _czech(name: str) -> str:
    if name.endswith("ý"):
        return name[:-1] + "á"
    if name.endswith(("í", "ů")):
        return name
    if name.endswith(("a", "o", "e", "ě")):
        return name[:-1] + "ová"
    if name.endswith(_MOVABLE) and len(name) > 4 and name not in _KEEPS_E:
        return name[:-2] + name[-1] + "ová"
    return name + "ová"


def _polish(name: str) -> str:
    for masculine, form in _POLISH:
        if name.endswith(masculine):
            return name.removesuffix(masculine) + form
    return name


_RULES: Final[dict[str, Callable[[str], str]]] = {"cs_CZ": _czech, "pl_PL": _polish}
