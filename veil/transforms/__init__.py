"""The transforms, by the name that a policy uses for them."""

from veil.transforms.age_band import AgeBand
from veil.transforms.band import Band
from veil.transforms.base import Context, Properties, Transform
from veil.transforms.constant import Constant
from veil.transforms.date_part import DatePart
from veil.transforms.date_shift import DateShift
from veil.transforms.drop import Drop
from veil.transforms.hash import Hash
from veil.transforms.keep import Keep
from veil.transforms.mask import Mask
from veil.transforms.null import Null
from veil.transforms.postcode_prefix import PostcodePrefix
from veil.transforms.token import Token
from veil.transforms.top_bottom import TopBottom

TRANSFORMS: dict[str, type[Transform]] = {
    transform.name: transform
    for transform in (
        AgeBand,
        Band,
        Constant,
        DatePart,
        DateShift,
        Drop,
        Hash,
        Keep,
        Mask,
        Null,
        PostcodePrefix,
        Token,
        TopBottom,
    )
}

__all__ = ["TRANSFORMS", "Context", "Properties", "Transform"]
