"""The report's words: what each check asks in plain language, what roles and effects mean, and what no check looked at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from veil.model import CheckResult, Stage
from veil.report import numbers
from veil.report.numbers import Unit


@dataclass(frozen=True)
class Explanation:
    """How a check is told to a person who has to decide.

    `sentence` may use `{value}`, `{interval}` and `{columns}`; `none` replaces it where the value is zero. `chance` is the
    value of an attack that has learnt nothing.
    """

    title: str
    question: str
    sentence: str
    none: str = ""
    unit: Unit = "score"
    chance: float | None = None


EXPLANATIONS: Mapping[str, Explanation] = {
    "exact_copies": Explanation(
        "Exact copies",
        "Did the model learn a person by heart?",
        "{value} of the synthetic records equal a record that the model learnt from, beyond what people it never saw "
        "explain{interval}.",
        "No synthetic record equals a record that the model learnt from, beyond what people it never saw explain.",
        "share",
    ),
    "nearest_share": Explanation(
        "Nearest record",
        "Do synthetic records lie closer to the people the model learnt from than to people it never saw?",
        "Put between as many people of both kinds, {value} of the synthetic records lie nearer to someone the model learnt from"
        "{interval}. A model that copies nobody comes out at half.",
        unit="share",
        chance=0.5,
    ),
    "membership_auc": Explanation(
        "Membership attack",
        "Could someone tell that Anna was in the data?",
        "Shown one person who was in the data and one who was not, the attack points at the right one {value} of the time"
        "{interval}. Tossing a coin does it 50% of the time.",
        unit="share",
        chance=0.5,
    ),
    "k": Explanation(
        "Smallest group (k)",
        "How small is the smallest group of people who look alike?",
        "Every combination of {columns} in the output is shared by at least {value} records.",
        "There are no records to group by {columns}.",
        "count",
    ),
    "unique_share": Explanation(
        "Records that stand alone",
        "How many people have a combination that nobody else has?",
        "{value} of the records are the only one with their combination of {columns}{interval}.",
        "No record is the only one with its combination of {columns}.",
        "share",
    ),
    "residual_identifiers": Explanation(
        "Identifiers left over",
        "Does any original e-mail address, phone number, street line or number of a person still stand in the output?",
        "{value} output cells hold an identifier of the original. Every cell of the output was searched, free text too.",
        "No output cell holds an identifier of the original. Every cell of the output was searched, free text too.",
        "people",
    ),
    "own_names": Explanation(
        "Own names",
        "Does anybody still stand under their own full name?",
        "{value} rows still hold the full name of the person they are about.",
        "No row holds the full name of the person it is about.",
        "people",
    ),
    "own_birth_dates": Explanation(
        "Own birth dates",
        "Does anybody still stand with their own date of birth?",
        "{value} rows still hold the birth date of the person they are about.",
        "No row holds the birth date of the person it is about.",
        "people",
    ),
    "names_by_chance": Explanation(
        "Names that meet by chance",
        "Do names of other people in the drop turn up more often than two unrelated lists of names would share?",
        "Names from the drop turn up elsewhere at {value} of the most that chance explains{interval}.",
        "No name from the drop turns up anywhere else in the output.",
    ),
    "fidelity": Explanation(
        "Fidelity",
        "Does the synthetic table look like the original?",
        "Columns and pairs of columns agree to {value} on a scale where 1 is the same{interval}.",
    ),
    "utility_kept": Explanation(
        "Utility kept",
        "Does a model trained on synthetic records work on real people?",
        "Models trained on the synthetic table keep {value} of the score that the original gives{interval}, "
        "both judged on people that neither saw.",
        "Models trained on the synthetic table keep nothing of the score that the original gives.",
    ),
}

HEADLINES: Mapping[str, tuple[str, ...]] = {
    "privacy": ("membership_auc", "nearest_share", "k", "residual_identifiers"),
    "fidelity": ("fidelity", "marginals", "pairs"),
    "utility": ("utility_kept", "utility"),
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


def unit_of(result: CheckResult) -> Unit:
    """Return the unit of a result: the check's own, except that a share above 1 is a count and a broken count is a share."""
    unit = explain(result.check).unit
    if result.value is None:
        return unit
    if unit == "share" and result.value > 1:
        return "people"
    return "share" if unit == "people" and not float(result.value).is_integer() else unit


def tell(result: CheckResult) -> str:
    """Say in one sentence what a check found."""
    explanation, unit = explain(result.check), unit_of(result)
    if result.status == "not_run" or result.value is None:
        return "This could not be measured, and what is not measured does not pass."
    between = numbers.interval(result.low, result.high, unit)
    sentence = explanation.none if result.value == 0 and explanation.none and not between else explanation.sentence
    value = numbers.figure(result.value, unit)
    text = sentence.format(value=value, interval=f" (95% interval {between})" if between else "", columns=_listed(result.columns))
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
