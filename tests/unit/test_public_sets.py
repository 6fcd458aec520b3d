"""What the public sets are scored by, on data made up here: no file of any set is read."""

from pathlib import Path

import pytest

from bot.domain.taxonomy import Relation
from evals.public_sets import (
    Asked,
    Haystack,
    Row,
    Text,
    Vectors,
    agreement,
    in_spans,
    joined,
    labelled_pairs,
    lines,
    mean,
    parallel,
    paraphrases,
    precision_at,
    recall_at,
    recall_row,
    relation_between,
    sample,
    search,
    search_alone,
    turns_as_texts,
)
from tests.fakes import FakeEmbedder


def wanted(*ids: str) -> frozenset[str]:
    return frozenset(ids)


# --- scores -------------------------------------------------------------------------------------


def test_recall_counts_what_is_wanted_among_the_best():
    """One of two is among the best two, both are among the best three."""
    found = ["a", "x", "b"]
    assert recall_at(2, found, wanted("a", "b")) == 0.5
    assert recall_at(3, found, wanted("a", "b")) == 1.0
    assert recall_at(3, [], wanted("a")) == 0.0


def test_precision_counts_empty_places_as_wrong():
    """Two right ones of ten places, though only three were found."""
    assert precision_at(10, ["a", "x", "b"], wanted("a", "b", "c")) == 0.2
    assert precision_at(1, ["x", "a"], wanted("a")) == 0.0


def test_agreement_is_precision_recall_and_f1():
    """Three said, two of them right, of four labelled."""
    said = [True, True, True, False, False, False]
    labelled = [True, True, False, True, True, False]
    assert agreement(said, labelled) == pytest.approx(
        {"precision": 2 / 3, "recall": 1 / 2, "F1": 4 / 7}
    )


def test_agreement_on_nothing_is_zero():
    """Nothing said of nothing: no division by zero."""
    assert agreement([], []) == {"precision": 0.0, "recall": 0.0, "F1": 0.0}


def test_agreement_needs_a_label_for_each():
    """A label that is missing is a mistake of the reader."""
    with pytest.raises(ValueError, match="shorter"):
        agreement([True, False], [True])


def test_recall_is_the_mean_over_the_questions_of_all_haystacks():
    """Not the mean of the haystacks' means."""
    one = Haystack([], [Asked("q", wanted("a")), Asked("q", wanted("b")), Asked("q", wanted("c"))])
    other = Haystack([], [Asked("q", wanted("a"))])
    found = joined([{"words": [["a"], ["x"], ["x"]]}, {"words": [["a"]]}])
    assert recall_row("here, ", 1, [one, other], found) == Row("here, recall@1", 4, {"words": 0.5})
    assert mean([]) == 0.0


def test_a_sample_is_the_same_every_time_and_in_order():
    """Two runs have to compare."""
    items = list(range(100))
    chosen = sample(items, 10)
    assert chosen == sample(items, 10) == sorted(set(chosen))
    assert len(chosen) == 10
    assert sample(items, 100) == items


# --- searching ----------------------------------------------------------------------------------


def test_what_shares_the_words_is_found_in_every_way():
    """By words, by (hashed) meaning, and by both."""
    texts = [
        Text("p", "pallets arrive too late in Turku"),
        Text("i", "invoices lack the order number"),
        Text("s", "she retires in spring"),
    ]
    haystack = Haystack(texts, [Asked("invoices without order number", wanted("i"))])
    found = search(haystack, Vectors(FakeEmbedder()))
    assert {way: ids[0] for way, (ids,) in found.items()} == dict.fromkeys(
        ("words", "meaning", "mixed"), "i"
    )


def test_a_reply_is_found_by_what_it_replies_to_unless_it_stands_alone():
    """That is what `words` has and `alone` has not."""
    haystack = Haystack(
        [Text("r", "same here", parent="pallets arrive too late")], [Asked("pallets", wanted("r"))]
    )
    assert search(haystack, Vectors(FakeEmbedder()))["words"] == [["r"]]
    assert search_alone(haystack) == {"alone": [[]]}


def test_a_text_is_embedded_once():
    """A sentence may stand in many pairs."""
    embedder = FakeEmbedder()
    vectors = Vectors(embedder)
    for _ in range(2):
        vectors.of_statement("same here")
        vectors.of_question("same here")
    assert embedder.calls == 2


# --- the sets' formats --------------------------------------------------------------------------


def test_each_turn_replies_to_the_one_before_it():
    """The parent is cut as it is where it is stored with an insight."""
    first, second = turns_as_texts([("1", "A: " + "long " * 100), ("2", "B: yes")])
    assert first.parent == ""
    assert len(second.parent) == 240
    assert first.statement.startswith(second.parent)


def test_a_span_includes_its_last_turn():
    """Spans may lie apart."""
    assert in_spans([[3, 5], [9, 9]]) == wanted("3", "4", "5", "9")


def test_a_question_wants_the_paragraph_of_the_same_place_in_the_other_language():
    """Paragraphs are in the same order in each language."""
    german = [
        {"context": "Äpfel", "qas": []},
        {"context": "Birnen", "qas": [{"question": "Was?"}]},
    ]
    english = [{"context": "apples", "qas": []}, {"context": "pears", "qas": []}]
    haystack = parallel(german, english)
    assert haystack.asked == [Asked("Was?", wanted("1"))]
    assert [text.statement for text in haystack.texts] == ["apples", "pears"]


def test_only_paraphrases_are_asked_for_among_all_second_sentences():
    """A second sentence that stands in two pairs is there once."""
    pairs = [
        {"txt1": "a", "txt2": "b", "label": "4>i"},
        {"txt1": "c", "txt2": "d", "label": "2"},
        {"txt1": "e", "txt2": "b", "label": "4"},
    ]
    haystack = paraphrases(pairs, 10)
    assert haystack.asked == [Asked("a", wanted("0")), Asked("e", wanted("0"))]
    assert [text.statement for text in haystack.texts] == ["b", "d"]
    assert not haystack.asks


def test_pairs_are_read_by_the_names_of_their_columns(tmp_path: Path):
    """The label may come before the sentences."""
    file = tmp_path / "pairs.tsv"
    file.write_text(
        "entailment_judgment\tsentence_A\tsentence_B\nNEUTRAL\tIt rains.\tHe sleeps.\n",
        encoding="utf-8",
    )
    assert labelled_pairs(file) == [("It rains.", "He sleeps.", "NEUTRAL")]


# --- relations and the table --------------------------------------------------------------------


def test_a_denial_contradicts_and_another_matter_does_not():
    """What is asked is the product's own rule."""
    said = "They want shorter contracts"
    denied = "They do not want shorter contracts"
    assert relation_between(said, denied, 0.9) is Relation.CONTRADICTS
    assert relation_between(said, "Their auditor comes by train", 0.1) is None


def test_the_time_stands_in_a_sets_first_line():
    """It is the set's, not the row's."""
    rows = [Row("recall@1", 3, {"words": 0.5}), Row("recall@5", 3, {"words": 1.0})]
    first, second = (line.split() for line in lines("some_set", rows, 12.3))
    assert first == ["some_set", "recall@1", "3", "12", "words", "0.500"]
    assert second == ["some_set", "recall@5", "3", "words", "1.000"]
