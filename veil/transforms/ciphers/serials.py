"""Values that stand for nobody, in the form of encrypted ones: serial numbers written like given cells, then encrypted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import get_args

from veil.transforms.ciphers import checked, phones, shapes
from veil.transforms.ciphers.derive import derived, framed
from veil.transforms.ciphers.ff1 import MIN_DOMAIN
from veil.transforms.ciphers.numberings import NUMBERINGS
from veil.transforms.ciphers.sealed import LETTERS
from veil.transforms.keys import Key

KEPT_OF_PHONES = 3
"""First digits of a national number that a serial keeps: they say what kind of number it is, and nothing about whose."""

SPREAD = 16
"""Indices from one serial to the next where some have no number, so that two serials do not take the same next one."""

_TO_LETTERS = str.maketrans("0123456789abcdef", LETTERS)


def serials_like(of: str | None, forms: Sequence[str], numbers: Sequence[int], key: Key) -> list[str]:
    """Return a value in each form that stands for its number: distinct for distinct numbers, as far as the form has room.

    Parameters
    ----------
    of : what the values are, as `fpe` says it; None to find out.
    forms : encrypted cells, whose signs, country, length and separators are taken, and nothing else.
    key : thrown away afterwards, so that nothing leads back to the numbers.
    """
    kind = _kind(of, forms)
    plain = [_written(kind, form, number) for form, number in zip(forms, numbers, strict=True)]
    secret = shapes.Secret(derived(key, "stand-ins"), framed(kind))
    if kind == "phone":
        return phones.permuted_phones(plain, [each for each in phones.templates(plain, None) if each], None, secret)
    if kind == "iban":
        moved = checked.permuted_ibans([checked.compact(kind, value) for value in plain], secret)
    elif kind in NUMBERINGS:
        places = [checked.numbering_of(kind, checked.compact(kind, value)) for value in plain]
        moved = checked.permuted_numbers(kind, [place for place in places if place is not None], secret)
    else:
        return shapes.permuted(plain, shapes.shapes_of(plain), secret)
    return [checked.relaid(kind, value, number) for value, number in zip(plain, moved, strict=True)]


def sealed_like(forms: Sequence[str], serials: Sequence[str], key: Key) -> list[str]:
    """Return letters under the head of each sealed cell, as many as it has, drawn from the serial."""
    secret = derived(key, "stand-ins sealed")
    made = []
    for form, serial in zip(forms, serials, strict=True):
        head, dot, written = form.rpartition(".")
        drawn = hashlib.shake_256(secret + serial.encode("utf-8", "surrogatepass")).hexdigest((len(written) + 1) // 2)
        made.append(f"{head}{dot}{drawn[: len(written)].translate(_TO_LETTERS)}")
    return made


def _kind(of: str | None, forms: Sequence[str]) -> str:
    """Return what all forms are; a telephone number in national writing is digits, since its country is not told here."""
    distinct = sorted(set(forms))
    wanted = [of] if of else ["phone", "iban"]
    fitting = (kind for kind in [*wanted, "digits", "letters"] if all(_fits(kind, form) for form in distinct))
    return next(fitting, "alphanumeric")


def _fits(kind: str, form: str) -> bool:
    if kind == "phone":
        return phones.templates([form], None) != [None]
    if kind == "iban":
        return checked.is_iban(checked.compact(kind, form))
    if kind in NUMBERINGS:
        return checked.numbering_of(kind, checked.compact(kind, form)) is not None
    shape = shapes.shapes_of([form])[0]
    return kind in get_args(shapes.Alphabet) and _has_room(shape) and not shapes.has_foreign(shape, _alphabet(kind))


def _alphabet(kind: str) -> shapes.Alphabet:
    return next(each for each in get_args(shapes.Alphabet) if each == kind)


def _has_room(shape: str) -> bool:
    return len(shapes.payload(shape)) <= shapes.MAX_SIGNS and shapes.domain(shape) >= MIN_DOMAIN


def _written(kind: str, form: str, number: int) -> str:
    if kind in NUMBERINGS:
        return checked.relaid(kind, form, _numbered(kind, checked.compact(kind, form), number))
    if kind == "iban":
        compact = checked.compact(kind, form)
        return checked.relaid(kind, form, checked.with_check(compact[:2], _filled(compact[4:], number, 0)))
    kept = _kept_of(form) if kind == "phone" else 0
    return _filled(form, number, kept)


def _numbered(kind: str, form: str, number: int) -> str:
    place = checked.numbering_of(kind, form)
    numbering = NUMBERINGS[kind][place[0] if place else 0]
    index = number * (SPREAD if numbering.gaps else 1) % numbering.size
    while (written := numbering.write(index)) is None:
        index = (index + 1) % numbering.size
    return written


def _kept_of(form: str) -> int:
    """Return how many digits of a number stay: those before the national part, and the first of it."""
    template = phones.templates([form], None)[0]
    before = 0 if template is None else sum(sign in "0123456789" for sign in template[1])
    return before + KEPT_OF_PHONES


def _filled(form: str, number: int, kept: int) -> str:
    """Write a number into the places of digits and letters, from the last to the `kept` first ones."""
    signs = list(form)
    places = [at for at, sign in enumerate(shapes.shapes_of([form])[0]) if sign in "0Aa"]
    for at in reversed(places[kept:]):
        radix, first = (10, "0") if signs[at].isdigit() else (26, "A" if signs[at].isupper() else "a")
        number, numeral = divmod(number, radix)
        signs[at] = chr(ord(first) + numeral)
    return "".join(signs)
