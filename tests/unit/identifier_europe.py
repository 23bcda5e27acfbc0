"""Numbers of European countries, each drawn by its published rule."""

# ruff: noqa: E501 - a rule a row
from __future__ import annotations

import random

from tests.unit.identifier_digits import ALNUM, UPPER, born, cross, digits, dmy, eleven, luhn, mod_11_10, total, verhoeff, ymd


def at_vnr(r: random.Random) -> str | None:
    serial, day = digits(r, 3, "123456789"), dmy(r)
    check = total(serial + day, (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11
    return None if check == 10 else f"{serial}{check}{day}"


def be_nn(r: random.Random) -> str:
    year, month, day = born(r)
    body = f"{year % 100:02}{month}{day}{r.randint(1, 997):03}"
    return body + f"{97 - int(('2' if year >= 2000 else '') + body) % 97:02}"


def bg_egn(r: random.Random) -> str:
    year, month, day = born(r)
    body = f"{year % 100:02}{int(month) + (40 if year >= 2000 else 0):02}{day}{digits(r, 3)}"
    return body + str(total(body, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10)


def bg_pnf(r: random.Random) -> str:
    body = digits(r, 9)
    return body + str(total(body, (21, 19, 17, 13, 11, 9, 7, 3, 1)) % 10)


def cy_tic(r: random.Random) -> str:
    body = "0" + digits(r, 7)
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
    return body + UPPER[sum(odd[int(digit)] if at % 2 == 0 else int(digit) for at, digit in enumerate(body)) % 26]


def cz_rc(r: random.Random) -> str | None:
    _, month, day = born(r)
    body = f"{r.randint(54, 99)}{int(month) + r.choice((0, 50)):02}{day}{digits(r, 3)}"
    check = int(body) % 11
    return None if check == 10 else body + str(check)


def de_idnr(r: random.Random) -> str | None:
    chosen = r.sample("0123456789", 9)
    chosen.append(chosen[0])
    r.shuffle(chosen)
    body = "".join(chosen)
    return None if body[0] == "0" else body + mod_11_10(body)


def de_rvnr(r: random.Random) -> str:
    letter, body, serial = r.choice(UPPER), f"{r.randint(2, 89):02}{dmy(r)}", digits(r, 2)
    numbers = f"{body}{UPPER.index(letter) + 1:02}{serial}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    return f"{body}{letter}{serial}{sum(cross(int(d) * w) for d, w in zip(numbers, weights, strict=True)) % 10}"


def de_kvnr(r: random.Random) -> str:
    letter, body = r.choice(UPPER), digits(r, 8)
    numbers = f"{UPPER.index(letter) + 1:02}{body}"
    return f"{letter}{body}{sum(cross(int(d) * w) for d, w in zip(numbers, (1, 2) * 5, strict=True)) % 10}"


def de_card(r: random.Random) -> str:
    body = r.choice("LMNPRTVWXYZ") + "".join(r.choice("CFGHJKLMNPRTVWXYZ0123456789") for _ in range(7))
    return body + str(sum(ALNUM.index(char) * (7, 3, 1)[at % 3] for at, char in enumerate(body)) % 10)


def dk_cpr(r: random.Random) -> str | None:
    return eleven(dmy(r) + digits(r, 3, "0123"), (4, 3, 2, 7, 6, 5, 4, 3, 2))


def baltic(body: str) -> str:
    for weights in ((1, 2, 3, 4, 5, 6, 7, 8, 9, 1), (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)):
        if total(body, weights) % 11 < 10:
            return body + str(total(body, weights) % 11)
    return body + "0"


def dni(number: int) -> str:
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]


def es_dni(r: random.Random) -> str:
    body = digits(r, 8)
    return body + dni(int(body))


def es_nie(r: random.Random) -> str:
    first, body = r.randint(0, 2), digits(r, 7)
    return "XYZ"[first] + body + dni(int(str(first) + body))


def es_nss(r: random.Random) -> str:
    body = f"{r.randint(1, 50):02}{digits(r, 8, '123456789')}"
    return body + f"{int(body) % 97:02}"


def es_cif(r: random.Random) -> str:
    body = f"{r.randint(1, 52):02}{digits(r, 5)}"
    return r.choice("ABEH") + body + luhn(body)


def fi_hetu(r: random.Random) -> str:
    day, serial = dmy(r), f"{r.randint(2, 899):03}"
    return f"{day}-{serial}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(day + serial) % 31]}"


def fr_nir(r: random.Random) -> str:
    year, month, _ = born(r)
    body = f"{r.choice('12')}{year % 100:02}{month}{r.randint(21, 95)}{r.randint(1, 899):03}{r.randint(1, 999):03}"
    return body + f"{97 - int(body) % 97:02}"


def fr_nif(r: random.Random) -> str:
    body = digits(r, 10, "0123")
    return body + f"{int(body) % 511:03}"


def gb_nino(r: random.Random) -> str:
    return r.choice(("AB", "CE", "JK", "MX", "PR", "SW", "ZY")) + digits(r, 6) + r.choice("ABCD")


def gb_nhs(r: random.Random) -> str | None:
    return eleven(digits(r, 9, "4679"), range(10, 1, -1))


def gb_utr(r: random.Random) -> str:
    body = digits(r, 9)
    return "21987654321"[total(body, (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11] + body


def gr_afm(r: random.Random) -> str:
    body = digits(r, 8)
    return body + str(total(body, (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10)


def hu_person(r: random.Random) -> str | None:
    year, month, day = born(r)
    first = r.choice("12" if year < 2000 else "34")
    body = f"{first}{year % 100:02}{month}{day}{digits(r, 3)}"
    check = total(body, range(1, 11) if year < 1997 else range(10, 0, -1)) % 11
    return None if check == 10 else body + str(check)


def hu_taj(r: random.Random) -> str:
    body = digits(r, 8)
    return body + str(total(body, (3, 7) * 4) % 10)


def hu_tax(r: random.Random) -> str | None:
    body = "8" + digits(r, 8)
    check = total(body, range(1, 10)) % 11
    return None if check == 10 else body + str(check)


def ie_pps(r: random.Random) -> str:
    body, second = digits(r, 7), r.choice(("", "A", "B"))
    extra = 9 * (UPPER.index(second) + 1) if second else 0
    return body + "WABCDEFGHIJKLMNOPQRSTUV"[(total(body, range(8, 1, -1)) + extra) % 23] + second


def is_kennitala(r: random.Random) -> str | None:
    number = eleven(dmy(r) + digits(r, 2, "23456789"), (3, 2, 7, 6, 5, 4, 3, 2))
    return number and number + "9"


def it_codicefiscale(r: random.Random) -> str:
    consonants = "".join(r.choice("BCDFGLMNPRSTVZ") for _ in range(6))
    body = f"{consonants}{r.randint(30, 99)}{r.choice('ABCDEHLMPRST')}{r.randint(1, 28) + r.choice((0, 40)):02}H{r.randint(100, 999)}"
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    values = [int(char) if char.isdigit() else UPPER.index(char) for char in body]
    return body + UPPER[sum(odd[value] if at % 2 == 0 else value for at, value in enumerate(values)) % 26]


def lu_person(r: random.Random) -> str:
    year, month, day = born(r)
    body = f"{year}{month}{day}{digits(r, 3)}"
    return body + luhn(body) + verhoeff(body)


def lv_person(r: random.Random) -> str | None:
    body = dmy(r) + "1" + digits(r, 3)
    check = (1101 - total(body, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return None if check == 10 else body + str(check)


def nl_bsn(r: random.Random) -> str | None:
    body = digits(r, 8, "1234567")
    check = total(body, range(9, 1, -1)) % 11
    return None if check == 10 else body + str(check)


def no_fodselsnummer(r: random.Random) -> str | None:
    body = eleven(dmy(r, 1940) + digits(r, 3, "01234"), (3, 7, 6, 1, 8, 9, 4, 5, 2))
    return body and eleven(body, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))


def pl_pesel(r: random.Random) -> str:
    year, month, day = born(r)
    body = f"{year % 100:02}{int(month) + (20 if year >= 2000 else 0):02}{day}{digits(r, 4)}"
    return body + str(-total(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def pl_nip(r: random.Random) -> str | None:
    body = digits(r, 9, "123456789")
    check = total(body, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
    return None if check == 10 else body + str(check)


def pl_card(r: random.Random) -> str:
    letters, body = "A" + r.choice(UPPER) + r.choice(UPPER), digits(r, 5)
    values = [ALNUM.index(char) for char in letters + body]
    return letters + str(sum(v * w for v, w in zip(values, (7, 3, 1, 7, 3, 1, 7, 3), strict=True)) % 10) + body


def pt_nif(r: random.Random) -> str:
    return str(eleven(digits(r, 8, "1235"), range(9, 1, -1), "0"))


def pt_cc(r: random.Random) -> str:
    body = digits(r, 9) + r.choice("XYZ") + r.choice(ALNUM)
    return body + luhn(body)


def pt_niss(r: random.Random) -> str:
    body = digits(r, 10, "12")
    return body + str(9 - total(body, (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)) % 10)


def ro_cnp(r: random.Random) -> str:
    year, month, day = born(r)
    body = f"{r.choice('12' if year < 2000 else '56')}{year % 100:02}{month}{day}{r.randint(1, 40):02}{r.randint(1, 999):03}"
    check = total(body, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return body + str(1 if check == 10 else check)


def se_personnummer(r: random.Random) -> str:
    body, serial = ymd(r), digits(r, 3)
    return f"{body}-{serial}{luhn(body + serial)}"


def si_emso(r: random.Random) -> str | None:
    year, month, day = born(r)
    return eleven(f"{day}{month}{year % 1000:03}50{digits(r, 3)}", (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2))


def si_ddv(r: random.Random) -> str | None:
    body = digits(r, 7, "123456789")
    rest = 11 - total(body, range(8, 1, -1)) % 11
    return None if rest == 11 else body + str(rest % 10)


def eu_vat(r: random.Random) -> str | None:
    siren, eight, seven = digits(r, 8, "3456"), digits(r, 8, "123456789"), digits(r, 7, "123456789")
    siren += luhn(siren)
    return r.choice((
        f"BE0{seven}{97 - int(seven) % 97:02}", f"DE{eight}{mod_11_10(eight)}",
        f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}", f"LU{eight[:6]}{int(eight[:6]) % 89:02}",
        f"EL{gr_afm(r)}", f"HR{hr_oib(r)}", f"PT{pt_nif(r)}", f"IT{it_iva(r)}",
    ))


def hr_oib(r: random.Random) -> str:
    body = digits(r, 10)
    return body + mod_11_10(body)


def it_iva(r: random.Random) -> str:
    body = f"{digits(r, 7)}{r.randint(1, 99):03}"
    return body + luhn(body)
