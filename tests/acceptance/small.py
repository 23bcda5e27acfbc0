"""A small drop of invented people, and a policy that releases it; tests break one thing at a time."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

HEADER = ["customer_id", "full_name", "email", "gender", "birth_date", "city", "income", "plan", "signed_at", "note"]
GIVEN = ["Ada", "Bram", "Chloe", "Dirk", "Elke", "Frank", "Greta", "Henk", "Ines", "Joris", "Karin", "Lars", "Mia", "Nico"]
FAMILY = ["Janssens", "Peeters", "Maes", "Jacobs", "Willems", "Claes", "Goossens", "Wouters", "Lambert", "Dubois", "Martin"]
CITIES = ["Ghent", "Antwerp", "Bruges", "Leuven", "Namur"]
NOTES = ["{name} called about the invoice", "Please mail {email} before noon", "Prefers a call from Greta Lambert", "None", ""]

POLICY = """
policy: small
version: 1
keys: {main: {from: env:VEIL_TEST_KEY, epoch: "1"}}
keyspaces: {person: {key: main, canonical: text}}
tables:
  people:
    match: {files: "people*"}
    subject: customer_id
    quasi_identifiers: [gender, birth_date]
    target: plan
    columns:
      customer_id: {do: token, in: person, prefix: C-}
      full_name: {do: fake, of: person_name, sex_from: gender}
      email: {do: fake, of: email, from: full_name, unique: true}
      gender: {do: keep, reason: needed for segment counts}
      birth_date: {do: age_band, width: 20, as_of: "2026-01-01"}
      city: {do: keep, reason: five large cities}
      income: {do: band, width: 20000}
      plan: {do: keep, reason: what the models predict}
      signed_at: {do: date_shift, days: [-180, 180]}
      note: {do: redact_text}
synthesize: {synthesizer: ctgan, epochs: 1}
gates:
  check: {fidelity: 0.2, utility_kept: off, correlation_difference: off,
          membership_auc: 1, membership_tpr: 1, nearest_share: 1, exact_copies: 1}
"""


def write_people(folder: Path, n_rows: int = 400, name: str = "people.csv") -> Path:
    """Write the drop and return its path."""
    rng = np.random.default_rng(1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for row in range(n_rows):
            writer.writerow(person(row, rng))
    return path


def person(row: int, rng: np.random.Generator) -> list[str]:
    """Return one row; income and plan depend on age and gender, so that there is something to learn."""
    sex = "F" if rng.random() < 0.5 else "M"
    full_name = f"{GIVEN[rng.integers(len(GIVEN))]} {FAMILY[rng.integers(len(FAMILY))]}"
    email = f"{full_name.replace(' ', '.').lower()}{row}@mailbox-{row % 7}.be"
    year = int(rng.integers(1940, 2004))
    income = int(18_000 + (2004 - year) * 700 + rng.normal(0, 4_000) + (2_000 if sex == "M" else 0))
    plan = "gold" if income > 45_000 + rng.normal(0, 3_000) else "silver" if income > 30_000 else "basic"
    note = NOTES[rng.integers(len(NOTES))].format(name=full_name, email=email)
    born = f"{year}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
    signed = f"2024-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
    return [f"{700_001 + row}", full_name, email, sex, born, CITIES[rng.integers(len(CITIES))], str(income), plan, signed, note]
