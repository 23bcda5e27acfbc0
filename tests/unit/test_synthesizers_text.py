"""Notes from a Markov model: like the training texts, of like length, and nothing in them that only few people wrote."""

from __future__ import annotations

import socket
from collections import defaultdict

import numpy as np
import pytest

from veil.errors import SynthesisFailed
from veil.synthesizers.text import MARKER, TextModel
from veil.synthesizers.texts.runs import Guard
from veil.synthesizers.texts.tokens import Corpus, split
from veil.synthesizers.texts.transitions import Transitions

SUPPORT, RUN = 5, 8
SECRET = "lives near the old mill behind the station with two grey dogs"
SENTENCES = {
    "delivery": (
        "Parcel left at the {place}.", "Delivery was late by {n} days.", "Asked for a new date.", "<PERSON> called from home.",
    ),
    "billing": (
        "Charged {n} euro too much.", "The {place} was billed twice.", "Wrote to <EMAIL> on <DATE>.", "Resolved on the phone.",
    ),
}
PLACES = ("door", "shop", "neighbor", "reception")


def notes(n: int = 1_500, seed: int = 1) -> tuple[list[str], list[str]]:
    """Return notes and what each is about; in one of forty stands a sentence that nobody else has."""
    rng = np.random.default_rng(seed)
    groups = rng.choice(list(SENTENCES), n).tolist()
    texts = []
    for group in groups:
        chosen = rng.permutation(SENTENCES[group])[: rng.integers(1, 4)]
        text = " ".join(each.format(place=rng.choice(PLACES), n=rng.integers(1, 9)) for each in chosen)
        texts.append(f"{text} Client {rng.integers(10**9)} {SECRET}." if rng.random() < 0.025 else text)
    return texts, groups


@pytest.fixture(scope="module")
def training():
    return notes()


@pytest.fixture(scope="module")
def model(training):
    texts, groups = training
    return TextModel.fit(texts, groups=groups, seed=1)


@pytest.fixture(scope="module")
def made(training, model):
    return model.sample(1_500, groups=training[1], seed=3)


def holders(texts, subjects, length):
    """Return who holds each run of that many tokens, slowly and obviously."""
    found = defaultdict(set)
    for text, subject in zip(texts, subjects, strict=True):
        tokens = split(text)
        for start in range(len(tokens) - length + 1):
            found[tuple(tokens[start : start + length])].add(subject)
    return found


def unmarked(texts):
    return [text.removeprefix(MARKER) for text in texts]


def test_every_text_is_marked_and_none_is_empty(made):
    assert len(made) == 1_500
    assert all(text.startswith(MARKER) and len(text) > len(MARKER) for text in made)
    assert not TextModel.fit(notes(200)[0], marker="").sample(1, seed=1)[0].startswith(MARKER)


def test_every_token_and_context_was_written_by_enough_people(training, made):
    texts, _ = training
    words = holders(texts, range(len(texts)), 1)
    written = {token for text in unmarked(made) for token in split(text)}
    assert {token for token in written if len(words[(token,)]) < SUPPORT} == set()


@pytest.mark.parametrize("length", [RUN, RUN + 1, RUN + 3, RUN + 6])
def test_no_long_run_is_one_that_few_people_wrote(training, made, length):
    texts, _ = training
    theirs = holders(texts, range(len(texts)), length)
    own = holders(unmarked(made), range(len(made)), length)
    assert [run for run in own if 0 < len(theirs.get(run, ())) < SUPPORT] == []


def test_no_whole_text_is_one_that_few_people_wrote(training, made):
    counted = defaultdict(int)
    for text in training[0]:
        counted[text] += 1
    assert [text for text in unmarked(made) if 0 < counted.get(text, 0) < SUPPORT] == []


