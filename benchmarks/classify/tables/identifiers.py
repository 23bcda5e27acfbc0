"""Identifiers with check digits: accounts, cards, devices, vehicles, national numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from benchmarks.classify.tables.checks import iban_check, luhn, weighted
from benchmarks.classify.tables.model import Cells, Draw, Maker
from benchmarks.classify.tables.national import NATIONAL_IDS
from benchmarks.classify.tables.patterns import filled

_ACCOUNTS: Final = {
    "DE": "{37040044|10010010|20050550|70150000|50070024}##########",
    "FR": "{20041|30004|10278|14445}{00001|01005|00842}*#########*##",
    "NL": "{ABNA|INGB|RABO|TRIO}##########",
    "ES": "{2100|0049|0182|1465}################",
    "IT": "@{03069|02008|01030|05034}#####{00000}#######",
    "BE": "{001|063|363|731}#########",
    "PL": "{10201026|11402004|12401037}################",
    "PT": "{0035|0033|0007}#################",
    "GB": "{NWBK|BARC|MIDL|LOYD}##############",
    "AT": "{20111|32000|12000|14000}###########",
    "SE": "{500|300|600|800}#################",
    "DK": "{0040|3000|5051}##########",
    "FI": "{1|2|3|5}#############",
    "CZ": "{0800|0100|0300|2010}################",
    "HU": "{117|120|104}#####################",
    "RO": "{BTRL|RNCB|INGB|BRDE}****************",
    "CH": "{00762|08390|00230}############",
    "GR": "{011|014|017}####################",
    "TR": "{00010|00062|00064}0################",
    "IE": "{AIBK|BOFI}##############",
}
_CARDS: Final = (
    "4###############", "4###############", "5{1|2|3|4|5}##############", "37#############", "222{1|5|9}############",
)
_VIN_LETTERS: Final = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES: Final = dict(zip(_VIN_LETTERS, map(int, "012345678912345678123457923456789"), strict=True))
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _national(draw: Draw, argument: str) -> Cells:
    """`national KIND [bare]`: valid numbers of one of `NATIONAL_IDS`; `bare` without separators."""
    kind, _, style = argument.partition(" ")
    by_owner = dict(zip(draw.owners, draw.people, strict=True))
    made = {owner: NATIONAL_IDS[kind](draw.rng, by_owner[owner]) for owner in sorted(by_owner)}
    bare = str.maketrans("", "", " .-/")
    return [made[owner].translate(bare) if style == "bare" else made[owner] for owner in draw.owners]


def _iban(draw: Draw, argument: str) -> Cells:
    """`iban DE,FR [spaced]`: accounts of these countries with valid check digits."""
    countries, _, style = argument.partition(" ")

    def one() -> str:
        country = draw.rng.choice(countries.split(","))
        account = filled(_ACCOUNTS[country], draw.rng)
        account = account[:10] + f"{int(account[:10]) % 97 or 97:02d}" if country == "BE" else account
        whole = country + iban_check(country, account) + account
        return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4)) if style == "spaced" else whole

    return draw.per_owner(one)


def _card(draw: Draw, style: str) -> Cells:
    """`card [spaced|dashed]`: card numbers with a valid Luhn digit."""
    mark = {"spaced": " ", "dashed": "-"}.get(style, "")

    def one() -> str:
        body = filled(draw.rng.choice(_CARDS), draw.rng)[:-1]
        whole = body + luhn(body)
        return mark.join((whole[:4], whole[4:8], whole[8:12], whole[12:])) if len(whole) == 16 else whole

    return draw.per_owner(one)


def _imei(draw: Draw, _: str) -> Cells:
    def one() -> str:
        body = filled("{35|86|01}############", draw.rng)
        return body + luhn(body)

    return draw.per_owner(one)


def _ean(draw: Draw, _: str) -> Cells:
    """Product codes with a valid check digit: harmless, though long and checked."""
    products = []
    for _each in range(max(12, draw.n_rows // 3)):
        body = filled("{400|401|302|500|871|590|761}#########", draw.rng)
        products.append(body + str(-weighted(body, (1, 3) * 6) % 10))
    return [draw.rng.choice(products) for _ in range(draw.n_rows)]


def _vin(draw: Draw, _: str) -> Cells:
    def one() -> str:
        middle = "".join(draw.rng.choice(_VIN_LETTERS) for _ in range(11))
        body = filled("{1HG|WVW|WBA|JTD|VF1|2T1}", draw.rng) + middle + filled("###", draw.rng)
        total = sum(_VIN_VALUES[letter] * weight for letter, weight in zip(body, _VIN_WEIGHTS, strict=True))
        return body[:8] + "0123456789X"[total % 11] + body[9:]

    return draw.per_owner(one)


def _ipv4(draw: Draw, argument: str) -> Cells:
    forms = {"private": "{10.#.^#.^#|192.168.^.1##|172.16.^#.2{0|1|2|3|4}#}"}
    if argument:
        return [filled(forms[argument], draw.rng) for _ in range(draw.n_rows)]
    return [".".join(str(draw.rng.randint(low, 254)) for low in (11, 0, 0, 1)) for _ in range(draw.n_rows)]


def _ipv6(draw: Draw, _: str) -> Cells:
    forms = ("2a02:8109:%%%%:%%%%:%%%%:%%%%:%%%%:%%%%", "2001:db8:%%::%%%%", "fe80::%%%%:%%ff:fe%%:%%%%", "2a01:e0a:%%%:^%%%::^%")
    return [filled(draw.rng.choice(forms), draw.rng) for _ in range(draw.n_rows)]


def _uuid(draw: Draw, style: str) -> Cells:
    form = "%%%%%%%%-%%%%-4%%%-{8|9|a|b}%%%-%%%%%%%%%%%%"
    make = (lambda: filled(form, draw.rng)) if style != "upper" else (lambda: filled(form, draw.rng).upper())
    return draw.per_owner(make)


def _crypto(draw: Draw, kind: str) -> Cells:
    """Wallets in the form of Ethereum addresses; Bitcoin's bech32 form where asked for, whose check is not made here."""
    bech32 = "{" + "|".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l") + "}"
    form = "bc1q" + bech32 * 38 if kind == "btc" else "0x" + "%" * 40
    return draw.per_owner(lambda: filled(form, draw.rng))


MAKERS: Final[Mapping[str, Maker]] = {
    "national": _national, "iban": _iban, "card": _card, "imei": _imei, "ean": _ean, "vin": _vin, "ip": _ipv4, "ipv6": _ipv6,
    "uuid": _uuid, "crypto": _crypto,
}
