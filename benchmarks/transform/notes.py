"""A subject's own identifiers in notes: thirty-four written variants, five languages, found by what the columns hold alone.

`main` looks with `using: subject`, so no model and no pattern helps: what is removed was known from the structured columns.
A variant counts as removed if none of its telling pieces is left in the note, as a word, whatever its case and accents.
"""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from veil.model import Column
from veil.transforms import Context
from veil.transforms.keys import Key
from veil.transforms.own import Owner, OwnValue, OwnValues
from veil.transforms.redact_text import RedactText

PER_LANGUAGE = 60
AT_LEAST = 0.995
SEEDS = (21, 22, 23)
"""People who were not looked at while the search was written."""
TITLES = {"en": "Dr.", "de": "Herr", "fr": "Mme", "es": "Sra.", "nl": "mevr."}
COUNTRY = {"en": ("44", "0"), "de": ("49", "0"), "fr": ("33", "0"), "es": ("34", ""), "nl": ("31", "0")}
LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "nl": "nl_NL"}
TEMPLATES = {
    "en": ("Customer says {} about the order, will call.", "Spoke to {} this morning; no more to do.", "{}", "Ref: {}; closed."),
    "de": ("Die Kundin sagt {} wegen der Bestellung.", "Heute mit {} gesprochen, fertig.", "{}", "Betrifft: {}; erledigt."),
    "fr": ("La cliente dit {} pour la commande.", "Nous avons noté {} ce matin, rien à faire.", "{}", "Objet : {}; clos."),
    "es": ("La clienta dice {} por el pedido.", "Hemos anotado {} esta mañana, nada más.", "{}", "Asunto: {}; cerrado."),
    "nl": ("De klant zegt {} over de bestelling.", "Vanmorgen {} genoteerd, verder niets.", "{}", "Betreft: {}; gesloten."),
}  # fmt: skip
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Person:
    """Somebody invented, as the columns hold them."""

    language: str
    first: str = field(repr=False)
    last: str = field(repr=False)
    born: date = field(repr=False)
    mail: str = field(repr=False)
    national: str = field(repr=False)
    number: int = field(repr=False)
    street: str = field(repr=False)
    house: int = field(repr=False)
    iban: str = field(repr=False)

    @property
    def phone(self) -> str:
        """The telephone number as it is stored."""
        return f"+{COUNTRY[self.language][0]}{self.national}"

    @property
    def code(self) -> str:
        """The customer number as it is stored."""
        return f"C-{self.number}"

    def values(self) -> tuple[OwnValue, ...]:
        """Return the cells with what became of them."""
        return (
            OwnValue("FIRST_NAME", self.first, "Zelda"), OwnValue("LAST_NAME", self.last, "Quibble"),
            OwnValue("BIRTH_DATE", self.born.isoformat(), None, True, _day(self.born), _day(self.born + timedelta(100))),
            OwnValue("EMAIL_ADDRESS", self.mail, "zelda.quibble.x@example.org"),
            OwnValue("PHONE_NUMBER", self.phone, "+999 0000 1111 2222"), OwnValue("CUSTOMER_ID", self.code, "CXDFGHJK", False),
            OwnValue("STREET_ADDRESS", f"{self.street} {self.house}", "Naldorweg 7"),
            OwnValue("IBAN_CODE", self.iban, "IXDFGHJK", False),
        )  # fmt: skip


def _day(when: date) -> tuple[int, int, int]:
    return when.year, when.month, when.day


def people(per_language: int = PER_LANGUAGE, seed: int = SEEDS[0]) -> Iterator[Person]:
    """Yield invented people of five languages."""
    from faker import Faker

    for language, locale in LOCALES.items():
        fake, rng = Faker(locale), random.Random(f"{seed} {language}")
        fake.seed_instance(f"{seed} {language}")
        for _ in range(per_language):
            first, last = fake.first_name(), fake.last_name()
            user = re.sub(r"[^a-z]", "", _plain(first)) + "." + re.sub(r"[^a-z]", "", _plain(last))
            national = rng.choice("67") + "".join(rng.choices("0123456789", k=8))
            digits = "".join(rng.choices("0123456789", k=18))
            yield Person(
                language, first, last,
                born=date(1940, 1, 1) + timedelta(rng.randrange(24_000)),
                mail=f"{user}{rng.randrange(99)}@acme.test",
                national=national,
                number=rng.randrange(100_000, 10**7),
                street=re.sub(r"[\d,].*", "", fake.street_name()).strip(),
                house=rng.randrange(1, 300),
                iban=f"DE{digits[:2]}{digits}"[:22],
            )  # fmt: skip


