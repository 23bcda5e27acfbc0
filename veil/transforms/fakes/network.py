"""Addresses of machines and pages from ranges that are kept for documentation or for nobody.

- ip: IPv4 in 240.0.0.0/4 (RFC 1112, reserved), IPv6 in 2001:db8::/32 (RFC 3849). `style: fictional` takes 192.0.2.0/24,
  198.51.100.0/24 and 203.0.113.0/24 (RFC 5737) for IPv4. `unique` writes IPv6 for both: no IPv4 range is wide enough.
- mac: locally administered, so no maker's. uuid: version 8 of RFC 9562, which no generator of versions 1 to 7 makes.
- url: `example` hosts of RFC 2606.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from veil.transforms.fakes.digits import CONSONANTS, letters, texts
from veil.transforms.fakes.draw import Draw, written_unlike
from veil.transforms.fakes.packs import DOMAINS, Pack
from veil.transforms.fakes.source import Source
from veil.transforms.fakes.spelling import as_strings

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.source import Indices

    Strings = npt.NDArray[Any]

DOCUMENTED: Final = ("192.0.2.", "198.51.100.", "203.0.113.")
URL_LETTERS: Final = 15
_HEX: Final = "0123456789abcdef"


def ips(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001 - one signature for all kinds
    """Write an address of the value's version; one that is neither gets IPv4."""
    six = np.fromiter((":" in text for text in draw.avoid), np.bool_, len(draw))
    results = np.empty(len(draw), dtype=object)
    for rows, write in ((np.flatnonzero(~six), _reserved), (np.flatnonzero(six), _version_six)):
        if len(rows):
            results[rows] = written_unlike(draw.take(rows), write)
    return results


def unique_ips(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001
    """Write IPv6 for every value."""
    return written_unlike(draw, _version_six)


def fictional_ips(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001
    """Write addresses of documentation; IPv6 for IPv6."""
    six = np.fromiter((":" in text for text in draw.avoid), np.bool_, len(draw))
    results = written_unlike(draw, _documented)
    rows = np.flatnonzero(six)
    results[rows] = written_unlike(draw.take(rows), _version_six)
    return results


def macs_of_nobody(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001
    """Write hardware addresses with the bit of local administration."""

    def write(source: Source, _: Draw) -> Strings:
        first = source.take(64) * 4 + 2  # locally administered, one receiver
        rest = [source.take(256) for _ in range(5)]
        return texts(_template(_hexadecimal([first, *rest]), "##:##:##:##:##:##"))

    return written_unlike(draw, write)


def uuids(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001
    """Write UUIDs of version 8."""

    def write(source: Source, _: Draw) -> Strings:
        octets = [source.take(256) for _ in range(16)]
        octets[6] = octets[6] % 16 + 0x80
        octets[8] = octets[8] % 64 + 0x80
        return texts(_template(_hexadecimal(octets), "########-####-####-####-############"))

    return written_unlike(draw, write)


def urls(draw: Draw, pack: Pack) -> Strings:  # noqa: ARG001
    """Write pages of a host for examples."""

    def write(source: Source, _: Draw) -> Strings:
        hosts = as_strings([f"https://www.{domain}/" for domain in DOMAINS])[source.take(len(DOMAINS))]
        signs = np.column_stack([letters(source.take(20), CONSONANTS.lower()) for _ in range(URL_LETTERS)])
        return np.asarray(hosts + texts(signs.astype(np.uint8)))

    return written_unlike(draw, write)


def _reserved(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    number = source.take(2**28 - 1)  # without 255.255.255.255, which is everybody
    octets = zip(number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255, strict=True)
    return as_strings([f"{240 + first}.{second}.{third}.{fourth}" for first, second, third, fourth in octets])


def _documented(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    blocks = as_strings(DOCUMENTED)[source.take(len(DOCUMENTED))]
    return np.asarray(blocks + as_strings([str(host) for host in range(1, 255)])[source.take(254)])


def _version_six(source: Source, draw: Draw) -> Strings:  # noqa: ARG001
    groups = zip(*(source.take(2**16).tolist() for _ in range(6)), strict=True)
    return as_strings(["2001:db8:{:x}:{:x}:{:x}:{:x}:{:x}:{:x}".format(*six) for six in groups])


def _hexadecimal(octets: list[Indices]) -> Indices:
    pairs = [half for octet in octets for half in (octet >> 4, octet & 15)]
    return letters(np.column_stack(pairs), _HEX)


def _template(signs: Indices, template: str) -> npt.NDArray[np.uint8]:
    filled = np.empty((len(signs), len(template)), dtype=np.uint8)
    filled[:] = np.frombuffer(template.encode("ascii"), dtype=np.uint8)
    filled[:, [place for place, sign in enumerate(template) if sign == "#"]] = signs
    return filled
