"""Valid numbers of each kind, computed from the published rules, without python-stdnum and without Veil.

`python -m tests.unit.identifier_rules` writes `identifier_vectors.json`: 22 valid numbers and 22 invalid ones of each kind. An
invalid number is a valid one with another check character, or, where there is none, another forbidden part.
"""

# ruff: noqa: E501 - a rule a row
from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

from tests.unit.identifier_digits import UPPER, Draw, born, digits, dmy, dmy_reversed, ean, luhn, total, verhoeff, ymd
from tests.unit.identifier_europe import (
    at_vnr,
    baltic,
    be_nn,
    bg_egn,
    bg_pnf,
    cy_tic,
    cz_rc,
    de_card,
    de_idnr,
    de_kvnr,
    de_rvnr,
    dk_cpr,
    es_cif,
    es_dni,
    es_nie,
    es_nss,
    eu_vat,
    fi_hetu,
    fr_nif,
    fr_nir,
    gb_nhs,
    gb_nino,
    gb_utr,
    gr_afm,
    hr_oib,
    hu_person,
    hu_taj,
    hu_tax,
    ie_pps,
    is_kennitala,
    it_codicefiscale,
    it_iva,
    lu_person,
    lv_person,
    nl_bsn,
    no_fodselsnummer,
    pl_card,
    pl_nip,
    pl_pesel,
    pt_cc,
    pt_nif,
    pt_niss,
    ro_cnp,
    se_personnummer,
    si_ddv,
    si_emso,
)

PATH = Path(__file__).with_name("identifier_vectors.json")
N = 22


def luhned(n: int, first: str = "123456789", prefix: str = "") -> Draw:
    def draw(r: random.Random) -> str:
        body = prefix + digits(r, n, first)
        return body + luhn(body)

    return draw


def us_npi(r: random.Random) -> str:
    body = digits(r, 9, "12")
    return body + luhn("80840" + body)


def us_dea(r: random.Random) -> str:
    body = digits(r, 6)
    return r.choice("ABFM") + r.choice(UPPER) + body + str(total(body, (1, 2, 1, 2, 1, 2)) % 10)


def us_rtn(r: random.Random) -> str:
    body = r.choice(("01", "12", "21", "32", "61")) + digits(r, 6)
    return body + str(-total(body, (3, 7, 1, 3, 7, 1, 3, 7)) % 10)


def us_mbi(r: random.Random) -> str:
    letter = "ACDEFGHJKMNPQRTUVWXY"
    places = ("123456789", letter, letter + "0123456789", "0123456789", letter, letter + "0123456789", "0123456789", letter, letter,
              "0123456789", "0123456789")
    return "".join(r.choice(place) for place in places)


def au_tfn(r: random.Random) -> str | None:
    body = digits(r, 8, "123456789")
    check = total(body, (1, 4, 3, 7, 5, 8, 6, 9)) % 11  # the ninth weighs 10, which is -1
    return None if check == 10 else body + str(check)


