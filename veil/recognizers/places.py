"""Our own patterns for texts: street lines, postcodes, dates, ages, handles and codes that a word announces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.model import Span
from veil.recognizers.streets import IN_TEXT as STREET_LINE

_MONTHS = (
    "jan(?:uary|uar|vier|uari)?|feb(?:ruary|ruar|ruari)?|févr?(?:ier)?|mar(?:ch|s|zo)?|mär(?:z)?|maart|apr(?:il)?|avr(?:il)?|may|mai|mei|"
    "june?|juni?|juin|jul(?:y|i)?|juillet|aug(?:ust|ustus)?|août|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|d[eé][cz](?:ember|embre)?|"
    "enero|febrero|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
)
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?<![\w./-])(?:{_YEAR}[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])|(?:3[01]|[12]\d|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])[-/.](?:{_YEAR}|\d\d)"
    rf"|(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|\.|er)? (?:de |of )?(?:{_MONTHS})\.?,? (?:de )?{_YEAR}|(?:{_MONTHS})\.? (?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,? {_YEAR})(?:[T ]\d\d:\d\d(?::\d\d)?)?(?![\w/-])",
    re.IGNORECASE,
)
_BORN = re.compile(r"(?:\bborn\b|\bd\.?o\.?b\b|birth\w*|\bgeb(?:\.|oren\w*|urts\w*)|\bnée?\b|naissance|nacid[oa]|nacimiento|\bnat[oa]\b|nascita|nascid[oa]|nascimento|urodz\w*|\*)\W*(?:\w+\W+){0,2}$", re.IGNORECASE)
_AGE = re.compile(
    r"\b(\d{1,3})(?=[ -]?(?:years?[ -]old|yrs?[ -]old|y/o\b|yo\b|year-old|jahre alt|jährige|ans\b|años\b|anni\b|anos de idade|jaar oud|lat\b))"
    r"|(?<=\baged )(\d{1,3})\b|(?<=\bage )(\d{1,3})\b|(?<=\bage: )(\d{1,3})\b|(?<=\bage of )(\d{1,3})\b|(?<=\bturn )(\d{1,3})\b|(?<=\bturned )(\d{1,3})\b|(?<=\bhe was )(\d{1,3})\b|(?<=\bshe was )(\d{1,3})\b", re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d|[1-9]\d{3} ?[A-Z]{2}(?= [A-Z])|\d{5}-\d{4}|\d{2}-\d{3}(?= [^\W\d_])|\d{4}-\d{3}(?= [^\W\d_]))\b"
    r"|(?<=\b[A-Z]{2} )\d{5}\b|\b(?:[A-Z]-)?\d{5}(?= [A-ZÀ-Þ][^\W\d_]+)|(?<=, )\d{4}(?= [A-ZÀ-Þ][^\W\d_]+)"
)
_SAID_POSTCODE = re.compile(
    r"\b(?:zip ?code|zip|post ?code|postal code|plz|postleitzahl|code postal|codigo postal)(?: is| ist| est)?:? "
    r"([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{3} \d{2,3}|\d{2,6}(?:-\d{3,4})?)\b", re.IGNORECASE,
)
_UNIT = re.compile(r"\b(?:apartment|apt|suite|ste|unit|flat|floor|room|appartement|wohnung|piso|interno|bus|box)\b\.? ?#?\d{1,5}[a-z]?\b", re.IGNORECASE)
_TAIL = re.compile(r"(?:[,\s]+(?:(?i:apt|suite|ste|unit|flat)\.? ?\w{1,5}|[A-ZÀ-Þ][\w'’.-]*)){0,7}[,\s]+(?:[A-Z]{1,2}-?)?\d{4,6}\b(?:[ ,]+[A-ZÀ-Þ][\w'’-]+)?")
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_]\w{2,30}\b")
_ANNOUNCED = re.compile(
    r"\b(?:passport|passeport|pasaporte|passaporto|reisepass|paspoort|licen[cs]e|licence|führerschein|permis|account|acct|konto\w*|compte|cuenta|conto|"
    r"customer|client|kunden?\w*|klant\w*|cliente|member\w*|policy|patient|ssn|nhs|tax|steuer\w*|national|personal|identity|id|card|order|invoice|ticket|case|"
    r"badge|employee|student|vin|plate|kennzeichen|kenteken|booking|reservation|ref\w*|dni|nie|nif|bsn|pesel|cpf|codice fiscale)"
    r"(?:[ -]?(?:id|no|nr|num|number|nummer|numéro|numero|número|code|n°|nº|#)\b\.?)?(?: (?:is|ist|est|es|lautet|nr|:))?[ :#]{1,3}((?=[A-Z0-9./-]*\d)[A-Z0-9][A-Z0-9./-]{3,24}[A-Z0-9])\b",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){8,24}(?![\w]|[.,]\d)")
_HAS_DIGIT = re.compile(r"\d")
SCORE: Final = 0.85


def find(text: str) -> Iterator[Span]:
    """Yield the spans of our own patterns, in no order; they may overlap."""
    if "@" in text:
        yield from (Span(*match.span(), "USER_NAME", 0.6) for match in _HANDLE.finditer(text))
    if not _HAS_DIGIT.search(text):
        return
    for match in _DATE.finditer(text):
        born = _BORN.search(text[max(0, match.start() - 40) : match.start()])
        yield Span(*match.span(), "BIRTH_DATE" if born else "DATE_TIME", SCORE)
    for match in STREET_LINE.finditer(text):
        tail = _TAIL.match(text, match.end())
        yield Span(match.start(), tail.end() if tail else match.end(), "STREET_ADDRESS", SCORE)
    yield from (Span(*match.span(), "STREET_ADDRESS", 0.6) for match in _UNIT.finditer(text))
    yield from (Span(*match.span(), "AGE", SCORE) for match in _AGE.finditer(text))
    yield from (Span(*match.span(), "POSTCODE", 0.7) for match in _POSTCODE.finditer(text))
    yield from (Span(*match.span(1), "POSTCODE", SCORE) for match in _SAID_POSTCODE.finditer(text))
    yield from (Span(*match.span(1), "RECORD_ID", 0.6) for match in _ANNOUNCED.finditer(text))
    yield from (Span(*match.span(), "RECORD_ID", 0.4) for match in _LONG_NUMBER.finditer(text))
