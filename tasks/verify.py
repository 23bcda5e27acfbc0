"""`veil verify`: is a release whole, did its gates really pass, and who signed it? Offline; only files of the release are read.

Files are hashed in a stream and compared with the manifest, and a file that the manifest does not list is told. Every figure in
the evidence of a gate is held against its bounds again, the figures of the check gate against the checks they came from, and
the decision against the gates. What cannot be derived again from the evidence is counted, not passed over.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tasks.signing import is_genuine, key_id
from veil.errors import VerificationFailed

UNLISTED = ("manifest.json", "manifest.sig", "run.json")
TOLERANCE = 1e-5
"""Bounds are written with six digits."""

_BOUND = re.compile(r"(>=|<=|=) ([0-9.e+-]+)")

Verdict = Literal["holds", "fails", "not derived"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    detail: str = ""


def verified(release: Path, public_key: bytes | None = None) -> tuple[Finding, ...]:
    """Look at a release or a held run.

    Parameters
    ----------
    release : its folder.
    public_key : of who is to have signed it; without one, a signature is only held against the key that lies beside it.

    Raises
    ------
    VerificationFailed : there is no manifest to start from, or it cannot be read.
    """
    path = release / "manifest.json"
    manifest, raw = _manifest(path)
    found = [*_files(release, manifest.get("files", {})), *_gates(release, manifest), *_checks(release)]
    return (*found, _signed(release, raw, public_key))


def _manifest(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        raw = path.read_bytes()
        told = json.loads(raw)
    except (OSError, ValueError):
        told, raw = None, b""
    if not isinstance(told, dict):
        raise VerificationFailed(f"{path} is not there or cannot be read; name the folder of a release or of a held run")
    return told, raw


def _files(release: Path, listed: Mapping[str, str]) -> Iterator[Finding]:
    for name, sha256 in listed.items():
        path = release / name
        if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(release.resolve()):
            yield Finding(name, "fails", "is not there, or is no file of the release")
        elif _sha256(path) != sha256:
            yield Finding(name, "fails", "is not the file that was released: its digest is another")
        else:
            yield Finding(name, "holds")
    there = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    for name in sorted(there - set(listed) - set(UNLISTED)):
        yield Finding(name, "fails", "is not in the manifest: it was added later")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _gates(release: Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    told = manifest.get("gates", {})
    passed = {}
    for path in sorted((release / "evidence").glob("gate-*.json")):
        gate = _read(path)
        stage = str(gate.get("stage"))
        passed[stage] = bool(gate.get("passed"))
        yield from _gate(stage, gate, told.get(stage, {}))
    missing = sorted(set(told) - set(passed))
    if missing:
        yield Finding("gates", "fails", f"no evidence of {', '.join(missing)}")
    released = manifest.get("decision") == "released"
    stopped = manifest.get("stopped_at")
    sound = bool(passed) and all(passed.values()) if released else not all(passed.values()) or stopped is not None
    told_so = f"{manifest.get('decision')}, {sum(passed.values())} of {len(passed)} gates passed"
    yield Finding("decision", "holds" if sound else "fails", told_so)


def _gate(stage: str, gate: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Finding]:
    expectations = gate.get("expectations", [])
    open_ones = 0
    for each in expectations:
        kept = _kept(each)
        if kept is None:
            open_ones += 1
        elif kept != each["passed"]:
            told_otherwise = f"{each['observed']} against {each['demanded']}: told otherwise"
            yield Finding(f"gate {stage}: {each['name']}", "fails", told_otherwise)
    verdict = bool(expectations) and all(each["passed"] for each in expectations)
    sound = verdict == gate.get("passed") == told.get("passed")
    n = len(expectations)
    yield Finding(f"gate {stage}", "holds" if sound else "fails", f"{n - open_ones} of {n} figures against their bounds again")
    if open_ones:
        yield Finding(f"gate {stage}: tables", "not derived", f"{open_ones} demands on cells, which evidence does not hold")


def _kept(expectation: Mapping[str, Any]) -> bool | None:
    """Return whether a figure keeps its bounds; None where there is no figure that could be looked at again."""
    observed, bounds = expectation.get("observed"), _BOUND.findall(str(expectation.get("demanded")))
    if observed is None:
        return False if bounds else None
    if not bounds:
        return True
    return all(_keeps(float(observed), op, float(bound)) for op, bound in bounds)


def _keeps(observed: float, op: str, bound: float) -> bool:
    slack = TOLERANCE * max(1.0, abs(bound))
    if op == "=":
        return math.isclose(observed, bound, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return observed >= bound - slack if op == ">=" else observed <= bound + slack


def _checks(release: Path) -> Iterator[Finding]:
    """Hold the check gate's figures against the bad ends of the checks that the evidence holds."""
    gate, checks = _read(release / "evidence" / "gate-check.json"), _read(release / "evidence" / "checks.json")
    if not gate or not isinstance(checks, list):
        return
    ends = {f"{each['table']}: {each['check']}": _bad_end(each) for each in checks}
    compared = wrong = 0
    for each in gate.get("expectations", []):
        if each["name"] in ends and each["observed"] is not None:
            compared += 1
            end = ends[each["name"]]
            wrong += end is None or not math.isclose(each["observed"], end, rel_tol=1e-9, abs_tol=1e-12)
    verdict: Verdict = "fails" if wrong else "holds"
    yield Finding("check gate and checks", verdict, f"{compared - wrong} of {compared} figures are the checks' own")


def _bad_end(check: Mapping[str, Any]) -> float | None:
    end = check["low" if check["better"] == "higher" else "high"]
    worst = check["value"] if end is None else end
    return None if worst is None else float(worst)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _signed(release: Path, manifest: bytes, public_key: bytes | None) -> Finding:
    path = release / "manifest.sig"
    if not path.is_file():
        return Finding("signature", "fails" if public_key else "not derived", "there is none")
    text = path.read_text(encoding="utf-8")
    beside = str(_read(path).get("public_key", ""))
    key = public_key or _bytes(beside)
    if not is_genuine(manifest, text, key):
        return Finding("signature", "fails", "is not a signature of this manifest by that key")
    if public_key is None:
        return Finding("signature", "not derived", f"by the key {key_id(key)} that lies beside it; give the key you trust")
    return Finding("signature", "holds", f"by the key {key_id(key)}")


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
