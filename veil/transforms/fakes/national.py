"""National numbers by country: see `national_births` and `national_numbers` for what keeps each from being somebody's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from veil.transforms.fakes import national_births, national_numbers
from veil.transforms.fakes.draw import Draw, written_unlike
from veil.transforms.fakes.packs import Pack
from veil.transforms.fakes.source import Source

if TYPE_CHECKING:
    import numpy.typing as npt

    Strings = npt.NDArray[Any]

_WRITERS: Final[dict[str, Callable[[Source, Draw], Strings]]] = {
    "AT": national_births.austrian,
    "BE": national_births.belgian,
    "CZ": national_births.czech,
    "DE": national_numbers.german,
    "DK": national_births.danish,
    "ES": national_numbers.spanish,
    "FI": national_births.finnish,
    "FR": national_births.french,
    "GB": national_numbers.british,
    "IE": national_numbers.irish,
    "NL": national_numbers.dutch,
    "NO": national_births.norwegian,
    "PL": national_births.polish,
    "PT": national_numbers.portuguese,
    "SE": national_births.swedish,
    "US": national_numbers.american,
}


def national_ids(draw: Draw, pack: Pack) -> Strings:
    """Write the number that the locale's country gives to persons, with valid check digits."""
    if pack.country_code == "IT":
        return written_unlike(draw, lambda source, part: national_numbers.italian(source, part, pack))
    return written_unlike(draw, _WRITERS[pack.country_code])
