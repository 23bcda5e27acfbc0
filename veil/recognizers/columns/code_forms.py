"""Codes without check digits that a whole column gives away: plates, licenses, tokens, numbers of devices.

One such code looks like any other. A hundred do not: the letters that an authority never gives out (I, O, Q on most plates), the
districts that it does, or a part that never changes, hold in all of them by chance once in a great many columns. So a kind is
data: an expression over one value, and what else must hold of all of them together.
"""

# ruff: noqa: RUF001, plates in Greek and Cyrillic letters
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from veil.recognizers.base import NOTHING, share_of

MOSTLY: Final = 0.95
ENOUGH: Final = 12
SCREEN: Final = 8
BY_CHANCE: Final = 1e-5
MOST_HEADS: Final = 0.3
_LETTERS: Final = 26
_ONLY_LETTERS: Final = str.maketrans("", "", "0123456789 -")
_SHAPE: Final = str.maketrans({**dict.fromkeys("0123456789", "0"), **dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜ", "A")})


@dataclass(frozen=True)
class CodeForm:
    """A way in which codes of an entity are written.

    Parameters
    ----------
    entity : what they are; NOTHING for what is nobody's.
    title : how a reason calls them.
    written : an expression that a whole value matches.
    score : how far it is believed.
    alphabet : how many of the 26 letters are given out in each place for one; 26 where the expression leaves none out.
    letters : how many such places a value has.
    varied : letters and digits must not stand in the same places in all of them, because those of other codes do.
    shared : the first so many characters are the same in many values, as makers' and networks' numbers are; 0 for none.
    spread : the first so many characters take at least so many forms: a code of one district is a code of something else.
    """

    entity: str
    title: str
    written: str
    score: float = 0.66
    alphabet: int = 26
    letters: int = 0
    varied: bool = False
    shared: int = 0
    spread: tuple[int, int] = (0, 0)

    def holds(self, values: Sequence[str]) -> float:
        """Return the share of the values that are so written; 0 where what must hold of all together does not."""
        pattern = _compiled(self.written)
        if share_of(values[:SCREEN], pattern.fullmatch) < 0.8:
            return 0.0
        share = share_of(values, pattern.fullmatch)
        return share if share >= MOSTLY and self._holds_of_all(values) else 0.0

    def _holds_of_all(self, values: Sequence[str]) -> bool:
        if self.alphabet < _LETTERS and (self.alphabet / _LETTERS) ** (self.letters * self._n_drawn(values)) > BY_CHANCE:
            return False
        if self.varied and len({value.translate(_SHAPE) for value in values}) < 2:
            return False
        if self.shared and len({value[: self.shared] for value in values}) > MOST_HEADS * len(values):
            return False
        head, at_least = self.spread
        return len({value[:head] for value in values}) >= at_least

    def _n_drawn(self, values: Sequence[str]) -> int:
        """Return how many different draws of letters there are: `AB0001`, `AB0002` and so on are one; of numbers, each is one."""
        letters = {value.translate(_ONLY_LETTERS) for value in values}
        return len(values) if letters == {""} else len(letters)


@lru_cache(maxsize=128)
def _compiled(written: str) -> re.Pattern[str]:
    return re.compile(written)


def _either(written: str) -> str:
    return "|".join(written.split())


_GERMAN_LENGTHS = r"[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[- ]?[1-9]\d{0,3}[EH]?"
_ROMANIAN = _either(
    "AB AG AR B BC BH BN BR BT BV BZ CJ CL CS CT CV DB DJ GJ GL GR HD HR IF IL IS MH MM MS NT OT PH SB SJ SM SV TL TM TR VL VN VS"
)
_SWISS = _either("AG AI AR BE BL BS FR GE GL GR JU LU NE NW OW SG SH SO SZ TG TI UR VD VS ZG ZH")
_CROATIAN = _either("BJ BM CK DA DE DJ DU GS IM KA KC KR KT KZ MA NA NG OG OS PU PZ RI SB SK SL ST SI VK VT VU VZ ZD ZG ZU")
_INDIAN = _either(
    "AN AP AR AS BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TN TR TS UK UP WB"
)
_CZECH_BANKS = _either(
    "0100 0300 0600 0710 0800 2010 2060 2070 2100 2200 2220 2250 2260 2600 2700 3030 3050 3060 3500 4000 4300 5500 5800 6000 "
    "6100 6200 6210 6300 6700 6800 7910 7950 7960 7970 7990 8030 8040 8060 8090 8150 0200 0900 1100 1111 3000 3100 5200 5600 "
    "5900 6500 7300 7500 7930 8050 8100 8120 8130 8160 8170 8320 8330 8360 8370 8420 8430"
)
_PLATE = "LICENSE_PLATE"

PLATES: Final = (
    CodeForm(_PLATE, "plates (de)", _GERMAN_LENGTHS, varied=True, spread=(1, 4)),
    CodeForm(_PLATE, "plates (at)", r"[A-Z]{1,2}[- ]\d{1,5} ?[A-Z]{1,3}", varied=True, spread=(1, 4)),
    CodeForm(_PLATE, "plates (ro)", rf"(?:{_ROMANIAN})[- ]?\d{{2,3}}[- ]?[A-Z]{{3}}", spread=(2, 4)),
    CodeForm(_PLATE, "plates (tr)", r"(?:0[1-9]|[1-7]\d|8[01]) ?[A-Z]{1,3} ?\d{2,5}", varied=True),
    CodeForm(_PLATE, "plates (ch)", rf"(?:{_SWISS})[- ]?[1-9]\d{{0,5}}", varied=True, spread=(2, 4)),
    CodeForm(_PLATE, "plates (hr)", rf"(?:{_CROATIAN})[- ]?\d{{3,4}}[- ]?[A-Z]{{1,2}}", spread=(2, 4)),
    CodeForm(_PLATE, "plates (in)", rf"(?:{_INDIAN})[- ]?\d{{1,2}}[- ]?[A-Z]{{1,3}}[- ]?\d{{4}}", spread=(2, 4)),
    CodeForm(_PLATE, "plates (gb)", r"[A-HJ-PR-Y][A-HJ-PR-Y]\d{2} ?[A-HJ-PR-Z]{3}", alphabet=24, letters=5),
    CodeForm(_PLATE, "plates (fr, it)", r"[A-HJ-NPR-TV-Z]{2}[- ]?\d{3}[- ]?[A-HJ-NPR-TV-Z]{2}", alphabet=22, letters=4),
    CodeForm(_PLATE, "plates (es)", r"\d{4}[- ]?[BCDFGHJKLMNPRSTVWXYZ]{3}", alphabet=20, letters=3),
    CodeForm(_PLATE, "plates (se)", r"[A-HJ-PR-UW-Z]{3} ?\d{2}[A-HJ-PR-UW-Z\d]", alphabet=23, letters=3),
    CodeForm(_PLATE, "plates (nl)",
             r"(?=.*[A-Z])(?=.*\d)(?=.{8}$)(?:[A-Z]{1,3}|\d{1,3})(?:-(?:[A-Z]{1,3}|\d{1,3})){2}", varied=True),
    CodeForm(_PLATE, "plates (be)", r"[1-9]-[A-Z]{3}-\d{3}"),
    CodeForm(_PLATE, "plates (pl)", r"[BCDEFGKLNOPRSTWZ][A-Z]{1,2} (?=(?:.*\d){3})[A-Z\d]{4,5}", alphabet=16, letters=1),
    CodeForm(_PLATE, "plates (cz)", r"[1-9][ABCEHJKLMPSTUZ][A-Z\d] ?\d{4}", alphabet=14, letters=1),
    CodeForm(_PLATE, "plates (pt)", r"(?=.{0,6}[A-Z]{2})(?:\d{2}|[A-Z]{2})(?:-(?:\d{2}|[A-Z]{2})){2}", varied=True),
    CodeForm(_PLATE, "plates (gr)", r"[ABEHIKMNOPTXYZΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]{3}[- ]?\d{4}", alphabet=14, letters=3),
    CodeForm(_PLATE, "plates (bg)",
             r"[ABEKMHOPCTYXАВЕКМНОРСТУХ]{1,2} ?\d{4} ?[ABEKMHOPCTYXАВЕКМНОРСТУХ]{2}", alphabet=12, letters=3),
    CodeForm(_PLATE, "plates (br)", r"[A-Z]{3}-?\d[A-J]\d{2}", alphabet=10, letters=1),
)

OF_PEOPLE: Final = (
    CodeForm("TAX_ID", "account numbers of taxpayers (in)", r"[A-Z]{3}[PCHFATBLJG][A-Z]\d{4}[A-Z]", alphabet=10, letters=1),
    CodeForm("NATIONAL_ID", "national insurance numbers (gb)",
             r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\d{2} ?){3}[A-D]", alphabet=4, letters=1),
    CodeForm("NATIONAL_ID", "identity cards (it)", r"C[A-Z]\d{5}[A-Z]{2}", shared=1),
    CodeForm("DRIVING_LICENSE", "driving licenses (de)", r"[A-Z]\d{2}[\dA-Z]{6}\d[\dA-Z]\d?", 0.58),
    CodeForm("DRIVING_LICENSE", "driving licenses (gb)", r"[A-Z9]{5}\d[0156]\d[0-3]\d{2}[A-Z9]{2}[A-Z\d]{3}"),
    CodeForm("DRIVING_LICENSE", "driving licenses (it)", r"U1[A-Z\d]{6}[A-Z]", shared=2),
    CodeForm("HEALTH_INSURANCE_ID", "European health insurance cards", r"80\d{3}\d{15}", shared=5),
    CodeForm("HEALTH_INSURANCE_ID", "health cards (es)", r"[A-Z]{4}[A-Z]{2}\d{10}", shared=4),
    CodeForm("VAT_ID", "VAT numbers", r"(?:ATU|BE[01]|CHE-?|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HU|IE|IT|LT|LU|LV|NL|PL|PT|RO|SE|SI|SK)"
             r"(?=(?:.*\d){7})[A-Z\d.]{8,12}", shared=2),
    CodeForm("US_SSN", "nine digits, none outside of the ranges of social security",
             r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}", 0.6, alphabet=23, letters=1, spread=(1, 5)),
    CodeForm("HEALTH_INSURANCE_ID", "cards of Medicare (au)", r"[2-6]\d{3} \d{5} \d", 0.8, spread=(1, 4)),
    CodeForm("ACCOUNT_NUMBER", "accounts with codes of banks (cz, sk)", rf"(?:\d{{1,6}}-)?\d{{6,10}}/(?:{_CZECH_BANKS})", 0.85),
    CodeForm("NATIONAL_ID", "identity numbers in groups of three", r"[1-9]\d\.\d{3}\.\d{3}", 0.55, spread=(1, 3)),
    CodeForm("CUSTOMER_ID", "points of delivery (it)", r"IT\d{3}E\d{8}[A-Z\d]?", 0.9, shared=2),
)

OF_DEVICES: Final = (
    CodeForm("DEVICE_ID", "numbers of SIM cards", r"89\d{17,18}", shared=4),
    CodeForm("DEVICE_ID", "subscriber numbers of networks (IMSI)",
             r"(?:2[0-9]|3[1-7]|4[0-7]|5[1-5]|6[0-5]|7[0-4])\d{13}", shared=5),
    CodeForm("MAC_ADDRESS", "hardware addresses without separators", r"[0-9A-F]{12}|[0-9a-f]{12}", shared=6),
)

OF_ACCESS: Final = (
    CodeForm("PASSWORD", "digests of passwords", r"\$(?:2[abxy]?|argon2id?|argon2i|5|6|1|scrypt|pbkdf2\S{0,12})\$\S{10,200}"
             r"|(?:pbkdf2_sha256|bcrypt_sha256|argon2)\$\S{10,200}|\{(?:SSHA|SHA|MD5|CRYPT)\d{0,3}\}\S{10,200}", 0.92),
    CodeForm("PASSWORD", "keys of interfaces",
             r"(?:[sr]k_(?:live|test)_|gh[pousr]_|xox[abprs]-|AKIA|glpat-|AIza)[\w-]{12,100}", 0.92),
    CodeForm("SESSION_ID", "signed tokens", r"eyJ[\w-]{8,2000}\.[\w-]{8,2000}\.?[\w-]{0,1000}", 0.92),
    CodeForm("SESSION_ID", "identifiers of visitors", r"(?:GA1|GS1|fb|_ga)[.\d]{8,60}", 0.8),
    CodeForm("SESSION_ID", "identifiers of sessions", r"(?=.{0,24}\d)(?=.{0,24}[a-z])[0-9a-z]{26}", 0.6),
    CodeForm("CRYPTO", "written like wallets", r"(?:bc1|tb1|ltc1)[ac-hj-np-z02-9]{20,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34}", 0.8),
)

OF_THINGS: Final = (
    CodeForm(NOTHING, "books (ISBN)", r"97[89][- ]?(?:\d[- ]?){9}\d", 0.6),
    CodeForm(NOTHING, "colors", r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})", 0.7),
    CodeForm(NOTHING, "addresses in memory", r"0x[0-9A-Fa-f]{4,16}", 0.7),
)

FORMS: Final = (*PLATES, *OF_PEOPLE, *OF_DEVICES, *OF_ACCESS, *OF_THINGS)