def test_nothing_rare_is_written_even_if_its_words_are_frequent():
    """All words of the sentence are everywhere, in another order; the sentence itself is one person's."""
    words = ["the", "old", "man", "sold", "his", "boat", "and", "never", "told", "his", "wife", "about", "the", "money"]
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.permutation(words)) for _ in range(300)] + [" ".join(words)]
    model = TextModel.fit(texts, order=2)
    made = model.sample(300, seed=1)
    assert model.longest_own_run(made) < RUN
    assert " ".join(words) not in unmarked(made)


def test_longest_own_run_is_measured_and_bounded(training, model, made):
    texts, _ = training
    slow = 0
    for length in range(1, RUN + 4):
        theirs, own = (holders(each, range(len(each)), length) for each in (texts, unmarked(made)[:300]))
        slow = max([slow, *(length for run in own if len(theirs.get(run, ())) == 1)])
    assert model.longest_own_run(made[:300]) == slow < RUN
    copied = next(text for text in texts if SECRET in text)
    assert model.longest_own_run([MARKER + copied]) == len(split(copied))
    assert model.longest_own_run([]) == 0


def test_lengths_are_like_those_of_the_training_texts(training, made):
    common = [len(split(text)) for text in training[0] if SECRET not in text]
    own = [len(split(text)) for text in unmarked(made)]
    for share in (0.25, 0.5, 0.75):
        assert np.quantile(own, share) == pytest.approx(np.quantile(common, share), abs=4)


def test_texts_are_about_their_group(training, made):
    marks = {"delivery": ("Parcel", "Delivery", "Asked"), "billing": ("Charged", "billed", "Resolved")}
    for group in SENTENCES:
        own = [text for text, about in zip(made, training[1], strict=True) if about == group]
        other = "billing" if group == "delivery" else "delivery"
        assert np.mean([any(mark in text for mark in marks[group]) for text in own]) > 0.8
        assert np.mean([any(mark in text for mark in marks[other]) for text in own]) < 0.1


def test_unknown_or_no_group_writes_of_everything(model):
    for groups in (None, [None] * 400, ["returns"] * 400):
        made = " ".join(model.sample(400, groups=groups, seed=1))
        assert "Parcel" in made
        assert "Charged" in made


def test_same_seed_writes_the_same(training, model):
    texts, groups = training
    again = TextModel.fit(texts, groups=groups, seed=9)
    assert model.sample(50, groups=groups[:50], seed=4) == again.sample(50, groups=groups[:50], seed=4)
    assert model.sample(50, seed=4) != model.sample(50, seed=5)


def test_one_persons_many_texts_count_once():
    texts = [*notes(400)[0], *["Ask for the blue envelope under the seat."] * 50]
    by_row = TextModel.fit(texts).sample(400, seed=1)
    subjects = [*range(400), *[999] * 50]
    by_subject = TextModel.fit(texts, subjects=subjects).sample(400, seed=1)
    assert any("envelope" in text for text in by_row)
    assert not any("envelope" in text for text in by_subject)


def test_null_and_empty_texts_are_passed_over():
    texts = [None, "", "  ", *notes(300)[0]]
    assert all(len(text) > len(MARKER) for text in TextModel.fit(texts).sample(50, seed=1))


REFUSED = [
    ({"texts": []}, "enough"), ({"texts": ["a b c"] * 9}, "enough"), ({"texts": [None] * 50}, "enough"),
    ({"order": 0}, "order"),
    ({"support": 1}, "support"), ({"longest_run": 3}, "longest_run"), ({"groups": ["a"]}, "entry"),
    ({"subjects": ["a"]}, "entry"), ({"subjects": [None] * 300}, "no data subject"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "told"), REFUSED)
def test_bad_input_is_refused_and_says_why(changed, told):
    given = {"texts": notes(300)[0], **changed}
    with pytest.raises(SynthesisFailed, match=told):
        TextModel.fit(given.pop("texts"), **given)