Removed = dict[tuple[str, str], list[bool]]
"""By language and variant, whether each note's was removed."""

Variant = tuple[str, Sequence[str]]
"""How something is written, and the pieces of it that tell."""


def variants(person: Person) -> dict[str, Variant]:
    """Return everything that somebody may write of a person."""
    return {**_names(person), **_dates(person), **_numbers(person), **_places(person)}


def _names(person: Person) -> dict[str, Variant]:
    first, last, both = person.first, person.last, (person.first, person.last)
    a, s = first[0], next(char for char in last if char.isupper())
    return {
        "full": (f"{first} {last}", both), "capitals": (f"{first} {last}".upper(), both),
        "small": (f"{first} {last}".lower(), both), "without accents": (_without_accents(f"{first} {last}"), both),
        "reversed": (f"{last} {first}", both), "with comma": (f"{last}, {first}", both),
        "initial first": (f"{a}. {last}", (last,)), "initial last": (f"{last} {a}.", (last,)),
        "initial bare": (f"{a} {last}", (last,)), "two initials": (f"{a}{s}", (f"{a}{s}",)),
        "dotted initials": (f"{a}.{s}.", (f"{a}.{s}.",)), "title": (f"{TITLES[person.language]} {last}", (last,)),
        "family": (last, (last,)), "given": (first, (first,)),
        "possessive": (f"{last}'s", (last,)), "hyphen or space": (_swapped(f"{first} {last}"), both),
        "run together": (_plain(first + last).replace(" ", ""), (_plain(first + last).replace(" ", ""),)),
    }  # fmt: skip


def _dates(person: Person) -> dict[str, Variant]:
    born, month = person.born, MONTHS[person.language].split()[person.born.month - 1]
    of = {"es": "de "}.get(person.language, "")
    written = {
        "iso": born.isoformat(), "d/m/y": f"{born.day:02d}/{born.month:02d}/{born.year}",
        "d.m.yy": f"{born.day}.{born.month}.{born.year % 100:02d}",
        "written month": f"{born.day} {of}{month} {of}{born.year}",
        "short month": f"{born.day} {SHORT[born.month - 1]} {born.year}",
        "month first": f"{MONTHS['en'].split()[born.month - 1]} {born.day}, {born.year}", "digits": f"{born:%Y%m%d}",
    }  # fmt: skip
    return {f"date {name}": (text, (text,)) for name, text in written.items()}


def _numbers(person: Person) -> dict[str, Variant]:
    country, trunk = COUNTRY[person.language]
    n = person.national
    core = n[-8:]
    user, _, host = person.mail.partition("@")
    number = str(person.number)
    return {
        "phone stored": (person.phone, (core,)),
        "phone spaced": (f"+{country} {n[0]}{n[1:3]} {n[3:5]} {n[5:7]} {n[7:]}", (core,)),
        "phone 00": (f"00{country}{n}", (core,)),
        "phone national": (f"{trunk}{n[:3]}/{n[3:5]}.{n[5:7]}.{n[7:]}", (core,)),
        "phone (0)": (f"+{country} (0){n}" if trunk else f"({country}) {n}", (core,)),
        "e-mail": (person.mail, (user,)), "e-mail capitals": (person.mail.upper(), (user,)), "user part": (user, (user,)),
        "e-mail spoken": (f"{user} at {host.replace('.', ' dot ')}", (user,)),
        "code": (person.code, (number,)), "code small": (f"c{number}", (number,)),
        "code parted": (f"{number[:3]}.{number[3:]}", (number,)), "iban": (person.iban, (person.iban[4:],)),
        "iban grouped": (re.sub("(.{4})", r"\1 ", person.iban).strip(), (person.iban[4:],)),
    }  # fmt: skip


