"""IP prefix: leave the network of an address, or move networks as the key says."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias

import numpy as np
from pydantic import Field

from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.keys import mac_words

if TYPE_CHECKING:
    from veil.transforms.base import Cells

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

BITS: Final = {4: 32, 6: 128}


class IpPrefix(Transform):
    """Leave the first `v4` bits of an IPv4 address and the first `v6` bits of an IPv6 address: 203.0.113.77 gives 203.0.113.0.

    `mode: keyed` replaces whole addresses one to one, such that two addresses share as many leading bits after as before (Xu,
    Fan, Ammar, Moon 2002). That keeps subnets together and leaks their structure: whoever knows some addresses and their
    pseudonyms knows the prefixes of all neighbors. Prefer truncation where subnets do not matter.
    """

    name: ClassVar[str] = "ip_prefix"
    properties: ClassVar[Properties] = Properties("generalize", keeps=frozenset({"nulls"}))

    mode: Literal["truncate", "keyed"] = "truncate"
    v4: int = Field(default=24, ge=1, le=31)
    v6: int = Field(default=48, ge=1, le=127)

    @property
    def declared(self) -> Properties:
        """Keyed, addresses become pseudonyms."""
        if self.mode == "truncate":
            return self.properties
        return Properties("pseudonymize", keyed=True, injective=True, keeps=frozenset({"nulls", "equality"}))

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Shorten or replace each distinct address."""
        return map_distinct(cells, context, lambda values: self._written(values, context))

    def _written(self, values: Sequence[str], context: Context) -> list[str]:
        read = [_address(value) for value in values]
        context.refuse([address is None for address in read], "no IP addresses, such as 203.0.113.7 or 2001:db8::7")
        addresses = [address for address in read if address is not None]
        if self.mode == "keyed":
            return _keyed(addresses, context)
        return [str(type(address)(int(address) >> self._hidden(address) << self._hidden(address))) for address in addresses]

    def _hidden(self, address: Address) -> int:
        return 32 - self.v4 if address.version == 4 else 128 - self.v6


def _address(value: str) -> Address | None:
    if len(value) > 45 or "%" in value:
        return None
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def _keyed(addresses: Sequence[Address], context: Context) -> list[str]:
    moved: dict[Address, str] = {}
    for version, bits in BITS.items():
        same = sorted({address for address in addresses if address.version == version}, key=int)
        numbers = _moved([int(address) for address in same], bits, context)
        moved |= {address: str(type(address)(number)) for address, number in zip(same, numbers, strict=True)}
    return [moved[address] for address in addresses]


def _moved(numbers: Sequence[int], bits: int, context: Context) -> list[int]:
    """Flip each bit by what the key says of the bits before it; each prefix is keyed once for all addresses that have it."""
    moved = [0] * len(numbers)
    for place in range(bits):
        prefixes = [number >> (bits - place) for number in numbers]
        distinct = sorted(set(prefixes))
        names = [f"{bits}:{place}:{prefix:x}" for prefix in distinct]
        words = mac_words(context.require_key(), context.keyspace, names, purpose="ip_prefix")
        flips = dict(zip(distinct, (words[:, 0] & np.uint64(1)).tolist(), strict=True))
        for row, (number, prefix) in enumerate(zip(numbers, prefixes, strict=True)):
            moved[row] = moved[row] << 1 | (number >> (bits - place - 1) & 1) ^ flips[prefix]
    return moved
