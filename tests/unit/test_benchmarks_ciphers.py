"""The attacker without a key and the figures of the ciphers, in small."""

import hashlib

import pytest

from benchmarks.transform import ciphers, keyless
from veil.transforms.keys import Key

NUMBERS = [f"{keyless.PREFIX}{place:06d}" for place in range(0, 2_000, 7)]
TRUTH = keyless.released(NUMBERS, Key("main", "2026-11", hashlib.sha256(b"not known").digest()))


def test_the_attacker_finds_every_number_of_the_fixture_and_none_behind_a_key():
    state = keyless.attack(TRUTH, seconds=1e9, block=2_000)
    assert state.n_passes == len(keyless.HASHES) * len(keyless.WRITINGS)
    assert {label: state.recovered(label) for label in TRUTH} == {
        **dict.fromkeys(keyless.TRANSFORMED, 0), keyless.FIXTURE: len(NUMBERS)
    }  # fmt: skip


@pytest.mark.parametrize("word", ["", "secret", "veil"])
def test_the_attacker_finds_what_a_guessable_key_made(word):
    """So that 0 means that the key held, not that the attack did not know how tokens are made."""
    for secret in (word.encode().ljust(32, b"\0"), hashlib.sha256(word.encode()).digest()):
        state = keyless.attack(keyless.released(NUMBERS, Key("main", "2026-11", secret)), seconds=0, block=2_000)
        assert {label: state.recovered(label) for label in keyless.TRANSFORMED} == dict.fromkeys(
            keyless.TRANSFORMED, len(NUMBERS)
        )


def test_the_time_of_an_attack_ends():
    assert keyless.attack(TRUTH, seconds=0, block=2_000).n_passes == 0


def test_figures_are_a_table(monkeypatch):
    for name, value in (("N_VALUES", 300), ("N_SLOW", 3), ("ROUNDS", 1)):
        monkeypatch.setattr(ciphers, name, value)
    lines = ciphers.main()
    assert sum(line.startswith("| fpe") for line in lines) == 8 + len(ciphers.NUMBERINGS)
    assert "FF1 over nine digits" in lines[-1]
    assert "| token | 0 | 0 |" in keyless.main(seconds=0, block=2_000, n_targets=10)