def _places(person: Person) -> dict[str, Variant]:
    line = f"{person.street} {person.house}"
    return {
        "street": (line, (person.street,)), "street capitals": (line.upper(), (person.street,)),
        "number first": (f"{person.house}, {person.street}", (person.street,)), "street alone": (person.street, (person.street,)),
    }  # fmt: skip


def _plain(text: str) -> str:
    return _without_accents(text).casefold()


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).replace("ß", "ss")


def _swapped(name: str) -> str:
    return name.replace("-", " ") if "-" in name else name.replace(" ", "-")


def is_left(note: str, pieces: Sequence[str]) -> bool:
    """Return whether a telling piece is still in a note, as letters and digits that stand alone."""
    words = " " + " ".join(re.findall(r"[^\W_]+", _plain(note))) + " "
    joined = words.replace(" ", "")
    for piece in pieces:
        plain = " ".join(re.findall(r"[^\W_]+", _plain(piece)))
        squeezed = plain.replace(" ", "")
        if f" {plain} " in words or (len(squeezed) >= 6 and squeezed in joined):
            return True
    return False


def redacted(persons: Sequence[Person], notes: Sequence[str], owners: Sequence[int]) -> list[str]:
    """Return the notes without what their owners' columns hold."""
    import numpy as np
    import pandas as pd

    own = OwnValues([Owner(person.values()) for person in persons], np.array(owners))
    context = Context(Column("note"), key=Key("main", "1", b"k" * 32), keyspace="notes", own=own)
    return list(RedactText(using=("subject",), replace="fake").apply(pd.Series(list(notes), dtype=object), context))


def measured(per_language: int = PER_LANGUAGE, seed: int = SEEDS[0]) -> tuple[Removed, int, float, int]:
    """Return what was removed, the exact survivors, the CPU seconds and the number of notes."""
    persons = list(people(per_language, seed))
    rows = [
        (at, person.language, name, written, pieces, TEMPLATES[person.language][(at + place) % 4].format(written))
        for at, person in enumerate(persons)
        for place, (name, (written, pieces)) in enumerate(variants(person).items())
    ]
    started = time.process_time()
    cleaned = redacted(persons, [row[5] for row in rows], [row[0] for row in rows])
    seconds = time.process_time() - started
    removed: Removed = {}
    exact = 0
    for (_, language, name, written, pieces, _), note in zip(rows, cleaned, strict=True):
        removed.setdefault((language, name), []).append(not is_left(note, pieces))
        exact += f" {written} " in f" {note} "
    return removed, exact, seconds, len(rows)


def shares(removed: Removed, of: Callable[[tuple[str, str]], str]) -> dict[str, float]:
    """Return the share removed by whatever `of` takes from language and variant."""
    groups: dict[str, list[bool]] = {}
    for key, flags in removed.items():
        groups.setdefault(of(key), []).extend(flags)
    return {name: sum(flags) / len(flags) for name, flags in groups.items()}


def main() -> list[str]:
    """Return the figures as Markdown."""
    runs = [measured(seed=seed) for seed in SEEDS]
    removed: Removed = {}
    for run, *_ in runs:
        for key, flags in run.items():
            removed.setdefault(key, []).extend(flags)
    every, n_notes = shares(removed, lambda _: "all")["all"], sum(run[3] for run in runs)
    exact, seconds = sum(run[1] for run in runs), sum(run[2] for run in runs)
    n_variants, n_people = len({name for _, name in removed}), len(SEEDS) * PER_LANGUAGE
    left = {name: share for name, share in sorted(shares(removed, lambda key: key[1]).items()) if share < 1}
    return [
        f"{n_notes:,} notes: {n_variants} written variants of the identifiers of {n_people} people in each of five languages.",
        "",
        "| what | must reach | reached |",
        "| --- | --- | --- |",
        f"| removed | at least {AT_LEAST:.1%} | {every:.2%} |",
        f"| exact survivors | 0 | {exact} |",
        f"| notes per CPU second | | {n_notes / seconds:,.0f} |",
        "",
        f"By language: {_told(shares(removed, lambda key: key[0]))}.",
        "",
        f"Variants that are not all removed: {_told(left) or 'none'}.",
    ]


def _told(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.2%}" for name, share in figures.items())


if __name__ == "__main__":
    print("\n".join(main()))
