"""The language of a text, among those that Veil reads with models or patterns of their own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl")
LEAST: Final = 0.9
"""Share of the belief that a language must have. Below it, as in texts of a few words or many names, the default is taken."""
READ: Final = 2_000
"""Characters that are looked at: the rest of a long text says nothing new about its language."""


def language_of(text: str, languages: tuple[str, ...] = LANGUAGES) -> str:
    """Return the ISO 639-1 code of the text's language.

    Parameters
    ----------
    languages : what it can be; the first is the answer for texts too short or too mixed to tell.
    """
    if len(languages) == 1:
        return languages[0]
    beginning = text[:READ].encode("utf-8", "replace").decode("utf-8")
    language, share = _identifier(tuple(sorted(languages))).classify(beginning)
    return str(language) if share >= LEAST else languages[0]


@lru_cache(maxsize=4)
def _identifier(languages: tuple[str, ...]) -> Any:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier
