"""The transforms, by the name that a policy uses for them."""

from dataclasses import asdict
from typing import Any

from veil.transforms.age_band import AgeBand
from veil.transforms.band import Band
from veil.transforms.base import Context, Properties, Transform, Whole
from veil.transforms.constant import Constant
from veil.transforms.date_part import DatePart
from veil.transforms.date_shift import DateShift
from veil.transforms.drop import Drop
from veil.transforms.encrypt import Encrypt
from veil.transforms.fake import Fake
from veil.transforms.fpe import Fpe
from veil.transforms.geo_grid import GeoGrid
from veil.transforms.hash import Hash
from veil.transforms.hierarchy import Hierarchy
from veil.transforms.ip_prefix import IpPrefix
from veil.transforms.k_anonymize import KAnonymize
from veil.transforms.keep import Keep
from veil.transforms.mask import Mask
from veil.transforms.microaggregate import Microaggregate
from veil.transforms.noise import Noise
from veil.transforms.null import Null
from veil.transforms.postcode_prefix import PostcodePrefix
from veil.transforms.pram import Pram
from veil.transforms.redact_json import RedactJson
from veil.transforms.redact_text import RedactText
from veil.transforms.regex import Regex
from veil.transforms.round import Round
from veil.transforms.swap import Swap
from veil.transforms.token import Token
from veil.transforms.top_bottom import TopBottom
from veil.transforms.truncate import Truncate

TRANSFORMS: dict[str, type[Transform]] = {
    transform.name: transform
    for transform in (
        AgeBand,
        Band,
        Constant,
        DatePart,
        DateShift,
        Drop,
        Encrypt,
        Fake,
        Fpe,
        GeoGrid,
        Hash,
        Hierarchy,
        IpPrefix,
        KAnonymize,
        Keep,
        Mask,
        Microaggregate,
        Noise,
        Null,
        PostcodePrefix,
        Pram,
        RedactJson,
        RedactText,
        Regex,
        Round,
        Swap,
        Token,
        TopBottom,
        Truncate,
    )
}


def operator_table() -> list[dict[str, Any]]:
    """Return one row per transform, from what it declares: the table in the documentation cannot drift from the code."""
    return [_row(name, transform) for name, transform in sorted(TRANSFORMS.items())]


def _row(name: str, transform: type[Transform]) -> dict[str, Any]:
    declared = {**asdict(transform.properties), "keeps": sorted(transform.properties.keeps)}
    parameters = [field.alias or parameter for parameter, field in transform.model_fields.items()]
    return {"transform": name, **declared, "parameters": parameters, "does": (transform.__doc__ or "").strip().splitlines()[0]}


__all__ = ["TRANSFORMS", "Context", "Properties", "Transform", "Whole", "operator_table"]
