"""What a value must look like for a column's name to be believed: a `phone` column of zeros and ones holds no phones."""

from __future__ import annotations

import re
from collections.abc import Mapping

from veil.model import ColumnProfile
from veil.recognizers.base import share_of
from veil.recognizers.columns.numbers import are_measured
from veil.recognizers.columns.written_dates import MOSTLY, written_share
from veil.recognizers.values.dates import DATE_LIKE

_NAME = r"(?=.*[^\W\d_])[^\d@<>{}=/]{1,60}|(?=.*[^\W\d_]{3})[^\d@<>{}=/]{1,60}\d{1,4}"
_WORDS = r"(?=.*[^\W\d_]).{1,80}"
_LABEL = r".{1,60}"
_IDENTIFIER = r"[A-Z]{3,12}|(?=.*\d)[^\s@]{1,64}(?: [^\s@]{1,20}){0,3}"
_TOKEN = r"(?![1-9]\d{5}$)\S{3,128}"  # noqa: S105 - a pattern, no secret; Indian PIN codes are postcodes

_SHAPES: Mapping[str, str] = {
    "EMAIL_ADDRESS": r"[^@\s]+@[^@\s]+",
    "PHONE_NUMBER": r"[+(]?(?:\d[ ()./+-]{0,3}){5,15}\d(?: ?(?:x|ext\.?|#) ?\d{1,6})?|[+(]{0,2}\d[\d ()./-]{5,22}\d",
    "STREET_ADDRESS": r"(?!0x|https?:|\S*@)(?=.*[^\W\d_])(?!\S{20,}$).{3,120}",
    "ADDRESS_LINE": r".{2,120}|\d",
    "IBAN_CODE": r"[A-Za-z]{2}\d{2}[A-Za-z0-9 ]{10,38}",
    "BIC_CODE": r"[A-Za-z]{6}[A-Za-z0-9]{2}(?:[A-Za-z0-9]{3})?",
    "CREDIT_CARD": r"(?:[\dXx*•][ -]?){12,18}\d",
    "ACCOUNT_NUMBER": r"(?=.*\d)[A-Za-z0-9 ./-]{4,34}",
    "CRYPTO": r"[A-Za-z0-9]{25,64}",
    "IP_ADDRESS": r"(?=.*[.:])[0-9A-Fa-f.:%/]{3,45}|[Xx*.\d]{7,15}",
    "MAC_ADDRESS": r"(?:[0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}",
    "URL": r"\S+\.\S+|\S*/\S*",
    "US_SSN": r"[\dXx*]{3}[- ]?[\dXx*]{2}[- ]?\d{4}",
    "NATIONAL_ID": r"(?=(?:.*\d){4})[A-Za-z0-9 ./+-]{5,24}",
    "TAX_ID": r"(?=(?:.*\d){4})[A-Za-z0-9 ./-]{5,20}",
    "VAT_ID": r"(?=(?:.*\d){4})[A-Za-z0-9 .-]{7,18}",
    "PASSPORT": r"(?=(?:.*\d){3})[A-Za-z0-9 -]{5,15}",
    "DRIVING_LICENSE": r"(?=(?:.*\d){3})[A-Za-z0-9 */-]{5,25}",
    "MEDICAL_LICENSE": r"(?=(?:.*\d){4})[A-Za-z0-9 -]{5,15}",
    "LICENSE_PLATE": r"(?=.*\d)(?=.*[^\W\d_])[\w ·.-]{4,12}",
    "VIN": r"[A-HJ-NPR-Za-hj-npr-z0-9]{17}",
    "CUSTOMER_ID": _IDENTIFIER, "EMPLOYEE_ID": _IDENTIFIER, "RECORD_ID": _TOKEN + "|" + _IDENTIFIER,
    "SESSION_ID": _TOKEN, "DEVICE_ID": _TOKEN,
    "USER_NAME": r"[^\s@]{2,40}|[^\s@]+@[^\s@]+|[^\W\d_]+ [^\W\d_]+",
    "PASSWORD": r".{3,200}",
    "PERSON": _NAME, "FIRST_NAME": _NAME, "MIDDLE_NAME": _NAME, "LAST_NAME": _NAME,
    "TITLE": r"(?i:mr|mrs|ms|miss|mx|dr|prof|sir|dame|sr|sra|srta|dna|herr|frau|hr|fr|m|mme|mlle|dhr|mevr|mw|don|sig|"
             r"sig\.ra|signora?|dott|dott\.ssa|pan|pani|dipl|ing|rev|mag|drs|ir|hon|capt|lt|col|madame|monsieur|"
             r"dr med|prof dr|dona|sor|hra|phd|d\.?d\.?s|dvm)\.?(?:[ .-].{0,20})?",
    "SUFFIX": r"(?i:jr|sr|[ivx]{1,4}|phd|md|esq|dds|dvm|cpa|jd|bsc|msc|mba|2nd|3rd)\.?",
    "GENDER": r".{1,24}",
    "AGE": r"(?:1[0-2]\d|\d{1,2})(?:\.\d{1,6})?"
           r"|[<>≥≤]?=? ?\d{1,3} ?\+?(?: ?(?:-|\u2013|to|bis|à) ?\d{1,3})?(?: ?[^\W\d_]{1,10})?|[^\d]{3,20}",
    "BIRTH_DATE": rf"{DATE_LIKE.pattern}|(?:19|20)\d\d|(?:0?[1-9]|1[0-2])[/-](?:19|20)\d\d",
    "EVENT_DATE": rf"{DATE_LIKE.pattern}|(?:19|20)\d\d[-/]\d\d|\d\d:\d\d(?::\d\d(?:\.\d+)?)?|\d{{10}}|\d{{13}}",
    "DATE_TIME": DATE_LIKE.pattern,
    "CITY": _WORDS, "REGION": _WORDS, "COUNTRY": _NAME, "LOCATION": _WORDS,
    "POSTCODE": r"(?=.*\d)[A-Za-z0-9 .-]{3,13}",
    "COORDINATE": r"[-+]?\d{1,3}[.,]\d+°?(?: ?[NSEWO])?(?:[,; ] ?[-+]?\d{1,3}[.,]\d+.{0,3})?|POINT.*"
                  r"|\d{6,7}|(?=.*[a-z])[0-9a-z]{5,12}",
    "NATIONALITY": _NAME, "OCCUPATION": _WORDS, "ORGANIZATION": _WORDS, "EDUCATION": _WORDS + r"|\d{1,2}",
    "MARITAL_STATUS": _LABEL, "SALARY": r".*\d.*|(?i:low|medium|high|low.*|middle.*|high.*)",
    "FREE_TEXT": r"(?s:.{2,})",
    "ADDRESS": r"(?=.*[^\W\d_]).{6,200}", "HOUSE_NUMBER": r"\d{1,4}(?: ?[A-Za-z])?(?:[ /-]{1,3}\d{1,5}[A-Za-z]?)?",
    "HEALTH_INSURANCE_ID": _IDENTIFIER, "MEDICAL_RECORD_ID": _IDENTIFIER, "CARD_SECURITY_CODE": r"\d{3,4}",
    "CARD_EXPIRY": r"(?:0?[1-9]|1[0-2]) ?[/-] ?(?:20)?\d\d|(?:20)?\d\d-(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])\d\d|"
                   + DATE_LIKE.pattern,
}
_DATES = frozenset({"BIRTH_DATE", "EVENT_DATE", "DATE_TIME"})
_SHORT = frozenset({"HEALTH", "RELIGION", "POLITICS", "CRIMINAL_RECORD", "ETHNICITY", "GENETIC", "BIOMETRIC"})
_NO_MEASURES = frozenset({
    "CUSTOMER_ID", "EMPLOYEE_ID", "SESSION_ID", "DEVICE_ID", "RECORD_ID", "PHONE_NUMBER", "ACCOUNT_NUMBER",
    "NATIONAL_ID", "TAX_ID", "CREDIT_CARD", "PASSPORT", "DRIVING_LICENSE", "MEDICAL_RECORD_ID", "HEALTH_INSURANCE_ID",
    "STREET_ADDRESS", "ADDRESS_LINE", "USER_NAME", "PASSWORD", "FREE_TEXT", "POSTCODE", "CARD_SECURITY_CODE",
    "IP_ADDRESS", "URL", "OCCUPATION", "ORGANIZATION",
})
_COMPILED = {entity: re.compile(shape) for entity, shape in _SHAPES.items()}
_FEW_LEVELS: Mapping[str, int] = {
    "GENDER": 15, "MARITAL_STATUS": 30, "TITLE": 80, "SUFFIX": 60, "ETHNICITY": 80, "RELIGION": 80, "SEXUAL_ORIENTATION": 40,
    "UNION_MEMBERSHIP": 100,
}
_NO_NUMBERS = frozenset({"ETHNICITY", "RELIGION", "POLITICS", "SEXUAL_ORIENTATION", "UNION_MEMBERSHIP", "MARITAL_STATUS"})
_NO_DATES = frozenset({
    "NATIONAL_ID", "TAX_ID", "VAT_ID", "PASSPORT", "DRIVING_LICENSE", "PHONE_NUMBER", "ACCOUNT_NUMBER", "HEALTH_INSURANCE_ID",
})
_MANY_CODES = 20
_NUMBERED = re.compile(r".*\d.*")


