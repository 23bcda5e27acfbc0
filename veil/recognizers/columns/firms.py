"""Firms and institutions by the words in their names: legal forms, schools, banks, hospitals, shops, in a dozen languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from veil.recognizers.base import share_of
from veil.recognizers.words.letters import folded, words_once

_WORDS: Final = words_once("""
ltd limited llc llp plc inc corp corporation co company gmbh ag kg ohg ug mbh kgaa gbr ev eg sarl sas sa eurl sasu sci srl
spa snc sas sl slu bv nv vof bvba vzw cv ab oy oyj as asa aps kft zrt bt kkt nyrt sro spol sp zoo doo dd sc srl eood ood ltda
eireli lda holding holdings group gruppe groupe gruppo grupo grupa partners associates sons bros brothers cie fils figli
hijos soehne sohne zonen synowie bank banca banco banque bankas sparkasse volksbank raiffeisenbank caisse cassa caja kasse
insurance versicherung versicherungen assurance assurances assicurazioni seguros verzekeringen ubezpieczenia mutuelle
university universitat universite universita universidad universiteit uniwersytet universitatea univerzita universidade
college school schule ecole lycee scuola liceo istituto escuela colegio instituto school szkola liceum skola skole koulu
lyceum gymnasium hospital klinikum krankenhaus klinik clinic clinique hopital ospedale clinica ziekenhuis szpital nemocnice
spital sjukhus sykehus sairaala korhaz centre center zentrum centro centrum surgery practice pharmacy apotheke pharmacie
farmacia apotheek apteka services service solutions systems technologies consulting industries international logistics
transport spedition stiftung foundation fondation fondazione fundacion stichting fundacja institute institut ministry
ministerium mairie commune gemeinde stadtwerke landkreis city council district county department verein club union
association associazione asociacion vereniging stowarzyszenie cooperative genossenschaft cooperativa bakery backerei
boulangerie restaurant hotel motors autohaus garage studio studios agency agentur agence agenzia press verlag editions
""")
ENOUGH: Final = 5


def firm_share(values: Sequence[str]) -> float:
    """Return the share of values that hold such a word beside another one; 0 for fewer than five values."""
    return share_of(values, _is_firm) if len(values) >= ENOUGH else 0.0


def _is_firm(value: str) -> bool:
    words = folded(value).replace(".", "").replace(",", " ").replace("&", " & ").split()
    return len(words) > 1 and (not _WORDS.isdisjoint(words) or "&" in words)