def au_abn(r: random.Random) -> str:
    body = digits(r, 9)
    weights = (3, 5, 7, 9, 11, 13, 15, 17, 19)
    first = next(n for n in range(10, 100) if ((n // 10 - 1) * 10 + n % 10 + total(body, weights)) % 89 == 0)
    return f"{first}{body}"


def au_medicare(r: random.Random) -> str:
    body = digits(r, 8, "23456")
    return body + str(total(body, (1, 3, 7, 9, 1, 3, 7, 9)) % 10) + "1"


def in_aadhaar(r: random.Random) -> str:
    body = digits(r, 11, "23456789")
    return body + verhoeff(body)


def two_elevens(body: str, first: Iterable[int], second: Iterable[int]) -> str:
    for weights in (first, second):
        rest = total(body, weights) % 11
        body += str(0 if rest < 2 else 11 - rest)
    return body


def br_cpf(r: random.Random) -> str:
    return two_elevens(digits(r, 9), range(10, 1, -1), range(11, 1, -1))


def br_cnpj(r: random.Random) -> str:
    first = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return two_elevens(digits(r, 8) + "0001", first, (6, *first))


def mx_curp(r: random.Random) -> str:
    body = f"{r.choice('GRLS')}{r.choice('AEIO')}{r.choice('BCDF')}{r.choice('JMNR')}{ymd(r)}{r.choice('HM')}DFRNL0"
    alphabet = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
    return body + str(-sum(alphabet.index(char) * (18 - at) for at, char in enumerate(body)) % 10)


def za_idnr(r: random.Random) -> str:
    body = ymd(r) + digits(r, 4) + "08"
    return body + luhn(body)


def tr_tckimlik(r: random.Random) -> str:
    body = digits(r, 9, "123456789")
    body += str((7 * sum(map(int, body[0::2])) - sum(map(int, body[1:8:2]))) % 10)
    return body + str(sum(map(int, body)) % 10)


def cn_ric(r: random.Random) -> str:
    year, month, day = born(r)
    body = f"110101{year}{month}{day}{digits(r, 3)}"
    return body + "10X98765432"[sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(body)) % 11]


def kr_rrn(r: random.Random) -> str:
    body = f"{ymd(r)}{r.choice('12')}{digits(r, 1)}0{digits(r, 3)}"
    return body + str((11 - total(body, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10)


def kr_brn(r: random.Random) -> str:
    body = f"{r.randint(101, 999)}{r.randint(1, 99):02}{digits(r, 4)}"
    return body + str(-(total(body, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(body[8]) * 5 // 10) % 10)


def sg_nric(r: random.Random) -> str:
    first, body = r.choice("STFG"), digits(r, 7)
    rest = (total(body, (2, 7, 6, 5, 4, 3, 2)) + (4 if first in "TG" else 0)) % 11
    return first + body + ("JZIHGFEDCBA" if first in "ST" else "XWUTRQPNMLK")[rest]


def th_pin(r: random.Random) -> str:
    body = digits(r, 12, "12345678")
    return body + str((11 - total(body, range(13, 1, -1)) % 11) % 10)


def vin(r: random.Random) -> str:
    head = r.choice("145JW") + "".join(r.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(7))
    tail = r.choice("ABCDEFGHJKLMNPRSTVWXY123456789") + r.choice("ABCDEFGH") + digits(r, 6)
    values = dict(zip("ABCDEFGH", range(1, 9), strict=True)) | dict(zip("JKLMN", range(1, 6), strict=True))
    values |= {"P": 7, "R": 9} | dict(zip("STUVWXYZ", range(2, 10), strict=True)) | {digit: int(digit) for digit in "0123456789"}
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2)
    check = sum(values[char] * weight for char, weight in zip(head + tail, weights, strict=True)) % 11
    return head + "0123456789X"[check] + tail


def lettered(letters: str, n: int, last: str) -> Draw:
    return lambda r: "".join(r.choice(UPPER) for _ in letters) + digits(r, n) + r.choice(last)


NUMERIC = "0123456789"
#: kind: how to draw a valid number, where its check character is, and what else could stand there.
RULES: dict[str, tuple[Draw, int, str]] = {
    "at.vnr": (at_vnr, 3, NUMERIC), "at.tin": (luhned(6, prefix="59"), -1, NUMERIC), "be.nn": (be_nn, -1, NUMERIC),
    "bg.egn": (bg_egn, -1, NUMERIC), "bg.pnf": (bg_pnf, -1, NUMERIC),
    "ch.ssn": (lambda r: (body := "756" + digits(r, 9)) + ean(body), -1, NUMERIC),
    "cy.tic": (cy_tic, -1, UPPER), "cz.rc": (cz_rc, -1, NUMERIC), "de.idnr": (de_idnr, -1, NUMERIC), "de.rvnr": (de_rvnr, -1, NUMERIC),
    "de.kvnr": (de_kvnr, -1, NUMERIC), "de.card": (de_card, -1, NUMERIC), "dk.cpr": (dk_cpr, -1, NUMERIC),
    "ee.ik": (lambda r: baltic(r.choice("34") + dmy_reversed(r) + digits(r, 3)), -1, NUMERIC),
    "lt.asmens": (lambda r: baltic(r.choice("34") + dmy_reversed(r) + digits(r, 3)), -1, NUMERIC),
    "es.dni": (es_dni, -1, UPPER), "es.nie": (es_nie, -1, UPPER), "es.nss": (es_nss, -1, NUMERIC), "es.cif": (es_cif, -1, NUMERIC),
    "fi.hetu": (fi_hetu, -1, "0123456789ABCDEFHJKLMNPRSTUVWXY"), "fr.nir": (fr_nir, -1, NUMERIC), "fr.nif": (fr_nif, -1, NUMERIC),
    "fr.siren": (luhned(8), -1, NUMERIC), "gb.nino": (gb_nino, 0, "DFIQUV"), "gb.nhs": (gb_nhs, -1, NUMERIC), "gb.utr": (gb_utr, 0, NUMERIC),
    "gr.amka": (lambda r: (body := dmy(r) + digits(r, 4)) + luhn(body), -1, NUMERIC), "gr.afm": (gr_afm, -1, NUMERIC),
    "hr.oib": (hr_oib, -1, NUMERIC), "hu.person": (hu_person, -1, NUMERIC), "hu.taj": (hu_taj, -1, NUMERIC), "hu.tax": (hu_tax, -1, NUMERIC),
    "ie.pps": (ie_pps, 7, "ABCDEFGHIJKLMNOPQRSTUVW"), "is_.kennitala": (is_kennitala, 8, NUMERIC),
    "it.codicefiscale": (it_codicefiscale, -1, UPPER), "it.iva": (it_iva, -1, NUMERIC), "lu.person": (lu_person, -1, NUMERIC),
    "lv.person": (lv_person, -1, NUMERIC), "lv.person.new": (lambda r: "3" + digits(r, 10, "23456789"), 1, "01"),
    "mt.id": (lambda r: digits(r, 6) + r.choice("MGAPLHBZ"), -1, "CDEFIJKN"), "nl.bsn": (nl_bsn, -1, NUMERIC),
    "no.fodselsnummer": (no_fodselsnummer, -1, NUMERIC), "pl.pesel": (pl_pesel, -1, NUMERIC), "pl.nip": (pl_nip, -1, NUMERIC),
    "pl.card": (pl_card, 3, NUMERIC), "pt.nif": (pt_nif, -1, NUMERIC), "pt.cc": (pt_cc, -1, NUMERIC), "pt.niss": (pt_niss, -1, NUMERIC),
    "ro.cnp": (ro_cnp, -1, NUMERIC), "se.personnummer": (se_personnummer, -1, NUMERIC), "si.emso": (si_emso, -1, NUMERIC),
    "si.ddv": (si_ddv, -1, NUMERIC), "eu.vat": (eu_vat, -1, NUMERIC),
    "li.peid": (lambda r: digits(r, r.randint(7, 11), "123456789"), 0, UPPER), "cy.id": (lambda r: digits(r, 7), 0, UPPER),
    "de.stnr": (lambda r: "9" + digits(r, 3) + "0" + digits(r, 8), 4, "123456789"),
    "us.ssn": (lambda r: f"{r.randint(100, 660)}-{r.randint(11, 99)}-{digits(r, 4, '123456789')}", 0, "9"),
    "us.itin": (lambda r: f"9{digits(r, 2)}7{digits(r, 5)}", 0, "12345678"), "us.npi": (us_npi, -1, NUMERIC), "us.dea": (us_dea, -1, NUMERIC),
    "us.rtn": (us_rtn, -1, NUMERIC), "us.mbi": (us_mbi, 1, "BILOSZ"), "ca.sin": (luhned(8, "1234567"), -1, NUMERIC),
    "au.tfn": (au_tfn, -1, NUMERIC), "au.abn": (au_abn, -1, NUMERIC), "au.medicare": (au_medicare, 8, NUMERIC),
    "in_.aadhaar": (in_aadhaar, -1, NUMERIC), "in_.pan": (lambda r: "ABC" + "P" + r.choice(UPPER) + digits(r, 4, "123456789") + "K", 3, "DEIK"),
    "br.cpf": (br_cpf, -1, NUMERIC), "br.cnpj": (br_cnpj, -1, NUMERIC), "mx.curp": (mx_curp, -1, NUMERIC), "za.idnr": (za_idnr, -1, NUMERIC),
    "tr.tckimlik": (tr_tckimlik, -1, NUMERIC), "cn.ric": (cn_ric, -1, NUMERIC + "X"), "kr.rrn": (kr_rrn, -1, NUMERIC),
    "kr.brn": (kr_brn, -1, NUMERIC), "sg.nric": (sg_nric, -1, UPPER), "th.pin": (th_pin, -1, NUMERIC),
    "imei": (luhned(12, prefix="35"), -1, NUMERIC), "iccid": (luhned(17, prefix="89"), -1, NUMERIC), "vin": (vin, 8, NUMERIC + "X"),
}
OFFICIAL = {  # examples of the authorities, and of the standards
    "be.nn": ["85.07.30-033.28"], "de.rvnr": ["15070649C103"], "de.kvnr": ["A000500015"], "de.card": ["L01X00T44"],
    "fi.hetu": ["131052-308T"], "gb.nhs": ["943 476 5919"], "us.mbi": ["1EG4-TE5-MK73"], "lu.person": ["1893120105732"],
    "se.personnummer": ["811228-9874"], "vin": ["1M8GDM9AXKP042788"], "es.dni": ["12345678Z"], "pl.pesel": ["44051401359"],
    "sg.nric": ["S1234567D"], "us.npi": ["1234567893"], "ch.ssn": ["756.9217.0769.85"], "it.codicefiscale": ["RSSMRA85T10A562S"],
    "nl.bsn": ["111222333"], "de.idnr": ["36574261809"], "imei": ["490154203237518"], "br.cpf": ["529.982.247-25"],
}


def vectors(name: str) -> dict[str, list[str]]:
    """Return valid and invalid numbers of a kind, the same ones each time."""
    draw, place, others = RULES[name]
    r = random.Random(f"veil {name}")  # seeded with a text: the same on every machine
    valid = list(OFFICIAL.get(name, ()))
    while len(valid) < N:
        number = draw(r)
        if number and number not in valid:
            valid.append(number)
    drawn = [number for number in valid if number not in OFFICIAL.get(name, ())]
    return {"valid": valid, "invalid": [_spoiled(number, place, others, r) for number in [*drawn, *drawn][:N]]}


def _spoiled(number: str, place: int, others: str, r: random.Random) -> str:
    other = r.choice([char for char in others if char != number[place]])
    return number[:place] + other + (number[place + 1 :] if place != -1 else "")


if __name__ == "__main__":
    PATH.write_text(json.dumps({name: vectors(name) for name in RULES}, indent=1, ensure_ascii=False) + "\n", "utf-8")
