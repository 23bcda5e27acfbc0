"""What columns of one table say of each other: an e-mail is built from names, a postcode stands beside a town.

Samples hold distinct values and no rows, so a relation is one between sets of values and between places in the table. It only
adds evidence; it takes none away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from veil.model import ColumnSample, Evidence, Finding
from veil.recognizers.base import counted, known_values, share_of
from veil.recognizers.columns.neighbors import OF_ANYONE, OF_PEOPLE, names_people
from veil.recognizers.columns.numbers import numbers_in
from veil.recognizers.columns.support import PEOPLE, holds_name
from veil.recognizers.words.dictionaries import folded
from veil.recognizers.words.lexicon import matches, words_of
from veil.recognizers.words.spelling import spelled

NAME: Final = "relations"
NEAR: Final = 3
ENOUGH: Final = 5
MOST_ORDINARY: Final = 0.3
SPELLED: Final = 0.53
STREETS: Final = frozenset({"STREET_ADDRESS", "ADDRESS"})
PLACES: Final = frozenset({"STREET_ADDRESS", "ADDRESS", "CITY", "REGION", "COUNTRY", "HOUSE_NUMBER"})
_POSTCODE = re.compile(r"\d{4,6}(?:\.0)?|\d{5}-\d{3,4}|\d{2}-\d{3}|\d{3} \d{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2}")
_KEY_NAME = re.compile(r"^[^\W\d_]{0,6}[ _-]?\d{1,4}$|^[a-z]?$|(?:id|no|nr|nro|num|nummer|number|code|cod|kod|kodu|key|ref|uid)$")
"""A name that says nothing, such as `c12`, or that ends as those of keys do."""
_EXPIRY = re.compile(r"(?:0?[1-9]|1[0-2])[/-](?:20)?[2-4]\d")
_YEAR = re.compile(r"(?:19|20)\d{2}(?:\.0)?")
_WORD = re.compile(r"(?=.*[^\W\d_])[^\d@<>{}=/_]{2,40}\d{0,4}")


@dataclass(frozen=True)
class Table:
    """The columns of a table with what was found in each at first sight."""

    samples: tuple[ColumnSample, ...]
    findings: tuple[Finding, ...]
    name: str = ""

    def is_of_people(self, place: int) -> bool:
        """Whether the table's name or two other columns, one of what only people have, say that its rows are people."""
        found = [finding.entity for spot, finding in enumerate(self.findings) if finding.entity and spot != place]
        people = sum(entity in OF_PEOPLE for entity in found)
        return names_people(self.name) or (people >= 1 and people + sum(entity in OF_ANYONE for entity in found) >= 2)

    def near(self, place: int, entities: frozenset[str], reach: int = NEAR) -> int:
        """Count the columns of these entities that stand at most so many places away."""
        low, high = max(0, place - reach), place + reach + 1
        return sum(each.entity in entities for spot, each in enumerate(self.findings[low:high], low) if spot != place)


def related(table: Table) -> tuple[tuple[Evidence, ...], ...]:
    """Return what its relations say of each column, in the order of the samples; nothing of what is already decided well."""
    local_parts = _local_parts(table)
    return tuple(
        () if finding.entity and finding.confidence >= 0.97 else tuple(_of(table, place, local_parts))
        for place, finding in enumerate(table.findings)
    )


def _of(table: Table, place: int, local_parts: frozenset[str]) -> Iterator[Evidence]:
    sample = table.samples[place]
    values = known_values(sample)
    if values:
        yield from _company(table, place)
        yield from _mail_names(sample, values, local_parts)
        yield from _beside_names(table, place, values)
        yield from _of_people(table, place)
        yield from _postcodes(table, place, values)
        yield from _expiries(table, values)
        yield from _ages(table, sample, values)


def _says(entity: str, score: float, share: float, reason: str) -> Evidence:
    return Evidence(entity, NAME, score, share, reason)


def _company(table: Table, place: int) -> Iterator[Evidence]:
    """A weak name such as `name` or `first` is a person's in a table of people."""
    sample = table.samples[place]
    found = matches(words_of(sample.name))
    weak = {match.entity for match in found if match.phrase.weak} if all(match.phrase.weak for match in found) else set()
    if weak and table.is_of_people(place):
        for entity in sorted(weak & (PEOPLE | {"CUSTOMER_ID", "EMPLOYEE_ID", "TITLE", "SUFFIX", "OCCUPATION"})):
            yield _says(entity, 0.3, 1.0, "the table is about people")


def _of_people(table: Table, place: int) -> Iterator[Evidence]:
    """In a table of people a code that each row has for itself is the row's key where it comes first; `m` and `f` are genders."""
    profile = table.samples[place].profile
    direct = sum(finding.role == "direct" and finding.entity != "RECORD_ID" for finding in table.findings)
    if not direct and not table.is_of_people(place):
        return
    is_key = profile.type == "text" or (profile.type == "integer" and place == 0)
    is_code = profile.mean_words <= 1.05 and is_key and _comes_first(table, place)
    if is_code and _KEY_NAME.search(profile.column.lower()) and profile.unique_share >= 0.95 and profile.n_distinct >= 10:
        yield _says("RECORD_ID", 0.2, 1.0, "each row has its own, in a table with personal data")
    if profile.n_distinct <= 4 and table.is_of_people(place):
        yield _says("GENDER", 0.2, 1.0, "the table is about people")


