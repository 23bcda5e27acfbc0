"""Words for kinds of street in the languages of Europe, for columns whose names say nothing.

A text needs a number beside such a word, a column does not: most of its values hold one. So more words can be listed here than
where single lines are looked for in texts, and the number may stand before or behind.
"""

from __future__ import annotations

import re
from typing import Final

from veil.recognizers.words.letters import folded, words_once

_WHOLE: Final = words_once("""
street road avenue ave rd blvd boulevard lane drive court square terrace crescent close grove gardens mews parkway highway
quay strasse gasse platz weg allee ufer ring damm steig rue chemin impasse quai cours esplanade sentier via viale piazza
piazzale corso largo vicolo strada calle avenida avda plaza paseo ronda camino carrer travesia carretera rua travessa praca
estrada alameda largo beco ulica ul aleja plac osiedle ulice namesti nabrezi trida sidliste namestie trieda nabrezie utca ut
krt korut ter koz setany fasor rakpart strada str bulevardul bd bulevard aleea intrarea intr calea soseaua sos piata splaiul
sokak sk sok cadde caddesi cad bulvari blv mahallesi mah yolu meydani katu kuja polku tori kaari gata gatan vagen vag torg
torget vej vejen gade gaden stræde alle plads veien vei gate gata trg cesta prilaz obala setaliste puolimatka iela prospekts
bulvaris gatve tanav puiestee odos leoforos plateia οδοσ λεωφ λεωφοροσ πλατεια ул улица бул булевард пл площад просп проспект
пер переулок вул вулиця провулок laan straat plein gracht kade dreef steenweg singel dijk lei
""")
_ENDS: Final = (
    "strasse", "gasse", "platz", "allee", "straat", "laan", "plein", "gracht", "kade", "dreef", "steenweg", "singel", "gatan",
    "vagen",
    "vej", "gade", "veien", "gata", "katu", "kuja", "polku", "tie", "dijk", "weg", "stien", "grand", "torget", "str",
)
_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,}(?!\w)")


def names_street(value: str) -> bool:
    """Return whether a value holds a word for a kind of street beside another word."""
    words = [folded(word) for word in _WORD.findall(value)]
    if not words or len(words) > 8:
        return False
    ends = any(word.endswith(_ENDS) and len(word) > 5 for word in words)
    return ends or (len(words) > 1 and not _WHOLE.isdisjoint(words))
