"""What each check asks in plain language, and how its figure is told to a person who has to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    family: str = ""
    unit: Unit = "score"
    chance: float | None = None


EXPLANATIONS: Mapping[str, Explanation] = {
    "structure": Explanation(
        "Structure",
        "Does the synthetic table have the columns and rows that it should have?",
        "{value} of the structure is as it should be.",
        family="structure",
        unit="share",
    ),
    "validity": Explanation(
        "Validity",
        "Could every synthetic cell stand in the original?",
        "{value} of the synthetic cells have the type, format and range of the original.",
        family="structure",
        unit="share",
    ),
    "fidelity": Explanation(
        "Fidelity",
        "Does the synthetic table look like the original?",
        "Columns, and pairs of columns, are as in the original to {value} on a scale where 1 is the same{interval}.",
        family="fidelity",
    ),
    "retraining_drift": Explanation(
        "Drift since the last release",
        "How far is the synthetic table from the one that was released before?",
        "Columns are {value} away from those of the release before, on a scale where 0 is the same{interval}.",
        family="fidelity",
    ),
    "shapes": Explanation(
        "Column shapes",
        "Is each column distributed as in the original?",
        "Single columns are distributed as in the original to {value}, where 1 is the same{interval}.",
        family="fidelity",
    ),
    "pairs": Explanation(
        "Column pairs",
        "Do columns hang together as in the original?",
        "Pairs of columns hang together as in the original to {value}, where 1 is the same{interval}.",
        family="fidelity",
    ),
    "correlation_difference": Explanation(
        "Association difference",
        "How far are associations between columns off?",
        "On average the association of two columns is off by {value}{interval}.",
        family="fidelity",
    ),
    "utility_kept": Explanation(
        "Utility kept",
        "Does a model trained on synthetic records work on real people?",
        "The best model keeps {value} of its skill when it is trained on the synthetic table{interval}, judged on people "
        "that it never saw.",
        "The best model keeps none of its skill when it is trained on the synthetic table{interval}, judged on people "
        "that it never saw.",
        family="utility",
        unit="share",
    ),
    "membership_auc": Explanation(
        "Membership attack",
        "Could someone tell that Anna was in the data?",
        "Shown one person who was in the data and one who was not, the attack points at the right one {value} of the time"
        "{interval}. Tossing a coin does it 50% of the time.",
        family="privacy",
        unit="share",
        chance=0.5,
    ),
    "membership_tpr": Explanation(
        "Fully exposed people",
        "Are a few people fully exposed, though most are not?",
        "An attacker who may accuse 1% of the others wrongly finds {value} of the people who were in the data{interval}. "
        "Guessing finds 1%.",
        family="privacy",
        unit="share",
        chance=0.01,
    ),
    "nearest_share": Explanation(
        "Nearest record",
        "Do synthetic records lie closer to the people the model learnt from than to people it never saw?",
        "Put between as many people of both kinds, {value} of the synthetic records lie nearer to someone the model learnt "
        "from{interval}. A model that copies nobody comes out at 50%.",
        family="privacy",
        unit="share",
        chance=0.5,
    ),
    "exact_copies": Explanation(
        "Exact copies",
        "Did the model learn people by heart?",
        "Beyond what chance explains, {value} of the synthetic records equal a record that the model learnt from{interval}.",
        "No more synthetic records equal a record that the model learnt from than chance explains{interval}.",
        family="privacy",
        unit="share",
        chance=0.0,
    ),
    "k": Explanation(
        "Smallest group (k)",
        "How small is the smallest group of people who look alike?",
        "The smallest group of records that are alike in {columns} counts {value}.",
        "There are no records that could be alike in {columns}.",
        family="privacy",
        unit="count",
    ),
    "unique_share": Explanation(
        "Records that stand alone",
        "How many people have a combination that nobody else has?",
        "{value} of the records have a combination of {columns} that no other record has.",
        "No record stands alone with its combination of {columns}.",
        family="privacy",
        unit="share",
    ),
    "residual_identifiers": Explanation(
        "Identifiers left over",
        "Does an e-mail address, phone number, street line or number of a person still stand in the output?",
        "Different cells of the output that hold an identifier of the original: {value}. Every cell was searched, free text too.",
        "No cell of the output holds an identifier of the original. Every cell was searched, free text too.",
        family="privacy",
        unit="people",
    ),
    "own_names": Explanation(
        "Own names",
        "Does anybody still stand under their own full name?",
        "Rows that still hold the full name of the person they are about: {value}.",
        "No row holds the full name of the person it is about.",
        family="privacy",
        unit="people",
    ),
    "own_birth_dates": Explanation(
        "Own birth dates",
        "Does anybody still stand with their own date of birth?",
        "Rows that still hold the birth date of the person they are about: {value}.",
        "No row holds the birth date of the person it is about.",
        family="privacy",
        unit="people",
    ),
    "names_by_chance": Explanation(
        "Names that meet by chance",
        "Do names from the drop turn up more often than two unrelated lists of names would share?",
        "Rows that carry a name from the drop, beyond what chance explains: {value}.",
        "Names from the drop turn up no more often than chance explains. Invented names meet real ones by chance, so none "
        "at all cannot be demanded.",
        family="privacy",
        unit="people",
    ),
    "own_permuted": Explanation(
        "Numbers left as they were",
        "Does anybody still stand with their own number where numbers were encrypted in place?",
        "Rows that still hold the number that they came with, beyond what chance explains: {value}.",
        "No row holds the number that it came with. Encrypted in place, a number can be another person's by chance.",
        family="privacy",
        unit="people",
    ),
    "attack_singling_out": Explanation(
        "Singling out by columns",
        "How many rows of the transformed table does nobody share who looks alike?",
        "{value} of the rows are alone with their combination of quasi-identifiers.",
        "No row is alone with its combination of quasi-identifiers.",
        family="privacy",
        unit="share",
    ),
    "attack_frequency": Explanation(
        "Matching by frequency",
        "How many pseudonyms does somebody guess who knows how often each value occurs?",
        "{value} of the pseudonyms in the worst column are matched by how often they occur.",
        "No pseudonym is matched by how often it occurs.",
        family="privacy",
        unit="share",
    ),
    "attack_dates": Explanation(
        "Linking by dates",
        "How many people does somebody find again who knows two of their dates?",
        "{value} of the people are found by the days between two of their dates.",
        "Nobody is found by the days between two of their dates.",
        family="privacy",
        unit="share",
    ),
}
