"""What the names beside a column say about the table: whether its rows are people, or things that have names as well."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from veil.recognizers.words.lexicon import matches, word_set, words_of

OF_PEOPLE: Final = frozenset({
    "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "BIRTH_DATE", "GENDER", "AGE", "NATIONAL_ID", "US_SSN", "EMPLOYEE_ID",
    "NATIONALITY", "MARITAL_STATUS", "PASSPORT", "SALARY", "OCCUPATION", "EDUCATION", "ETHNICITY", "RELIGION",
    "DRIVING_LICENSE", "HEALTH_INSURANCE_ID", "MEDICAL_RECORD_ID",
})
"""Only a person has these. Shops and hotels have e-mail addresses, telephones and streets too."""

OF_ANYONE: Final = frozenset({
    "EMAIL_ADDRESS", "PHONE_NUMBER", "STREET_ADDRESS", "ADDRESS", "POSTCODE", "CUSTOMER_ID", "IBAN_CODE", "ACCOUNT_NUMBER",
    "CREDIT_CARD", "USER_NAME", "PASSWORD",
})


@dataclass(frozen=True)
class Company:
    """How many columns beside one are of a person only, and how many of whoever has an address."""

    of_people: int = 0
    of_anyone: int = 0

    @property
    def is_of_people(self) -> bool:
        """Whether the rows are people: two columns say so, one of them of what only people have."""
        return self.of_people >= 1 and self.of_people + self.of_anyone >= 2


def company(names: Iterable[str]) -> Company:
    """Count the neighboring columns by what their names speak of."""
    spoken = [entities for name in names if (entities := _entities(name))]
    people = sum(bool(entities & OF_PEOPLE) for entities in spoken)
    return Company(people, sum(bool(entities & OF_ANYONE) and not entities & OF_PEOPLE for entities in spoken))


@lru_cache(maxsize=4096)
def _entities(name: str) -> frozenset[str]:
    return frozenset(match.entity for match in matches(words_of(name)) if not match.phrase.weak)


def names_people(table: str) -> bool:
    """Return whether the name of a table holds a word for people, in the singular or the plural: `customers`, `staff_list`."""
    people = word_set("people")
    return any(form in people for word in words_of(table) for form in (word, word.removesuffix("s"), word.removesuffix("en")))
