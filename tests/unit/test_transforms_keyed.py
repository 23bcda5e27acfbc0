"""Keys, hash and token: the pseudonyms that join."""

import hashlib
import hmac

import numpy as np
import pandas as pd
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from pydantic import ValidationError

from veil.errors import TransformFailed
from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.keys import CONSONANTS, Key, letters, mac_words, macs

KEY = Key("main", "2026-11", b"0123456789abcdef0123456789abcdef")
VALUES = ["Anna", "ANNA", "Zoë", "Zoe\u0308", "1", "01", " 1", "\ud800", "😀", "=1+1", "a" * 10_000]
NULLS = [None, "", "NA"]


def apply(name: str, values: list, key: Key | None = KEY, keyspace: str = "person", context=None, **parameters) -> list:
    cells = pd.Series(values, dtype=object)
    transform = TRANSFORMS[name].model_validate(parameters)
    known = Context(Column("c"), key=key, keyspace=keyspace, null_values=frozenset({"NA"}), **(context or {}))
    return list(transform.apply(cells, known))


def framed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part


def test_a_mac_is_hmac_sha256_of_epoch_keyspace_and_value():
    message = framed(b"2026-11") + framed(b"person") + framed(b"Anna")
    assert list(macs(KEY, "person", ["Anna"])) == [hmac.new(KEY.secret, message, hashlib.sha256).digest()]


def test_epoch_keyspace_purpose_and_secret_each_change_the_mac():
    drawn = [
        next(macs(key, keyspace, ["Anna"], purpose=purpose))
        for key in (KEY, Key("main", "2026-12", KEY.secret), Key("main", "2026-11", b"x" * 32))
        for keyspace in ("person", "email")
        for purpose in ("", "fake", "date_shift")
    ]
    assert len(set(drawn)) == len(drawn)


def test_frames_keep_neighbors_apart():
    assert next(macs(KEY, "a", ["bc"])) != next(macs(KEY, "ab", ["c"]))
    assert next(macs(KEY, "a", ["c"], purpose="b")) != next(macs(KEY, "ab", ["c"]))


def test_words_are_aes_of_a_keyed_blake2b():
    """Worked out once more from the definitions, as whoever checks a pseudonym by hand would."""
    root_key = hmac.digest(KEY.secret, framed(b"veil roots") + framed(b"2026-11") + framed(b"person"), "sha256")
    root = hashlib.blake2b(b"Bert", key=root_key, digest_size=32).digest()
    purpose_key = hmac.digest(KEY.secret, framed(b"veil purpose") + framed(b"2026-11") + framed(b"token"), "sha256")
    block = Cipher(algorithms.AES(purpose_key), modes.ECB()).encryptor().update(root)
    words = mac_words(KEY, "person", ["Anna", "Bert"], purpose="token")
    assert words.shape == (2, 4)
    assert b"".join(int(word).to_bytes(8, "big") for word in words[1]) == block
    assert mac_words(KEY, "person", [], purpose="token").shape == (0, 4)


def test_words_of_two_purposes_epochs_keyspaces_or_secrets_share_nothing():
    drawn = [
        tuple(mac_words(key, keyspace, ["Anna"], purpose=purpose)[0].tolist())
        for key in (KEY, Key("main", "2026-12", KEY.secret), Key("main", "2026-11", b"x" * 32))
        for keyspace in ("person", "email")
        for purpose in ("token", "fake", "date_shift")
    ]
    assert len({word for words in drawn for word in words}) == 4 * len(drawn)


def test_letters_are_the_digits_of_the_words():
    words = np.array([[0, 1], [20, 19 + 20 * 3]], dtype=np.uint64)
    assert letters(words, 4) == ["BCBB", "BZCF"]
    with pytest.raises(ValueError, match="27 letters"):
        letters(words, 27)


def test_letters_are_drawn_evenly():
    drawn = "".join(letters(mac_words(KEY, "person", map(str, range(5_000))), 19))
    counts = pd.Series(list(drawn)).value_counts()
    assert set(counts.index) == set(CONSONANTS)
    assert counts.max() / counts.min() < 1.12


@pytest.mark.parametrize("name", ["hash", "token"])
def test_pseudonyms_are_distinct_and_leave_nulls(name):
    pseudonyms = apply(name, VALUES + NULLS + VALUES)
    assert len(set(pseudonyms[: len(VALUES)])) == len(VALUES)
    assert pseudonyms[len(VALUES) : len(VALUES) + 3] == NULLS
    assert pseudonyms[len(VALUES) + 3 :] == pseudonyms[: len(VALUES)]


@pytest.mark.parametrize("name", ["hash", "token"])
def test_pseudonyms_depend_on_key_epoch_and_keyspace(name):
    results = [
        apply(name, VALUES),
        apply(name, VALUES, keyspace="other"),
        apply(name, VALUES, key=Key("main", "2026-12", KEY.secret)),
        apply(name, VALUES, key=Key("main", "2026-11", b"y" * 32)),
    ]
    assert len({value for result in results for value in result}) == 4 * len(VALUES)


@pytest.mark.parametrize("name", ["hash", "token"])
def test_no_key_no_pseudonym(name):
    with pytest.raises(TransformFailed, match=r"`c`.*key"):
        apply(name, ["a"], key=None)


def test_hash_is_lower_hexadecimal_of_the_asked_length():
    for length in (20, 32, 64):
        for value in apply("hash", VALUES, length=length):
            assert len(value) == length
            assert set(value) <= set("0123456789abcdef")
    assert apply("hash", ["Anna"], length=64) == [next(macs(KEY, "person", ["Anna"])).hex()]


def test_token_is_a_prefix_and_consonants():
    for token in apply("token", VALUES, prefix="C-", length=24):
        assert token[:2] == "C-"
        assert len(token) == 26
        assert set(token[2:]) <= set(CONSONANTS)


@pytest.mark.parametrize(
    ("name", "length"), [("hash", 19), ("hash", 65), ("hash", "32"), ("token", 18), ("token", 53), ("token", 19.0)]
)
def test_pseudonyms_of_other_lengths_are_refused(name, length):
    with pytest.raises(ValidationError):
        TRANSFORMS[name].model_validate({"length": length})


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("email", ["a@x.org", " A@X.ORG "]),
        ("numeric-id", ["123", "00123"]),
        ("phone", ["+32 470 12 34 56", "0470/12.34.56"]),
        ("iban", ["BE68 5390 0754 7034", "be68539007547034"]),
    ],
)
@pytest.mark.parametrize("name", ["hash", "token"])
def test_spellings_of_one_value_get_one_pseudonym_where_the_policy_says_so(name, form, values):
    assert len(set(apply(name, values, context={"canonical": form, "region": "BE"}))) == 1
    assert len(set(apply(name, values))) == 2


def test_a_key_shows_nothing_of_its_secret():
    assert "0123" not in repr(KEY)
    assert len(KEY.fingerprint) == 8
    assert KEY.fingerprint != Key("main", "2026-11", b"z" * 32).fingerprint
