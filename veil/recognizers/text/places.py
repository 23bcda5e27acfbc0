"""Our own patterns for texts: street lines, postcodes, dates, ages, handles and codes that a word announces.

Every repetition is bounded: these expressions also meet hostile texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.model import Span
from veil.recognizers.values.streets import IN_TEXT as STREET_LINE

SCORE: Final = 0.85
_ANY_CASE = re.IGNORECASE
_MONTHS = (
    "jan(?:uary|uar|vier|uari)?|feb(?:ruary|ruar|ruari)?|févr?(?:ier)?|mar(?:ch|s|zo)?|mär(?:z)?|maart|apr(?:il)?|avr(?:il)?|"
    "may|mai|mei|"
    "june?|juni?|juin|jul(?:y|i)?|juillet|aug(?:ust|ustus)?|août|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|"
    "d[eé][cz](?:ember|embre)?|enero|febrero|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|"
    "febbraio|"
    "aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
)
_LONG_MONTHS = (
    "january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|juni|juli|oktober|"
    "dezember|"
    "janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|junio|julio|"
    "agosto|"
    "septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|"
    "januari|februari|maart|augustus"
)
"""Not May: with a number it is as often a verb."""
_YEAR = r"(?:19|20)\d\d"
_MONTH_NUMBER = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_DATE = re.compile(
    rf"(?<![\w./-])(?:{_YEAR}[-/.]{_MONTH_NUMBER}[-/.]{_DAY}"
    rf"|{_DAY}[-/.]{_DAY}[-/.](?:{_YEAR}|\d\d)"
    rf"|{_DAY}(?:st|nd|rd|th|\.|er)? (?:de |of )?(?:{_MONTHS})\.?,? (?:de )?{_YEAR}"
    rf"|(?:{_MONTHS})\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR}"
    rf"|(?:{_LONG_MONTHS}),? {_YEAR}|(?:{_LONG_MONTHS}) {_DAY}(?:st|nd|rd|th)?(?![\w:%.,]\d)"
    rf"|{_DAY}(?:st|nd|rd|th|\.|er)? (?:de |of )?(?:{_LONG_MONTHS}))"
    r"(?:[T ]\d\d:\d\d(?::\d\d)?)?(?![\w/-])",
    _ANY_CASE,
)
_BORN = re.compile(
    r"(?:\bborn\b|\bd\.?o\.?b\b|birth\w{0,8}|\bgeb(?:\.|oren\w{0,3}|urts\w{0,8})|\bnée?\b|naissance|nacid[oa]|nacimiento|"
    r"\bnat[oa]\b|"
    r"nascita|nascid[oa]|nascimento|urodz\w{0,8}|\*)\W{0,3}(?:\w{1,12}\W{1,2}){0,2}$",
    _ANY_CASE,
)
_AGE_LEADS = ("aged", "age", "age:", "age of", "turn", "turned", "he was", "she was")
_AGE = re.compile(
    r"\b\d{1,3}(?=[ -]?(?:years?[ -]old|yrs?[ -]old|y/o\b|yo\b|jahre alt|jährige|ans\b|años\b|anni\b|anos de idade|jaar oud))"
    + "".join(rf"|(?<=\b{lead} )\d{{1,3}}\b" for lead in _AGE_LEADS),
    _ANY_CASE,
)
_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d|[1-9]\d{3} ?[A-Z]{2}(?= [A-Z])|\d{5}-\d{4}"
    r"|(?:\d{2}-\d{3}|\d{4}-\d{3})(?= [^\W\d_]))\b"
    r"|(?<=\b[A-Z]{2} )\d{5}\b|\b(?:[A-Z]-)?\d{5}(?= [A-ZÀ-Þ][^\W\d_])|(?<=, )\d{4}(?= [A-ZÀ-Þ][^\W\d_])"
)
_SAID_POSTCODE = re.compile(
    r"\b(?:zip ?code|zip|post ?code|postal code|plz|postleitzahl|code postal|codigo postal)(?: is| ist| est| es| è| of)?[:=]? ?"
    r"([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|(?:[A-Z]{1,2}[- ]?)?\d{3} \d{2,3}|\d{4} ?[A-Z]{2}|"
    r"(?:[A-Z]{1,2}[- ]?)?\d{2,6}(?:-\d{2,4})?)\b",
    _ANY_CASE,
)
_UNIT = re.compile(
    r"\b(?:apartment|apt|suite|ste|unit|flat|floor|room|appartement|wohnung|piso|interno|bus|box)\b\.? ?#?\d{1,5}[a-z]?\b",
    _ANY_CASE,
)
_TAIL = re.compile(
    r"(?:[,\s]{1,4}(?:(?i:apt|suite|ste|unit|flat)\.? ?\w{1,5}|[A-ZÀ-Þ][\w'\u2019.-]{0,30})){0,7}"
    r"[,\s]{1,4}(?:[A-Z]{1,2}-?)?\d{4,6}\b(?:[ ,]{1,2}[A-ZÀ-Þ][\w'\u2019-]{1,30})?"
)
_BOX = re.compile(
    r"\b(?:p\.? ?o\.? ?box|postfach|postbus|boîte postale|bp|apartado(?: de correos)?|casella postale|c\.p\.) ?\d(?: ?\d){0,6}\b"
    r"|\b(?:psc|cmr|unit) \d{1,5},? box \d{1,5}(?:[,\s]{1,3}[adf]po,? a[aep],? \d{5}(?:-\d{4})?)?\b"
    r"|\b(?:usnv|usns|uss|uscgc) [^\W\d_]{2,20}[,\s]{1,3}[adf]po,? a[aep],? \d{5}(?:-\d{4})?\b",
    _ANY_CASE,
)
_BEFORE_UNIT = re.compile(
    r"(?<![\w.,/-])\d{1,5}(?:(?: [^\W\d_][\w'\u2019.-]{0,30}){1,6},? \d{1,4}[a-z]?\.?"
    r"|(?: [^\W\d_a-zß-ÿ][\w'\u2019.-]{0,30}){1,5})"
    r"[ ,\n]{1,3}(?i:apt|apartment|suite|ste|unit|flat)\b\.? ?#?\d{1,5}[a-z]?\b"
)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_]\w{2,30}\b")
_ANNOUNCING = (
    "passport|passeport|pasaporte|passaporto|reisepass|paspoort|licen[cs]e|licence|führerschein|permis|account|acct|"
    "konto\\w{0,8}|compte|"
    "cuenta|conto|customer|client|kunden?\\w{0,8}|klant\\w{0,8}|cliente|member\\w{0,6}|policy|patient|ssn|nhs|tax|"
    "steuer\\w{0,8}|national|"
    "personal|identity|id|card|order|invoice|ticket|case|badge|employee|student|vin|plate|kennzeichen|kenteken|booking|"
    "reservation|"
    "ref\\w{0,7}|dni|nie|nif|bsn|pesel|cpf|codice fiscale"
)
_ANNOUNCED = re.compile(
    rf"\b(?:{_ANNOUNCING})(?:[ -]?(?:id|no|nr|num|number|nummer|numéro|numero|número|code|n°|nº|#)\b\.?)?"
    r"(?: (?:is|ist|est|es|lautet|nr))?"
    r"[ :#]{1,3}((?=[A-Z0-9./-]{0,24}\d)[A-Z0-9][A-Z0-9./-]{3,24}[A-Z0-9])\b",
    _ANY_CASE,
)
_LICENSE = re.compile(
    r"\b(?:driv\w{1,5}(?:['\u2019]?s)? licen[cs]e|licen[cs]e number|f\u00fchrerschein\w{0,8}|permis de conduire|rijbewijs\w{0,6}|"
    r"permiso de conducir|patente di guida)(?: (?:id|no|nr|num|number|nummer|num\u00e9ro|n\u00famero|numero)\b\.?)?"
    r"(?: (?:is|ist|est|es))?"
    r"[ :#]{1,3}((?=[A-Z0-9-]{0,24}\d)[A-Z0-9][A-Z0-9-]{3,20}[A-Z0-9])\b",
    _ANY_CASE,
)
_YEAR_ALONE = re.compile(
    rf"\b(?:in|during|since|until|from|of|before|after|by|around|circa|year|a|an|the|im|seit|bis|en|depuis|desde|nel|dal|"
    rf"sinds|late|early|mid|founded|established|released|"
    r"published|summer|winter|spring|autumn|fall|class of|vintage|model|copyright|©)"
    rf" ({_YEAR})\b(?!-|[.,/]\d| ?%| [a-z]+s\b)",
    _ANY_CASE,
)
_YEARS = re.compile(
    rf"(?<=[(\[]){_YEAR}(?=[)\],;])|(?<=[^\W\d_], ){_YEAR}(?=[.,;:)]|$)"
    rf"|(?:(?<={_YEAR}[\u2013\u2014-])|(?<={_YEAR} to )|(?<={_YEAR} and )){_YEAR}\b"
    rf"|\b{_YEAR}(?= ?(?:[\u2013\u2014-]|to|and|until|bis|et|y) ?{_YEAR}\b)|\b(?:19|20)\d0['\u2019]?s\b"
    rf"|\b{_YEAR}(?= (?:film|movie|album|song|book|novel|season|edition|election|report|budget|model|release|census|world cup)\b)"
)
_LONG_NUMBER = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){8,24}(?![\w]|[.,]\d)")
_HAS_DIGIT = re.compile(r"\d")
_PLAIN = (
    (_AGE, 0, "AGE", SCORE), (_UNIT, 0, "STREET_ADDRESS", 0.6),
    (_BOX, 0, "STREET_ADDRESS", SCORE), (_BEFORE_UNIT, 0, "STREET_ADDRESS", 0.8),
    (_POSTCODE, 0, "POSTCODE", 0.7), (_SAID_POSTCODE, 1, "POSTCODE", SCORE),
    (_LICENSE, 1, "DRIVING_LICENSE", SCORE), (_YEAR_ALONE, 1, "DATE_TIME", 0.6),
    (_YEARS, 0, "DATE_TIME", 0.6),
    (_ANNOUNCED, 1, "RECORD_ID", 0.6), (_LONG_NUMBER, 0, "RECORD_ID", 0.4),
)


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
    for pattern, group, entity, score in _PLAIN:
        yield from (Span(*match.span(group), entity, score) for match in pattern.finditer(text))
