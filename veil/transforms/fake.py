"""Fake: a name, address or number that could be real and is nobody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from veil.columns import factorize
from veil.errors import TransformFailed
from veil.transforms.base import Context, Properties, Transform, distinct, distinct_rows, present, replaced
from veil.transforms.packs import Locale, load
from veil.transforms.sexes import UNKNOWN, read_sexes
from veil.transforms.surrogates import (
    ADDRESS_KINDS,
    PERSON_KINDS,
    SUFFIX_LETTERS,
    UNIQUE_SUFFIX_LETTERS,
    Draw,
    Kind,
    NoFakeLeft,
    fakes,
    folds,
    names_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from veil.transforms.base import Cells
    from veil.transforms.keys import Words

    Strings = npt.NDArray[Any]

Names = Annotated[tuple[str, ...], BeforeValidator(lambda names: (names,) if isinstance(names, str) else tuple(names))]


class Fake(Transform):
    """Replace each value by a fake of the kind `of`, drawn by key from the frozen dictionary pack of `locale`.

    Names, e-mail addresses and user names of one data subject agree in every column and table that names the same locale
    and sex: they are drawn from the subject. With `by: value`, or where a table has no subject, they are drawn from the value,
    like all other kinds; that is for columns that name somebody else than the subject. A fake never holds the name it
    replaces.

    Parameters
    ----------
    sex_from : the column that tells the sex; unknown labels leave it to the key.
    source (`from`) : the column of the name, or those of the given and the family name, that an address is built from.
    unique : lengthen the letters at the end of an address until two of 100 million subjects do not share one.
    style : `fictional` writes phone numbers that a country's regulator keeps for films; `unreachable` ones under +999.
    """

    name: ClassVar[str] = "fake"
    properties: ClassVar[Properties] = Properties("fake", keyed=True, keeps=frozenset({"nulls"}))

    of: Kind
    locale: Locale = "en_US"
    sex_from: str | None = None
    source: Names = Field(default=(), alias="from", max_length=2)
    by: Literal["subject", "value"] = "subject"
    style: Literal["unreachable", "fictional"] = "unreachable"
    unique: bool = False

    @model_validator(mode="after")
    def _parameters_fit(self) -> Fake:
        if (self.source or self.unique) and self.of not in ADDRESS_KINDS:
            raise ValueError("`from` and `unique` belong to `of: email` and `of: user_name`; other lists are finite")
        if self.sex_from and self.of not in PERSON_KINDS - {"last_name"}:
            raise ValueError(f"`sex_from` means nothing for `of: {self.of}`")
        if self.style == "fictional" and (self.of != "phone" or not load(self.locale).fictional_phones):
            raise ValueError("`style: fictional` is for phones of de_DE, en_GB, en_US and fr_FR, which keep numbers for films")
        return self

    @property
    def declared(self) -> Properties:
        """Equal values keep equal fakes only where fakes are drawn from the value."""
        if self.of in PERSON_KINDS and self.by == "subject":
            return self.properties
        injective = self.unique and self.of in ADDRESS_KINDS
        return replace(self.properties, injective=injective, keeps=frozenset({"nulls", "equality"}))

    @property
    def by_value(self) -> bool:
        """A person's fakes are drawn from the subject."""
        return not self.columns_needed and (self.of not in PERSON_KINDS or self.by == "value")

    @property
    def columns_needed(self) -> tuple[str, ...]:
        """The columns of `from` and `sex_from`."""
        return tuple(dict.fromkeys((*self.source, *([self.sex_from] if self.sex_from else []))))

    def agreeing_with(self, named: Fake) -> Fake:
        """Return this fake with what makes it agree with the one whose name it is built from, where it does not say itself.

        A plan calls this for an address whose `from` names a column that is faked: its locale and sex column count too.
        """
        inherited = {field: getattr(named, field) for field in ("locale", "sex_from", "by") if field not in self.model_fields_set}
        return self.model_copy(update=inherited)

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Draw a fake for each distinct combination of value, subject, sex and source name."""
        there = present(cells, context).to_numpy(dtype=bool)
        codes, columns = self._combinations(cells, there, context)
        crowded = 0
        try:
            drawn = self._fakes(self._draw(columns, context))
        except NoFakeLeft as error:
            crowded = error.count
        if crowded:
            raise TransformFailed(context.column.name, "hold every name there is; `redact_text` is for texts", count=crowded)
        return replaced(cells, there, codes, drawn)

    def _fakes(self, draw: Draw) -> Strings:
        suffix = UNIQUE_SUFFIX_LETTERS if self.unique else SUFFIX_LETTERS
        return fakes(self.of, draw, load(self.locale), fictional=self.style == "fictional", suffix=suffix)

    def _combinations(self, cells: Cells, there: npt.NDArray[np.bool_], context: Context) -> tuple[Any, dict[str, Strings]]:
        """Return the code of each present row and, per distinct combination, what its fake depends on."""
        value_codes, forms = distinct(cells.to_numpy(dtype=object)[there], context.canonical_forms)
        columns = {"value": forms[value_codes]}
        if self.of in PERSON_KINDS and self.by == "subject" and context.subject is not None:
            columns["subject"] = context.require_subject().to_numpy(dtype=object)[there]
        for place, name in enumerate(self.source):
            named = context.require_related(name, "from")
            columns[f"from {place}"] = named.where(present(named, context), "").to_numpy(dtype=object)[there]
        if self.sex_from:
            columns["sex"] = context.require_related(self.sex_from, "sex_from").fillna("").to_numpy(dtype=object)[there]
        codes, firsts = distinct_rows(*columns.values())
        return codes, {name: column[firsts] for name, column in columns.items()}

    def _draw(self, columns: dict[str, Strings], context: Context) -> Draw:
        avoid, words = _by_distinct(columns["value"], folds), self._words(columns, context)
        runs_together = self.of in ADDRESS_KINDS and not self.source
        names = avoid if runs_together else _by_distinct(avoid, names_in)
        avoids = [names, names]
        for place, side in self._sides:
            named = columns[f"from {place}"]
            avoids[side] = np.where(named == "", names, _by_distinct(_by_distinct(named, folds), names_in))
        sexes = read_sexes(columns["sex"], self.locale) if "sex" in columns else np.full(len(avoid), UNKNOWN, dtype=np.int8)
        return Draw(*words, sexes, avoid, avoids[0], avoids[1], runs_together)

    @property
    def _sides(self) -> tuple[tuple[int, int], ...]:
        """Which source column names the given (0) and which the family name (1)."""
        return ((0, 0), (len(self.source) - 1, 1)) if self.source else ()

    def _words(self, columns: dict[str, Strings], context: Context) -> tuple[Words, Words, Words]:
        if "subject" in columns:
            words = _keyed(columns["subject"], context, context.subject_keyspace, "fake of subject")
            return words, words, words
        words = _keyed(columns["value"], context, context.keyspace, "fake")
        sides = [words, words]
        for place, side in self._sides:
            names = columns[f"from {place}"]
            keyspace = context.related_keyspaces.get(self.source[place], context.keyspace)
            sides[side] = np.where((names == "")[:, None], words, _keyed(names, context, keyspace, "fake"))
        return sides[0], sides[1], words


def _keyed(values: Strings, context: Context, keyspace: str, purpose: str) -> Words:
    """Return the words of each row, computed once per distinct value."""
    codes, levels = factorize(values)
    words = context.words(keyspace, list(levels), purpose)
    return np.asarray(words[codes])


def _by_distinct(values: Strings, function: Callable[[Any], Strings]) -> Strings:
    codes, results = distinct(values, lambda levels: list(function(levels)))
    return np.asarray(results[codes])
