"""Cells about a person and where they live. Rows of one person agree with one another."""

from __future__ import annotations

import dataclasses
import datetime
import random
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from benchmarks.classify.tables.model import Cells, Draw, Maker, Person, Place
from benchmarks.classify.tables.patterns import filled

TODAY: Final = datetime.date(2025, 3, 1)
_LETTERS: Final = str.maketrans({
    "ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "\u0131": "i", "đ": "d", "ö": "oe", "ü": "ue", "ä": "ae",
})


def _form(form: str, person: Person, titles: tuple[str, ...], rng: random.Random) -> str:
    parts = {"f": person.first, "l": person.last, "m": person.middle, "i": person.first[0], "j": person.middle[0],
             "k": person.last[0], "F": person.first.upper(), "L": person.last.upper(), "t": _title(person, titles, rng)}
    return re.sub(r"\{([flmijktFL])\}", lambda found: parts[found.group(1)], form)


def _title(person: Person, titles: tuple[str, ...], rng: random.Random) -> str:
    return rng.choice(titles[2:]) if rng.random() < 0.1 and len(titles) > 2 else titles[1 if person.female else 0]


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return re.sub(r"[^a-z0-9._@-]", "", "".join(each for each in plain if not unicodedata.combining(each)))


def _named(draw: Draw, form: str) -> Cells:
    """`named {f} {l}`: first, last, middle, initials i, j and k, title t; several forms with ` / ` between them."""
    forms = form.split(" / ")
    by_owner = dict(zip(draw.owners, draw.people, strict=True))
    made = {owner: _form(draw.rng.choice(forms), by_owner[owner], draw.words["titles"], draw.rng) for owner in sorted(by_owner)}
    return [made[owner] for owner in draw.owners]


def _others(draw: Draw, form: str) -> Cells:
    """Like `named`, for other people than the row's own: a manager, a doctor, an emergency contact."""
    people = draw.rng.sample(draw.people, k=min(len(draw.people), 40))
    return [_form(form, draw.rng.choice(people), draw.words["titles"], draw.rng) for _ in draw.people]


def _email(draw: Draw, form: str) -> Cells:
    """`email {f}.{l}` or `email {i}{l}@firm.example`; without a domain, one of the usual providers."""
    providers = draw.words["domains_dev" if draw.half == "dev" else "domains_held"]
    forms = (form or "{f}.{l}").split(" / ")

    def one(person: Person) -> str:
        text = _form(draw.rng.choice(forms), person, ("", ""), draw.rng)
        name = _ascii(_latin(text.partition("@")[0])) or "info"
        number = filled(draw.rng.choice(("", "", "##", "#")), draw.rng)
        return f"{name}{number}@{text.partition('@')[2] or draw.rng.choice(providers)}"

    return [one(person) for person in draw.people]


_GREEK: Final = str.maketrans("αβγδεζηθικλμνξοπρσςτυφχω", "abgdezithiklmnxoprsstyfho"[:24])
_CYRILLIC: Final = {
    **dict(zip(map(ord, "абвгдезийклмнопрстуфхъь"), "abvgdeziyklmnoprstufhay", strict=True)),
    ord("ж"): "zh", ord("ц"): "ts", ord("ч"): "ch", ord("ш"): "sh", ord("щ"): "sht", ord("ю"): "yu", ord("я"): "ya",
}


def _latin(text: str) -> str:
    if any(ord(each) in _CYRILLIC for each in text.lower()):
        return text.lower().translate(_CYRILLIC)
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(each for each in plain if not unicodedata.combining(each)).translate(_GREEK) if text.lower() != plain else text


def _user(draw: Draw, form: str) -> Cells:
    return [_ascii(_latin(filled(_form(form or "{i}{l}##", person, ("", ""), draw.rng), draw.rng))) for person in draw.people]


def _gender(draw: Draw, codes: str) -> Cells:
    """`gender M,F` writes codes for men and women; without codes, the locale's words. A third code comes rarely."""
    written = [code.strip() for code in codes.split(",")] if codes else list(draw.words["genders"])
    third = [len(written) > 2 and draw.rng.random() < 0.03 for _ in draw.people]
    return [written[2] if is_third else written[int(person.female)] for is_third, person in zip(third, draw.people, strict=True)]


def _born(draw: Draw, form: str) -> Cells:
    return [person.born.strftime(form or "%Y-%m-%d") for person in draw.people]


def _age(draw: Draw, _: str) -> Cells:
    return [str((TODAY - person.born).days // 365) for person in draw.people]


def _titled(draw: Draw, _: str) -> Cells:
    return [_title(person, draw.words["titles"], draw.rng) for person in draw.people]


def _phone(draw: Draw, patterns: str) -> Cells:
    """A number in one of the locale's forms, or in one of the given patterns (` / ` between them)."""
    forms = patterns.split(" / ") if patterns else draw.words["phones"]
    return draw.per_owner(lambda: filled(draw.rng.choice(forms), draw.rng))


def _address_part(name: str) -> Maker:
    def make(draw: Draw, _: str) -> Cells:
        return [str(getattr(place, name)) for place in draw.places]

    return make


def _street_line(draw: Draw, form: str) -> Cells:
    """Street and number in the order of the country, or in the form given: `street {street} {no}`."""
    usual = "{no} {street}" if draw.words.get("house_first", ("no",))[0] == "yes" else "{street} {no}"
    return [_placed(form or usual, place, draw) for place in draw.places]


def _address(draw: Draw, form: str) -> Cells:
    return [_placed(form or draw.words["address"][0], place, draw) for place in draw.places]


def _placed(form: str, place: Place, draw: Draw) -> str:
    parts = {**dataclasses.asdict(place), "no": place.number, "zip": place.postcode, "country": draw.words["country"][0]}
    return re.sub(r"\{(street|no|zip|city|region|code|country)\}", lambda found: parts[found.group(1)], form)


def _city(draw: Draw, _: str) -> Cells:
    """Places of the locale, drawn anew per row: a birth place, a branch, a destination."""
    return [draw.rng.choice(draw.words["cities"]) for _ in draw.people]


MAKERS: Final[Mapping[str, Maker]] = {
    "named": _named, "others": _others, "email": _email, "user": _user, "gender": _gender, "born": _born, "age": _age,
    "title": _titled, "phone": _phone, "street": _street_line, "address": _address, "anycity": _city,
    "streetname": _address_part("street"), "houseno": _address_part("number"), "postcode": _address_part("postcode"),
    "city": _address_part("city"), "region": _address_part("region"), "regioncode": _address_part("code"),
}