def _comes_first(table: Table, place: int) -> bool:
    """The first column, or the second where the first only counts the rows."""
    if place == 0:
        return True
    first = table.samples[0].profile
    counts = first.type == "integer" and first.unique_share >= 0.999 and first.max_length <= len(str(first.n_rows + 1))
    return place == 1 and counts


def _local_parts(table: Table) -> frozenset[str]:
    mails = (
        value.partition("@")[0]
        for sample, finding in zip(table.samples, table.findings, strict=True)
        if finding.entity == "EMAIL_ADDRESS"
        for value in sample.values
    )
    words = {word for mail in mails for word in re.split(r"[^a-z]+", folded(mail)) if len(word) >= 3}
    return frozenset(words | {word[1:] for word in words if len(word) >= 5})


def _mail_names(sample: ColumnSample, values: Sequence[str], local_parts: frozenset[str]) -> Iterator[Evidence]:
    if not local_parts or sample.profile.mean_words > 4 or len(values) < ENOUGH or share_of(values, _WORD.fullmatch) < 0.8:
        return
    share = share_of(values, lambda value: any(word in local_parts for word in folded(value).split() if len(word) >= 3))
    if share >= 0.5:
        entity = "PERSON" if sample.profile.mean_words >= 1.7 else "LAST_NAME"
        reason = f"{counted(share, len(values))} are in the table's e-mail addresses"
        yield _says(entity, min(0.6, 0.3 + 0.4 * share), share, reason)


def _beside_names(table: Table, place: int, values: Sequence[str]) -> Iterator[Evidence]:
    """A column of single names beside one of given names holds family names, and the other way round."""
    sample = table.samples[place]
    if sample.profile.mean_words > 1.6 or len(values) < ENOUGH or share_of(values, _WORD.fullmatch) < 0.9:
        return
    share = share_of(values, lambda value: holds_name(folded(value)))
    looks_like_names = spelled(values).get("word", 1.0) <= MOST_ORDINARY
    if share < (0.05 if looks_like_names else 0.15) or sample.profile.type not in ("text", "category"):
        return
    for beside, entity in (("FIRST_NAME", "LAST_NAME"), ("LAST_NAME", "FIRST_NAME")):
        if table.near(place, frozenset({beside}), 1):
            kind = "given" if beside == "FIRST_NAME" else "family"
            score = max(min(0.6, 0.35 + 0.5 * share), SPELLED if looks_like_names else 0.0)
            yield _says(entity, score, share, f"stands beside {kind} names")


def _postcodes(table: Table, place: int, values: Sequence[str]) -> Iterator[Evidence]:
    if _comes_first(table, place):
        return
    near = table.near(place, PLACES) + table.near(place, STREETS)
    share = share_of(values, _POSTCODE.fullmatch)
    same_length = len({len(value.removesuffix(".0")) for value in values if _POSTCODE.fullmatch(value)}) == 1
    same_length = same_length or share_of(values, lambda value: any(map(str.isalpha, value))) >= 0.9
    if share_of(values, _YEAR.fullmatch) >= 0.9:
        return
    if near >= 2 and share >= 0.9 and same_length and len(values) >= ENOUGH:
        yield _says("POSTCODE", 0.5 + 0.03 * min(near, 4), share, "written like postcodes beside other parts of an address")


def _expiries(table: Table, values: Sequence[str]) -> Iterator[Evidence]:
    share = share_of(values, _EXPIRY.fullmatch)
    if share >= 0.95 and any(finding.entity == "CREDIT_CARD" for finding in table.findings):
        yield _says("CARD_EXPIRY", 0.6, share, "months and years in a table of card numbers")


def _ages(table: Table, sample: ColumnSample, values: Sequence[str]) -> Iterator[Evidence]:
    if sample.profile.type != "integer" or not any(finding.entity == "BIRTH_DATE" for finding in table.findings):
        return
    numbers, years = numbers_in(values), _birth_years(table)
    if len(numbers) < 10 or not years or min(numbers) < 0 or max(numbers) > 115:
        return
    sums = max(numbers) + min(years), min(numbers) + max(years)
    if all(1990 <= each <= 2035 for each in sums) and abs(sums[0] - sums[1]) <= 2:
        yield _says("AGE", 0.52, 1.0, "whole numbers that agree with the table's birth dates")


def _birth_years(table: Table) -> list[int]:
    samples = (each for each, found in zip(table.samples, table.findings, strict=True) if found.entity == "BIRTH_DATE")
    years = (re.search(r"(?<!\d)(?:19|20)\d{2}", value) for sample in samples for value in sample.values)
    return [int(year.group()) for year in years if year]
