"""The entities that Veil tells apart: the role of each, whether the law protects it specially, and its words.

Roles. *Direct*: points to a person, or to one record of the source, by itself. *Quasi*: singles out together with others.
*Sensitive*: what an attacker wants to learn. A record's date is quasi, not other: exact dates of visits, orders and calls
link data sets (45 CFR 164.514(b)(2)(i)(C) removes them all; de Montjoye 2013, doi 10.1038/srep01376).

`special_category` marks Art. 9 GDPR and, because the same care is due, Art. 10 (CRIMINAL_RECORD).

`high_entropy` marks entities whose values do not meet by chance: after the transform none may be left in any cell.
Two people share a first name or a birth date without any leak, so those are judged against chance instead.

Names are Presidio's where it has one. The words of column names are in `words/`, a file per language, read by `lexicon`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from veil.model import Role
from veil.recognizers.words.lexicon import Phrase, phrases


@dataclass(frozen=True)
class Entity:
    """A kind of personal data. `words` are the phrases of column names that speak for it."""

    name: str
    role: Role
    special_category: bool
    high_entropy: bool
    words: tuple[Phrase, ...] = field(repr=False)


_DIRECT_HIGH_ENTROPY = (
    "EMAIL_ADDRESS", "PHONE_NUMBER", "STREET_ADDRESS", "ADDRESS", "IBAN_CODE", "CREDIT_CARD", "ACCOUNT_NUMBER", "CRYPTO",
    "IP_ADDRESS", "MAC_ADDRESS", "URL", "US_SSN", "NATIONAL_ID", "TAX_ID", "VAT_ID", "PASSPORT", "DRIVING_LICENSE",
    "MEDICAL_LICENSE", "HEALTH_INSURANCE_ID", "MEDICAL_RECORD_ID", "LICENSE_PLATE", "VIN", "CUSTOMER_ID", "EMPLOYEE_ID",
    "USER_NAME", "PASSWORD", "DEVICE_ID", "SESSION_ID", "RECORD_ID",
)
_DIRECT = ("PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "ADDRESS_LINE", "FREE_TEXT")
_QUASI = (
    "TITLE", "SUFFIX", "GENDER", "AGE", "BIRTH_DATE", "EVENT_DATE", "DATE_TIME", "CITY", "REGION", "COUNTRY", "POSTCODE",
    "LOCATION", "COORDINATE", "NATIONALITY", "OCCUPATION", "ORGANIZATION", "EDUCATION", "MARITAL_STATUS", "BIC_CODE",
    "HOUSE_NUMBER",
)
_SENSITIVE = ("SALARY", "CARD_SECURITY_CODE", "CARD_EXPIRY")
_SPECIAL = (
    "HEALTH", "RELIGION", "POLITICS", "UNION_MEMBERSHIP", "ETHNICITY", "SEXUAL_ORIENTATION", "BIOMETRIC", "GENETIC", "NRP",
    "CRIMINAL_RECORD",
)


def _entities(names: tuple[str, ...], role: Role, *, special_category: bool = False, high_entropy: bool = False) -> list[Entity]:
    return [Entity(name, role, special_category, high_entropy, phrases().get(name, ())) for name in names]


ENTITIES: Mapping[str, Entity] = {
    entity.name: entity
    for entity in (
        *_entities(_DIRECT_HIGH_ENTROPY, "direct", high_entropy=True),
        *_entities(_DIRECT, "direct"),
        *_entities(_QUASI, "quasi"),
        *_entities(_SENSITIVE, "sensitive"),
        *_entities(_SPECIAL, "sensitive", special_category=True),
    )
}
