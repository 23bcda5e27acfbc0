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
from dataclasses import dataclass

from veil.model import Role
from veil.recognizers.words.lexicon import Phrase, phrases


@dataclass(frozen=True)
class Entity:
    """A kind of personal data; `source` is the law or standard.

    How each is found stands in `docs/entities.md`, which `entities_page` writes from the recognizers themselves.
    """

    name: str
    role: Role
    special_category: bool
    high_entropy: bool
    source: str = "GDPR art. 4(1)"

    @property
    def words(self) -> tuple[Phrase, ...]:
        """The phrases of column names that speak for it. Read when asked for: linting a policy does without the word files."""
        return phrases().get(self.name, ())


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


_HIPAA = "45 CFR 164.514(b)(2)(i)({})"
_SOURCES: Mapping[str, str] = {
    **dict.fromkeys(("PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "TITLE", "SUFFIX"), _HIPAA.format("A")),
    **dict.fromkeys(("STREET_ADDRESS", "ADDRESS", "ADDRESS_LINE", "HOUSE_NUMBER", "CITY", "POSTCODE", "LOCATION", "COORDINATE"),
                    _HIPAA.format("B")),
    **dict.fromkeys(("BIRTH_DATE", "EVENT_DATE", "DATE_TIME", "AGE"), _HIPAA.format("C")),
    "PHONE_NUMBER": "ITU-T E.164; " + _HIPAA.format("D"), "EMAIL_ADDRESS": "RFC 5322; " + _HIPAA.format("F"),
    "US_SSN": _HIPAA.format("G"), "MEDICAL_RECORD_ID": _HIPAA.format("H"), "HEALTH_INSURANCE_ID": _HIPAA.format("I"),
    "ACCOUNT_NUMBER": _HIPAA.format("J"), "MEDICAL_LICENSE": _HIPAA.format("K"), "DRIVING_LICENSE": _HIPAA.format("K"),
    "LICENSE_PLATE": _HIPAA.format("L"), "VIN": "ISO 3779; " + _HIPAA.format("L"), "DEVICE_ID": _HIPAA.format("M"),
    "URL": "RFC 3986; " + _HIPAA.format("N"), "IP_ADDRESS": "GDPR recital 30; CJEU C-582/14",
    "MAC_ADDRESS": "IEEE 802; GDPR recital 30",
    "SESSION_ID": "GDPR recital 30; directive 2002/58/EC", "IBAN_CODE": "ISO 13616", "BIC_CODE": "ISO 9362",
    "CREDIT_CARD": "ISO/IEC 7812; PCI DSS 3", "CARD_SECURITY_CODE": "PCI DSS 3.3", "CARD_EXPIRY": "ISO/IEC 7813; PCI DSS 3",
    "CRYPTO": "BIP 173; EIP-55; regulation (EU) 2023/1114", "NATIONAL_ID": "GDPR art. 87", "TAX_ID": "GDPR art. 87; OECD CRS",
    "VAT_ID": "directive 2006/112/EC", "PASSPORT": "ICAO Doc 9303", "PASSWORD": "GDPR art. 32",
    "CRIMINAL_RECORD": "GDPR art. 10",
    **dict.fromkeys((name for name in _SPECIAL if name != "CRIMINAL_RECORD"), "GDPR art. 9(1)"),
}


def _entities(names: tuple[str, ...], role: Role, *, special_category: bool = False, high_entropy: bool = False) -> list[Entity]:
    return [Entity(name, role, special_category, high_entropy, _SOURCES.get(name, "GDPR art. 4(1)")) for name in names]


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
