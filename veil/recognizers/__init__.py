"""The recognizers, by name; the entities they find; and the scorer that makes one finding per column of what they say."""

from veil.recognizers.base import NOTHING, Recognizer
from veil.recognizers.columns.classify import classify
from veil.recognizers.columns.dictionary import Dictionary
from veil.recognizers.columns.names import ColumnNames
from veil.recognizers.columns.ner import NamedEntities
from veil.recognizers.columns.patterns import Patterns
from veil.recognizers.columns.profile import profile
from veil.recognizers.columns.sampling import detectable_share, sample
from veil.recognizers.columns.scorer import fuse
from veil.recognizers.columns.statistics import Statistics
from veil.recognizers.columns.vocabularies import Vocabularies
from veil.recognizers.entities import ENTITIES, Entity
from veil.recognizers.models import Models, find_models
from veil.recognizers.text.analyzer import TextAnalyzer

RECOGNIZERS: dict[str, type[Recognizer]] = {
    recognizer.name: recognizer
    for recognizer in (ColumnNames, Patterns, Dictionary, Vocabularies, Statistics, NamedEntities)
}

__all__ = [
    "ENTITIES", "NOTHING", "RECOGNIZERS", "Entity", "Models", "Recognizer", "TextAnalyzer", "classify", "detectable_share",
    "find_models", "fuse", "profile", "sample",
]
