"""Numbers of devices, vehicles, sessions and accounts, and the numbers of goods and firms that look like them."""

# ruff: noqa: E501 - a table reads best with a kind a row, in the letters of its country
from __future__ import annotations

from typing import Final

from veil.recognizers.base import NOTHING
from veil.recognizers.values import rules
from veil.recognizers.values.kinds import Kind, luhn_sum, stdnum

_COUNTRY: Final = (
    "A[DEFGILMOQRSTUWXZ]|B[ABDEFGHIJLMNOQRSTVWYZ]|C[ACDFGHIKLMNORUVWXYZ]|D[EJKMOZ]|E[CEGHRST]|F[IJKMOR]|G[ABDEFGHILMNPQRSTUWY]|"
    "H[KMNRTU]|I[DELMNOQRST]|J[EMOP]|K[EGHIMNPRWYZ]|L[ABCIKRSTUVY]|M[ACDEFGHKLMNOPQRSTUVWXYZ]|N[ACEFGILOPRUZ]|OM|P[AEFGHKLMNRSTWY]|"
    "QA|R[EOSUW]|S[ABCDEGHIJKLMNORSTVXYZ]|T[CDFGHJKLMNORTVWZ]|U[AGMSYZ]|V[ACEGINU]|W[FS]|XK|Y[ET]|Z[AMW]"
)
_SESSION_WORDS: Final = ("session", "session id", "sid", "cookie", "cookie id", "token", "bearer", "jwt", "client id")


def is_subscriber(bare: str) -> bool:
    """IMSI, ITU-T E.212: a known mobile country and network code."""
    return stdnum("imsi")(bare)


def is_token(value: str) -> bool:
    """Return whether a run of characters is as mixed as random ones: letters and digits, and few that repeat."""
    has_both = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    return has_both and len(set(value)) >= min(10, len(value) // 2)


KINDS: Final = (
    Kind("imei", "DEVICE_ID", "IMEI", (15, 15), r"(?:0[01]|10|3[035]|4[459]|5[0-4]|86|9[189])\d{13}", "Luhn", 10, "3GPP TS 23.003, annex B", (),
         ("imei",), "imei"),
    Kind("imsi", "DEVICE_ID", "IMSI", (14, 15), r"[2-7]\d{13,14}", "", 1, "ITU-T E.212", (), ("imsi",), is_subscriber),
    Kind("iccid", "DEVICE_ID", "ICCID of a SIM card", (19, 20), r"89\d{17,18}", "Luhn", 10, "ITU-T E.118", (), ("iccid", "sim", "sim card"),
         lambda bare: luhn_sum(bare) == 0),
    Kind("advertising.id", "DEVICE_ID", "advertising id (IDFA, GAID)", (36, 36), r"(?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", "", 1,
         "RFC 9562", (), ("idfa", "gaid", "aaid", "advertising id", "ad id", "device id", "device"), raw=True),
    Kind("vin", "VIN", "vehicle identification number with check digit", (17, 17), r"[1-9A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{7}[0-9X][A-HJ-NPR-Z0-9]{8}",
         "mod 11", 11, "ISO 3779; 49 CFR 565.15", (), ("vin", "chassis", "vehicle identification"), rules.vehicle, written=r"\w{17}"),
    Kind("vin.european", "VIN", "vehicle identification number", (17, 17), r"[S-Z][A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{11}\d{4}", "", 1,
         "ISO 3779; ISO 3780", (), ("vin", "chassis", "vehicle identification", "fahrgestellnummer", "fin", "chassisnummer",
                                   "numero de chasis", "telaio", "numero de serie")),
    Kind("bic", "BIC_CODE", "BIC", (8, 11), rf"[A-Z]{{4}}(?:{_COUNTRY})[A-Z0-9]{{2}}(?:[A-Z0-9]{{3}})?", "country", 2, "ISO 9362", (),
         ("bic", "swift", "swift code", "bic code"), raw=True),
    Kind("jwt", "SESSION_ID", "JSON web token", (32, 4096), r"eyJ[\w-]{8,1200}\.eyJ[\w-]{4,2000}\.[\w-]{0,800}", "form", 1000, "RFC 7519", (),
         _SESSION_WORDS, raw=True, plain=True),
    Kind("google.cookie", "SESSION_ID", "Google Analytics client id", (16, 32), r"(?:GA1\.[0-9-]{1,4}\.)?\d{7,10}\.1[0-9]\d{8}", "form", 1000,
         "Google Analytics, cookie _ga", (), (*_SESSION_WORDS, "ga", "google analytics"), raw=True,
         written=r"GA1\..*"),
    Kind("session", "SESSION_ID", "session or cookie id", (16, 64), r"[A-Za-z0-9_-]{16,64}", "", 1, "OWASP ASVS 3.2", (), _SESSION_WORDS,
         is_token, raw=True),
    Kind("ean", NOTHING, "article number", (8, 14), r"\d{8}|\d{12,14}", "mod 10", 10, "GS1", (), (), "ean"),
    Kind("isbn", NOTHING, "book number", (10, 13), r"97[89]\d{10}|\d{9}[0-9X]", "mod 10 or 11", 10, "ISO 2108", (), (), "isbn"),
    Kind("issn", NOTHING, "serial number", (8, 8), r"\d{7}[0-9X]", "mod 11", 11, "ISO 3297", (), (), "issn"),
    Kind("isin", NOTHING, "security", (12, 12), r"[A-Z]{2}[A-Z0-9]{9}\d", "Luhn", 10, "ISO 6166", (), (), "isin"),
    Kind("lei", NOTHING, "legal entity", (20, 20), r"[A-Z0-9]{18}\d\d", "mod 97", 97, "ISO 17442", (), (), "lei"),
    Kind("iso6346", NOTHING, "freight container", (11, 11), r"[A-Z]{3}[UJZR]\d{7}", "mod 11", 10, "ISO 6346", (), (), "iso6346"),
    Kind("casrn", NOTHING, "chemical", (7, 12), r"\d{2,7}-\d\d-\d", "mod 10", 10, "CAS", (), (), "casrn", raw=True),
    Kind("isan", NOTHING, "film", (17, 26), r"[0-9A-F]{16}[0-9A-Z](?:[0-9A-F]{8}[0-9A-Z])?", "mod 37,36", 36, "ISO 15706", (), (), "isan"),
)
