"""`veil verify` on a real release: it holds as it is, and each way of tampering is told."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from flows.cli import main
from tasks.verify import verified
from tests.acceptance.conftest import Run
from tests.acceptance.small import POLICY, write_people
from veil.errors import KeyUnavailable, VerificationFailed

SEED = "11" * 32


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEIL_TEST_KEY", "00112233445566778899aabbccddeeff")
    monkeypatch.setenv("VEIL_TEST_SIGNING", SEED)
    monkeypatch.setenv("VEIL_SIGNING_KEY_FROM", "env:VEIL_TEST_SIGNING")


def public_key() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEED)).public_key().public_bytes_raw()


def fails(release: Path) -> list[str]:
    return [each.what for each in verified(release, public_key()) if each.verdict == "fails"]


def resealed(release: Path) -> None:
    """Write the manifest's digests anew, as somebody without the key would."""
    path = release / "manifest.json"
    told = json.loads(path.read_text())
    told["files"] = {name: hashlib.sha256((release / name).read_bytes()).hexdigest() for name in told["files"]}
    path.write_text(json.dumps(told))


def change_cell(release: Path) -> None:
    path = release / "synthetic" / "people.csv"
    path.write_text(path.read_text().replace("Ghent", "Paris", 1))


def change_gate(release: Path) -> None:
    path = release / "evidence" / "gate-check.json"
    told = json.loads(path.read_text())
    figure = next(each for each in told["expectations"] if each["name"].endswith("fidelity"))
    figure["observed"] = 0.01
    path.write_text(json.dumps(told))


def test_a_release_holds_and_what_was_tampered_with_is_told(run: Run, tmp_path: Path, capsys):
    policy = POLICY.replace("synthesizer: ctgan, epochs: 1", "synthesizer: circuit, epochs: 2")
    ended = run(write_people(tmp_path / "drop"), policy)
    assert ended.name == "Released", ended.message
    release = Path(ended.message)
    assert fails(release) == []
    assert main(["verify", str(release), "--public-key", public_key().hex(), "--quiet"]) == 0
    assert "0 fail" in capsys.readouterr().out

    tampered = {
        "a cell": (change_cell, False, {"synthetic/people.csv"}),
        "a cell, resealed": (change_cell, True, {"signature"}),
        "a figure": (change_gate, False, {"evidence/gate-check.json", "gate check: people: fidelity", "check gate and checks"}),
        "a figure, resealed": (change_gate, True, {"signature", "gate check: people: fidelity", "check gate and checks"}),
        "a file more": (lambda at: (at / "synthetic" / "more.csv").write_text("a\n"), False, {"synthetic/more.csv"}),
        "a file less": (lambda at: (at / "report.html").unlink(), False, {"report.html"}),
        "no signature": (lambda at: (at / "manifest.sig").unlink(), False, {"signature"}),
        "a gate less": (lambda at: (at / "evidence" / "gate-plan.json").unlink(), False, {"evidence/gate-plan.json", "gates"}),
    }
    for name, (change, reseal, told) in tampered.items():
        copy = tmp_path / "copies" / name
        shutil.copytree(release, copy)
        change(copy)
        if reseal:
            resealed(copy)
        assert set(fails(copy)) == told, name
        assert main(["verify", str(copy), "--public-key", public_key().hex()]) == VerificationFailed.exit_code
    assert "Paris" not in capsys.readouterr().out


def test_a_held_run_holds_too(run: Run, tmp_path: Path):
    ended = run(write_people(tmp_path / "drop"), POLICY.replace("gates:\n", "gates:\n  ingest: {min_rows: 100000}\n"))
    assert ended.name == "Held"
    (manifest,) = (tmp_path / "releases").rglob("manifest.json")
    assert fails(manifest.parent) == []


def test_a_signing_key_that_cannot_be_had_holds_the_run_before_anything_is_read(run: Run, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("VEIL_TEST_SIGNING", "0011")
    ended = run(write_people(tmp_path / "drop"), POLICY)
    assert ended.name == "Held"
    assert "ingest" not in ended.tasks


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path):
    with pytest.raises(VerificationFailed, match="is not there or cannot be read"):
        verified(tmp_path)
    assert KeyUnavailable.exit_code != VerificationFailed.exit_code
