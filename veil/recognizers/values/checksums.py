"""Numbers with check digits, through python-stdnum: national, tax and VAT numbers, device ids, and goods."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from veil.recognizers.base import NOTHING, share_of

_MODULES: Final = (
    *((name, "NATIONAL_ID") for name in (
        "be.nn", "nl.bsn", "fr.nir", "es.dni", "es.nie", "it.codicefiscale", "pl.pesel", "se.personnummer", "dk.cpr", "fi.hetu",
        "no.fodselsnummer", "ch.ssn", "at.vnr", "cz.rc", "ro.cnp", "hr.oib", "bg.egn", "ee.ik", "lt.asmens", "ie.pps",
        "gr.amka", "gb.nhs", "br.cpf", "in_.aadhaar", "si.emso", "tr.tckimlik", "cl.rut", "za.idnr", "cn.ric", "mx.curp",
    )),
    *((name, "TAX_ID") for name in ("de.idnr", "pt.nif", "pl.nip", "at.tin", "ca.sin", "au.tfn", "in_.pan")),
    ("eu.vat", "VAT_ID"),
    ("imei", "DEVICE_ID"),
    ("ean", NOTHING),
    ("isbn", NOTHING),
    ("isin", NOTHING),
    ("lei", NOTHING),
)
_CANDIDATE = re.compile(r"(?=(?:.*\d){5})[A-Za-z0-9][A-Za-z0-9 ./+-]{6,23}")
SCREEN: Final = 8
ENOUGH: Final = 15
SURE: Final = 0.9


def checked(values: Sequence[str]) -> list[tuple[str, str, float]]:
    """Return entity, kind of number and share of valid values for each kind that at least nine in ten values fit.

    Below 15 distinct values nothing is said: one number in ten or a hundred fits a check digit by chance.
    """
    candidates = [value for value in values if _CANDIDATE.fullmatch(value)]
    if len(candidates) < ENOUGH or len(candidates) < SURE * len(values):
        return []
    found = []
    for name, entity in _MODULES:
        if share_of(candidates[:SCREEN], validator(name)) >= 0.75:
            share = share_of(values, validator(name))
            if share >= SURE:
                found.append((entity, name, share))
    return found


@lru_cache(maxsize=64)
def validator(name: str) -> Callable[[str], bool]:
    """Return stdnum's `is_valid` of that module, for instance `be.nn`."""
    valid: Callable[[str], bool] = importlib.import_module(f"stdnum.{name}").is_valid
    if name == "imei":  # 14 and 16 digits are an IMEI without check digit: any number would do
        return lambda value: len(re.sub(r"\D", "", value)) == 15 and valid(value)
    return valid
