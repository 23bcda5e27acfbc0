"""What the peers' operators are, and which of ours does the same: the mark is computed from the registry, never written by hand.

Read in November 2026 from the peers' own repositories and documentation; their marks are what was found there, not a measurement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from veil.transforms.base import Transform

Mark = Literal["y", "p", "n", "?"]
"""Yes, partly, none found in what was read, not read."""

PEERS: Final = (
    "Presidio", "Neosync", "Greenmask", "PostgreSQL Anonymizer", "ARX", "sdcMicro", "Tonic", "Google DLP", "DataMasque",
    "openmed", "CRATE",
)  # fmt: skip


@dataclass(frozen=True)
class Operator:
    """One row: what an operator does, which peers have it, and what Veil needs to have it.

    `needs` are transforms (`noise`), their parameters (`noise.ratio`) or a word that a parameter takes (`fake.of=iban`);
    `language` are places of the policy that do it without a transform; `how` says more where the names do not.
    """

    number: int
    name: str
    peers: str
    needs: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    how: str = ""


OPERATORS: Final = (
    Operator(1, "drop column / row suppression", "ppppyy?y?yy", ("drop", "k_anonymize.max_suppressed")),
    Operator(2, "constant / null / type default", "yyyypn?yyyy", ("constant", "null")),
    Operator(3, "partial mask (from start/end, skip chars, by shape)", "ynyyyn?y?yn", ("mask.keep_first", "mask.keep_last")),
    Operator(4, "regex replace or scramble", "pyypnn?p??y", ("regex",)),
    Operator(5, "keyed hash (true MAC)", "nnnnnn?y?yy", ("hash",)),
    Operator(6, "authenticated deterministic encryption (reversible)", "nnnnnn?y?nn", ("encrypt.mode=deterministic",)),
    Operator(7, "randomized encryption (partly: unauthenticated)", "pnnnnn?n?nn", ("encrypt.mode=random",)),
    Operator(8, "FPE (FF1 family)", "nnnnnn?y?nn", ("fpe",)),
    Operator(9, "token vault with controlled lookup", "nnnnnn?n?yy", ("encrypt",), ("keyspaces.person.erasable",),
             "`veil reveal` for a stated purpose, on record; `veil forget` erases a subject's key"),
    Operator(10, "consistent across columns, tables, runs", "ppypnnyyyyy", ("token",), ("keyspaces.person.key",)),
    Operator(11, "consistent across types and spellings (canonical form)", "nnnnnnnn?pn", (), ("keyspaces.person.canonical",)),
    Operator(12, "FK propagation / virtual FK", "nyynnnyn?yy", (), ("tables.orders.references",)),
    Operator(13, "realistic fakes, many locales", "nppynnyn?yn", ("fake.locale=nl_BE", "fake.locale_from")),
    Operator(14, "fakes unique by construction", "npnnnnppypn", ("fake.unique",)),
    Operator(15, "coherent person (sex, name, e-mail, login agree)", "npynnnyn?pn", ("fake.sex_from", "fake.from")),
    Operator(16, "checksum-valid IDs (IBAN, Luhn, national)", "nppynn?npyn",
             ("fake.of=iban", "fake.of=card", "fake.of=national_id")),
    Operator(17, "date shift per subject, keyed, intervals kept", "nnnnnn?y?yn", ("date_shift",)),
    Operator(18, "date jitter / truncate / parts / keep age", "nnyyyn?y?yy",
             ("date_shift", "truncate.to", "date_part", "age_band")),
    Operator(19, "bucketing, bands", "nnnyyy?y?yn", ("band", "age_band")),
    Operator(20, "hierarchies (levels, CSV-supplied)", "nnnnyp?n?yn", ("hierarchy.levels", "hierarchy.file")),
    Operator(21, "top/bottom coding", "nnpnyy?p?pn", ("top_bottom",)),
    Operator(22, "microaggregation", "nnnnyy?n?nn", ("microaggregate",)),
    Operator(23, "numeric noise (bounded, ratio, correlated)", "nyyyny?n?pn", ("noise.amount", "noise.ratio", "noise.min"),
             how="not correlated over columns"),
    Operator(24, "shuffle / rank swap / record swap / PRAM", "nnnyny?n?nn", ("swap.window", "swap.within", "pram")),
    Operator(25, "IP truncate / prefix-preserving; ZIP3 with population rule; geo snap", "nnpnpn?p?pn",
             ("ip_prefix.mode=truncate", "ip_prefix.mode=keyed", "postcode_prefix.country", "geo_grid")),
    Operator(26, "k / l / t enforcement (partly: measured only)", "nnnpyy?p?yn",
             ("k_anonymize.k", "k_anonymize.l", "k_anonymize.t")),
    Operator(27, "differential privacy (aggregates / local)", "nnnnyn?n?pn", ("noise.epsilon", "pram.epsilon"),
             how="local: per cell, in one run"),
    Operator(28, "free text in place by NER spans", "ypnnnn?y?yy", ("redact_text",)),
    Operator(29, "free text by the subject's own known identifiers", "nnnnnn?n?py", ("redact_text.using",)),
    Operator(30, "nested JSON / arrays", "ypypnnyn?n?", ("redact_json.paths",)),
    Operator(31, "conditional rule (row predicate)", "npyynp?y?nn", (), ("tables.orders.columns.amount.mask.where",)),
    Operator(32, "FK-safe subset / sample", "nyyppn?n?np", (), ("subset.share", "subset.whole")),
    Operator(33, "new-column guard (fail closed)", "nyppnn?n?pp", (), ("defaults.unmatched",)),
    Operator(34, "image blur / binary drop", "ynnynn?y??y", ("blur",)),
)  # fmt: skip


def mark(operator: Operator, transforms: Mapping[str, type[Transform]]) -> Mark:
    """Return Veil's own mark: yes if all that the row needs is registered, partly if some is."""
    met = [is_met(need, transforms) for need in operator.needs]
    if all(met):
        return "y"
    return "p" if any(met) else "n"


def is_met(need: str, transforms: Mapping[str, type[Transform]]) -> bool:
    """Return whether a transform, its parameter or a word of that parameter is there."""
    path, _, word = need.partition("=")
    name, _, parameter = path.partition(".")
    if name not in transforms:
        return False
    fields = {field.alias or key: field for key, field in transforms[name].model_fields.items()}
    if not parameter:
        return True
    return parameter in fields and (not word or word in _words(fields[parameter].annotation))


def _words(annotation: object) -> tuple[object, ...]:
    """Return the words that a parameter takes, also where it may be left out."""
    found: list[object] = []
    for part in get_args(annotation):
        found += _words(part) if get_args(part) else [part]
    return tuple(found)