def test_texts_that_have_nothing_in_common_are_refused_without_telling_them():
    rng = np.random.default_rng(1)
    texts = [" ".join(f"w{word}" for word in rng.integers(0, 10**9, 6)) for _ in range(200)]
    with pytest.raises(SynthesisFailed, match="too different") as refused:
        TextModel.fit(texts).sample(5, seed=1)
    assert not any(word in str(refused.value) for word in texts[0].split())


def test_sizes_that_make_no_sense_are_refused(model):
    assert model.sample(0, seed=1) == []
    for n, groups in ((-1, None), (3, ["billing"])):
        with pytest.raises(SynthesisFailed):
            model.sample(n, groups=groups, seed=1)


class Rewriter:
    """A source that rewrites drafts, and repeats somebody's text for the first."""

    def __init__(self, copied: str) -> None:
        self.copied, self.asked = copied, []

    def rewrite(self, drafts, *, groups, seed):
        self.asked.append((list(drafts), list(groups)))
        return [self.copied, *(text.replace(".", "!") for text in drafts[1:])]


def test_source_rewrites_drafts_but_may_not_repeat_a_rare_text(training, model):
    copied = next(text for text in training[0] if SECRET in text)
    source = Rewriter(copied)
    plain = model.sample(20, groups=["billing"] * 20, seed=1)
    made = model.sample(20, groups=["billing"] * 20, seed=1, source=source)
    assert made[0] == plain[0]
    assert made[1:] == [text.replace(".", "!") for text in plain[1:]]
    drafts, groups = source.asked[0]
    assert (unmarked(plain), ["billing"] * 20) == (drafts, groups)
    assert not any(SECRET in text for text in drafts)


def test_source_that_loses_texts_is_refused(model):
    class Lossy:
        def rewrite(self, drafts, *, groups, seed):
            return drafts[1:]

    with pytest.raises(SynthesisFailed, match="each draft"):
        model.sample(3, seed=1, source=Lossy())


def test_no_network_is_used(training, monkeypatch):
    def refused(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    assert TextModel.fit(training[0]).sample(5, seed=1)


def test_nothing_told_of_a_model_holds_a_text(model):
    assert "mill" not in repr(model)
    assert "billing" not in repr(model)


TOKENS = [
    ("Call <PERSON>, please!", [" Call", " <PERSON>", ",", " please", "!"]),
    ("  don't   wait\nrun ", [" don't", " wait", "\nrun"]),
    ("a-b 12.5 été <IP_ADDRESS>", [" a-b", " 12", ".", "5", " été", " <IP_ADDRESS>"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "tokens"), TOKENS)
def test_tokens_keep_placeholders_whole_and_join_to_the_text(text, tokens):
    assert split(text) == tokens
    assert "".join(tokens).strip() == text.strip().replace("   ", " ")


def corpus(texts):
    n = len(texts)
    return Corpus.of(texts, np.arange(n, dtype=np.int64), np.full(n, -1, dtype=np.int64))


def test_transitions_are_the_shares_of_what_enough_people_wrote():
    own = corpus(["a b"] * 6 + ["a c"] * 10 + ["a d"] * 4)
    table = Transitions.of(own, 1, grouped=False, support=5)
    start = np.array([[own.words.index(" a")]], dtype=np.int64)
    keys = table.key(np.column_stack([np.zeros(1, dtype=np.int64), start[0]]), 2, np.array([-1]))
    drawn = table.draw(np.repeat(keys, 1_000), (np.arange(1_000) + 0.5) / 1_000)
    shares = {word: (drawn == own.words.index(word)).mean() for word in (" b", " c", " d")}
    assert shares == pytest.approx({" b": 0.3, " c": 0.5, " d": 0.0})
    assert (drawn == -1).mean() == pytest.approx(0.2)


def test_guard_keeps_only_the_shortest_rare_runs():
    texts = ["a b c d e f"] * 5 + ["z b c d e g"]
    guard = Guard.of(corpus(texts), least=3, support=5)
    assert {length: len(hashes) for length, hashes in guard.rare.items()} == {3: 2}  # `z b c` and `d e g`
    assert len(guard.whole) == 1
