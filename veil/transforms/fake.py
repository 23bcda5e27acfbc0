"""Fake: a name, address or number that could be real and is nobody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from veil.columns import factorize, render_dates
from veil.errors import TransformFailed
from veil.transforms.base import Context, Properties, Transform, distinct, present, replaced
from veil.transforms.fakes import inputs
from veil.transforms.fakes.births import LARGEST_BAND, within_band
from veil.transforms.fakes.countries import locales_of
from veil.transforms.fakes.draw import Draw, NoFakeLeft
from veil.transforms.fakes.kinds import (
    ADDRESS_KINDS,
    PERSON_KINDS,
    PLACE_KINDS,
    STYLES,
    SUBJECT_KINDS,
    UNIQUE_KINDS,
    Kind,
    Style,
    fakes,
)
from veil.transforms.fakes.packs import LOCALES, Locale, load
from veil.transforms.fakes.sexes import UNKNOWN, read_sexes
from veil.transforms.fakes.spelling import folds
from veil.transforms.fakes.universe import is_permuted, size_needed, universe

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.base import Cells
    from veil.transforms.fakes.inputs import Combinations
    from veil.transforms.keys import Words

    Strings = npt.NDArray[Any]

Names = Annotated[tuple[str, ...], BeforeValidator(lambda names: (names,) if isinstance(names, str) else tuple(names))]
MOST_SOURCES = 6


class Fake(Transform):
    """Replace each value by a fake of the kind `of`, drawn by key from the frozen dictionary pack of `locale`.

    What belongs to a person (names, addresses, the place, date of birth, national number) is drawn from the data subject and
    agrees in every column and table that names the same locale and sex. With `by: value`, or where a table has no subject, it
    is drawn from the value, like all other kinds; that is for columns that are about somebody else than the subject. A fake
    never holds the name it replaces.

    Parameters
    ----------
    locale_from : the column of the country, or locale, that tells the locale of each row; `locale` where it tells none.
    sex_from : the column that tells the sex; unknown labels leave it to the key.
    birth_from, birth_format : of a national number, the column of the date of birth and how it is written. The number holds
        the fake date that `of: date_of_birth` gives that date with the same `band`.
    band : of a date of birth, the years within which it stays.
    source (`from`) : of an address, the column of the name, or those of the given and the family name, that it is built from;
        of a place, the columns that make up the whole place, in each of them the same: then they agree without a subject.
    unique : distinct values get distinct fakes: phones (`canonical: phone`) and cards by permutation, addresses and pages by more
        letters, so that two of 100 million do not meet; of others there are fewer, and values that would share one are
        refused.
    style : of a phone, `unreachable` is under +999, `fictional` a number that the regulator keeps for films, `national` in
        national format under a prefix of nobody; of an IBAN, `national` has a bank code of nobody, `unreachable` the country
        QZ; of an IP address, `unreachable` is in 240.0.0.0/4 and `fictional` in the ranges for documentation (IPv6: in
        2001:db8::/32 in both).
    """

    name: ClassVar[str] = "fake"
    properties: ClassVar[Properties] = Properties("fake", keyed=True, keeps=frozenset({"nulls"}))

    of: Kind
    locale: Locale = "en_US"
    locale_from: str | None = None
    sex_from: str | None = None
    birth_from: str | None = None
    birth_format: str = "%Y-%m-%d"
    band: int = Field(default=5, ge=1, le=LARGEST_BAND)
    source: Names = Field(default=(), alias="from", max_length=MOST_SOURCES)
    by: Literal["subject", "value"] | None = None
    style: Style | None = None
    unique: bool = False

    @model_validator(mode="after")
    def _parameters_fit(self) -> Fake:
        for reason in self._misfits():
            raise ValueError(reason)
        return self

    def _misfits(self) -> list[str]:
        """Return what of the parameters means nothing for this kind, and what to write instead."""
        of = self.of
        of_address, filmed = of in ADDRESS_KINDS, of == "phone" and self.style == "fictional"
        films = [locale for locale in LOCALES if load(locale).fictional_phones] if filmed else []
        permuted, numbered = is_permuted(of, self.style), of == "national_id"
        said = (
            (self.source and not (of in PLACE_KINDS or of_address), "`from` belongs to `email`, `user_name` and places"),
            (of_address and len(self.source) > 2, "`from` of an address names one column, or those of given and family name"),
            (self.unique and of not in UNIQUE_KINDS, f"`unique` means nothing for `of: {of}`, whose list is finite; use `token`"),
            (self.unique and permuted and self.by == "subject", f"`unique` gives each {of} one of its own: say `by: value`"),
            (self.sex_from and of not in PERSON_KINDS and not numbered, f"`sex_from` means nothing for `of: {of}`"),
            (self.birth_from and not numbered, "`birth_from` belongs to `of: national_id`"),
            (self.birth_format != "%Y-%m-%d" and not self.birth_from, "`birth_format` tells of `birth_from`: name that column"),
            (self.band != 5 and of != "date_of_birth" and not self.birth_from, "`band` is for dates of birth"),
            (self.style and self.style not in STYLES.get(of, ()), f"`style: {self.style}` means nothing for `of: {of}`"),
            (filmed and (self.locale not in films or self.locale_from),
             f"only {', '.join(films)} keep numbers for films; `style: national` is for all"),
        )  # fmt: skip
        return [reason for holds, reason in said if holds]

    @property
    def drawn_by(self) -> Literal["subject", "value"]:
        """Whether fakes are drawn from the data subject, where there is one, or from the value."""
        of_subject = self.of in SUBJECT_KINDS and not (self.of in PLACE_KINDS and self.source)
        return self.by or ("subject" if of_subject else "value")

    @property
    def declared(self) -> Properties:
        """Equal values keep equal fakes only where fakes are drawn from the value."""
        if self.drawn_by == "subject":
            return self.properties
        keeps = {"nulls"} if self.columns_needed else {"nulls", "equality"}
        return replace(self.properties, injective=self.unique, keeps=frozenset(keeps))

    @property
    def by_value(self) -> bool:
        """A person's fakes are drawn from the subject."""
        return not self.columns_needed and self.drawn_by == "value"

    @property
    def columns_needed(self) -> tuple[str, ...]:
        """The columns of `from`, `sex_from`, `birth_from` and `locale_from`."""
        others = (self.sex_from, self.birth_from, self.locale_from)
        return tuple(dict.fromkeys((*self.source, *(name for name in others if name))))

    def agreeing_with(self, named: Fake) -> Fake:
        """Return this fake with what makes it agree with the one whose name it is built from, where it does not say itself.

        A plan calls this for an address whose `from` names a column that is faked: its locale and sex column count too.
        """
        said: dict[str, Any] = {"locale": named.locale}
        said |= {"sex_from": named.sex_from, "by": named.drawn_by} if self.of in ADDRESS_KINDS else {}
        said |= {"locale_from": named.locale_from} if named.locale_from else {}
        inherited = {field: value for field, value in said.items() if field not in self.model_fields_set}
        return self.model_copy(update=inherited)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Draw a fake for each distinct combination of value, subject, sex, country and source name."""
        there = present(cells, context).to_numpy(dtype=bool)
        rows = self._combinations(cells.to_numpy(dtype=object)[there], there, context)
        crowded = 0
        try:
            drawn = self._dates(rows, context) if self.of == "date_of_birth" else self._fakes(rows, context)
        except NoFakeLeft as error:
            crowded = error.count
        if crowded:
            raise TransformFailed(context.column.name, "hold every name there is; `redact_text` is for texts", count=crowded)
        if self.unique:
            self._refuse_shared(rows, drawn, context)
        return replaced(cells, there, rows.codes, drawn)

    def _combinations(self, values: Strings, there: npt.NDArray[np.bool_], context: Context) -> Combinations:
        others = {f"from {place}": self._related(name, "from", there, context) for place, name in enumerate(self.source)}
        for label, name in (("sex", self.sex_from), ("birth", self.birth_from), ("country", self.locale_from)):
            if name:
                others[label] = self._related(name, f"{label}_from" if label != "country" else "locale_from", there, context)
        about_subject = self.drawn_by == "subject" and context.subject is not None
        subjects = context.subject_codes()[0][there] if about_subject else None
        plain = replace(context, canonical="text") if self.of == "date_of_birth" else context
        return inputs.combined(values, plain, subjects, others)

    def _related(self, name: str, parameter: str, there: npt.NDArray[np.bool_], context: Context) -> Strings:
        named = context.require_related(name, parameter)
        return np.asarray(named.where(present(named, context), "").to_numpy(dtype=object)[there])

    def _fakes(self, rows: Combinations, context: Context) -> Strings:
        locales = self._locales(rows)
        draw = self._draw(rows, locales, context)
        used = sorted(set(locales))
        if len(used) == 1:
            return fakes(self.of, draw, load(used[0]), style=self.style, unique=self.unique)
        drawn = np.empty(len(rows), dtype=object)
        for locale in used:
            places = np.flatnonzero(locales == locale)
            drawn[places] = fakes(self.of, draw.take(places), load(locale), style=self.style, unique=self.unique)
        return drawn

    def _locales(self, rows: Combinations) -> Strings:
        if "country" not in rows.columns:
            return np.full(len(rows), self.locale, dtype=object)
        codes, locales = distinct(rows.columns["country"], lambda names: locales_of(names, self.locale))
        return np.asarray(locales[codes])

    def _draw(self, rows: Combinations, locales: Strings, context: Context) -> Draw:
        values = rows.columns["value"]
        avoid = folds(list(values)) if rows.subjects is None else _by_distinct_folds(values)
        avoids = [avoid, avoid]
        for place, side in self._sides:
            named = rows.columns[f"from {place}"]
            avoids[side] = np.where(named == "", avoid, _by_distinct_folds(named))
        permuted = None
        if self.unique and is_permuted(self.of, self.style):
            permuted = inputs.permuted(self.of, rows.columns["value"], context)
        given, family, rest = self._words(rows, context)
        runs_together = self.of in ADDRESS_KINDS and not self.source
        births = self._births(rows, context) if self.birth_from else None
        sexes, (first, last) = self._sexes(rows, locales), avoids
        return Draw(given, family, rest, sexes, avoid, first, last, runs_together, births, permuted)

    def _sexes(self, rows: Combinations, locales: Strings) -> npt.NDArray[np.int8]:
        sexes = np.full(len(rows), UNKNOWN, dtype=np.int8)
        for locale in sorted(set(locales)) if "sex" in rows.columns else ():
            places = np.flatnonzero(locales == locale)
            sexes[places] = read_sexes(rows.columns["sex"][places], locale)
        return sexes

    @property
    def _sides(self) -> tuple[tuple[int, int], ...]:
        """Which source column names the given (0) and which the family name (1)."""
        return ((0, 0), (len(self.source) - 1, 1)) if self.source and self.of in ADDRESS_KINDS else ()

    def _words(self, rows: Combinations, context: Context) -> tuple[Words, Words, Words]:
        """Return the words that given name, family name and everything else are drawn from."""
        if rows.subjects is not None:
            names = inputs.keyed_subjects(rows.subjects, context, "fake of subject")
            if self.of in PERSON_KINDS:
                return names, names, names
            group = "place" if self.of in PLACE_KINDS else self.of
            return names, names, inputs.keyed_subjects(rows.subjects, context, f"fake {group} of subject")
        if self.source and self.of in PLACE_KINDS:
            whole = inputs.joined([rows.columns[f"from {place}"] for place in range(len(self.source))])
            words = inputs.keyed(whole, context, self._keyspace_of(self.source[0], context), "fake place")
            return words, words, words
        words = inputs.keyed(rows.columns["value"], context, context.keyspace, "fake")
        sides = [words, words]
        for place, side in self._sides:
            names = rows.columns[f"from {place}"]
            own = inputs.keyed(names, context, self._keyspace_of(self.source[place], context), "fake")
            sides[side] = np.where((names == "")[:, None], words, own)
        return sides[0], sides[1], words

    def _keyspace_of(self, column: str, context: Context) -> str:
        return context.related_keyspaces.get(column, context.keyspace)

    def _dates(self, rows: Combinations, context: Context) -> Strings:
        """Return other dates in the same band of years, written as the column's are."""
        import pandas as pd

        pattern, values = context.column.format, rows.columns["value"]
        reason = "`of: date_of_birth` needs a column of dates in one format; use `drop`, or `constant`"
        births = inputs.days(values, pattern if context.column.type in ("date", "datetime") else None, context, reason)
        moved = self._within_band(births, context.keyspace, rows, context)
        dates = pd.Series(moved.astype("datetime64[D]").astype("datetime64[s]"))
        return np.asarray(render_dates(dates, pattern or "").to_numpy(dtype=object))

    def _births(self, rows: Combinations, context: Context) -> npt.NDArray[np.int64]:
        """Return the fake dates of birth of the rows, as `of: date_of_birth` makes them in the column of `birth_from`."""
        reason = f"`birth_from`: dates that are not written as {self.birth_format}; say how in `birth_format`"
        births = inputs.days(rows.columns["birth"], self.birth_format, context, reason)
        return self._within_band(births, self._keyspace_of(self.birth_from or "", context), rows, context)

    def _within_band(
        self, births: npt.NDArray[np.int64], keyspace: str, rows: Combinations, context: Context
    ) -> npt.NDArray[np.int64]:
        if rows.subjects is not None:
            words = inputs.keyed_subjects(rows.subjects, context, "fake birth of subject")
        else:
            words = inputs.keyed(inputs.iso_dates(births), context, keyspace, "fake birth")
        return within_band(births, words[:, 0], self.band)

    def _refuse_shared(self, rows: Combinations, drawn: Strings, context: Context) -> None:
        """Refuse values, or subjects, that would share a fake: there are too few of the kind for so many."""
        n_owners = len(factorize(rows.columns["value"])[1]) if rows.subjects is None else len(np.unique(rows.subjects))
        n_fakes = len(factorize(drawn)[1])
        if n_fakes < n_owners:
            size = universe(self.of, self.locale, style=self.style, unique=True)
            reason = f"would share a fake: there are {size:,}, and {size_needed(n_owners):,} are needed; use `token` or `fpe`"
            raise TransformFailed(context.column.name, reason, count=n_owners - n_fakes)


def _by_distinct_folds(values: Strings) -> Strings:
    codes, results = distinct(values, lambda levels: list(folds(levels)))
    return np.asarray(results[codes])
