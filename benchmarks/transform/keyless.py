"""An attacker without the key: from pseudonyms of phone numbers back to the numbers, by trying every number there is.

`python -m benchmarks.transform keyless`. The attacker knows Veil's code, the policy, keyspace and epoch, and that all numbers are
of one block of a million; only the key is missing. Each pass writes every number of the block in one way and hashes it in one,
and looks whether hash, token or number that Veil's own code would make of it is among the released ones. The same passes meet a
fixture without a key, a plain SHA-256 of each number, as many systems have it: that the attack works is seen there.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from veil.model import Column
from veil.transforms import TRANSFORMS, Context
from veil.transforms.keys import Key, letters

N_TARGETS = 1_000
BLOCK = 1_000_000
SECONDS = 60.0
PREFIX = "32470"
N_DIGITS = 6

WRITINGS: dict[str, Callable[[str], str]] = {
    "E.164": lambda digits: f"+{digits}",
    "digits": lambda digits: digits,
    "national": lambda digits: f"0{digits[2:]}",
    "dialed": lambda digits: f"00{digits}",
    "without trunk": lambda digits: digits[2:],
    "spaced": lambda digits: f"+{digits[:2]} {digits[2:5]} {digits[5:7]} {digits[7:9]} {digits[9:]}",
    "framed": lambda digits: "\0\0\0\0\0\0\0\x0c+" + digits,
    "keyspace and epoch": lambda digits: f"2026-11phone+{digits}",
}
HASHES: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda text: hashlib.sha256(text).digest(),
    "md5": lambda text: hashlib.md5(text).digest(),
    "sha1": lambda text: hashlib.sha1(text).digest(),
    "sha512": lambda text: hashlib.sha512(text).digest(),
    "blake2b": lambda text: hashlib.blake2b(text, digest_size=32).digest(),
    "blake2s": lambda text: hashlib.blake2s(text).digest(),
    "sha3-256": lambda text: hashlib.sha3_256(text).digest(),
    "twice sha256": lambda text: hashlib.sha256(hashlib.sha256(text).digest()).digest(),
    "itself": lambda text: text,
    "hexadecimal": lambda text: bytes.fromhex(text.hex()),
    "base64": base64.b64encode,
}
TRANSFORMED = {
    "token": ("token", {}),
    "hash": ("hash", {}),
    "hash, blake2b": ("hash", {"algorithm": "blake2b"}),
    "fpe": ("fpe", {}),
    "encrypt": ("encrypt", {}),
}
FIXTURE = "a SHA-256 without key (fixture)"
HEXADECIMAL = ("hash", "hash, blake2b", FIXTURE)
HEX_DIGITS = 32


@dataclass
class Attack:
    """Released pseudonyms by what made them, the numbers behind them, and what of it the attacker has found."""

    truth: dict[str, dict[str, str]] = field(repr=False)
    found: dict[str, set[str]] = field(default_factory=dict, repr=False)
    n_tried: int = 0
    n_passes: int = 0

    def recovered(self, label: str) -> int:
        """Return how many pseudonyms were led back to their own number."""
        return len(self.found.get(label, set()))

    def claim(self, label: str, pseudonym: str, digits: str) -> None:
        """Count a pseudonym as found if the attacker's number is the right one."""
        if self.truth[label].get(pseudonym) == digits:
            self.found.setdefault(label, set()).add(pseudonym)


def released(numbers: Sequence[str], key: Key) -> dict[str, dict[str, str]]:
    """Return the pseudonyms of numbers under each transform, and of the fixture, with the digits behind each."""
    context = Context(Column("mobile"), key=key, keyspace="phone", canonical="phone", region="BE")
    cells = pd.Series([f"+{digits}" for digits in numbers], dtype=object)
    made = {
        label: TRANSFORMS[name].model_validate(parameters).apply(cells, context)
        for label, (name, parameters) in TRANSFORMED.items()
    }
    truth = {label: dict(zip(pseudonyms, numbers, strict=True)) for label, pseudonyms in made.items()}
    return {**truth, FIXTURE: {hashlib.sha256(f"+{digits}".encode()).hexdigest(): digits for digits in numbers}}


