"""Invented US patients with a column for each of the eighteen identifiers of 45 CFR 164.514(b)(2)(i), and some that are none."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import numpy as np

from tests.acceptance.small import FAMILY, GIVEN

IDENTIFIERS = {
    "A names": ["patient_name", "mothers_maiden_name"],
    "B places": ["street_address", "city", "county", "zip_code", "latitude"],
    "C dates": ["birth_date", "admission_date", "discharged_at", "age"],
    "D telephone numbers": ["phone_number", "mobile"],
    "E fax numbers": ["fax_number"],
    "F electronic mail": ["email"],
    "G social security": ["ssn"],
    "H medical records": ["medical_record_number"],
    "I health plans": ["health_plan_beneficiary_number"],
    "J accounts": ["account_number"],
    "K certificates and licenses": ["drivers_license_number"],
    "L vehicles": ["license_plate", "vin"],
    "M devices": ["device_serial_number"],
    "N web addresses": ["personal_website"],
    "O IP addresses": ["ip_address"],
    "P biometrics": ["fingerprint_hash"],
    "Q photographs": ["face_photo"],
    "R any other": ["study_code", "wristband"],
}
OTHERS = ["state", "gender", "weight_kg", "visits", "ward", "remark"]
HEADER = [column for columns in IDENTIFIERS.values() for column in columns] + OTHERS

CITIES = ["Springfield", "Riverton", "Fairview", "Salem", "Clinton", "Georgetown", "Ashland", "Dover"]
ZIPS = ["02139", "10025", "60614", "94110", "03601", "05901", "82190", "73301"]
"""Some of them, 036, 059 and 821, are in regions of 20,000 inhabitants or fewer."""
STATES = ["Ohio", "Texas", "Maine", "Iowa"]
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}


def write_patients(folder: Path, n_rows: int = 300) -> Path:
    """Write the drop and return its path."""
    rng = np.random.default_rng(18)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "patients.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, lineterminator="\n")
        writer.writeheader()
        for row in range(n_rows):
            writer.writerow(_patient(row, rng))
    return path


def _patient(row: int, rng: np.random.Generator) -> dict[str, str]:
    given, family = GIVEN[rng.integers(len(GIVEN))], FAMILY[rng.integers(len(FAMILY))]
    age = int(rng.integers(1, 99))
    born = datetime.date(2025 - age, int(rng.integers(1, 13)), int(rng.integers(1, 29)))
    admitted = datetime.datetime(2024, int(rng.integers(1, 13)), int(rng.integers(1, 29)), int(rng.integers(24)), 15)
    return {
        **_reached_at(row, rng, given, family),
        **_numbered(row, rng),
        "patient_name": f"{given} {family}",
        "mothers_maiden_name": FAMILY[rng.integers(len(FAMILY))],
        "birth_date": born.isoformat(),
        "admission_date": admitted.date().isoformat(),
        "discharged_at": f"{admitted + datetime.timedelta(days=int(rng.integers(1, 9)))}",
        "age": str(age),
        "state": STATES[rng.integers(len(STATES))],
        "gender": "F" if rng.random() < 0.5 else "M",
        "weight_kg": f"{40 + rng.random() * 60:.1f}",
        "visits": str(int(rng.integers(1, 12))),
        "ward": ["north", "south", "intensive"][rng.integers(3)],
        "remark": f"{given} {family} was seen again and asked for a call back at home before noon",
    }


def _reached_at(row: int, rng: np.random.Generator, given: str, family: str) -> dict[str, str]:
    def phone() -> str:
        return f"({rng.integers(201, 989)}) {rng.integers(220, 999)}-{rng.integers(1000, 9999)}"

    return {
        "street_address": f"{rng.integers(1, 2000)} {['Maple', 'Oak', 'Cedar', 'Pine'][rng.integers(4)]} Street",
        "city": CITIES[rng.integers(len(CITIES))],
        "county": f"{CITIES[rng.integers(len(CITIES))]} County",
        "zip_code": ZIPS[rng.integers(len(ZIPS))],
        "latitude": f"{25 + rng.random() * 20:.5f}",
        "phone_number": phone(),
        "mobile": phone(),
        "fax_number": phone(),
        "email": f"{given}.{family}{row}@mailbox-{row % 7}.com".lower(),
        "personal_website": f"https://www.{family.lower()}{row}-family.com/home",
        "ip_address": f"{rng.integers(11, 190)}.{rng.integers(1, 250)}.{rng.integers(1, 250)}.{rng.integers(1, 250)}",
    }


def _numbered(row: int, rng: np.random.Generator) -> dict[str, str]:
    return {
        "ssn": f"{rng.integers(101, 665)}-{rng.integers(10, 99)}-{rng.integers(1000, 9999)}",
        "medical_record_number": f"MRN{7_000_001 + 13 * row}",
        "health_plan_beneficiary_number": f"{rng.integers(1, 9)}EG{rng.integers(1, 9)}-TE{row % 9}-MK{10 + row % 89}{row}",
        "account_number": str(400_100_200 + 17 * row),
        "drivers_license_number": f"{LETTERS[row % 20]}{rng.integers(1_000_000, 9_999_999)}",
        "license_plate": f"{''.join(LETTERS[place] for place in rng.integers(0, 20, 3))}-{rng.integers(1000, 9999)}",
        "vin": _vin(rng),
        "device_serial_number": f"SN-{rng.integers(10**9, 10**10)}",
        "fingerprint_hash": "".join(f"{byte:02x}" for byte in rng.bytes(16)),
        "face_photo": f"photos/{rng.integers(10**7, 10**8)}.jpg",
        "study_code": f"ST{row:05d}{LETTERS[row % 20]}",
        "wristband": str(90_000 + 7 * row),
    }


def _vin(rng: np.random.Generator) -> str:
    signs = [*"1HGCM8263", *(str(digit) for digit in rng.integers(0, 10, 8))]
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(VIN_VALUES[sign] * weight for sign, weight in zip(signs, weights, strict=True)) % 11
    signs[8] = "X" if rest == 10 else str(rest)
    return "".join(signs)
