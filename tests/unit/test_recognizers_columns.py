"""Invented columns in several languages, with traps: each must get its entity, or none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from veil.model import Finding
from veil.recognizers import Models, classify, find_models, profile, sample

N = 240
RNG = np.random.default_rng(7)
FIRST = [
    "Anna", "Jan", "Pieter", "Marie", "Sofia", "Lucas", "Emma", "Piotr", "Katarzyna", "Giulia", "Marco", "Juan",
    "Carmen", "Hans", "Greta", "Louis", "Camille", "Tomás", "Inês", "Ewa",
]
LAST = [
    "Janssen", "Peeters", "Müller", "Schmidt", "Rossi", "Bianchi", "García", "López", "Dubois", "Martin",
    "Kowalski", "Nowak", "Silva", "Santos", "Smith", "Jones", "Weber", "Klein",
]
CITIES = [
    "Antwerpen", "Gent", "Köln", "München", "Lyon", "Marseille", "Torino", "Milano", "Sevilla", "Málaga",
    "Gdańsk", "Kraków", "Porto", "Coimbra", "Leeds", "Bristol", "Utrecht",
]
STREETS = [
    "Kerkstraat {}", "{} rue de la Paix", "Hauptstraße {}", "Via Garibaldi {}", "Calle Mayor {}", "ul. Długa {}", "{} Elm Street",
]


def some(pool: list[str]) -> list[str]:
    return [str(value) for value in RNG.choice(pool, size=N)]


def digits(length: int) -> list[str]:
    return ["".join(str(digit) for digit in RNG.integers(1, 10, size=length)) for _ in range(N)]


def whole(low: int, high: int) -> list[str]:
    return [str(number) for number in RNG.integers(low, high, size=N)]


def decimals(low: float, high: float) -> list[str]:
    return [f"{number:.2f}" for number in RNG.uniform(low, high, size=N)]


def dates(low: str, high: str, pattern: str = "%Y-%m-%d") -> list[str]:
    days = pd.date_range(low, high, freq="D")
    return [days[place].strftime(pattern) for place in RNG.integers(0, len(days), size=N)]


def luhn(head: str, length: int) -> str:
    body = head + "".join(str(digit) for digit in RNG.integers(0, 10, size=length - len(head) - 1))
    total = sum(sum(divmod(int(char) * 2, 10)) if place % 2 == 0 else int(char) for place, char in enumerate(reversed(body)))
    return body + str(-total % 10)


def bsn() -> str:
    while True:
        body = [int(digit) for digit in RNG.integers(1, 10, size=8)]
        check = sum(weight * digit for weight, digit in zip(range(9, 1, -1), body, strict=True)) % 11
        if check < 10:
            return "".join(map(str, body)) + str(check)


def iban() -> str:
    account = "".join(str(digit) for digit in RNG.integers(0, 10, size=18))
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def emails() -> list[str]:
    parts = zip(some(FIRST), some(LAST), whole(1, 999), strict=True)
    return [f"{first}.{last}{number}@example.org".lower() for first, last, number in parts]


def full_names() -> list[str]:
    return [f"{first} {last}" for first, last in zip(some(FIRST), some(LAST), strict=True)]


def streets() -> list[str]:
    return [pattern.format(number) for pattern, number in zip(some(STREETS), whole(1, 200), strict=True)]


def mobiles(pattern: str) -> list[str]:
    return [pattern.format(a, b, c) for a, b, c in zip(digits(2), digits(2), digits(2), strict=True)]


def notes() -> list[str]:
    parts = zip(full_names(), whole(1, 9999), strict=True)
    return [f"Called {name} about the order of {number} boxes, will call back" for name, number in parts]


def hexes(length: int) -> list[str]:
    return [RNG.bytes(length // 2).hex() for _ in range(N)]


COLUMNS: list[tuple[str, list[str], str | None]] = [
    ("email_address", emails(), "EMAIL_ADDRESS"),
    ("incident_number", [f"2023-{number}" for number in digits(6)], None),
    ("byla", [f"{number[:2]}-{number[2:6]}/24" for number in digits(6)], None),
    ("superseded_by", [f"{number[:3]}-{number[3:7]}-{number[7:]}" for number in digits(9)], None),
    ("nr_prawa_jazdy", [f"{number[:5]}/{number[5:7]}/{number[7:]}" for number in digits(11)], "DRIVING_LICENSE"),
    ("k_udbet", [f"{number}/0800" for number in digits(10)], "ACCOUNT_NUMBER"),
    ("kort", [f"3{number[:3]} {number[3:8]} {number[8]}" for number in digits(9)], None),
    ("datum_rodjenja", dates("1940-01-01", "2003-01-01", "%d.%m.%Y"), "BIRTH_DATE"),
    ("fecha_nacimiento", dates("1940-01-01", "2003-01-01"), "BIRTH_DATE"),
    ("дата_раждане", dates("1940-01-01", "2003-01-01"), "BIRTH_DATE"),
    ("signed_at", dates("2021-01-01", "2024-01-01"), "EVENT_DATE"),
    ("posted_at", dates("2021-01-01", "2024-01-01"), "EVENT_DATE"),
    ("Part No", [f"A-{number}-E" for number in digits(5)], None),
    ("race_id", digits(6), None),
    ("Age on Race Day", whole(18, 80), "AGE"),
    ("stav", some(["svobodná", "rozvedený", "vdova", "ženatý"]), "MARITAL_STATUS"),
    ("stav_zakazky", some(["nová", "hotová", "zrušená"]), None),
    ("deb_appel", [f"2021112{number}10394{number}" for number in whole(0, 9)], "EVENT_DATE"),
    ("userAccountControl", some(["512", "514", "66048"]), None),
    ("atsi_status", some(["Aboriginal", "Neither", "Both", "Not stated"]), "ETHNICITY"),
    ("stawka_godz", decimals(20, 60), "SALARY"),
    ("tratt_sindacale", some(["CISL", "CGIL", "UIL", "nessuno"]), "UNION_MEMBERSHIP"),
    ("contact_1", emails(), "EMAIL_ADDRESS"),
    ("Telefonnummer", mobiles("+49 151 23{}{}{}"), "PHONE_NUMBER"),
    ("numeroTelephone", mobiles("06 12 {} {} {}"), "PHONE_NUMBER"),
    ("col_7", mobiles("+31 6 12{}{}{}"), "PHONE_NUMBER"),
    ("gsm", digits(10), "PHONE_NUMBER"),
    ("order_no", digits(10), "RECORD_ID"),
    ("total_amount_cents", digits(10), None),
    ("Vorname", some(FIRST), "FIRST_NAME"),
    ("prénom", some(FIRST), "FIRST_NAME"),
    ("imię", some(FIRST), "FIRST_NAME"),
    ("voornaam", some(FIRST), "FIRST_NAME"),
    ("Nachname", some(LAST), "LAST_NAME"),
    ("apellidos", some(LAST), "LAST_NAME"),
    ("cognome", some(LAST), "LAST_NAME"),
    ("nazwisko", some(LAST), "LAST_NAME"),
    ("customer name", full_names(), "PERSON"),
    ("naam", full_names(), "PERSON"),
    ("product_name", some(["Rose", "Amber", "Jasmine", "Olive", "Violet", "Iris", "Ruby", "Pearl", "Daisy", "Heather"]), None),
    ("file_name", [f"report_{number}.pdf" for number in whole(1, 9999)], None),
    ("host", [f"srv-{number}" for number in whole(1, 50)], None),
    ("Straße", streets(), "STREET_ADDRESS"),
    ("indirizzo", streets(), "STREET_ADDRESS"),
    ("x1", streets(), "STREET_ADDRESS"),
    ("ville", some(CITIES), "CITY"),
    ("Wohnort", some(CITIES), "CITY"),
    ("miasto", some(CITIES), "CITY"),
    ("woonplaats", some(CITIES), "CITY"),
    ("código_postal", whole(10000, 52999), "POSTCODE"),
    ("PLZ", [f"{number:05d}" for number in RNG.integers(1000, 99999, size=N)], "POSTCODE"),
    ("amount", whole(10000, 99999), None),
    ("pays", some(["France", "Belgique", "Suisse", "Allemagne"]), "COUNTRY"),
    ("kraj", some(["Polska", "Niemcy", "Francja"]), "COUNTRY"),
    ("Geburtsdatum", dates("1940-01-01", "2005-12-31", "%d.%m.%Y"), "BIRTH_DATE"),
    ("data_nascita", dates("1940-01-01", "2005-12-31", "%d/%m/%Y"), "BIRTH_DATE"),
    ("data urodzenia", dates("1940-01-01", "2005-12-31"), "BIRTH_DATE"),
    ("order_date", dates("2023-01-01", "2024-06-30"), "EVENT_DATE"),
    ("fecha_alta", dates("2019-01-01", "2024-06-30"), "EVENT_DATE"),
    ("d2", dates("2023-01-01", "2024-06-30"), "EVENT_DATE"),
    ("edad", whole(18, 90), "AGE"),
    ("pages", whole(18, 90), None),
    ("usage", whole(18, 90), None),
    ("Geschlecht", some(["m", "w", "d"]), "GENDER"),
    ("płeć", some(["K", "M"]), "GENDER"),
    ("salaris", whole(20000, 90000), "SALARY"),
    ("IBAN", [iban() for _ in range(N)], "IBAN_CODE"),
    ("betaalrekening", [iban() for _ in range(N)], "IBAN_CODE"),
    ("kaart", [luhn("4", 16) for _ in range(N)], "CREDIT_CARD"),
    ("batch", digits(16), None),
    ("bsn", [bsn() for _ in range(N)], "NATIONAL_ID"),
    ("nr_2", [bsn() for _ in range(N)], "NATIONAL_ID"),
    ("kundennummer", [f"K{number}" for number in whole(10000, 99999)], "CUSTOMER_ID"),
    ("id_cliente", whole(10000, 99999), "CUSTOMER_ID"),
    ("personeelsnummer", whole(1000, 9999), "EMPLOYEE_ID"),
    ("product_id", whole(100, 400), None),
    ("uuid", [f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}" for h in hexes(32)], "RECORD_ID"),
    ("src", [".".join(map(str, RNG.integers(1, 255, size=4))) for _ in range(N)], "IP_ADDRESS"),
    ("c9", [f"10.{a}.{b}.{c}" for a, b, c in RNG.integers(0, 30, size=(N, 3))], "IP_ADDRESS"),
    ("software_version", [".".join(map(str, RNG.integers(1, 20, size=4))) for _ in range(N)], None),
    ("website", [f"https://example.org/u/{number}" for number in whole(1, 9999)], "URL"),
    ("Bemerkung", notes(), "FREE_TEXT"),
    ("c14", notes(), "FREE_TEXT"),
    ("Audio Send Duration", whole(0, 99999), None),
    ("Network Jitter Max in ms", decimals(0, 900), None),
    ("has_phone", some(["0", "1"]), None),
    ("phone_count", whole(0, 4), None),
    ("religione", some(["cattolica", "ortodossa", "nessuna"]), "RELIGION"),
    ("union_member", some(["yes", "no"]), "UNION_MEMBERSHIP"),
    ("diagnose", some(["E11.9", "I10", "J45.0", "F32.1"]), "HEALTH"),
    ("diabetes", some(["0", "1"]), "HEALTH"),
    ("partido_politico", some(["A", "B", "C"]), "POLITICS"),
    ("estado civil", some(["soltero", "casado", "viudo"]), "MARITAL_STATUS"),
    ("Familienstand", some(["ledig", "verheiratet"]), "MARITAL_STATUS"),
    ("profissão", some(["professor", "médico", "motorista"]), "OCCUPATION"),
    ("wykształcenie", some(["wyższe", "średnie"]), "EDUCATION"),
    ("latitude", decimals(36, 60), "COORDINATE"),
    ("nationaliteit", some(["Belg", "Nederlander", "Fransman"]), "NATIONALITY"),
    ("kenteken", [f"{a}-ABC-{b}" for a, b in zip(digits(1), digits(2), strict=True)], "LICENSE_PLATE"),
    ("reisepassnr", [f"C{number}" for number in digits(8)], "PASSPORT"),
    ("username", [f"{first.lower()}{number}" for first, number in zip(some(FIRST), whole(1, 999), strict=True)], "USER_NAME"),
    ("password_hash", hexes(64), "PASSWORD"),
    ("mac", [":".join(h[i : i + 2] for i in range(0, 12, 2)) for h in hexes(12)], "MAC_ADDRESS"),
    ("session id", hexes(24), "SESSION_ID"),
    ("status", some(["open", "closed"]), None),
    ("category", some(["Home", "Garden", "Toys"]), None),
    ("price", decimals(1, 500), None),
    ("aantal", whole(1, 20), None),
    ("nombre d'enfants", whole(0, 5), None),
    ("temperature", decimals(-10, 35), None),
    ("race_id", whole(1, 400), None),
    ("id", [str(number) for number in range(1, N + 1)], "RECORD_ID"),
    ("some_id", digits(8), "RECORD_ID"),
    ("measured", digits(8), None),
    ("imei", [luhn("35", 15) for _ in range(N)], "DEVICE_ID"),
    ("Anrede", some(["Herr", "Frau"]), "TITLE"),
    ("title", some(["Alien", "Vertigo", "Rope", "Psycho"]), None),
    ("married", some(["no", "yes"]), "MARITAL_STATUS"),
    ("gender", some(["0", "1"]), "GENDER"),
    ("ean", [f"{number}" for number in whole(1000, 9999)], None),
    ("adresszusatz", some(["Hinterhaus", "c/o Meier", "2. OG", "EG links"]), "ADDRESS_LINE"),
]


def finding(name: str, values: list[str], *, neighbours: tuple[str, ...] = (), models: Models | None = None) -> Finding:
    counts = pd.Series(values, dtype=object).value_counts()
    return classify([sample(profile(name, counts, 0), counts, neighbours)], models=models)[0]


@pytest.mark.parametrize(("name", "values", "entity"), COLUMNS, ids=[name for name, _, _ in COLUMNS])
def test_column_gets_its_entity(name: str, values: list[str], entity: str | None) -> None:
    found = finding(name, values, models=find_models())
    assert found.entity == entity, found.reason
    assert (found.role == "other") == (entity is None)


@pytest.mark.parametrize(("name", "values", "entity"), COLUMNS, ids=[name for name, _, _ in COLUMNS])
def test_reason_holds_no_cell(name: str, values: list[str], entity: str | None) -> None:
    found = finding(name, values)
    assert not [value for value in values if len(value) >= 6 and value in found.reason]
    assert not [value for value in values if len(value) >= 6 and value in repr(found).replace(name, "")]


PEOPLE = ("first_name", "last_name", "birth_date", "gender")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Department", ["Sales", "Finance", "Research"]),
        ("office_name", ["Eugene Annex", "Remote", "Fargo HQ"]),
        ("session", ["E2024", "A2023", "H2024"]),
        ("kat", ["C", "B", "D"]),
    ],
)
def test_half_a_name_is_not_believed_against_its_values_in_a_table_of_people(name: str, values: list[str]) -> None:
    found = finding(name, some(values), neighbours=PEOPLE)
    assert found.entity is None, found.reason
