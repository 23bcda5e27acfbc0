"""IP prefix: leave the network of an address, or move networks as the key says."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

import numpy as np
from pydantic import Field

from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.keys import mac_words

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Cells

    Bytes = npt.NDArray[np.uint8]

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

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
    moved = np.empty(len(addresses), dtype=object)
    for version in (4, 6):
        places = [place for place, address in enumerate(addresses) if address.version == version]
        packed = b"".join(addresses[place].packed for place in places)
        read = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        before = np.frombuffer(packed, dtype=np.uint8).reshape(len(places), 4 if version == 4 else 16)
        moved[places] = [str(read(row.tobytes())) for row in _moved(before, version, context)]
    text: list[str] = moved.tolist()
    return text


def _moved(before: Bytes, version: int, context: Context) -> Bytes:
    """Flip each bit by what the key says of the bits before it.

    A byte has 255 prefixes within it, the empty one and those of one to seven bits; the MAC of the bytes before it has a bit for
    each of them.
    """
    after = np.zeros_like(before)
    for place in range(before.shape[1]):
        prefixes, which = np.unique([row.tobytes().hex() for row in before[:, :place]], return_inverse=True)
        names = [f"{version}:{prefix}" for prefix in prefixes]
        words = mac_words(context.require_key(), context.keyspace, names, purpose="ip_prefix")
        flips = np.unpackbits(np.ascontiguousarray(words.astype(">u8")).view(np.uint8).reshape(len(names), 32), axis=1)
        byte = before[:, place]
        for bit in range(8):
            within = (1 << bit) | (byte.astype(np.intp) >> (8 - bit))
            after[:, place] |= ((byte >> (7 - bit) & 1) ^ flips[which, within]) << (7 - bit)
    return after
