"""The command line: `veil reveal` and `veil forget`, for those who hold the key."""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from veil.errors import RevealRefused

if TYPE_CHECKING:
    from tasks.reveal import Cells, Revealed

FILE_MODE = 0o600


def add_commands(commands: Any) -> None:
    """Add both commands to a parser's commands."""
    reveal = commands.add_parser("reveal", help="reverse pseudonyms of a release, for a purpose that goes on record")
    reveal.add_argument("release", metavar="RELEASE", help="the folder of a release")
    reveal.add_argument("--column", required=True, metavar="TABLE.COLUMN", help="whose pseudonyms")
    reveal.add_argument("--purpose", required=True, help="why, in words; it goes into the audit log")
    reveal.add_argument(
        "--key-from", required=True, metavar="PLACE", help="the policy's key: env:NAME, file:PATH or prefect-secret:NAME"
    )
    which = reveal.add_mutually_exclusive_group(required=True)
    which.add_argument("--value-file", metavar="FILE", help="pseudonyms, a line each; for shifted dates: subject, tab, date")
    which.add_argument("--all", action="store_true", help="every pseudonym of the column")
    reveal.add_argument("--output", metavar="FILE", help="a new file for the result, readable by you only (default: print it)")
    reveal.set_defaults(command=_reveal)
    forget = commands.add_parser("forget", help="erase a data subject's key, so that nothing links to it any more")
    forget.add_argument(
        "subject", metavar="SUBJECT", help="the subject's identifier as the drops write it; - reads it from a line"
    )
    forget.add_argument("--keyspace", required=True, help="the erasable keyspace that the identifier lives in")
    forget.add_argument("--policy", required=True, help="the policy that declares the keyspace")
    forget.add_argument("--purpose", required=True, help="why, in words; it goes into the audit log")
    forget.set_defaults(command=_forget)


def _reveal(options: argparse.Namespace) -> int:
    from tasks.reveal import reveal

    target = _claimed(options.output) if options.output else None
    cells = None if options.all else _read(Path(options.value_file))
    revealed = reveal(
        Path(options.release).absolute(), options.column, purpose=options.purpose, key_source=options.key_from, cells=cells
    )
    text = _table(revealed)
    if target is None:
        sys.stdout.write(text)
    else:
        with os.fdopen(target, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            file.write(text)
    sys.stderr.write(f"{len(revealed.values)} revealed, {revealed.n_erased} of them erased; noted in the audit log\n")
    return 0


def _claimed(output: str) -> int:
    try:
        return os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
    except OSError:
        pass
    raise RevealRefused(f"{output} exists already or cannot be written; name a new file")


def _read(file: Path) -> Cells:
    from tasks.reveal import Cells

    if not file.is_file():
        raise RevealRefused(f"there is no file {file}")
    lines = [line for line in file.read_text(encoding="utf-8").split("\n") if line]
    if lines and all(line.count("\t") == 1 for line in lines):
        pairs = [line.split("\t") for line in lines]
        return Cells(tuple(cell for _, cell in pairs), tuple(subject for subject, _ in pairs))
    return Cells(tuple(lines))


def _table(revealed: Revealed) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    with_subjects = revealed.subjects is not None
    writer.writerow([*(["subject"] if with_subjects else []), "pseudonym", "value", "status"])
    subjects = revealed.subjects or ("",) * len(revealed.cells)
    for subject, cell, value in zip(subjects, revealed.cells, revealed.values, strict=True):
        status = "erased" if value is None else "revealed"
        writer.writerow([*([subject] if with_subjects else []), cell, "" if value is None else value, status])
    return text.getvalue()


def _forget(options: argparse.Namespace) -> int:
    from tasks.policies import sound_policy
    from tasks.settings import read_keys, read_settings
    from tasks.vault import forget
    from veil.transforms.canonical import canonical

    policy = sound_policy(options.policy)
    keyspace = policy.keyspaces.get(options.keyspace)
    if keyspace is None or not keyspace.erasable:
        raise RevealRefused(
            f"keyspace `{options.keyspace}` has no keys to erase; write `erasable: true` there, before the drops come"
        )
    if not options.purpose.strip():
        raise RevealRefused("say what for: `--purpose`; it goes into the audit log")
    written = sys.stdin.readline().rstrip("\n") if options.subject == "-" else options.subject
    subject = canonical(keyspace.canonical, [written], keyspace.region)[0]
    keys = list(read_keys(policy).keys.values())
    gone = forget(read_settings().home, keys, options.keyspace, subject, purpose=options.purpose.strip())
    sys.stderr.write("forgotten\n" if gone else "nobody of that identifier has a key in the vault\n")
    return 0
