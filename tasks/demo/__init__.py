"""The demo drop: a shop's invented customers and their orders."""

from tasks.demo.drop import make_drop

__all__ = ["make_drop"]
