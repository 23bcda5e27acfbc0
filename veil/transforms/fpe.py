"""FPE: format-preserving encryption; the output looks like the input, and the key reverses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from pydantic import Field

from veil.errors import TransformFailed
from veil.transforms.base import Context, Properties, Transform, map_distinct
from veil.transforms.ciphers import checked, phones, shapes
from veil.transforms.ciphers.derive import derived, framed
from veil.transforms.ciphers.ff1 import MIN_DOMAIN

if TYPE_CHECKING:
    from veil.transforms.base import Cells
    from veil.transforms.canonical import Canonical

Form = Literal[
    "digits", "letters", "alphanumeric", "phone", "card", "iban", "be_national_number", "es_dni", "fi_hetu", "fr_nir",
    "it_codice_fiscale", "nl_bsn", "pl_pesel", "pt_nif", "se_personnummer",
]  # fmt: skip
OF_CANONICAL: dict[Canonical, Form] = {"phone": "phone", "iban": "iban"}
LEAST: dict[shapes.Alphabet, str] = {"digits": "6 digits", "letters": "5 letters", "alphanumeric": "6 digits or 5 letters"}
ELSE = "use `token`, `hash` or `encrypt`"


class Fpe(Transform):
    """Encrypt digits and letters in place, by FF1 under the keyspace as tweak: a digit stays a digit, a letter keeps its case.

    `of` says what the values are; without it, the keyspace's canonical form does, else they are digits. What stands between
    digits stays, and so does a phone number's country code; check digits are worked out again. In a keyspace with a canonical
    form, that form is what is encrypted and written. Values of which there are fewer than a million are refused, for they could
    be listed.
    """

    name: ClassVar[str] = "fpe"
    properties: ClassVar[Properties] = Properties(
        "encrypt", keyed=True, injective=True, reversible=True, keeps=frozenset({"nulls", "equality", "format", "length"})
    )

    of: Form | None = Field(default=None)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Encrypt each distinct value."""
        return self._each(cells, context, back=False)

    def reverse(self, cells: Cells, context: Context) -> Cells:
        """Return what was encrypted, in the keyspace's canonical form."""
        return self._each(cells, context, back=True)

    def form(self, context: Context) -> Form:
        """Return what the values are."""
        return self.of or OF_CANONICAL.get(context.canonical, "digits")

    def _each(self, cells: Cells, context: Context, *, back: bool) -> Cells:
        key = context.require_key()
        if key.subjects is not None and key.subjects.covers(context.keyspace):
            reason = (
                f"`fpe` has one key for all, and none to erase; use `token` or `encrypt` in the keyspace `{context.keyspace}`"
            )
            raise TransformFailed(context.column.name, reason)
        form = self.form(context)
        secret = shapes.Secret(derived(key, "fpe"), framed(context.keyspace, form), back)
        work = _WORK.get(form, _numbers)
        return map_distinct(cells, context, lambda values: work(context.canonical_forms(values), form, context, secret))


def _texts(values: Sequence[str], form: str, context: Context, secret: shapes.Secret) -> list[str]:
    alphabet = next(each for each in get_args(shapes.Alphabet) if each == form)
    found = shapes.shapes_of(values)
    facts = {shape: (shapes.has_foreign(shape, alphabet), len(shapes.payload(shape))) for shape in dict.fromkeys(found)}
    context.refuse([facts[shape][0] for shape in found], f"hold signs that are neither {form} nor separators; {ELSE}")
    context.refuse([facts[shape][1] > shapes.MAX_SIGNS for shape in found], f"are longer than {shapes.MAX_SIGNS}; {ELSE}")
    small = {shape for shape in facts if shapes.domain(shape) < MIN_DOMAIN}
    reason = f"have fewer than {LEAST[alphabet]}: under {MIN_DOMAIN:,} such values could be listed; {ELSE}"
    context.refuse([shape in small for shape in found], reason)
    return shapes.permuted(values, found, secret)


def _phones(values: Sequence[str], _: str, context: Context, secret: shapes.Secret) -> list[str]:
    found = phones.templates(values, context.region)
    reason = (
        "are no telephone numbers with a country code; name the keyspace's `region` and `canonical: phone`, or write `of: digits`"
    )
    context.refuse([each is None for each in found], reason)
    written = [each for each in found if each is not None]
    small = [10 ** phones.payload_digits(each) < MIN_DOMAIN for each in written]
    context.refuse(small, f"have fewer than 6 digits after the country code: such numbers could be listed; {ELSE}")
    return phones.permuted_phones(values, written, context.region, secret)


def _ibans(values: Sequence[str], form: str, context: Context, secret: shapes.Secret) -> list[str]:
    numbers = [checked.compact(form, value) for value in values]
    context.refuse(
        [not checked.is_iban(number) for number in numbers], f"are no IBANs in capitals with right check digits; {ELSE}"
    )
    moved = checked.permuted_ibans(numbers, secret)
    return [checked.relaid(form, value, number) for value, number in zip(values, moved, strict=True)]


def _numbers(values: Sequence[str], form: str, context: Context, secret: shapes.Secret) -> list[str]:
    found = [checked.numbering_of(form, checked.compact(form, value)) for value in values]
    reason = f"are no `{form}` in capitals with right check digits; {ELSE}, or `of: digits`"
    context.refuse([each is None for each in found], reason)
    moved = checked.permuted_numbers(form, [each for each in found if each is not None], secret)
    return [checked.relaid(form, value, number) for value, number in zip(values, moved, strict=True)]


_WORK: dict[Form, Callable[[Sequence[str], str, Context, shapes.Secret], list[str]]] = {
    "digits": _texts, "letters": _texts, "alphanumeric": _texts, "phone": _phones, "iban": _ibans,
}  # fmt: skip