def attack(truth: dict[str, dict[str, str]], *, seconds: float = SECONDS, block: int = BLOCK) -> Attack:
    """Try every number of the block in every writing and hash until the time is up; processor time."""
    state = Attack(truth)
    digits = [f"{PREFIX}{place:0{N_DIGITS}d}" for place in range(block)]
    start = time.process_time()
    _guess_ciphers(state, digits[: min(block, 50_000)])
    for hashed, writing in product(HASHES, WRITINGS):
        if time.process_time() - start > seconds:
            break
        _try(state, digits, [HASHES[hashed](WRITINGS[writing](each).encode()) for each in digits])
        state.n_passes += 1
    return state


def _try(state: Attack, digits: Sequence[str], hashed: Sequence[bytes]) -> None:
    """Compare a pass with everything that was released: as hexadecimal, cut to its length, as text, as letters, as a number."""
    state.n_tried += len(digits)
    starts = {pseudonym[:HEX_DIGITS]: (label, pseudonym) for label in HEXADECIMAL for pseudonym in state.truth[label]}
    for at, each in enumerate(hashed):
        hit = starts.get(each[: HEX_DIGITS // 2].hex())
        if hit is not None and each.hex().startswith(hit[1]):
            state.claim(*hit, digits[at])
    if len(hashed[0]) == 32:
        words = np.frombuffer(b"".join(hashed), dtype=">u8").astype(np.uint64).reshape(-1, 4)
        _match(state, "token", digits, letters(words, 19))
        _match(state, "fpe", digits, (f"+32{number:09d}" for number in (words[:, 0] % np.uint64(10**9)).tolist()))
    elif len(hashed[0]) < 32:
        for label in ("fpe", "token", "encrypt"):
            _match(state, label, digits, (each.decode("latin-1") for each in hashed))


def _match(state: Attack, label: str, digits: Sequence[str], tried: Iterable[str]) -> None:
    pseudonyms = state.truth[label]
    for at, guess in enumerate(tried):
        if guess in pseudonyms:
            state.claim(label, guess, digits[at])


def _guess_ciphers(state: Attack, digits: Sequence[str]) -> None:
    """Run Veil's own transforms under keys that somebody could have left: zeros, words, and hashes of them."""
    for word in ("", "key", "secret", "password", "veil", "main", "phone"):
        for secret in (word.encode().ljust(32, b"\0"), hashlib.sha256(word.encode()).digest()):
            for label, pseudonyms in released(digits, Key("main", "2026-11", secret)).items():
                for pseudonym, number in pseudonyms.items() if label != FIXTURE else ():
                    state.claim(label, pseudonym, number)


def main(seconds: float = SECONDS, block: int = BLOCK, n_targets: int = N_TARGETS) -> list[str]:
    """Return Markdown lines."""
    drawn = np.random.default_rng(2026).choice(block, size=n_targets, replace=False)
    numbers = [f"{PREFIX}{place:0{N_DIGITS}d}" for place in sorted(drawn.tolist())]
    key = Key("main", "2026-11", hashlib.sha256(b"a key that the attacker does not have").digest())
    state = attack(released(numbers, key), seconds=seconds, block=block)
    passes = f"{state.n_passes} of {len(HASHES) * len(WRITINGS)} passes, {state.n_tried:,} hashed writings"
    told = f"{n_targets:,} numbers of a block of {block:,} that the attacker knows: {passes}, {seconds:.0f} s of processor time."
    lines = [told, "", "| pseudonyms | led back | must be |", "|---|--:|--:|"]
    wanted = dict.fromkeys(TRANSFORMED, 0) | {FIXTURE: n_targets}
    return lines + [f"| {label} | {state.recovered(label):,} | {wanted[label]:,} |" for label in state.truth]


if __name__ == "__main__":
    print("\n".join(main()))
