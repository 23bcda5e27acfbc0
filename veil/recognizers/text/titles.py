"""How people are addressed, what they do and where they work, from the words around: `Dr. …`, `works at …`, `… GmbH`.

Every repetition is bounded: these expressions also meet hostile texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.model import Span

SCORE: Final = 0.8
_WORD: Final = r"[A-ZÀ-Þ0-9][\w&'\u2019.-]{0,30}"
_TITLE = re.compile(
    r"(?<![\w.])(?:(?:Mrs?|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Hr|Fr|Mme|Mlle|Dhr|Mevr|Sig|Sigra|Sra?|Dra|Ing|Rev)\b\.?"
    r"|(?:Herrn?|Frau|Monsieur|Madame|Mademoiselle|Signora?|Signor|Se[ñn]ora?|Mevrouw|Meneer|Doctor|Docteur|Dottor|Doktor|Professor|"
    r"Professeur|Professore?ssa)\b)(?= {1,3}[A-ZÀ-Þ])|\b(?:mr|mrs|ms|dr|prof)\.(?= {1,3}[^\W\d_])"
)
_SUFFIX = (
    r"(?:Inc|LLC|L\.L\.C|Ltd|Limited|GmbH|AG|KG|OHG|e\.V|SE|SA|S\.A|SAS|SARL|S\.à\.r\.l|SRL|S\.r\.l|SpA|S\.p\.A|BV|B\.V|NV|N\.V|PLC|Plc|Corp|"
    r"Corporation|Group|Groupe|Gruppe|Groep|PLLC|LLP|LP|Co|Company|Holdings?|Technologies|Solutions|Industries|Partners|Associates|Systems|"
    r"Ventures|Labs?|Foundation|Enterprises|AB|Oy|A/S|ApS|Sp\. z o\.o|e Hijos|y Asociados|et Fils|& Sons|and Sons|& Zn)"
)
_SUFFIXED = re.compile(rf"(?<![\w.])(?:{_WORD}(?:,? (?:and|&|und|et|y|e|en) |,? )){{1,5}}{_SUFFIX}(?![\w-])\.?")
_KIND = re.compile(
    rf"(?<![\w.])(?:{_WORD} ){{1,3}}(?:University|Hospital|Bank|College|School|Institute|Clinic|Insurance|"
    rf"Airlines|Orchestra|Foundation)\b"
    rf"|(?<![\w.])(?:University|Bank|Hospital|Universität|Université|Universidad|Università|Universiteit|Klinikum|Hôpital|Ospedale|Banco|Banca|"
    rf"Banque) (?:of |de |di |du |der |van )?{_WORD}"
)
_AT = re.compile(
    rf"\b(?:works?|worked|working|employed|employee|job|intern\w{{0,6}}|resigned|fired|hired) (?:at|for|by|with|from) (?:the )?"
    rf"({_WORD}(?:(?: (?:and|&) | |, ){_WORD}){{0,4}})"
)
_FORM = re.compile(
    r"\b(?:company|organi[sz]ation|employer|firma|entreprise|empresa|azienda|bedrijf|arbeitgeber|employeur) ?: ?"
    r"(\S[^\n,;:]{1,50})",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Span]:
    """Yield titles and organizations, in no order; they may overlap."""
    for match in _TITLE.finditer(text):
        yield Span(*match.span(), "TITLE", SCORE)
    for pattern, group in ((_SUFFIXED, 0), (_KIND, 0), (_AT, 1), (_FORM, 1)):
        for match in pattern.finditer(text):
            yield Span(*match.span(group), "ORGANIZATION", SCORE)
