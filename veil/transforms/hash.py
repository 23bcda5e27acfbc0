"""Hash: a keyed hash in hexadecimal. Keyless hashing does not exist here: a phone number's is found in a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.keys import macs

if TYPE_CHECKING:
    from veil.transforms.base import Cells


class Hash(Transform):
    """Replace each value by the first `length` hexadecimal digits of its HMAC-SHA-256; 20 digits are 80 bits."""

    name: ClassVar[str] = "hash"
    properties: ClassVar[Properties] = Properties(
        "pseudonymize", keyed=True, injective=True, keeps=frozenset({"nulls", "equality"})
    )

    length: int = Field(default=32, ge=20, le=64)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Hash each distinct value, in its canonical form."""
        key = context.require_key()

        def hashed(values: list[str]) -> list[str]:
            return [mac.hex()[: self.length] for mac in macs(key, context.keyspace, context.canonical_forms(values))]

        return map_distinct(cells, context, hashed)
