"""The report's words: what each check asks in plain language, what roles and effects mean, and what no check looked at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from veil.model import CheckResult, Stage
from veil.report import numbers
from veil.report.explanations import EXPLANATIONS, Explanation
from veil.report.numbers import Unit

HEADLINES: Mapping[str, tuple[str, ...]] = {
    "privacy": ("membership_auc", "nearest_share", "k", "residual_identifiers"),
    "fidelity": ("fidelity", "shapes", "pairs"),
    "utility": ("utility_kept",),
}

ROLES: Mapping[str, str] = {
    "direct": "names a person by itself",
    "quasi": "singles a person out together with other columns",
    "sensitive": "harms a person if it becomes known",
    "other": "nothing personal was found",
}

EFFECTS: Mapping[str, str] = {
    "keep": "kept as it came",
    "suppress": "taken out",
    "generalize": "made coarser",
    "perturb": "shifted",
    "pseudonymize": "replaced by a keyed pseudonym",
    "encrypt": "encrypted",
    "fake": "replaced by an invented value",
}

STAGES: Mapping[Stage, str] = {
    "ingest": "read the files",
    "classify": "find personal data",
    "plan": "decide per column",
    "transform": "change the columns",
    "synthesize": "learn a stand-in",
    "check": "measure what is left",
    "release": "publish",
}

# Attacks that no result speaks for are listed as not tested. The key is a part of the check's name.
ATTACKS: Mapping[str, str] = {
    "singling_out": "Singling out: whether a description can be written that fits exactly one person in the original.",
    "linkability": "Linkability: whether two halves of a record, held by two parties, can be joined through the synthetic table.",
    "inference": "Inference: whether an unknown attribute of a known person can be guessed better than from people in general.",
    "tail_membership": "Unusual people: the membership attack is scored over everyone; the rarest records may be at more risk.",
    "canar": "Canaries: planted records that would show what the model repeats word for word.",
    "l_diversity": "Diversity inside a group: if everyone in a group of k shares a sensitive value, k alone does not hide it.",
}

ALWAYS_UNTESTED: tuple[str, ...] = (
    "Repeated releases: what can be learnt by comparing this release with earlier or later ones of the same people.",
    "Other data sets: what somebody can find out by joining the output with sources that this run has not seen.",
    "Fairness: whether fidelity, utility and risk are alike for all groups of people.",
)

_CONTROL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def explain(check: str) -> Explanation:
    """Return the words for a check; one that is not known is named as it is and tells its figure only."""
    title = check.replace("_", " ").strip()
    return EXPLANATIONS.get(check) or Explanation(title[:1].upper() + title[1:], "", "Measured {value}{interval}.")


def family_of(result: CheckResult) -> str:
    """Return what a check is about. A check that failed to run cannot say it itself, so its name decides."""
    return explain(result.check).family or result.family


def unit_of(result: CheckResult) -> Unit:
    """Return the unit of a result: the check's own, except that a count that is not whole is a share."""
    unit = explain(result.check).unit
    return "share" if unit == "people" and result.value is not None and not float(result.value).is_integer() else unit


def figure_of(result: CheckResult) -> str:
    """Write the figure of a result. A share of records that stand alone is a count of people as well, and may be small."""
    if result.status == "not_run":
        return numbers.NOT_MEASURED
    if is_few(result):
        return "fewer than 10"
    return numbers.figure(result.value, unit_of(result))


def is_few(result: CheckResult) -> bool:
    """Tell whether a figure stands for one to nine people, so that neither its digits nor its place may be shown."""
    if result.value is None:
        return False
    if result.check == "unique_share":
        return 0 < result.value * (result.n or 0) < 9.5
    return explain(result.check).unit == "people" and 0 < result.value < 10


def tell(result: CheckResult) -> str:
    """Say in one sentence what a check found."""
    if result.status == "not_run" or result.value is None:
        return "This could not be measured."
    explanation = explain(result.check)
    between = numbers.interval(result.low, result.high, unit_of(result))
    sentence = explanation.none if result.value <= 0 and explanation.none else explanation.sentence
    interval = f" (95% interval {between})" if between else ""
    text = sentence.format(value=figure_of(result), interval=interval, columns=_listed(result.columns))
    return text[:1].upper() + text[1:]


def visible(text: str) -> str:
    """Show what a hostile or careless name would hide: control and direction characters become their code points."""
    if text.isprintable():
        return text
    return "".join(f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _CONTROL else char for char in text)


def parameters(given: Mapping[str, object], longest: int = 72) -> str:
    """Write parameters in one short line: `keep_last 4, in person`; what is None is left out."""
    text = ", ".join(f"{name.replace('_', ' ')} {_plain(given[name])}" for name in sorted(given) if given[name] is not None)
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= longest else text[: longest - 1].rstrip(" ,") + "…"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} {_plain(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, (list, tuple)):
        return " / ".join(_plain(item) for item in value)
    if isinstance(value, (set, frozenset)):
        return " / ".join(sorted(_plain(item) for item in value))
    return str(value)


def _listed(columns: tuple[str, ...]) -> str:
    if not columns:
        return "the quasi-identifiers"
    return columns[0] if len(columns) == 1 else f"{', '.join(columns[:-1])} and {columns[-1]}"