def shaped_share(entity: str, values: tuple[str, ...], profile: ColumnProfile) -> float:
    """Return the share of the values that could be of that entity by their look; 0 where the whole column could not.

    Parameters
    ----------
    values : stripped, without placeholders.
    profile : a gender with a hundred values is none; neither is a decimal a date.
    """
    if profile.n_distinct > _FEW_LEVELS.get(entity, profile.n_distinct):
        return 0.0
    if entity in _NO_DATES and profile.type in ("date", "datetime"):
        return 0.0
    if entity in _NO_NUMBERS or entity == "CITY":
        numbered = share_of(values, _NUMBERED.fullmatch) if profile.n_distinct > _MANY_CODES else 0.0
        if numbered >= 0.9:  # parts and ages are no parties and races, street lines are no towns
            return 0.0
    if entity in ("RECORD_ID", "DEVICE_ID", "SESSION_ID", "CUSTOMER_ID") and profile.n_distinct < 10 and profile.n_rows >= 50:
        return 0.0
    if entity in _SHORT and profile.mean_words >= 6 and profile.n_distinct >= 20:
        return 0.0
    if entity == "FREE_TEXT" and profile.n_distinct <= 12 and profile.n_rows >= 30 and profile.mean_words < 4:
        return 0.0
    if entity in _NO_MEASURES and (profile.type == "boolean" or are_measured(values)):
        return 0.0
    pattern = _COMPILED.get(entity)
    share = share_of(values, pattern.fullmatch) if pattern else float(bool(values))
    return share if share >= MOSTLY or entity not in _DATES else max(share, written_share(values))
