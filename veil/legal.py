"""What the output is in law, derived from the transforms that made it; never called anonymous, for that no tool can say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from veil.model import Plan, Step
from veil.plan import build_transform

IDENTIFIED: Final = "personal data: the policy keeps direct identifiers as they are"
PSEUDONYMISED: Final = "pseudonymised personal data"
REDACTED: Final = "personal data: free text was redacted, and what was not found still stands in it"
DE_IDENTIFIED: Final = "whether it is still personal data is for the controller to decide"
_WORDS: Final = {"perturb": "perturbed", "generalize": "generalised", "suppress": "suppressed"}
TEXTS: Final = frozenset({"redact_text", "redact_json"})
MOST_TOLD: Final = 5


@dataclass(frozen=True)
class LegalLabel:
    """The label and the columns that decide it, each with its transform."""

    words: str
    because: tuple[str, ...]


def legal_label(plans: Sequence[Plan]) -> LegalLabel:
    """Return the label of transformed tables: of several reasons the one that leaves most of a person.

    A kept direct identifier before anything else; then whatever is keyed or can be reversed, which is a pseudonym as long as
    there is a key (GDPR Art. 4(5), recital 26; EDPB guidelines 01/2025); then redacted text; then perturbed, generalised and
    suppressed values.
    """
    steps = [(plan, step) for plan in plans for step in plan.steps if step.transform is not None]
    grounds = (
        (IDENTIFIED, [each for each in steps if each[1].effect == "keep" and each[1].role == "direct"]),
        (PSEUDONYMISED, [each for each in steps if _is_pseudonym(each[1])]),
        (REDACTED, [each for each in steps if any(action.transform in TEXTS for action in each[1].actions)]),
    )
    for words, found in grounds:
        if found:
            return LegalLabel(words, _told(found))
    effects = [effect for effect in _WORDS if any(step.effect == effect for _, step in steps)]
    made = " and ".join(_WORDS[effect] for effect in effects) or "unchanged"
    return LegalLabel(f"{made} data; {DE_IDENTIFIED}", _told([each for each in steps if each[1].effect in effects]))


def _is_pseudonym(step: Step) -> bool:
    """Return whether a key, or the transform itself, leads from the output back to the value."""
    if step.effect in ("pseudonymize", "encrypt", "fake"):
        return True
    declared = [build_transform(action).declared for action in step.actions if action.transform not in (None, "drop")]
    return any(each.effect != "keep" and (each.keyed or each.reversible) for each in declared)


def _told(found: Iterable[tuple[Plan, Step]]) -> tuple[str, ...]:
    told = [f"{plan.table}.{step.column}: {step.transform}" for plan, step in found]
    return (*told[:MOST_TOLD], *([f"and {len(told) - MOST_TOLD} more columns"] if len(told) > MOST_TOLD else []))
