"""The ciphers beneath encrypt and fpe: published vectors, permutations that are ones, numbers that check."""

import importlib
import random

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from veil.transforms.ciphers.checked import is_iban, numbering_of, with_check
from veil.transforms.ciphers.derive import derived, framed, hkdf
from veil.transforms.ciphers.ff1 import FF1
from veil.transforms.ciphers.numberings import NUMBERINGS
from veil.transforms.ciphers.permutation import Permutation, walked
from veil.transforms.ciphers.sealed import Sealer
from veil.transforms.ciphers.shapes import Secret, groups, permuted, shapes_of
from veil.transforms.keys import Key

KEY = Key("main", "2026-11", bytes(range(32)))
NIST_KEY = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94")
SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"
TWEAK_10, TWEAK_36 = "39383736353433323130", "3737373770717273373737"
NIST = [
    (16, 10, "", "0123456789", "2433477484"),
    (16, 10, TWEAK_10, "0123456789", "6124200773"),
    (16, 36, TWEAK_36, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (24, 10, "", "0123456789", "2830668132"),
    (24, 10, TWEAK_10, "0123456789", "2496655549"),
    (24, 36, TWEAK_36, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (32, 10, "", "0123456789", "6657667009"),
    (32, 10, TWEAK_10, "0123456789", "1001623463"),
    (32, 36, TWEAK_36, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
]


def rows(text: str) -> np.ndarray:
    return np.array([[SIGNS.index(sign) for sign in text]], dtype=np.uint8)


@pytest.mark.parametrize(("key_bytes", "radix", "tweak", "plain", "expected"), NIST)
def test_ff1_gives_the_samples_of_nist(key_bytes, radix, tweak, plain, expected):
    """The nine FF1 samples that NIST publishes beside SP 800-38G."""
    cipher = FF1(NIST_KEY[:key_bytes], radix, bytes.fromhex(tweak))
    encrypted = cipher.encrypt(rows(plain))
    assert "".join(SIGNS[numeral] for numeral in encrypted[0]) == expected
    assert (cipher.decrypt(encrypted) == rows(plain)).all()


def slow_ff1(key: bytes, radix: int, tweak: bytes, numerals: list[int]) -> list[int]:
    """FF1 once more, as the standard writes it: one string, Python's integers, a block at a time."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    def aes(block: bytes) -> bytes:
        return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)

    def value(some: list[int]) -> int:
        total = 0
        for numeral in some:
            total = total * radix + numeral
        return total

    n = len(numerals)
    u, v = n // 2, n - n // 2
    a, b = numerals[:u], numerals[u:]
    wide = -(-((radix**v - 1).bit_length()) // 8)
    d = 4 * -(-wide // 4) + 4
    p = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, u % 256]) + n.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
    for turn in range(10):
        q = tweak + bytes((-len(tweak) - wide - 1) % 16) + bytes([turn]) + value(b).to_bytes(wide, "big")
        state = bytes(16)
        for at in range(0, len(p + q), 16):
            state = aes(bytes(x ^ y for x, y in zip(state, (p + q)[at : at + 16], strict=True)))
        s = state + b"".join(aes((int.from_bytes(state, "big") ^ at).to_bytes(16, "big")) for at in range(1, -(-d // 16)))
        m = u if turn % 2 == 0 else v
        c = (value(a) + int.from_bytes(s[:d], "big")) % radix**m
        a, b = b, [c // radix**place % radix for place in reversed(range(m))]
    return a + b


@pytest.mark.parametrize("radix", [2, 10, 26, 36, 62, 256])
@pytest.mark.parametrize("length", [4, 7, 11, 20, 33, 64, 128])
@pytest.mark.parametrize("tweak", [b"", b"person", bytes(40)])
def test_ff1_is_what_the_standard_writes(radix, length, tweak):
    drawn = np.random.default_rng(length).integers(0, radix, (7, length)).astype(np.uint8)
    cipher = FF1(NIST_KEY, radix, tweak)
    encrypted = cipher.encrypt(drawn)
    assert encrypted.tolist() == [slow_ff1(NIST_KEY, radix, tweak, row) for row in drawn.tolist()]
    assert (cipher.decrypt(encrypted) == drawn).all()


@pytest.mark.parametrize("size", [10**6, 10**6 + 3, 2**20])
def test_a_permutation_reaches_every_number_once(size):
    numbers = np.arange(size, dtype=np.uint64)
    moved = Permutation(NIST_KEY, size, b"t").encrypt(numbers)
    assert np.array_equal(np.sort(moved), numbers)
    assert np.array_equal(Permutation(NIST_KEY, size, b"t").decrypt(moved), numbers)
    assert (moved == numbers).sum() < 12


@pytest.mark.parametrize("size", [10**9, 2**40 + 1, 10**15, 2**63, 2**63 + 1, 10**30, 26**40])
def test_a_permutation_of_any_size_comes_back(size):
    random.seed(size)
    numbers = [0, 1, size - 1, *(random.randrange(size) for _ in range(200))]
    permutation = Permutation(NIST_KEY, size)
    start = np.array(numbers, dtype=permutation.kind)
    moved = permutation.encrypt(start)
    assert all(0 <= number < size for number in moved.tolist())
    assert permutation.decrypt(moved).tolist() == numbers
    other = Permutation(NIST_KEY, size, b"other").encrypt(start)
    assert (moved != other).sum() > 195


@pytest.mark.parametrize("size", [0, 1, 1000, 10**6 - 1])
def test_what_could_be_listed_is_refused(size):
    with pytest.raises(ValueError, match="1000000 are needed"):
        Permutation(NIST_KEY, size)


def test_walking_stays_in_the_set_and_is_one_to_one_there():
    permutation = Permutation(NIST_KEY, 10**6)
    evens = np.arange(0, 10**6, 2, dtype=np.uint64)
    moved = permutation.encrypt(evens, lambda numbers: numbers % np.uint64(2) == 0)
    assert np.array_equal(np.sort(moved), evens)
    assert np.array_equal(permutation.decrypt(moved, lambda numbers: numbers % np.uint64(2) == 0), evens)
    assert len(walked(lambda numbers: numbers, evens[:0], lambda numbers: numbers == numbers)) == 0


def test_a_key_per_purpose_has_nothing_to_do_with_another():
    made = {derived(key, purpose, part) for key in (KEY, Key("main", "2026-12", KEY.secret), Key("main", "2026-11", b"x" * 32))
            for purpose in ("encrypt siv", "encrypt gcm", "fpe") for part in ("", "a", "b")}  # fmt: skip
    assert len(made) == 27
    assert framed("a", "bc") != framed("ab", "c")


def test_derivation_is_hkdf_of_rfc_5869():
    import hashlib
    import hmac

    extracted = hmac.digest(b"veil ciphers 1", KEY.secret, "sha256")
    first = hmac.digest(extracted, b"info" + b"\1", "sha256")
    second = hmac.digest(extracted, first + b"info" + b"\2", "sha256")
    assert hkdf(KEY.secret, b"info", 64) == first + second
    assert hashlib.sha256(first).digest() != second


def test_a_sealed_cell_is_aes_siv_over_its_place():
    """Worked out once more from the definitions, as whoever checks a cell by hand would."""
    cell = Sealer(KEY, ("person",)).seal([b"Anna"])[0]
    head, epoch, written = cell.split(".")
    assert (head, epoch) == ("siv1", "2026-11")
    sealed = bytes.fromhex(written.translate(str.maketrans("BCDFGHJKLMNPQRST", "0123456789abcdef")))
    key = hkdf(KEY.secret, framed("encrypt siv", "2026-11"), 64)
    assert AESSIV(key).decrypt(sealed, [framed("veil sealed", "siv1.2026-11.", "person")]) == b"Anna"


@pytest.mark.parametrize("mode", ["deterministic", "random"])
def test_a_cell_opens_in_its_place_only(mode):
    sealer = Sealer(KEY, ("person",), mode)
    cell = sealer.seal([b"Anna"])[0]
    assert sealer.open([cell]) == [b"Anna"]
    others = [
        Sealer(KEY, ("email",), mode), Sealer(KEY, ("person", "name"), mode), Sealer(KEY, ("person",), mode, erasable=True),
        Sealer(Key("main", "2026-12", KEY.secret), ("person",), mode),
        Sealer(Key("main", "2026-11", b"x" * 32), ("person",), mode),
        Sealer(KEY, ("person",), "random" if mode == "deterministic" else "deterministic"),
    ]  # fmt: skip
    assert [other.open([cell]) for other in others] == [[None]] * len(others)
    forged = [other.head + cell.split(".")[-1] for other in others]
    assert [other.open([each])[0] for other, each in zip(others, forged, strict=True)] == [None] * len(others)


@pytest.mark.parametrize("mode", ["deterministic", "random"])
def test_a_changed_cell_does_not_open(mode):
    sealer = Sealer(KEY, ("person",), mode)
    cell = sealer.seal([b"Anna"])[0]
    changed = [cell[:at] + ("C" if cell[at] != "C" else "D") + cell[at + 1 :] for at in range(len(cell))]
    cut = [cell[:at] for at in range(len(cell))]
    strange = ["", "x", cell + "BB", cell.lower(), cell + "B", " " + cell, "siv1.2026-11.", "siv1.2026-11.\u0660", "😀", "\ud800"]
    assert sealer.open([*changed, *cut, *strange]) == [None] * (2 * len(cell) + len(strange))


@pytest.mark.parametrize("epoch", ["1", "2026-11", "a.b", "é/ü", "\ud800", ".", "x" * 200])
def test_any_epoch_has_a_head_of_three_parts(epoch):
    cell = Sealer(Key("main", epoch, KEY.secret), ("person",)).seal([b"Anna"])[0]
    assert cell.isascii()
    assert cell.count(".") == 2
    assert Sealer(Key("main", epoch, KEY.secret), ("person",)).open([cell]) == [b"Anna"]


STDNUM = {
    "card": "luhn", "be_national_number": "be.nn", "es_dni": "es.nif", "fi_hetu": "fi.hetu", "fr_nir": "fr.nir",
    "it_codice_fiscale": "it.codicefiscale", "nl_bsn": "nl.bsn", "pl_pesel": "pl.pesel", "pt_nif": "pt.nif",
    "se_personnummer": "se.personnummer",
}  # fmt: skip
PUBLISHED = {
    "card": ["4111111111111111", "5500005555555559", "378282246310005"], "be_national_number": ["85073003328"],
    "es_dni": ["12345678Z", "X1234567L"], "fi_hetu": ["131052-308T"], "fr_nir": ["255081416802538"],
    "it_codice_fiscale": ["RSSMRA85T10A562S"], "nl_bsn": ["111222333"], "pl_pesel": ["44051401458"], "pt_nif": ["123456789"],
    "se_personnummer": ["8112189876", "198112189876"],
}  # fmt: skip


@pytest.mark.parametrize("kind", NUMBERINGS)
def test_numbers_are_what_python_stdnum_takes_for_valid(kind):
    """Its checks of dates look at today's; numbers that are of the years after 2020 are left out."""
    module = importlib.import_module(f"stdnum.{STDNUM[kind]}")
    random.seed(7)
    for numbering in NUMBERINGS[kind]:
        indices = [0, numbering.size - 1, *(random.randrange(numbering.size) for _ in range(500))]
        written = [(index, number) for index in indices if (number := numbering.write(index)) is not None]
        assert len(written) > (400 if numbering.gaps else 501)
        assert [numbering.read(number) for _, number in written] == [index for index, _ in written]
        spelled = [
            f"{number[:6]}-{number[6:]}" if kind.startswith("se") and len(number) == 10 else number for _, number in written
        ]
        valid = sum(module.is_valid(number) for number in spelled)
        assert valid >= len(written) * (0.9 if kind == "be_national_number" else 0.999)


@pytest.mark.parametrize("kind", NUMBERINGS)
def test_published_numbers_are_read_and_others_are_not(kind):
    for number in PUBLISHED[kind]:
        place, index = numbering_of(kind, number)
        assert NUMBERINGS[kind][place].write(index) == number
        wrong = [number[:-1] + sign for sign in "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ" if sign != number[-1]]
        assert [numbering_of(kind, each) for each in wrong] == [None] * len(wrong)
    strange = ["", "0", "x", "-", "A" * 16, "9" * 9, "9" * 13, "²" * 11, "\u0661" * 11, "1" * 100_000, "99" * 8, "999999-999X"]
    assert [each for each in strange if numbering_of(kind, each) is not None] in ([], ["9" * 9])


@pytest.mark.parametrize(
    "iban", ["BE68539007547034", "NL91ABNA0417164300", "GB29NWBK60161331926819", "MT84MALT011000012345MTLCAST001S"]
)
def test_check_digits_of_an_iban(iban):
    assert is_iban(iban)
    assert with_check(iban[:2], iban[4:]) == iban
    assert not is_iban(iban[:-1] + ("1" if iban[-1] != "1" else "2"))
    assert not is_iban(iban.lower())


def test_groups_hold_every_row_once_in_order():
    found = groups(["b", "a", "b", "c", "a"])
    assert [(label, rows.tolist()) for label, rows in found] == [("b", [0, 2]), ("a", [1, 4]), ("c", [3])]
    assert groups([]) == []


def test_a_shape_is_kept_whatever_stands_between():
    values = ["AB-12", "ab 12\u00a0", "😀1\ud8002", "Zz99zZ"]
    moved = permuted([value * 3 for value in values], shapes_of([value * 3 for value in values]), Secret(NIST_KEY, b""))
    assert shapes_of(moved) == shapes_of([value * 3 for value in values])
