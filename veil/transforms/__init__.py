"""The transforms, by the name that a policy uses for them."""

from veil.transforms.base import Context, Properties, Transform
from veil.transforms.mask import Mask

TRANSFORMS: dict[str, type[Transform]] = {transform.name: transform for transform in (Mask,)}

__all__ = ["TRANSFORMS", "Context", "Properties", "Transform"]
