"""Nationalities, peoples and religions as words of a text: `a Dutch bank`, `we are proud Ecuadorians`.

English words: other languages write them with small letters and many endings, which a list of roots would find too often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from veil.model import Span

SCORE: Final = 0.7
_WORDS: Final = (
    "afghan|albanian|algerian|american|andorran|angolan|argentin(?:ian|e)|armenian|australian|austrian|azerbaijani|bahamian|"
    "bahraini|"
    "bangladeshi|barbadian|belarusian|belgian|beli[sz]ean|belizian|beninese|bhutanese|bolivian|bosnian|botswanan|brazilian|"
    "british|bruneian|"
    "bulgarian|burkinabe|burmese|burundian|cambodian|cameroonian|canadian|cape verdean|chadian|chilean|chinese|colombian|"
    "comorian|congolese|"
    "costa rican|croatian|cuban|cypriot|czech|danish|djiboutian|dominican|dutch|ecuador(?:ian|ean)|egyptian|emirati|english|"
    "eritrean|"
    "estonian|ethiopian|fijian|filipino|finnish|french|gabonese|gambian|georgian|german|ghanaian|greek|greenlandic|grenadian|"
    "guatemalan|"
    "guinean|guyanese|haitian|honduran|hungarian|icelandic|indian|indonesian|iranian|iraqi|irish|israeli|italian|ivorian|"
    "jamaican|japanese|"
    "jordanian|kazakh(?:stani)?|kenyan|kosovar|kuwaiti|kyrgyz|laotian|latvian|lebanese|liberian|libyan|liechtensteiner|"
    "lithuanian|"
    "luxembourg(?:er|ish)|macedonian|malagasy|malawian|malaysian|maldivian|malian|maltese|mauritanian|mauritian|mexican|"
    "micronesian|"
    "moldovan|mon[eé]gasque|mongolian|montenegrin|moroccan|mozambican|namibian|nepal(?:ese|i)|new zealander|nicaraguan|"
    "nigerian|nigerien|"
    "north korean|northern irish|norwegian|omani|pakistani|palestinian|panamanian|paraguayan|peruvian|polish|portuguese|"
    "puerto rican|qatari|"
    "romanian|russian|rwandan|salvadoran|samoan|saudi(?: arabian)?|scottish|senegalese|serbian|seychellois|singaporean|"
    "slovak(?:ian)?|"
    "sloven(?:e|ian)|somali(?:an)?|south african|south korean|korean|spanish|sri lankan|sudanese|surinamese|swazi|swedish|"
    "swiss|syrian|"
    "taiwanese|tajik|tanzanian|thai|togolese|tongan|trinidadian|tunisian|turkish|turkmen|ugandan|ukrainian|uruguayan|uzbek|"
    "venezuelan|vietnamese|welsh|yemen(?:i|ite)|zambian|zimbabwean|european|african|asian|arab|kurdish|jewish|muslim|"
    "christian|catholic|"
    "protestant|hindu|buddhist|sikh|shii|shia|shiite|sunni|mormon|dane|finn|pole|swede|spaniard|scot|briton|turk|serb|croat|kurd"
)
_PERSONS: Final = (
    "man|woman|citizen|national|passport|family|immigrant|refugee|boy|girl|student|accent|nationality|origin|descent|background"
)
_ANYWHERE = re.compile(
    rf"(?<![\w-])(?i:{_WORDS})(?:e?s)?"
    r"(?![\w-]|\)| (?:Republic|Kingdom|Channel|Islands?|Sea|Ocean|Federation|language)\b)"
)
_OF_PEOPLE = re.compile(
    r"(?:\b(?:am|are|is|was|were|proud|born|i'm|we're|he's|she's|being|nationality:?) (?:an? |both |half |all |the |proud "
    r"){0,2})$", re.IGNORECASE
)
_NO_SMALL: Final = frozenset(
    {"polish", "turkmen", "pole", "finn", "dane", "scot", "indian", "poles", "finns", "swiss", "christian"}
)


def find(text: str) -> Iterator[Span]:
    """Yield words of peoples: with a capital anywhere, with a small letter where they are said of somebody."""
    for match in _ANYWHERE.finditer(text):
        start, end = match.span()
        said = _OF_PEOPLE.search(text[max(0, start - 40) : start]) or re.match(rf" (?:{_PERSONS})\b", text[end : end + 20])
        if text[start].isupper() or (said and match.group() not in _NO_SMALL):
            yield Span(start, end, "NRP", SCORE)
