"""How columns name a country, and which locale its people's fakes are drawn from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from veil.transforms.fakes.packs import LOCALES, Locale
from veil.transforms.fakes.spelling import fold

_NAMES: Final[dict[Locale, str]] = {
    "cs_CZ": "cz, cze, czechia, czech republic, česko, česká republika, tschechien, tsjechië, "
    "république tchèque, chequia, czechy",
    "da_DK": "dk, dnk, denmark, danmark, dänemark, denemarken, danemark, dinamarca, danimarca, dania",
    "de_AT": "at, aut, austria, österreich, oostenrijk, autriche, áustria, rakousko",
    "de_DE": "de, deu, ger, germany, deutschland, duitsland, allemagne, alemania, germania, niemcy, "
    "alemanha, tyskland, saksa, německo",
    "en_GB": "gb, gbr, uk, united kingdom, great britain, england, scotland, wales, northern ireland, großbritannien, "
    "vereinigtes königreich, verenigd koninkrijk, royaume-uni, reino unido, regno unito, wielka brytania",
    "en_IE": "ie, irl, ireland, éire, irland, ierland, irlande, irlanda, irlandia, irlanti, irsko",
    "en_US": "us, usa, united states, united states of america, vereinigte staaten, verenigde staten, états-unis, "
    "estados unidos, stati uniti, stany zjednoczone",
    "es_ES": "es, esp, spain, españa, spanien, spanje, espagne, spagna, hiszpania, espanha, espanja, španělsko",
    "fi_FI": "fi, fin, finland, suomi, finnland, finlande, finlandia, finlândia, finsko",
    "fr_FR": "fr, fra, france, frankreich, frankrijk, francia, francja, frança, frankrike, frankrig, ranska, francie",
    "it_IT": "it, ita, italy, italia, italien, italië, italie, włochy, itália, itálie",
    "nb_NO": "no, nor, norway, norge, noreg, norwegen, noorwegen, norvège, noruega, norvegia, norwegia, norja, norsko",
    "nl_BE": "be, bel, belgium, belgië, belgique, belgien, bélgica, belgio, belgia, belgie",
    "nl_NL": "nl, nld, netherlands, the netherlands, nederland, niederlande, pays-bas, países bajos, paesi bassi, "
    "holandia, holland",
    "pl_PL": "pl, pol, poland, polska, polen, pologne, polonia, polónia, puola, polsko",
    "pt_PT": "pt, prt, portugal, portogallo, portugalia, portugali, portugalsko",
    "sv_SE": "se, swe, sweden, sverige, schweden, zweden, suède, suecia, svezia, szwecja, suécia, ruotsi, švédsko",
}
_BY_NAME: Final = {fold(name.strip()): locale for locale, names in _NAMES.items() for name in names.split(",")}
_BY_CODE: Final = {locale.lower(): locale for locale in LOCALES}
_MARKS: Final = re.compile(r"[.\s]+")


def locales_of(countries: Sequence[str], fallback: Locale) -> list[Locale]:
    """Return the locale of each country.

    Parameters
    ----------
    countries : codes of two or three letters, names in the languages of the locales and English, or locales such as `nl-BE`.
    fallback : for every other text; and, where two locales share a country, for its own country.
    """
    return [_locale(country, fallback) for country in countries]


def _locale(country: str, fallback: Locale) -> Locale:
    if len(country) > 60:
        return fallback
    named = fold(country.strip())
    exact = _BY_CODE.get(named.replace("-", "_"))
    found = exact or _BY_NAME.get(named) or _BY_NAME.get(_MARKS.sub("", named)) or fallback
    return found if exact or found[3:] != fallback[3:] else fallback
