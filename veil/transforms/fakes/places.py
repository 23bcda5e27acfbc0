"""Places: street lines, towns, post codes and regions that agree with each other where they are drawn from one person.

Street and town are invented stems; post codes have the country's form, from ranges that it does not use where there are such
(see `pack/`); regions and countries are real, and large. A fake country is the locale's own: it is coherent, not secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.fakes.digits import filled, pattern_sizes
from veil.transforms.fakes.draw import Draw, next_free, whole
from veil.transforms.fakes.packs import HOUSE_NUMBERS, Pack
from veil.transforms.fakes.source import below
from veil.transforms.fakes.spelling import as_strings

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Strings = npt.NDArray[Any]

# A street, a house and a town are drawn from one word each; what belongs to the town is computed from it.
_STREET, _HOUSE, _TOWN = 0, 1, 2
CODES_OF_A_TOWN: Final = 5


def street_lines(draw: Draw, pack: Pack) -> Strings:
    """Write a street and a house number in the order of the country."""
    before, after = pack.street_line.split("{street}")
    numbers = [str(number) for number in range(1, HOUSE_NUMBERS + 1)]
    starts = as_strings([before.replace("{number}", number) for number in numbers])
    ends = as_strings([after.replace("{number}", number) for number in numbers])
    house = below(draw.rest[:, _HOUSE], HOUSE_NUMBERS)
    return np.asarray(starts[house] + pack.streets.written[_streets(draw, pack)] + ends[house])


def house_numbers(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001 - one signature for all kinds
    """Write the house number of the street line."""
    numbers = as_strings([str(number) for number in range(1, HOUSE_NUMBERS + 1)])
    start = below(draw.rest[:, _HOUSE], HOUSE_NUMBERS)
    return np.asarray(numbers[next_free(start, HOUSE_NUMBERS, lambda rows, taken: numbers[taken] == draw.avoid[rows])])


def cities(draw: Draw, pack: Pack) -> Strings:
    """Write invented towns."""
    return np.asarray(pack.cities.written[_towns(draw, pack)])


def postcodes(draw: Draw, pack: Pack) -> Strings:
    """Write a post code of the town: each town has five, a few apart."""
    size = sum(pattern_sizes(pack.postcodes))
    within = below(draw.rest[:, _HOUSE] >> np.uint64(32), CODES_OF_A_TOWN)
    first = _towns(draw, pack) * (max(size // len(pack.cities), 1))
    texts = filled(pack.postcodes, (first + within) % size)
    same = np.flatnonzero(_folded(texts) == draw.avoid)
    texts[same] = filled(pack.postcodes, (first[same] + within[same] + 1) % size)
    return texts


def regions(draw: Draw, pack: Pack) -> Strings:
    """Write the region of the town."""
    start = _towns(draw, pack) % len(pack.regions)
    chosen = next_free(start, len(pack.regions), lambda rows, taken: pack.regions.folded[taken] == draw.avoid[rows])
    return np.asarray(pack.regions.written[chosen])


def countries(draw: Draw, pack: Pack) -> Strings:
    """Write the locale's country."""
    return np.full(len(draw), pack.country, dtype=object)


def addresses(draw: Draw, pack: Pack) -> Strings:
    """Write street line, post code and town in one line, in the order of the country."""
    parts = {"line": street_lines, "postcode": postcodes, "city": cities, "region": regions}
    text: Any = ""
    for piece in pack.address_line.replace("{", "\0{").split("\0"):
        name, brace, rest = piece.removeprefix("{").partition("}")
        text = text + (parts[name](draw, pack) + rest if brace else piece)
    return np.asarray(text, dtype=object)


def _streets(draw: Draw, pack: Pack) -> Indices:
    """Return streets whose name is nowhere in the value."""
    start = below(draw.rest[:, _STREET], len(pack.streets))

    def holds(rows: Indices, taken: Indices) -> npt.NDArray[np.bool_]:
        pairs = zip(pack.streets.folded[taken].tolist(), draw.avoid[rows].tolist(), strict=True)
        return np.fromiter((name in text for name, text in pairs), np.bool_, len(rows))

    return next_free(start, len(pack.streets), holds)


def _towns(draw: Draw, pack: Pack) -> Indices:
    return whole(pack.cities, draw, _TOWN)


def _folded(texts: Strings) -> Strings:
    return as_strings([text.lower() for text in texts])
