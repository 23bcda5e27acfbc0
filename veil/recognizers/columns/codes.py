"""Code evidence: what a column of codes is by what all of its values together keep to. See `code_forms`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from veil.model import ColumnSample, Evidence
from veil.recognizers.base import counted, known_values
from veil.recognizers.columns.code_forms import ENOUGH, FORMS, CodeForm

LONGEST: Final = 3000
MOST_WORDS: Final = 6


@dataclass(frozen=True)
class Codes:
    """Compares the values with the ways in which plates, licenses, tokens and the like are written."""

    name: ClassVar[str] = "codes"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence for the first form of each entity that the values have together; none for fewer than a dozen values."""
        profile = sample.profile
        if profile.type not in ("text", "category", "integer") or profile.mean_words > MOST_WORDS or profile.max_length > LONGEST:
            return ()
        values = known_values(sample)
        if len(values) < ENOUGH or not any(map(str.isdigit, values[0])):
            return ()
        told: dict[str, Evidence] = {}
        for form in FORMS:
            share = 0.0 if form.entity in told else form.holds(values)
            if share:
                told[form.entity] = self._evidence(form, share, values)
        return tuple(told.values())

    def _evidence(self, form: CodeForm, share: float, values: Sequence[str]) -> Evidence:
        reason = f"{counted(share, len(values))} are written like {form.title}"
        return Evidence(form.entity, self.name, form.score * share, share, reason)
