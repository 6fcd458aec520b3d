"""What a text is cut into before it is encoded, and the table of words."""

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.local_model import weights_files
from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.embedder import LocalEmbedder
from adapters.local_model.encoder import WordTable
from bot.errors import ModelUnavailable

STRANGE_TEXTS = {
    "one emoji": "🎉",
    "one long word": "x" * 40_000,
    "lone surrogate and NUL": "a \ud800 b \x00 c",
    "other scripts": "これはテストです。 هذا اختبار",
}


# --- tokens -------------------------------------------------------------------------------------


def test_a_text_is_framed_and_so_is_what_it_is_read_with(words: WordTable) -> None:
    """As the model was trained: <s> text </s> parent </s>."""
    first, second = words.ids("late reports"), words.ids("same here")
    assert (first[0], first[-1]) == (0, 2)
    assert words.ids("late reports", "same here") == [*first, *second[1:]]


def test_an_empty_text_is_its_frame(words: WordTable) -> None:
    """There is always something to take the mean of."""
    assert words.ids("") == [0, 2]


def test_only_the_first_tokens_count(words: WordTable) -> None:
    """192 of a text, and 48 of what it is read with."""
    page = "price " * 192
    assert words.ids(page + "and a complaint " * 2_000) == words.ids(page)
    assert len(words.ids(page)) == 194
    parent = "delay " * 48
    assert words.ids("yes", parent + "and no more") == words.ids("yes", parent)
    assert len(words.ids("yes", parent)) == len(words.ids("yes")) + 49


def test_a_question_is_read_at_once_with_what_may_answer_it(words: WordTable) -> None:
    """Each in its frame: <s> question </s> passage </s> parent </s>."""
    asked, passage, parent = (words.ids(text) for text in ("who pays?", "they do", "same here"))
    together = words.ids_together("who pays?", "they do", "same here")
    assert together == [*asked, *passage[1:], *parent[1:]]
    assert words.ids_together("who pays?", "they do", "") == [*asked, *passage[1:]]


def test_neither_crowds_the_other_out(words: WordTable) -> None:
    """Of a question 48 tokens count, of what may answer it 96, and 48 of what that replies to."""
    question, passage, parent = "price " * 48, "delay " * 96, "vial " * 48
    longest = words.ids_together(question * 9, passage * 9, parent * 9)
    assert longest == words.ids_together(question, passage, parent)
    assert len(longest) == 48 + 96 + 48 + 4


@pytest.mark.parametrize("text", STRANGE_TEXTS.values(), ids=STRANGE_TEXTS.keys())
def test_any_text_has_tokens_with_vectors(words: WordTable, text: str) -> None:
    """What no piece can hold becomes the unknown one."""
    ids = words.ids(text)
    vectors = words.vectors(ids)
    assert 2 < len(ids) <= 194
    assert vectors.shape == (1, len(ids), 384)
    assert np.isfinite(vectors).all()


def test_words_of_several_languages_are_known(words: WordTable) -> None:
    """None of the product's languages is spelt out in single letters, or unknown."""
    for text in ("toimitusaika", "Lieferverzögerung", "réclamation", "leveransförsening"):
        ids = words.ids(text)[1:-1]
        assert len(ids) <= len(text) / 2
        assert 3 not in ids


# --- the table ----------------------------------------------------------------------------------


class CountingWords(WordTable):
    """Counts how often it is looked into, which is once for each text that is encoded."""

    def __init__(self) -> None:
        self.lookups = 0

    def vectors(self, ids: list[int]) -> NDArray[np.float32]:
        self.lookups += 1
        return super().vectors(ids)


def test_both_models_look_into_the_table_that_they_are_given() -> None:
    """It is too large to be loaded twice."""
    words = CountingWords()
    LocalClassifier(words).warm()
    assert words.lookups == 1
    LocalEmbedder(words).warm()
    assert words.lookups == 2


# --- weights ------------------------------------------------------------------------------------


def test_damaged_words_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is only looked into is checked like the others."""
    monkeypatch.setattr(weights_files, "pinned_sha256", lambda _: "0" * 64)
    with pytest.raises(ModelUnavailable, match=r"encoder-words\.npy is damaged"):
        WordTable().vectors([0, 2])
    with pytest.raises(ModelUnavailable, match=r"encoder-tokenizer\.json is damaged"):
        WordTable().ids("warm")
