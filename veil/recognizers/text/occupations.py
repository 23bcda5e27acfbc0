"""What people do: a word that ends the name of a trade, where trades stand: `as a …`, `, the …,`, a line alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.model import Span

SCORE: Final = 0.7
TRADES: Final = (
    "operator|clerk|librarian|driver|administrator|specialist|technician|nurse|engineer|manager|teacher|writer|worker|assistant|analyst|"
    "officer|designer|developer|consultant|accountant|attorney|lawyer|doctor|physician|surgeon|therapist|mechanic|electrician|plumber|"
    "carpenter|cook|chef|waiter|waitress|baker|butcher|farmer|fisherman|guard|inspector|instructor|professor|scientist|researcher|"
    "secretary|supervisor|director|president|executive|representative|agent|broker|cashier|cleaner|painter|photographer|pilot|"
    "receptionist|salesperson|salesman|tailor|translator|interpreter|counselor|coordinator|controller|coach|editor|journalist|"
    "architect|artist|actor|actress|musician|dentist|pharmacist|psychologist|veterinarian|midwife|paramedic|firefighter|detective|"
    "judge|economist|statistician|mathematician|chemist|physicist|biologist|geologist|trainer|tester|packager|distributor|installer|"
    "repairer|maker|setter|tender|handler|loader|examiner|appraiser|auditor|planner|buyer|dispatcher|aide|helper|host|hostess|"
    "founder|ceo|cto|cfo|owner|attendant|steward|stewardess|laborer|machinist|welder|roofer|mason|miner|logger|surveyor|drafter|"
    "soldier|sailor|singer|songwriter|composer|drummer|guitarist|cinematographer|filmmaker|producer|conductor|spokesman|spokeswoman|"
    "spokesperson|chairman|chairwoman|programmer|student|intern|trainee|apprentice|recruiter|treasurer|barista|bartender|courier"
)
_TRADE: Final = (
    rf"(?:[^\W\d_][\w'\u2019-]{{0,20}}(?:,? (?:and )?|-)){{0,5}}"
    rf"(?:{TRADES}|[^\W\d_]{{2,14}}(?:ator|ician|ologist|keeper|smith|wright))s?"
)
_LEADS = re.compile(
    rf"\b(?:as|became|becomes?|job title:?|occupation:?|profession:?|position:?|job:?) (?:an? |the |our )?({_TRADE})\b"
    rf"(?=[,.;!?\n]|$| (?:at|for|in|but|and)\b)"
    rf"|, (?:the|our|an?) ({_TRADE})(?=,)|(?:^|\n)({_TRADE})(?=\n|$)",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Span]:
    """Yield titles, in the order of the text."""
    for match in _LEADS.finditer(text):
        group = match.lastindex or 0
        yield Span(*match.span(group), "TITLE", SCORE)
