"""Redact JSON: what becomes of each value in a JSON cell, by its path; keys, order and spacing elsewhere stay."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from veil.errors import TransformFailed
from veil.transforms.base import Context, Properties, Transform, distinct_rows, present, replaced
from veil.transforms.canonical import Canonical
from veil.transforms.jsons import tree
from veil.transforms.jsons.paths import Step, covers, parsed
from veil.transforms.redact_text import RedactText

if TYPE_CHECKING:
    from veil.transforms.base import Cells

Word = Literal["redact", "keep", "drop"]
NOT_INSIDE = frozenset({"redact_json", "drop", "null", "keep", "redact_text"})


class Kept(BaseModel):
    """The default for values that no path names: they stay, for a reason."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    keep: str = Field(min_length=3)


class Rule(BaseModel):
    """A transform for the values at a path: its name, its parameters and, for pseudonyms, the keyspace and its canonical form."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, populate_by_name=True)

    do: str
    keyspace: str | None = Field(default=None, alias="in")
    canonical: Canonical = "text"
    region: str | None = None

    @cached_property
    def method(self) -> Transform:
        """The transform, its parameters checked."""
        from veil.transforms import TRANSFORMS

        names = sorted(TRANSFORMS.keys() - NOT_INSIDE)
        if self.do in NOT_INSIDE or self.do not in TRANSFORMS:
            raise ValueError(
                f"`do: {self.do}` cannot stand here; write `redact`, `keep` or `drop` alone, or one of {', '.join(names)}"
            )
        method = TRANSFORMS[self.do].model_validate_json(json.dumps(self.model_extra))
        if method.needs_whole or method.columns_needed:
            raise ValueError(f"`do: {self.do}` looks at other rows or columns, which a value in a JSON cell does not have")
        return method


class RedactJson(RedactText):
    """Do in each JSON cell what is said of a value's path: redact it as `redact_text` does, keep it, drop it, or transform it.

    The first path that leads to a value, or to what it is in, decides; `default` decides for the others. Redacted are strings and
    keys as texts are; a number is taken for a text too, and is written as a string where something is found in it; true,
    false and null stay. What is not changed stays as it is written, spaces and order included. A cell that is no JSON is refused.

    Parameters
    ----------
    paths : path -> `redact`, `keep`, `drop` or `{do: …}` with a transform's parameters, and with `in` and `canonical` for the
        keyspace of a pseudonym; its key is the column's.
    default : `redact`, `drop`, or `{keep: reason}`.
    """

    name: ClassVar[str] = "redact_json"
    properties: ClassVar[Properties] = Properties("suppress", keeps=frozenset({"nulls"}))

    paths: Mapping[str, Word | Rule] = Field(default_factory=dict)
    default: Literal["redact", "drop"] | Kept = "redact"

    @field_validator("paths")
    @classmethod
    def _paths_lead_somewhere(cls, value: Mapping[str, Word | Rule]) -> Mapping[str, Word | Rule]:
        for path, rule in value.items():
            parsed(path)
            if isinstance(rule, Rule):
                _ = rule.method
        return value

    @property
    def declared(self) -> Properties:
        """Keyed where fakes are written or a rule is keyed; reversible where a rule is."""
        inner = [rule.method.declared for rule in self.rules]
        effect = next(
            (each.effect for each in inner if each.effect in ("pseudonymize", "encrypt", "fake")), super().declared.effect
        )
        return dataclasses.replace(
            super().declared,
            effect=effect,
            keyed=super().declared.keyed or any(each.keyed for each in inner),
            deterministic=all(each.deterministic for each in inner),
            reversible=any(each.reversible for each in inner),
            needs_subject=any(each.needs_subject for each in inner),
        )

    @property
    def by_value(self) -> bool:
        """The subject counts where its own values are looked for, or a rule draws from it."""
        return super().by_value and all(rule.method.by_value for rule in self.rules)

    @property
    def rules(self) -> list[Rule]:
        """The rules that are transforms."""
        return [rule for rule in self.paths.values() if isinstance(rule, Rule)]

    def apply(self, cells: Cells, context: Context) -> Cells:
        """Redact the distinct cells; per owner and subject where these count."""
        there = present(cells, context).to_numpy(dtype=bool)
        texts = cells.to_numpy(dtype=object)[there]
        own = context.own.rows[there] if context.own is not None and "subject" in self.using else np.full(len(texts), -1)
        subjects = np.full(len(texts), "", dtype=object)
        if context.subject is not None and not all(rule.method.by_value for rule in self.rules):
            subjects = context.subject.to_numpy(dtype=object)[there]
        codes, firsts = distinct_rows(texts, own, subjects)
        rows = cells.index.to_numpy()[there][firsts]
        work = _Work(self, context, list(texts[firsts]), own[firsts].tolist(), list(subjects[firsts]), rows)
        results = np.empty(len(firsts), dtype=object)
        if len(firsts):
            results[:] = work.done()
        return replaced(cells, there, codes, results)

    def decide(self, path: tree.Path) -> Word | Rule:
        """Return what becomes of the value at a path."""
        for steps, rule in self._parsed:
            if covers(steps, path):
                return rule
        return "keep" if isinstance(self.default, Kept) else self.default

    @property
    def counts_elements(self) -> bool:
        """Whether a path names an element of an array by its number."""
        return any(isinstance(step.child, int) for steps, _ in self._parsed for step in steps)

    @cached_property
    def _parsed(self) -> tuple[tuple[tuple[Step, ...], Word | Rule], ...]:
        return tuple((parsed(path), rule) for path, rule in self.paths.items())


@dataclasses.dataclass(frozen=True)
class _Leaf:
    """A value of one of the cells, and what becomes of it."""

    cell: int
    node: tree.Node
    value: str = dataclasses.field(repr=False)
    rule: Word | Rule
    is_key: bool = False


@dataclasses.dataclass(frozen=True)
class _Work:
    """The distinct cells of a column on their way."""

    method: RedactJson
    context: Context
    texts: list[str] = dataclasses.field(repr=False)
    owners: list[int]
    subjects: list[str] = dataclasses.field(repr=False)
    rows: Any = dataclasses.field(repr=False)
    decided: dict[tree.Path, Word | Rule] = dataclasses.field(default_factory=dict, repr=False)

    def done(self) -> list[str]:
        """Return the cells with all their values treated."""
        roots = self._roots()
        found = [leaf for cell, root in enumerate(roots) for leaf in self._leaves(cell, root)]
        values: list[dict[int, str | None]] = [{} for _ in roots]
        keys: list[dict[int, str]] = [{} for _ in roots]
        self._redact([leaf for leaf in found if leaf.rule == "redact"], values, keys)
        for rule in self.method.rules:
            self._transform([leaf for leaf in found if leaf.rule is rule], rule, values)
        for leaf in found:
            if leaf.rule == "drop":
                values[leaf.cell][leaf.node.start] = tree.DROP
        zipped = zip(self.texts, roots, values, keys, strict=True)
        return [tree.rewritten(text, root, new, names) for text, root, new, names in zipped]

    def _roots(self) -> list[tree.Node]:
        roots, broken = [], 0
        for text in self.texts:
            try:
                roots.append(tree.read(text))
            except tree.NotJson:
                broken += 1
        if broken:
            reason = "no JSON, or nested deeper than 200 or longer than 16 Mi characters; use `redact_text` or mend the source"
            raise TransformFailed(self.context.column.name, reason, count=broken)
        return roots

    def _leaves(self, cell: int, root: tree.Node) -> list[_Leaf]:
        """Return the values of a cell with what becomes of them, and the keys of what is not dropped."""
        text = self.texts[cell]
        found = [_Leaf(cell, node, tree.value_of(text, node), self._decide(node.path)) for node in tree.leaves(root)]
        gone = {leaf.node.start for leaf in found if leaf.rule == "drop"}
        for node in tree.containers(root):
            if node is not root and self._decide(node.path) == "drop" and all(child.start in gone for child in node.children):
                gone.add(node.start)
                found.append(_Leaf(cell, node, "", "drop"))
        keys = (node for node in tree.keyed(root) if node.start not in gone)
        return found + [_Leaf(cell, node, tree.key_of(text, node), "redact", is_key=True) for node in keys]

    def _decide(self, path: tree.Path) -> Word | Rule:
        """Decide once for all elements of an array, unless a path counts them."""
        known = path if self.method.counts_elements else tuple(0 if isinstance(part, int) else part for part in path)
        if known not in self.decided:
            self.decided[known] = self.method.decide(path)
        return self.decided[known]

    def _redact(self, found: Sequence[_Leaf], values: Sequence[dict[int, str | None]], keys: Sequence[dict[int, str]]) -> None:
        """Write what is found in values and keys anew; two keys of one object that become alike are told apart by a number."""
        texts = [leaf for leaf in found if leaf.node.kind != "literal" or leaf.is_key]
        pairs = list(dict.fromkeys((leaf.value, self.owners[leaf.cell]) for leaf in texts if leaf.value))
        found_in = self.method.redacted([value for value, _ in pairs], [owner for _, owner in pairs], self.context)
        new = dict(zip(pairs, found_in, strict=True))
        taken: set[tuple[int, tree.Path, str]] = set()
        for leaf in texts:
            fresh = new.get((leaf.value, self.owners[leaf.cell]), leaf.value)
            if fresh == leaf.value:
                continue
            if leaf.is_key:
                name, number = fresh, 1
                while (leaf.cell, leaf.node.path[:-1], name) in taken:
                    number += 1
                    name = f"{fresh} {number}"
                taken.add((leaf.cell, leaf.node.path[:-1], name))
                keys[leaf.cell][leaf.node.start] = tree.quoted(name)
            else:
                values[leaf.cell][leaf.node.start] = tree.quoted(fresh)

    def _transform(self, found: Sequence[_Leaf], rule: Rule, values: Sequence[dict[int, str | None]]) -> None:
        """Apply a rule's transform to its values of all cells at once; null stays, and so does what is empty."""
        import pandas as pd

        found = [leaf for leaf in found if self.texts[leaf.cell][leaf.node.start : leaf.node.end] != "null" and not leaf.is_key]
        if not found:
            return
        rows = self.rows[[leaf.cell for leaf in found]]
        cells = pd.Series([leaf.value for leaf in found], index=rows, dtype=object, name=self.context.column.name)
        results = rule.method.apply(cells, self._context(rule, [leaf.cell for leaf in found], rows))
        for leaf, fresh in zip(found, results, strict=True):
            if fresh != leaf.value:
                is_number = leaf.node.kind == "number" and fresh is not None and tree.is_number(fresh)
                values[leaf.cell][leaf.node.start] = "null" if fresh is None else fresh if is_number else tree.quoted(fresh)

    def _context(self, rule: Rule, cells: list[int], rows: Any) -> Context:
        import pandas as pd

        subject = self.context.subject
        about = None if subject is None else pd.Series([self.subjects[cell] for cell in cells], index=rows, dtype=object)
        return dataclasses.replace(
            self.context,
            keyspace=rule.keyspace or self.context.keyspace,
            canonical=rule.canonical,
            region=rule.region,
            subject=about,
            memo={},
        )
