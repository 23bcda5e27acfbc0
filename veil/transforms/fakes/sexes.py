"""How columns say female and male. What is not in these lists, or means both, says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from veil.transforms.base import distinct

if TYPE_CHECKING:
    import numpy.typing as npt

    from veil.transforms.fakes.packs import Locale

FEMALE, MALE, UNKNOWN = 0, 1, -1

_WORDS = {
    FEMALE: "f fem female w woman mrs ms miss madam weiblich frau v vrouw vrouwelijk mevrouw mevr femme féminin mme mlle "
    "mujer femenino sra señora femmina femminile sig.ra k kobieta pani mulher feminino feminina senhora kvinna kvinnlig fru "
    "kvinde kvinne nainen rouva žena paní ž",
    MALE: "m male man mr sir männlich mann herr mannelijk dhr heer h homme masculin monsieur hombre varón masculino sr señor "
    "maschio maschile sig mężczyzna pan homem senhor manlig mand hr mies herra muž",
}
_CODES = {word: sex for sex, words in _WORDS.items() for word in words.split()}
# In Spain M is `mujer` beside H or V for a man, but `masculino` beside F: alone it tells nothing. In Finland N is `nainen`,
# in the Czech Republic Z is `žena`.
_BY_LOCALE: dict[str, dict[str, int]] = {"es_ES": {"m": UNKNOWN, "v": MALE}, "fi_FI": {"n": FEMALE}, "cs_CZ": {"z": FEMALE}}


def read_sexes(labels: npt.NDArray[Any], locale: Locale) -> npt.NDArray[np.int8]:
    """Return 0 for female, 1 for male and -1 where a label says neither; null says neither."""
    codes = {**_CODES, **_BY_LOCALE.get(locale, {})}

    def read(values: list[Any]) -> Any:
        return [codes.get(str(value).strip().rstrip(".").casefold(), UNKNOWN) for value in values]

    places, sexes = distinct(np.where(labels == None, "", labels), read)  # noqa: E711 - element-wise
    return np.asarray(sexes.astype(np.int8)[places])
