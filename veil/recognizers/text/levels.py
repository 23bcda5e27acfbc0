"""Levels: from few constant words, and so few templates, to many; and what is left, with all between constants as one slot."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from veil.recognizers.text.sentences import Parsed, is_checkable, parse, words_of
from veil.recognizers.text.templates import Template
from veil.recognizers.text.votes import SEEN, SEEN_IN_DOUBT, Find, form, voted
from veil.rng import generator

MIN_MEMBERS: Final = 8
COARSE: Final = (20, 80)
"""A word is constant in the coarse levels if one row in so many holds it."""
REPEATED: Final = 0.7
"""Templates are used where they hold at least this share of the rows' sentences."""
CONSTANT_SHARE: Final = 0.6
"""A template has at least so many constant words for each slot."""


@dataclass(frozen=True)
class Level:
    """Templates under one idea of which words are constant. It holds words of texts: never log, print or save it.

    The coarse levels know few constants and thus few templates; what is not alike enough there is left to the fine one. At last
    all that stands between two constants is one slot, for the names and places that are written in an uncommon way.
    """

    constants: frozenset[str] = field(repr=False)
    counted: bool
    absorbing: bool = False
    templates: Mapping[str, Template] = field(default_factory=dict, repr=False)

    def parsed(self, sentence: str) -> Parsed:
        """Return the sentence's elements under this level's constants."""
        return parse(sentence, self.constants, counted=self.counted, absorbing=self.absorbing)

    def groups(self, sentences: Sequence[str]) -> dict[str, list[str]]:
        """Return the sentences that are alike, by key."""
        groups: dict[str, list[str]] = defaultdict(list)
        for sentence in sentences:
            groups[self.parsed(sentence).key].append(sentence)
        return groups

    def learnt(self, groups: Mapping[str, Sequence[str]], find: Find, seed: int) -> tuple[Level, list[str]]:
        """Return the level with the templates that the teacher decides clearly, and the sentences of no template.

        Parameters
        ----------
        groups : distinct sentences that are alike, in an order that does not depend on their order in the column.
        find : the teacher.
        seed : for which members are seen.
        """
        large = {key: members for key, members in groups.items() if self.is_template(members)}
        chosen = {key: self._chosen(key, members, seed) for key, members in large.items()}
        templates = voted({key: members[:SEEN] for key, members in chosen.items()}, find)
        in_doubt = [key for key in large if templates[key].in_doubt and len(large[key]) > SEEN]
        templates |= voted({key: chosen[key] for key in in_doubt}, find)
        if not self.counted:
            templates = {key: template for key, template in templates.items() if not template.in_doubt}
        rest = [sentence for key, members in groups.items() if key not in templates for sentence in members]
        return replace(self, templates=templates), rest

    def is_template(self, members: Sequence[str]) -> bool:
        """Return whether sentences are enough, and enough of them is constant to know them again."""
        if len(members) < MIN_MEMBERS:
            return False
        parsed = self.parsed(members[0])
        n_slots = len(parsed.kinds) - parsed.n_constant
        return parsed.n_constant >= 1 and parsed.n_constant >= CONSTANT_SHARE * n_slots

    def _chosen(self, key: str, members: Sequence[str], seed: int) -> list[tuple[str, Parsed]]:
        """Return up to 24 members in the order in which they are seen: drawn, but two of each form of value first."""
        drawn = generator(seed, "templates", key).permutation(len(members))[: 8 * SEEN_IN_DOUBT]
        forms: Counter[tuple[str, ...]] = Counter()
        first: list[tuple[str, Parsed]] = []
        rest: list[tuple[str, Parsed]] = []
        for place in drawn:
            member = members[place], self.parsed(members[place])
            shapes = form(*member)
            (first if shapes and forms[shapes] < 2 else rest).append(member)
            forms[shapes] += 1
        return (first[: SEEN - 2] + rest + first[SEEN - 2 :])[:SEEN_IN_DOUBT]


def levels_of(rows: Mapping[str, int]) -> tuple[Level, ...]:
    """Return the levels of a column from coarse to fine, without templates yet.

    Constant are words that are frequent in the column's rows. A capital makes a name likely, so a word with one has to be
    more frequent. Too many constants only split a template, which costs time; too few would mix sentences that are not alike.

    Parameters
    ----------
    rows : sentence -> rows that hold it. Rows and not sentences are counted: a sentence repeated verbatim is all constant.
    """
    counts: Counter[str] = Counter()
    for sentence, weight in rows.items():
        for word in words_of(sentence):
            counts[word] += weight
    n_rows = sum(rows.values())
    words = {word: count for word, count in counts.items() if not is_checkable(word)}
    coarse = [Level(_frequent(words, n_rows // least, n_rows // least), counted=False) for least in COARSE]
    fine = Level(_frequent(words, n_rows // 2_000, n_rows // 200), counted=True)
    return *coarse, fine, replace(coarse[0], absorbing=True)


def repeated_share(levels: Sequence[Level], groups: Mapping[str, Sequence[str]], rows: Mapping[str, int]) -> float:
    """Return the share of rows whose sentences are alike enough of others, before any is asked about.

    Parameters
    ----------
    groups : of the first level; the finer ones are only looked at if it does not hold most.
    """
    strict = [level for level in levels if not level.absorbing]
    share, rest = 0.0, list(rows)
    for place, level in enumerate(strict):
        groups = level.groups(rest) if place else groups
        rest = [sentence for members in groups.values() if not level.is_template(members) for sentence in members]
        share = held_share(rest, rows)
        if share >= REPEATED:
            break
    return share


def held_share(rest: Iterable[str], rows: Mapping[str, int]) -> float:
    """Return the share of rows that need no look of their own: members of templates, and sentences repeated word by word.

    Parameters
    ----------
    rest : the sentences of no template.
    """
    total = sum(rows.values())
    return 1 - sum(rows[sentence] for sentence in rest if rows[sentence] < MIN_MEMBERS) / total if total else 0.0


def _frequent(counts: Mapping[str, int], low: int, high: int) -> frozenset[str]:
    return frozenset(word for word, count in counts.items() if count >= max(5, low if word.islower() else high))
