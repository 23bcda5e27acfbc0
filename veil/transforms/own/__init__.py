"""A data subject's own values, known from the structured columns, in free text."""

from veil.transforms.own.values import Found, Owner, OwnValue, OwnValues

__all__ = ["Found", "OwnValue", "OwnValues", "Owner"]
