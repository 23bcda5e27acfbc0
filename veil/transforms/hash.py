"""Hash: a keyed hash in hexadecimal. Keyless hashing does not exist here: a phone number's is found in a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.keys import blake2b_macs, macs

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Hash(Transform):
    """Replace each value by the first `length` hexadecimal digits of its HMAC-SHA-256; 20 digits are 80 bits.

    `algorithm: blake2b` takes keyed BLAKE2b instead, about twice as fast; the two have nothing in common.
    """

    name: ClassVar[str] = "hash"
    properties: ClassVar[Properties] = Properties(
        "pseudonymize", keyed=True, injective=True, keeps=frozenset({"nulls", "equality"})
    )

    length: int = Field(default=32, ge=20, le=64)
    algorithm: Literal["hmac-sha256", "blake2b"] = "hmac-sha256"

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Hash each distinct value, in its canonical form."""
        key, drawn = context.require_key(), macs if self.algorithm == "hmac-sha256" else blake2b_macs

        def hashed(values: list[str]) -> list[str]:
            return [mac.hex()[: self.length] for mac in drawn(key, context.keyspace, context.canonical_forms(values))]

        return map_distinct(cells, context, hashed)
