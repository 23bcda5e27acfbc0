"""Times the peers on the same columns: run with the interpreter of their environment. It imports nothing of ours.

`peer_worker.py TABLE.csv ROWS OUT.json presidio|faker`. presidio-structured gets the entity of every column, so that it finds
nothing out; `faker` calls Faker once per cell, as scripts do.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

ENTITIES = {
    "CustomerID": "ID", "FirstName": "PERSON", "LastName": "PERSON", "AddressLine1": "LOCATION", "City": "CITY",
    "PostalCode": "ZIP", "PhoneNumber": "PHONE_NUMBER", "BirthDate": "DATE_TIME", "EmailAddress": "EMAIL_ADDRESS",
    "YearlyIncome": "INCOME", "MiddleName": "DROPPED", "AddressLine2": "DROPPED",
}  # fmt: skip


def main() -> None:
    """Transform some rows and write the processor seconds that it took, reading and writing left out."""
    import pandas as pd

    source, rows, target, way = sys.argv[1:5]
    table = pd.read_csv(source, dtype=str, keep_default_na=False, nrows=int(rows))
    transformed = {"presidio": _presidio, "faker": _faker}[way]
    started = time.process_time()
    output = transformed(table)
    seconds = time.process_time() - started
    assert len(output) == len(table)
    with open(target, "w", encoding="utf-8") as file:
        json.dump({"seconds": seconds, "rows": len(table)}, file)


def _presidio(table: Any) -> Any:
    from presidio_anonymizer.entities import OperatorConfig
    from presidio_structured import StructuredEngine
    from presidio_structured.config import StructuredAnalysis
    from presidio_structured.data import PandasDataProcessor

    salt = {"hash_type": "sha256", "salt": b"0123456789abcdef0123456789abcdef"}
    hidden = {"masking_char": "*", "chars_to_mask": 6, "from_end": False}
    operators = {
        "ID": OperatorConfig("hash", salt), "PERSON": OperatorConfig("hash", salt), "EMAIL_ADDRESS": OperatorConfig("hash", salt),
        "PHONE_NUMBER": OperatorConfig("hash", salt), "LOCATION": OperatorConfig("replace", {"new_value": "x"}),
        "CITY": OperatorConfig("replace", {"new_value": "x"}), "ZIP": OperatorConfig("mask", hidden),
        "DATE_TIME": OperatorConfig("mask", hidden), "INCOME": OperatorConfig("mask", hidden),
        "DROPPED": OperatorConfig("redact"),
    }  # fmt: skip
    analysis = StructuredAnalysis(entity_mapping=ENTITIES)
    return StructuredEngine(PandasDataProcessor()).anonymize(table, analysis, operators=operators)


def _faker(table: Any) -> Any:
    from faker import Faker

    fake = Faker("en_US")
    makers = {"CustomerID": fake.uuid4, "FirstName": fake.first_name, "LastName": fake.last_name,
              "AddressLine1": fake.street_address, "City": fake.city, "PostalCode": fake.postcode,
              "PhoneNumber": fake.phone_number, "BirthDate": fake.date, "EmailAddress": fake.email}  # fmt: skip
    for column, make in makers.items():
        table[column] = [make() for _ in range(len(table))]
    return table


if __name__ == "__main__":
    main()
