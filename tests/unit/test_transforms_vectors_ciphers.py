"""Frozen vectors of hash, token, encrypt, fpe and the canonical forms: an upgrade that would change a pseudonym fails here.

A change on purpose is in the changelog, and rewrites the files by `python tests/unit/test_transforms_vectors_ciphers.py`.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.canonical import canonical
from veil.transforms.ciphers.numberings import NUMBERINGS
from veil.transforms.keys import Key

FOLDER = Path(__file__).with_name("vectors") / "ciphers"
KEYS = [Key("main", "2026-11", bytes(range(32))), Key("main", "é 2", b"0123456789abcdef")]
TEXTS = ["Anna Smith", "ANNA SMITH", "Łukasz Żak", "José", "Jose\u0301", "00123", "123", "a@b.example", "😀", "\ud83d", "\0",
         "=1+1", " a", "\u202eabc", "x" * 100]  # fmt: skip
DIGITS = ["123456", "000000", "0123456789", "12-34-56", "4111 1111 1111 1111", "99999999999999999999", "1" * 40, "+12 (345) 678"]
LETTERS = ["AbcdE", "hello-World", "Qwert yuiop", "ZZZZZ", "a" * 30]
MIXED = ["1-ABC-123", "AB12 cd34", "A1B2C3", "000001", "abcde", "X" * 20 + "9" * 20]
PHONES = ["+32 470 12 34 56", "0470/12.34.56", "02 123 45 67", "+1 212 555 0123 ext. 12", "+39 06 12345678", "+33123456789",
          "32470123456", "3.2470123456e+10", "470123456.0"]  # fmt: skip
IBANS = [
    "BE68 5390 0754 7034",
    "GB29NWBK60161331926819",
    "NL91ABNA0417164300",
    "MT84MALT011000012345MTLCAST001S",
    "DE89370400440532013000",
]
FORMS = {
    "email": ["Ann@Example.org", "JÖRG@BÜCHER.example", "a@b@c", " x "],
    "phone": [*PHONES, "1 (11) 500 555-0162", "n/a"],
    "numeric-id": ["00123", "0", "-5", "1e+15", "12.00", "A01"],
    "iban": ["be68 5390-0754 7034"],
    "name": ["Zoë  Weiß", " O’Brien\t"],
    "vat": ["be 0403.170.701"],
    "id": ["ab-12/34", "1.5e3"],
    "date": ["08/04/1966", "31/02/2000"],
}


def numbers(kind: str) -> list[str]:
    """Return numbers of a kind, spread evenly over its indices."""
    written = [numbering.write(numbering.size * at // 13) for numbering in NUMBERINGS[kind] for at in range(13)]
    return [number for number in written if number][:16]


def cases() -> list[tuple[str, dict, str, str, list[str]]]:
    """Return transform, parameters, keyspace, canonical form and values of each vector."""
    plain = [
        ("hash", {}, "person", "text", TEXTS),
        ("hash", {"length": 64}, "email", "text", TEXTS),
        ("hash", {"algorithm": "blake2b"}, "person", "text", TEXTS),
        ("hash", {}, "phone", "phone", PHONES),
        ("token", {}, "person", "text", TEXTS),
        ("token", {"prefix": "C-", "length": 52}, "email", "text", TEXTS),
        ("token", {}, "phone", "phone", PHONES),
        ("encrypt", {}, "person", "text", TEXTS),
        ("encrypt", {}, "column:c", "text", TEXTS),
        ("encrypt", {}, "phone", "phone", PHONES),
        ("fpe", {}, "person", "text", DIGITS),
        ("fpe", {"of": "letters"}, "person", "text", LETTERS),
        ("fpe", {"of": "alphanumeric"}, "person", "text", MIXED),
        ("fpe", {"of": "phone"}, "phone", "text", PHONES[:6]),
        ("fpe", {}, "phone", "phone", PHONES),
        ("fpe", {"of": "iban"}, "iban", "text", IBANS),
        ("fpe", {}, "iban", "iban", IBANS),
    ]
    return plain + [("fpe", {"of": kind}, "person", "text", numbers(kind)) for kind in NUMBERINGS]


def applied(case: tuple[str, dict, str, str, list[str]], key: Key) -> list[str]:
    name, parameters, keyspace, form, values = case
    context = Context(Column("c"), key=key, keyspace=keyspace, canonical=form, region="BE")
    return list(TRANSFORMS[name].model_validate(parameters).apply(pd.Series(values, dtype=object), context))


def frozen() -> dict[str, list[dict]]:
    """Return the vectors of each transform."""
    made: dict[str, list[dict]] = {}
    for case in cases():
        name, parameters, keyspace, form, values = case
        told = {"parameters": parameters, "keyspace": keyspace, "canonical": form, "values": values}
        made.setdefault(name, []).append({**told, "expected": [applied(case, key) for key in KEYS]})
    told = [
        {"form": form, "values": values, "expected": canonical(form, values, "BE", "%d/%m/%Y")} for form, values in FORMS.items()
    ]
    return {**made, "canonical": told}


def stored(name: str) -> list[dict]:
    return json.loads((FOLDER / f"{name}.json").read_text())


@pytest.mark.parametrize("name", ["hash", "token", "encrypt", "fpe", "canonical"])
def test_pseudonyms_are_what_they_were(name):
    assert json.loads(json.dumps(frozen()[name])) == stored(name)


def test_there_are_enough_of_them():
    pseudonyms = [
        one for name in ("hash", "token", "encrypt", "fpe") for case in stored(name) for each in case["expected"] for one in each
    ]
    assert len(pseudonyms) >= 500
    assert len(set(pseudonyms)) > 0.9 * len(pseudonyms)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for transform, vectors in frozen().items():
        (FOLDER / f"{transform}.json").write_text(json.dumps(vectors, indent=1) + "\n")
