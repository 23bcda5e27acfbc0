"""What the structured columns hold about whom a text is about: looked for in that text, and replaced as in the columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from veil.model import Span
from veil.transforms.own.codes import OwnCodes
from veil.transforms.own.dates import Day, WrittenDate, dates_in, day_of, written_like
from veil.transforms.own.folding import FoldedText
from veil.transforms.own.names import OwnNames

if TYPE_CHECKING:
    import numpy.typing as npt

NAMES: Final = frozenset({"PERSON", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME"})
DATES: Final = frozenset({"BIRTH_DATE", "EVENT_DATE", "DATE_TIME"})
SCORE: Final = 1.0


@dataclass(frozen=True)
class OwnValue:
    """A cell about somebody, and what its column's transform made of it.

    Attributes
    ----------
    new : None where the output tells nothing that could stand in a text: it was dropped, masked or generalized.
    is_like : whether the output is of the same kind, a name for a name or a date for a date; else a pseudonym of the whole.
    raw_day, new_day : the two as days, where the column's format tells which is the month.
    """

    entity: str
    raw: str = field(repr=False)
    new: str | None = field(default=None, repr=False)
    is_like: bool = True
    raw_day: Day | None = field(default=None, repr=False)
    new_day: Day | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Found:
    """A stretch of a text that holds an own value, and what is written in its place; None: what the text's transform writes."""

    span: Span
    new: str | None = field(repr=False)


@dataclass(frozen=True)
class Owner:
    """Somebody whom texts are about: a data subject, or the row where there is none."""

    values: tuple[OwnValue, ...] = field(repr=False)

    def find(self, folded: FoldedText, dates: Sequence[WrittenDate]) -> list[Found]:
        """Return the stretches that hold a value of this owner; they may overlap.

        Parameters
        ----------
        dates : the dates that the text writes.
        """
        found = [Found(Span(name.start, name.end, "PERSON", SCORE), name.new) for name in self._names.find(folded)]
        found += [Found(Span(code.start, code.end, code.entity, SCORE), code.new) for code in self._codes.find(folded)]
        return found + [each for date in dates for each in self._dated(folded.text, date)]

    def _dated(self, text: str, date: WrittenDate) -> Iterator[Found]:
        for day in date.meanings:
            if day in self._days:
                entity, new = self._days[day]
                yield Found(Span(date.start, date.end, entity, SCORE), new and written_like(text, date, day, new))
                return

    @cached_property
    def _names(self) -> OwnNames:
        return OwnNames.of([(each.entity, each.raw, each.new, each.is_like) for each in self.values if each.entity in NAMES])

    @cached_property
    def _codes(self) -> OwnCodes:
        others = (each for each in self.values if each.entity not in NAMES | DATES)
        return OwnCodes.of((each.entity, each.raw, each.new) for each in others)

    @cached_property
    def _days(self) -> dict[Day, tuple[str, Day | None]]:
        days: dict[Day, tuple[str, Day | None]] = {}
        for each in self.values:
            if each.entity in DATES:
                for day in (each.raw_day,) if each.raw_day else day_of(each.raw):
                    days.setdefault(day, (each.entity, each.new_day))
        return days


@dataclass(frozen=True)
class OwnValues:
    """The own values of the rows of one partition.

    Attributes
    ----------
    owners : those whom the rows are about.
    rows : per row, which of `owners` it is about; -1: nobody.
    """

    owners: Sequence[Owner] = field(repr=False)
    rows: npt.NDArray[Any] = field(repr=False)

    def find(self, texts: Sequence[str], owners: Sequence[int]) -> list[list[Found]]:
        """Return what each text holds of its owner's values. A text's answer depends on the text and its owner alone.

        Parameters
        ----------
        texts, owners : one distinct pair each; the same text may come with several owners.
        """
        found: list[list[Found]] = [[] for _ in texts]
        last: tuple[FoldedText, list[WrittenDate]] | None = None
        for place in sorted(range(len(texts)), key=texts.__getitem__):
            if owners[place] < 0:
                continue
            if last is None or last[0].text != texts[place]:
                last = FoldedText(texts[place]), list(dates_in(texts[place]))
            found[place] = self.owners[owners[place]].find(*last)
        return found
