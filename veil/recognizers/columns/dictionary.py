"""Dictionary evidence: how many of a column's values are in a list of names, places or jobs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from veil.model import ColumnSample, Evidence
from veil.recognizers.base import counted, known_values, share_of
from veil.recognizers.columns.firms import firm_share
from veil.recognizers.words.dictionaries import ambiguous, folded, is_full_name, lists
from veil.recognizers.words.letters import words_once
from veil.recognizers.words.lexicon import word_set

CAP: Final = 0.75
MIN_DISTINCT: Final = 8
JUDGED: Final = 150
MIN_SHARE: Final = 0.4
MANY: Final = 20
FEW_CAP: Final = 0.6
COMMON_COUNTS: Final = 0.4
MOST_NAMES: Final = 4
TURNED_ROUND: Final = 0.75
SOME_FIRMS: Final = 0.3
FIRMS_CAP: Final = 0.45
"""Not believed alone: `Customer Service` and `Group A` hold such words as well."""
_PEOPLE: Final = ("FIRST_NAME", "LAST_NAME")


@dataclass(frozen=True)
class Dictionary:
    """Counts the distinct values that are in a list. Few values, or values with digits, are not judged.

    A name that is a common word as well (`Brown`, `Rose`, `May`) counts less: colors and months are in every list of names.
    """

    name: ClassVar[str] = "dictionary"

    def inspect(self, sample: ColumnSample) -> tuple[Evidence, ...]:
        """Return evidence for each list that at least two fifths of the values are in."""
        if sample.profile.type not in ("text", "category") or sample.profile.mean_words > 8:
            return ()
        known = known_values(sample)
        values = tuple(folded(_without_number(value)) for value in known[:: max(1, len(known) // JUDGED)][:JUDGED])
        values = tuple(value for value in values if value and not any(map(str.isdigit, value)))
        if len(values) < max(MIN_DISTINCT, 0.7 * min(JUDGED, len(sample.values))):
            return ()
        shares = {entity: _share(entity, values) for entity in lists() if entity in _TITLES}
        shares["PERSON"] = share_of(values, lambda value: _titled(value) or is_full_name(_without_titles(value)))
        shares["PERSON"] = max(shares["PERSON"], _turned_round_share(values))
        firms = firm_share(values) if sample.profile.mean_words > 1 else 0.0
        if firms >= SOME_FIRMS:
            shares = {"ORGANIZATION": firms}
        return tuple(self._evidence(entity, share, values) for entity, share in _told(shares) if share >= MIN_SHARE)

    def _evidence(self, entity: str, share: float, values: Sequence[str]) -> Evidence:
        reason = f"{counted(share, len(values))} are in the list of {_TITLES[entity]}"
        cap = FIRMS_CAP if entity == "ORGANIZATION" else CAP if len(values) >= MANY else FEW_CAP
        return Evidence(entity, self.name, min(cap, 0.35 + 0.5 * share), share, reason)


def _without_titles(value: str) -> str:
    """`Dr. Maier / Dr. med. Eva Maier` and `SILVA/EVA` are names, each word told once."""
    words = value.replace("/", " ").split()
    return " ".join(dict.fromkeys(word for word in words if not word.endswith(".") and word.strip(".,") not in _TITLED))


def _titled(value: str) -> bool:
    """`Dr. Maier`, `mme le goff`: a title, then one to three names."""
    words = [word.strip(".,") for word in value.split()]
    names = [word for word in words if word not in _TITLED]
    return bool(words) and words[0] in _TITLED and 1 <= len(names) <= MOST_NAMES and all(map(str.isalpha, "".join(names)))


def _turned_round_share(values: Sequence[str]) -> float:
    """Return the share of values that end with a given name, where so many do that it is no chance: `SORRENTINO MARCO`."""
    share = share_of(values, _ends_with_given_name)
    return share if share >= TURNED_ROUND else 0.0


def _ends_with_given_name(value: str) -> bool:
    words = value.replace("'", "").split()
    if not 2 <= len(words) <= MOST_NAMES or not all(map(str.isalpha, words)) or not word_set("no names").isdisjoint(words):
        return False
    return words[-1] in lists()["FIRST_NAME"] and not ambiguous(words[-1], "FIRST_NAME")


def _without_number(value: str) -> str:
    """Made-up people are often numbered, `Gregory648`; `gregory648` is a user's name."""
    return value.rstrip("0123456789") if _NUMBERED.fullmatch(value) else value


_TITLED: Final = words_once("""
dr prof mr mrs ms miss herr frau mba md phd msc bsc ing dds med dipl mag ra rain me maitre mme mlle m dott dottssa avv sig
sra sr dra dna ing arch mudr mgr judr bc dhr mevr drs lek mec adv dokt hekim docteur doctor dokter doktor lakare lege laege
""")
_NUMBERED = re.compile(r"(?=[^a-z])[^\W\d_][a-z\u00df-\u00ff]{1,30}\d{1,4}")


def _share(entity: str, values: Sequence[str]) -> float:
    listed, common = lists()[entity], word_set("common") if entity in _PEOPLE else frozenset()
    return sum(COMMON_COUNTS if value in common else 1.0 for value in values if value in listed) / len(values)


def _told(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    """Of given and family names, and of places and people, the list that fits clearly less is not told."""
    best = max(shares.values())
    return [(entity, share) for entity, share in shares.items() if share >= 0.7 * best]


_TITLES: Final[Mapping[str, str]] = {
    "FIRST_NAME": "given names", "LAST_NAME": "family names", "PERSON": "given and family names, as full names", "CITY": "cities",
    "REGION": "regions", "COUNTRY": "countries", "OCCUPATION": "jobs", "ORGANIZATION": "words of firms and institutions",
}
