"""What a reader of a report must know of how the stand-ins were made, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tasks.race import attempts
from veil.model import Synthesis

if TYPE_CHECKING:
    from veil.policy import Policy
    from veil.policy.synthesis import Text

METHODS = {
    "argn": "argn: the autoregressive network of mostlyai-engine, trained by that package.",
    "cart": "cart: trees column by column, leaves smoothed; such trees can repeat rows, so copies and replays are gated.",
    "circuit": "circuit: trees of hidden states over the columns, learnt by expectation-maximization; likelihoods are exact.",
    "ctgan": "ctgan: a conditional adversarial network (Xu et al. 2019).",
    "dp_network": "dp_network: noisy counts; epsilon, delta and unit stand beside the parameters. The claim is about the learnt "
    "columns: the split, how often identifiers repeat, notes and these checks read rows without noise.",
    "gaussian_copula": "gaussian_copula: correlations of ranks only; it knows no dependence of three columns.",
    "marginal": "marginal: each column by itself; nothing that ties columns together is kept.",
    "relational": "relational: rows follow the columns of the rows that they refer to, and each other.",
    "sequence": "sequence: subjects first, then their rows one after another.",
    "tvae": "tvae: a variational autoencoder (Xu et al. 2019).",
}


def notes_of(policy: Policy, made: Sequence[Synthesis], left: Sequence[str]) -> tuple[str, ...]:
    """Return the sentences on stand-ins, and on the tables that are `left` without one."""
    notes = [METHODS[name] for name in dict.fromkeys(each.synthesizer for each in made) if name in METHODS]
    for each in made:
        notes += _of_texts(each, policy.synthesize.texts(each.synthetic.name))
    return (*notes, *(f"{name}: the policy asks for no stand-in of this table." for name in left), *attempts(made))


def _of_texts(made: Synthesis, texts: Mapping[str, Text]) -> Iterator[str]:
    marker = "text, and values that too few rows share, are not synthesized; the stand-in holds a marker in their place."
    notes = "notes are marked as synthetic, and hold only what enough people wrote."
    for names, told in (
        ([name for name in made.withheld if name not in texts], marker),
        ([name for name in made.withheld if name in texts], notes),
    ):
        if names:
            yield f"{made.synthetic.name}: {', '.join(f'`{name}`' for name in names)}: {told}"
