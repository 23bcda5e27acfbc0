"""Organizations, by what they end in (`GmbH`, `Bank`), what is said of them (`announced`) and who belongs to them (`CEO of`).

Every repetition is bounded: these expressions also meet hostile texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.model import Span

SCORE: Final = 0.75
_WORD: Final = r"[A-ZÀ-Þ][\w&'\u2019-]{0,30}"
_PART: Final = r"[A-ZÀ-Þ0-9][\w&'\u2019.-]{0,30}"
_NAME: Final = rf"{_WORD}(?:(?:,? (?:and|&|of) | |, ){_WORD}){{0,4}}"
_LEGAL: Final = (
    r"Inc|Incorporated|LLC|L\.L\.C|Ltd|Limited|Pty|GmbH|gGmbH|mbH|AG|KG|KGaA|OHG|UG|e\.V|eG|SE|SA|S\.A|SAS|SASU|SARL|EURL|SNC|"
    r"SCI|S\.à\.r\.l|"
    r"SRL|S\.r\.l|SL|S\.L|SpA|S\.p\.A|SAPA|BV|B\.V|NV|N\.V|VOF|BVBA|PLC|plc|Plc|Corp|Corporation|PLLC|LLP|LP|Co|Company|AB|"
    r"Oyj?|ASA|A/S|ApS|"
    r"Sp\. z o\.o|s\.r\.o|a\.s|d\.o\.o|Kft|Zrt|Lda|Ltda|e Hijos|y Asociados|et Fils|& Sons|and Sons|& Zn|& Zonen|e figli|& Söhne"
)
_KINDS: Final = (
    "Group|Groupe|Gruppe|Groep|Gruppo|Grupo|Holdings?|Technologies|Solutions|Industries|Partners|Associates|Systems|Ventures|"
    "Labs?|"
    "Enterprises|Foundation|Stiftung|Fondation|Fundación|Fondazione|Stichting|University|Hospital|Bank|College|School|"
    "Institute|Institut|"
    "Clinic|Insurance|Airlines|Airways|Pharmaceuticals|Logistics|Consulting|Bancorp|Motors|Trust|Association|Society|Ministry|"
    "Agency|"
    "Universität|Klinikum|Krankenhaus|Sparkasse|Versicherung|Services|Media|Capital|Energy|Financial|Health|Healthcare|"
    "Software|Networks|Brothers|Bros|Movers|Research|Analytics|Council|Press|Records|Studios|Entertainment|Electronics|Foods|"
    "Railways?|Telecom|Broadband|Wireless|Pharmacy|Medical Center|Committee|Commission|Federation|Bureau|Laboratories|Dynamics|"
    "Robotics|Brewery|Bakery|Realty|Properties|Advisors|Ratings|Securities|Investments|Funds?|Mutual|Savings|Communications|"
    "Petroleum|Chemicals|Aerospace|Transport|Shipping|Couriers|Airport|Authority|Cooperative|Law Firm|Law Office|Supermarkets?|"
    "Werke|Verlag|Versand|Apotheke|Kanzlei|Autohaus|Bäckerei|Stadtwerke|Energie|Krankenkasse|Hochschule|Verein|Verband|"
    "Assurances|Seguros|Assicurazioni|Ziekenhuis|Bibliotheek"
)
_HEADS: Final = (
    "University|Bank|Hospital|Ministry|Department|Institute|Universität|Université|Universidad|Università|Universiteit|"
    "Klinikum|Hôpital|"
    "Clinique|Clínica|Clinica|Lycée|Liceo|Pharmacie|Farmacia|Mutuelle|Mairie|Ayuntamiento|Colegio|Instituto|Istituto|Asociación|"
    "Associazione|Vereniging|Gemeente|"
    "Ospedale|Ziekenhuis|Banco|Banca|Banque|Ministère|Ministerio|Ministero|Ministerie"
)
_OWNED: Final = (
    "office|offices|website|web site|homepage|headquarters|employees?|staff|CEO|CFO|CTO|app|branch|store|shares|stocks?|"
    "subsidiary|"
    "executives?|spokes(?:man|woman|person)|board|warehouse|factory|customer service|engineers?|manager|logo|products?|"
    "account manager|"
    "account number|shareholders?|"
    "resignation|contract|contracts|internship|paycheck|payroll|colleagues|invoices?|subscription|membership card|loyalty card|"
    "account|credit card|debit card|bank card|gift card|app|customers?|users?|team|portal|policy|mortgage|loan|delivery|driver|"
    "stores|shop|factory|plant|campus|lawyers?|ceo|call cent(?:er|re)|help ?desk|hotline|franchise|merger|IPO|layoffs"
)
_ACTS: Final = (
    "was founded|announced|announces|acquired|acquires|merged|manufactures|sells|launched|launches|hired|employs|laid off|"
    "filed for|invested|invests|unveiled|unveils|operates|supplies|manufactured|developed|develops|opened (?:its|a|the)|"
    "closed (?:its|a|the)|reported (?:a|its|record|higher|lower)|owns|sued|settled|recalled|recruits|outsourced|"
    "partnered with|posted (?:record|higher|lower)|raised its"
)
_COMPANY: Final = (
    "bank|company|corporation|firm|start-?up|manufacturer|retailer|insurer|conglomerate|multinational|organi[sz]ation|agency|"
    "nonprofit|"
    "non-profit|charity|airline|newspaper|university|hospital|supplier|provider|brainchild|subsidiary|brand|vendor|chain|"
    "carrier|publisher|broadcaster|consultancy|cooperative|employer|joint venture|label|law firm|insurance"
)
_LEADERS: Final = (
    "CEO|CFO|CTO|founder|president|chairman|chairwoman|director|employee|customer|website|headquarters|managers?|staff|"
    "shareholders?"
)
_CLAUSE: Final = (
    r"(?:^|(?<=[.!?\n] )|(?<=\n))(?:(?:During|In|Since|By|After|Before|As of|Until|On|Recently|Yesterday|Today|Last|This)"
    r"(?: [\w-]{1,12}){0,3}, )?"
)
_EXPRESSIONS: Final = tuple((re.compile(expression), group) for expression, group in (
    (rf"(?<![\w.])(?!\d+\b)(?:{_PART}(?:,? (?:and|&|und|et|y|e|en) |,? )){{1,5}}(?:{_LEGAL}|{_KINDS})(?![\w-])\.?", 0),
    (rf"(?<![\w.])(?:{_HEADS}) (?:(?:of|de|di|du|del|della|der|van|für|for)(?: the| la)? )?{_PART}(?: {_WORD}){{0,3}}", 0),
    (r"\b(?:works?|worked|working|employed|job|intern\w{0,6}|resigned|fired|hired|laid off|career) (?:at|for|by|with|from) "
     r"(?:the )?"
     rf"({_PART}(?:(?: (?:and|&) | |, ){_PART}){{0,4}})", 1),
    (rf"\b(?:arbeitet|arbeite|beschäftigt|angestellt) (?:bei|für) (?:der |dem )?({_NAME})", 1),
    (rf"\b(?:travaille|travaillait|employée?) (?:chez|pour) ({_NAME})|\b(?:trabaja|lavora|werkt) (?:en|para|per|presso|bij|"
     rf"voor) ({_NAME})", 0),
    (r"(?i:\b(?:company|organi[sz]ation|employer|firma|entreprise|empresa|azienda|bedrijf|arbeitgeber|employeur) ?: "
     r"?)(\S[^\n,;:]{1,50})", 1),
    (rf"\b(?:[Tt]he|[Hh]er|[Hh]is|[Tt]heir|[Oo]ur|[Mm]y|[Yy]our|[Aa]ccording to(?: the)?|[Aa]n?|former|ex-) "
     rf"({_NAME}) (?:{_OWNED})\b", 1),
    (rf"{_CLAUSE}({_NAME}) (?:{_OWNED}|{_ACTS})\b", 1),
    (rf"{_CLAUSE}({_NAME}) is (?:an?|the) (?:[\w-]{{1,20}} ){{0,4}}(?:{_COMPANY})\b", 1),
    (rf"({_NAME})['\u2019]s (?:CEO|CFO|CTO|headquarters|shareholders|employees|stock|website|board)\b", 1),
    (rf"\b(?:{_LEADERS}) (?:of|at) (?:the )?({_NAME})", 1),
))
_NO_NAMES: Final = frozenset({
    "my", "our", "your", "his", "her", "their", "its", "this", "that", "these", "those", "the", "a", "an", "each", "every",
    "all", "some", "any", "no", "which", "what", "i", "you", "he", "she", "it", "we", "they", "context", "during", "since",
    "until", "before", "after", "monsieur",
    "just", "also", "then", "now", "never", "always", "finally", "today", "yesterday", "someone", "somebody", "everyone",
    "nobody", "who", "there", "here's", "please", "and", "but", "or", "so", "he's", "she's",
    "madame", "frau", "herr", "mr", "mrs", "ms", "dr", "for", "from", "if", "when", "as", "in", "on", "at", "to",
})


def find(text: str) -> Iterator[Span]:
    """Yield organizations, in no order; they may overlap."""
    for expression, group in _EXPRESSIONS:
        for match in expression.finditer(text):
            start, end = match.span(group or (match.lastindex or 0))
            first, start = start, _past_articles(text, start, end)
            if start > first and expression is _EXPRESSIONS[0][0] and " " not in text[start:end]:
                continue
            if start < end and not (text[start:end].isupper() and " " not in text[start:end] and end - start < 3):
                yield Span(start, end, "ORGANIZATION", SCORE)


def _past_articles(text: str, start: int, end: int) -> int:
    """Return where the name starts behind articles and other small words, written with a capital because a sentence starts."""
    while start < end:
        word = re.match(r"[^\s,]{1,40}", text[start:end])
        if word is None or (word.group().lower() not in _NO_NAMES and not word.group().isdigit()):
            break
        start += word.end()
        while start < end and not text[start].isalnum():
            start += 1
    return start
