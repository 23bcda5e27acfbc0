"""Value patterns: what a cell is when all of it has a form, with check digits where there are any."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from veil.errors import few
from veil.model import ColumnSample, Evidence
from veil.recognizers.base import NOTHING, counted, known_values, share_of
from veil.recognizers.columns.dialing import plan_share
from veil.recognizers.columns.lines import MIN_WHOLE, built_share, named_share, whole_share
from veil.recognizers.columns.logins import login_share
from veil.recognizers.columns.numbers import are_measured
from veil.recognizers.values import phones
from veil.recognizers.values.checksums import checked
from veil.recognizers.values.dates import DATE_LIKE
from veil.recognizers.values.forms import Form, are_releases, forms
from veil.recognizers.values.streets import POSTCODES, is_street
from veil.recognizers.words.lexicon import word_set, words_in

STRENGTH: Final = {
    "EMAIL_ADDRESS": 0.97, "IBAN_CODE": 0.97, "CREDIT_CARD": 0.93, "IP_ADDRESS": 0.93, "MAC_ADDRESS": 0.93, "URL": 0.85,
    "US_SSN": 0.8, "CRYPTO": 0.93,
}
MIN_SHARE: Final = 0.5
MIN_CODES: Final = 4
MOSTLY_ADDRESSES: Final = 0.97
"""Of versions such as 124.0.6367.91 many are addresses by chance, never nearly all."""
WORDY: Final = 1.2
STRAY: Final = 0.55
SMALL: Final = 0.6
CHECKED: Final = {False: 0.88, True: 0.6}
PHONES: Final = {"international": 0.93, "national": 0.8, "not valid": 0.4, "bare digits": 0.35}
SCREEN: Final = 12
JUDGED: Final = 160
JUDGED_PHONES: Final = 20
JUDGED_DIGITS: Final = 8
SCREENED_GENDERS: Final = 40
LOGINS: Final = 0.4
MIN_STREETS: Final = {0.8: 0.5, 0.66: 0.75, 0.7: 0.65}
_UUID = re.compile(
    r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?|[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}", re.IGNORECASE
)
"""Without dashes only those that tell their version: a digest of 32 digits is written alike."""
_DIGEST = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{128}|\$2[aby]\$.{56})", re.IGNORECASE)
_PAIR = re.compile(r"[(\[]?-?\d{1,2}\.\d{3,}[,; ] ?-?\d{1,3}\.\d{3,}[)\]]?|POINT ?\(.+\)")
_STRAY = (
    ("e-mail address", "EMAIL_ADDRESS"),
    ("IBAN", "IBAN_CODE"),
    ("social security number", "US_SSN"),
    ("card number", "CREDIT_CARD"),
)


@dataclass(frozen=True)
class Patterns:
    """Counts the distinct values that are, as a whole, of a form. A few strays in a text column make it free text."""

    name: ClassVar[str] = "patterns"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence per form that at least half of the values have."""
        values = known_values(sample)
        if not values or sample.profile.type in ("boolean", "date", "datetime") or are_measured(values):
            return self._genders(values)
        judged = values[:: max(1, len(values) // JUDGED)][:JUDGED]
        found = (*self._forms(judged), *self._numbers(sample, judged), *self._phones(judged), *self._others(sample, judged))
        found += self._logins(sample, judged)
        if sample.profile.type != "integer":
            found += (*self._genders(values), *self._strays(sample, values, {evidence.entity for evidence in found}))
        return found

    def _evidence(self, entity: str, strength: float, share: float, n_values: int, what: str) -> Evidence:
        return Evidence(entity, self.name, strength * share, share, f"{counted(share, n_values)} are {what}")

    def _forms(self, values: Sequence[str]) -> tuple[Evidence, ...]:
        shares = ((form, _screened_share(values, form)) for form in forms())
        return tuple(
            self._evidence(form.entity, _strength(form, share, values), share, len(values), f"valid as {form.entity}")
            for form, share in shares
            if share >= MIN_SHARE and not (form.entity == "IP_ADDRESS" and are_releases(values))
        )

    def _numbers(self, sample: ColumnSample, values: Sequence[str]) -> tuple[Evidence, ...]:
        if sample.profile.mean_words > 4:
            return ()
        return tuple(
            self._evidence(entity, CHECKED[entity == NOTHING], share, len(values), f"valid by the check digits of `{kind}`")
            for entity, kind, share in checked(values)
        )

    def _phones(self, values: Sequence[str]) -> tuple[Evidence, ...]:
        if not phones.is_shaped(values[0]) and not phones.is_shaped(values[len(values) // 2]):
            return ()
        share = share_of(values, phones.is_shaped) if share_of(values[:SCREEN], phones.is_shaped) >= 0.6 else 0.0
        if share < 0.8 or share_of(values, _OTHER_NUMBER.fullmatch) >= MIN_SHARE:
            return ()
        separated = share_of(values, phones.is_separated)
        valid = plan_share(values, JUDGED_PHONES if separated >= MIN_SHARE else JUDGED_DIGITS)
        international = share_of(values, lambda value: value.startswith("+"))
        if valid < MIN_SHARE and separated < MIN_SHARE:
            return ()
        strength = PHONES["bare digits"]
        if separated >= MIN_SHARE:
            strength = PHONES["not valid" if valid < MIN_SHARE else "national" if international < MIN_SHARE else "international"]
        what = f"written like telephone numbers, {100 * valid:.0f} % valid in one country's plan"
        return (self._evidence("PHONE_NUMBER", strength, share, len(values), what),)

    def _others(self, sample: ColumnSample, values: Sequence[str]) -> tuple[Evidence, ...]:
        found = []
        for entity, strength, what, holds in _OTHERS:
            if len(values) < MIN_CODES and entity in ("BIC_CODE", "HEALTH"):
                continue
            share = share_of(values, holds) if share_of(values[:SCREEN], holds) >= 0.3 else 0.0
            if share >= (0.9 if entity == "EVENT_DATE" else MIN_SHARE):
                found.append(self._evidence(entity, strength, share, len(values), what))
        found += self._streets(sample, values)
        for country, strength, pattern in POSTCODES:
            share = share_of(values, pattern.fullmatch) if share_of(values[:SCREEN], pattern.fullmatch) >= MIN_SHARE else 0.0
            if share >= 0.8 and len(values) >= 10 and (country != "GB" or share_of(values, _BRITISH.match) >= MIN_SHARE):
                found.append(self._evidence("POSTCODE", strength, share, len(values), f"written like postcodes ({country})"))
                break
        return tuple(found)

    def _logins(self, sample: ColumnSample, values: Sequence[str]) -> tuple[Evidence, ...]:
        share = login_share(values) if sample.profile.type in ("text", "category") and sample.profile.mean_words <= WORDY else 0.0
        if share < LOGINS:
            return ()
        return (self._evidence("USER_NAME", 0.9, 0.5 + share / 2, len(values), "made of names as user names are"),)

    def _streets(self, sample: ColumnSample, values: Sequence[str]) -> list[Evidence]:
        whole = whole_share(sample, values)
        if whole >= MIN_WHOLE:
            return [self._evidence("ADDRESS", 0.95, 0.5 + whole / 2, len(values), "addresses with postcode and town")]
        looked = (
            (share_of(values, is_street) if 1.8 <= sample.profile.mean_words < 10 else 0.0, 0.8, "street lines with a number"),
            (built_share(sample, values), 0.66, "built like street lines, of varied numbers and words"),
            (named_share(sample, values), 0.7, "names of streets"),
        )
        said = [
            self._evidence("STREET_ADDRESS", strength, share, len(values), what)
            for share, strength, what in looked
            if share >= MIN_STREETS[strength] and len(values) >= 5
        ]
        return sorted(said, key=lambda each: -each.score)[:1]

    def _genders(self, values: Sequence[str]) -> tuple[Evidence, ...]:
        lowered = {"".join(words_in(value)) for value in values[:SCREENED_GENDERS]}
        if not 2 <= len(lowered) <= 6:
            return ()
        if lowered <= word_set("genders"):
            return (Evidence("GENDER", self.name, 0.8, 1.0, "the values are words for genders"),)
        if lowered <= word_set("gender letters") and "m" in lowered and lowered & {"f", "w", "v", "k"}:
            return (Evidence("GENDER", self.name, 0.4, 1.0, "the values could be letters for genders"),)
        return ()

    def _strays(self, sample: ColumnSample, values: Sequence[str], typed: set[str]) -> Iterator[Evidence]:
        """Look inside of texts; of a column of single words only at whole values, for codes hold many numbers by chance."""
        is_wordy = sample.profile.mean_words >= WORDY
        by_entity = {form.entity: form for form in forms()}
        joined = "\n".join(values)
        for what, entity in _STRAY:
            if entity in typed or not any(by_entity[entity].find(joined)):
                continue
            form = by_entity[entity]
            holding = sum(1 for value in values if (any(form.find(value)) if is_wordy else form.is_whole(value)))
            if holding:
                reason = f"{few(holding)} of {few(len(values))} distinct values hold a {what}"
                yield Evidence("FREE_TEXT", self.name, STRAY, holding / len(values), reason)
                return


def _screened_share(values: Sequence[str], form: Form) -> float:
    if share_of(values[:SCREEN], form.is_whole) < 0.3:
        return 0.0
    return share_of(values, form.is_whole)


def _strength(form: Form, share: float, values: Sequence[str]) -> float:
    if form.entity == "IP_ADDRESS" and share < MOSTLY_ADDRESSES:
        return 0.45
    if form.entity == "IP_ADDRESS" and _are_small(values):
        return SMALL
    if form.entity == "CREDIT_CARD" and (share < 0.9 or len(values) < 10):
        return 0.5
    return STRENGTH[form.entity]


def _are_small(values: Sequence[str]) -> bool:
    """10.2.0.1 is a host of a private network or a release: the column's name decides, and without one it is an address."""
    return share_of(values, lambda value: all(part.isdigit() and int(part) < 40 for part in value.split(".", 4))) >= 0.9


_OTHER_NUMBER = re.compile(
    r"\d{5}-\d{3}|\d{3}-\d{2}-\d{3,5}-\d{2,6}|\d{3}-\d{2}-\d{4}|"
    r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}|\d{1,3}(?:[.,]\d{3}){1,4}|\d{1,2}:\d{2}(?::\d{2})?|"
    r"(?:19|20)\d{2}[/-]\d{3,10}|[1-9][\d -]{0,12}/\d{1,8}/\d{1,8}|[1-9]\d{0,8}-\d{1,9}/\d{1,6}|\d[\d ./-]{3,14}[ ./-]\d|"
    r"[1-9]\d{0,3}-\d{4,6}-\d{2}"
)
"""Written like other numbers: years and cases, parts, files; no telephone number ends with a digit that stands alone."""
_BRITISH = re.compile(
    r"(?:AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GU|HA|HD|"
    r"HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|GY|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|"
    r"RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE)"
    r"\d{1,2}[A-Z]? ?\d",
    re.IGNORECASE,
)
"""The areas of British postcodes: an Italian plate is written like one."""
_BIC = re.compile(
    r"[A-Z]{4}(?:AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV|NL|NO|PL|PT|RO|SE|SI|SK|TR|US)"
    r"[A-Z0-9]{2}(?:[A-Z0-9]{3})?"
)
_NO_DAY = re.compile(r"\d{4}(?:00|1[3-9]|[2-9]\d)\d\d|\d{6}(?:00|3[2-9]|[4-9]\d)")
"""Eight digits of which the last four are no month and day: numbers given out in a year look like dates."""
_OTHERS = (
    ("US_SSN", 0.75, "three, two and four digits", re.compile(r"\d{3}-\d{2}-\d{4}").fullmatch),
    ("EVENT_DATE", 0.6, "dates of a server's log", re.compile(r"\[?\d{2}/[A-Z][a-z]{2}/\d{4}:[\d:]{8}.{0,8}").fullmatch),
    ("BIC_CODE", 0.75, "written like bank codes", _BIC.fullmatch),
    ("GENETIC", 0.7, "pairs of bases", re.compile(r"[ACGT]\s?[/|]\s?[ACGT]").fullmatch),
    ("EVENT_DATE", 0.6, "milliseconds since 1970", re.compile(r"1[2-9]\d{11}").fullmatch),
    ("EVENT_DATE", 0.6, "dates and times without separators",
     re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?").fullmatch),
    ("VIN", 0.8, "written like vehicle numbers", re.compile(r"(?=(?:.*\d){4})(?=(?:.*[A-Z]){3})[A-HJ-NPR-Z0-9]{17}").fullmatch),
    ("HEALTH", 0.58, "written like codes of diagnoses", re.compile(r"[A-TV-Z]\d{2}\.\d{1,4}").fullmatch),
    ("RECORD_ID", 0.75, "UUIDs", _UUID.fullmatch),
    ("RECORD_ID", 0.45, "digests", _DIGEST.fullmatch),
    ("COORDINATE", 0.8, "pairs of coordinates", _PAIR.fullmatch),
    ("EVENT_DATE", 0.6, "written like dates", lambda value: DATE_LIKE.fullmatch(value) and not _NO_DAY.fullmatch(value)),
)
