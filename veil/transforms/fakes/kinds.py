"""The kinds of fakes, by the name that a policy uses, and what writes each.

Every fake is a pure function of its row: no state, no order, no randomness. Where it would repeat what it replaces, the next one
is taken, until one does not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from veil.transforms.fakes import accounts, cards, companies, names, national, network, phones, places, things
from veil.transforms.fakes.draw import Draw
from veil.transforms.fakes.packs import Pack
from veil.transforms.fakes.sexes import UNKNOWN
from veil.transforms.fakes.spelling import folds
from veil.transforms.keys import mac_words

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.keys import Key

    Strings = npt.NDArray[Any]

Kind = Literal[
    "address", "bic", "card", "card_expiry", "card_security_code", "city", "company", "country", "date_of_birth", "email",
    "first_name", "house_number", "iban", "initials", "ip", "job", "last_name", "license_plate", "mac", "middle_name",
    "national_id", "person_name", "phone", "postcode", "region", "street", "title", "url", "user_name", "uuid", "vat",
]  # fmt: skip
Style = Literal["unreachable", "fictional", "national"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ADDRESS_KINDS: Final[frozenset[Kind]] = frozenset({"email", "user_name"})
PERSON_KINDS: Final[frozenset[Kind]] = ADDRESS_KINDS | {
    "first_name", "initials", "last_name", "middle_name", "person_name", "title",
}  # fmt: skip
PLACE_KINDS: Final[frozenset[Kind]] = frozenset({"address", "city", "country", "house_number", "postcode", "region", "street"})
# Drawn from the data subject where the table has one: what belongs to a person rather than to a value.
SUBJECT_KINDS: Final[frozenset[Kind]] = PERSON_KINDS | PLACE_KINDS | {"date_of_birth", "national_id"}
# These follow from the locale and the sex: few, large groups, which can be the same as in the source.
GIVEN_KINDS: Final[frozenset[Kind]] = frozenset({"country", "title"})
# The first style is the one that a policy gets without naming one.
STYLES: Final[dict[Kind, tuple[Style, ...]]] = {
    "iban": ("national", "unreachable"),
    "ip": ("unreachable", "fictional"),
    "phone": ("unreachable", "fictional", "national"),
}
# Kinds of which each value can have one of its own: addresses and pages by their length, phones and cards by permutation.
UNIQUE_KINDS: Final[frozenset[Kind]] = ADDRESS_KINDS | {
    "card", "iban", "ip", "license_plate", "mac", "national_id", "phone", "url", "uuid", "vat",
}  # fmt: skip
PERMUTED_KINDS: Final[frozenset[Kind]] = frozenset({"card", "phone"})

Maker = Callable[[Draw, Pack], "Strings"]
_MAKERS: Final[dict[Kind, Maker]] = {
    "address": places.addresses,
    "bic": accounts.bics,
    "card": cards.cards,
    "card_expiry": cards.expiry_dates,
    "card_security_code": cards.security_codes,
    "city": places.cities,
    "company": things.companies,
    "country": places.countries,
    "email": partial(names.emails, suffix=names.SUFFIX_LETTERS),
    "first_name": names.first_names,
    "house_number": places.house_numbers,
    "iban": accounts.ibans,
    "initials": names.initials,
    "ip": network.ips,
    "job": things.jobs,
    "last_name": names.last_names,
    "license_plate": things.license_plates,
    "mac": network.macs_of_nobody,
    "middle_name": names.middle_names,
    "national_id": national.national_ids,
    "person_name": names.person_names,
    "phone": phones.unreachable_phones,
    "postcode": places.postcodes,
    "region": places.regions,
    "street": places.street_lines,
    "title": names.titles,
    "url": network.urls,
    "user_name": partial(names.user_names, suffix=names.SUFFIX_LETTERS),
    "uuid": network.uuids,
    "vat": companies.vat_numbers,
}
_STYLED: Final[dict[tuple[Kind, Style], Maker]] = {
    ("iban", "unreachable"): accounts.unreachable_ibans,
    ("ip", "fictional"): network.fictional_ips,
    ("phone", "fictional"): phones.fictional_phones,
    ("phone", "national"): phones.national_phones,
}
_UNIQUE: Final[dict[Kind, Maker]] = {
    "email": partial(names.emails, suffix=names.UNIQUE_SUFFIX_LETTERS),
    "user_name": partial(names.user_names, suffix=names.UNIQUE_SUFFIX_LETTERS),
    "ip": network.unique_ips,
}


def fakes(kind: Kind, draw: Draw, pack: Pack, *, style: Style | None = None, unique: bool = False) -> Strings:
    """Return one fake per row of the draw.

    Raises
    ------
    NoFakeLeft : a value that holds every name of the pack.
    """
    if len(draw) == 0:
        return np.empty(0, dtype=object)
    maker = _UNIQUE.get(kind) if unique else None
    maker = maker or (_STYLED.get((kind, style)) if style else None) or _MAKERS[kind]
    return np.asarray(maker(draw, pack), dtype=object)


def fakes_of_values(kind: Kind, values: list[str], *, key: Key, keyspace: str, pack: Pack, style: Style | None = None) -> Strings:
    """Return a fake for each value that depends on the value alone: no subject, no sex, no other column."""
    words = mac_words(key, keyspace, values, purpose="fake")
    avoid = folds(values)
    sexes = np.full(len(values), UNKNOWN, dtype=np.int8)
    draw = Draw(words, words, words, sexes, avoid, avoid, avoid, kind in ADDRESS_KINDS)
    return fakes(kind, draw, pack, style=style)
