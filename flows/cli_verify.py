"""The command line: `veil verify`, for whoever receives a release."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from veil.errors import VerificationFailed


def add_command(commands: Any) -> None:
    """Add the command to a parser's commands."""
    verify = commands.add_parser("verify", help="tell whether a release is whole, its gates passed, and who signed it; offline")
    verify.add_argument("release", metavar="RELEASE", help="the folder of a release or of a held run")
    verify.add_argument("--public-key", metavar="HEX|FILE", help="of who is to have signed it: 64 hexadecimal digits, or a file")
    verify.add_argument("--quiet", action="store_true", help="print only what fails, and the last line")
    verify.set_defaults(command=_verify)


def _verify(options: argparse.Namespace) -> int:
    from tasks.verify import verified

    found = verified(Path(options.release), _public_key(options.public_key) if options.public_key else None)
    failed = [each for each in found if each.verdict == "fails"]
    for each in found:
        if each.verdict != "holds" or not options.quiet:
            sys.stdout.write(f"{each.verdict:12} {each.what}{f': {each.detail}' if each.detail else ''}\n")
    told = f"{len(found)} looked at, {len(failed)} fail"
    if failed:
        raise VerificationFailed(f"{options.release}: {told}")
    sys.stdout.write(f"{options.release}: {told}\n")
    return 0


def _public_key(given: str) -> bytes:
    path = Path(given)
    text = path.read_text(encoding="utf-8").strip() if len(given) != 64 and path.is_file() else given
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise VerificationFailed("`--public-key` takes 64 hexadecimal digits, or a file that holds them")
    return key
