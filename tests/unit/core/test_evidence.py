"""What counts as evidence, what is shown beside it, in which order, and in whose words."""

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.answer import Hit
from bot.domain.audience import Audience
from bot.domain.insight import Facets, Insight, InsightRelation
from bot.domain.note import MessageKey, Note, NoteRecord
from bot.domain.taxonomy import Belief, KnowledgeType, Relation
from bot.services.evidence import EvidenceRoom, Support, cite, quote, select
from tests.fakes import MONDAY
from tests.stage import ANNA, BEN, CARLA, PRICING, SALES, WORKSPACE, Stage

SUPPORT = Support(
    meaning=0.5, meaning_with_words=0.3, meaning_on_customer=0.4, share_of_best=0.75, most=3
)


def hit(
    number: int,
    statement: str = "the price rises",
    *,
    score: float = 1.0,
    meaning: float | None = 0.9,
    belief: Belief = Belief.UNVERIFIED,
    note: int | None = None,
) -> Hit:
    note_id = f"n{note or number}"
    return Hit(
        Note(
            note_id,
            MessageKey("w", "c", note_id),
            "stage",
            ANNA,
            "Anna",
            statement,
            MONDAY + timedelta(days=number),
        ),
        Insight(
            id=f"i{number}",
            note_id=note_id,
            position=0,
            statement=statement,
            facets=Facets(KnowledgeType.ABOUT),
            customer_ids=(),
            contacts=(),
            dates=(),
            belief=belief,
            classified_by="fake/1",
        ),
        "sales",
        score,
        meaning_score=meaning,
    )


def chosen(*hits: Hit, words: str = "zzzz", on_customer: bool = False) -> list[str]:
    found = select(hits, words, on_customer=on_customer, support=SUPPORT)
    return [found_hit.insight.id for found_hit in found]


# --- enough support -------------------------------------------------------------------------------


def test_nothing_supports_nothing():
    """No hits, no evidence."""
    assert chosen() == []


@pytest.mark.parametrize(("meaning", "counts"), [(0.5, True), (0.49, False)])
def test_meaning_alone_must_be_near(meaning: float, counts: bool):
    """Without a word in common the texts must say nearly the same."""
    assert bool(chosen(hit(1, meaning=meaning))) is counts


@pytest.mark.parametrize(("meaning", "counts"), [(0.3, True), (0.29, False)])
def test_a_word_in_common_asks_for_less(meaning: float, counts: bool):
    """`prices` and `priced` begin alike; a shared word alone is not enough."""
    assert bool(chosen(hit(1, "it is priced too high", meaning=meaning), words="prices")) is counts


@pytest.mark.parametrize(("meaning", "counts"), [(0.4, True), (0.39, False)])
def test_the_right_customer_asks_for_less(meaning: float, counts: bool):
    """What is on the customer that was asked about is half an answer already."""
    assert bool(chosen(hit(1, meaning=meaning), on_customer=True)) is counts


def test_without_a_vector_a_word_in_common_is_the_support():
    """When nothing could be embedded, words decide."""
    assert chosen(hit(1, "the price rises", meaning=None), words="price") == ["i1"]
    assert chosen(hit(1, "the price rises", meaning=None), words="reports") == []


def test_short_words_are_no_support():
    """`the` and `who` stand in every text."""
    assert chosen(hit(1, "the man who is at it", meaning=0.35), words="who is the man at it") == []


def test_what_scores_far_below_the_best_is_left_out():
    """Three quarters of the best score is near enough."""
    hits = (hit(1, score=1.0), hit(2, score=0.75), hit(3, score=0.74))
    assert chosen(*hits) == ["i1", "i2"]


def test_the_best_is_measured_among_what_is_supported():
    """A hit that supports nothing does not push out those that do."""
    assert chosen(hit(1, score=10.0, meaning=0.0), hit(2, score=1.0)) == ["i2"]


def test_of_judged_hits_the_likely_ones_are_cited_and_nothing_is_where_none_is():
    """Likeness has had its say by then."""
    surely, maybe, hardly = (
        dataclasses.replace(hit(number, meaning=0.0), answer_chance=chance)
        for number, chance in enumerate((0.9, 0.3, 0.1))
    )
    assert chosen(surely, maybe, hardly) == ["i0", "i1"]
    assert chosen(hardly) == ["i2"]
    assert chosen(dataclasses.replace(hardly, answer_chance=0.0)) == []


def test_a_note_is_cited_once_and_never_more_than_a_handful():
    """Two statements of one note are one source."""
    hits = (hit(1, note=1), hit(2, note=1), hit(3), hit(4), hit(5))
    assert chosen(*hits) == ["i1", "i3", "i4"]


# --- both sides and the newest state --------------------------------------------------------------


def stored(stage: Stage, *texts: str, where: str = SALES) -> list[Hit]:
    for text in texts:
        stage.note(ANNA, text, where=where)
    return [hit_of(record) for record in stage.notes()]


def hit_of(record: NoteRecord) -> Hit:
    return Hit(record.note, record.insights[0], record.conversation_name, score=1.0)


def completed(stage: Stage, *hits: Hit, person: str = BEN) -> list[str]:
    audience = Audience.of_person(WORKSPACE, person)
    return [h.note.text for h in EvidenceRoom(stage.store.notes).complete(hits, audience)]


def relate(stage: Stage, later: Hit, relation: Relation, earlier: Hit) -> list[Hit]:
    """Record a relation; returns every note as it stands then, oldest first."""
    stage.store.notes.relate([InsightRelation(later.insight.id, relation, earlier.insight.id)])
    return [hit_of(record) for record in stage.notes()]


def test_evidence_is_shown_newest_first(stage: Stage):
    """Whatever was ranked best."""
    old, new = stored(stage, "the price is 5", "rain in Lyon")
    assert completed(stage, old, new) == ["rain in Lyon", "the price is 5"]


@pytest.mark.parametrize("found", [0, 1])
def test_the_other_side_of_a_dispute_is_added(stage: Stage, found: int):
    """Whichever of the two was found."""
    first, second = stored(stage, "they pay in 30 days", "they pay in 60 days")
    hits = relate(stage, second, Relation.CONTRADICTS, first)
    assert completed(stage, hits[found]) == ["they pay in 60 days", "they pay in 30 days"]


def test_what_was_superseded_gives_way_to_its_successor(stage: Stage):
    """The old state was found, the new one is shown."""
    first, second = stored(stage, "Keller is head of quality", "Aalto is head of quality")
    old, _ = relate(stage, second, Relation.SUPERSEDES, first)
    assert completed(stage, old) == ["Aalto is head of quality"]


def test_the_newest_of_a_chain_of_states_is_shown(stage: Stage):
    """However many came between."""
    first, second, third = stored(stage, "Keller leads", "Aalto leads", "Berg leads")
    relate(stage, second, Relation.SUPERSEDES, first)
    relate(stage, third, Relation.SUPERSEDES, second)
    assert completed(stage, first) == ["Berg leads"]


def test_what_is_current_is_shown_without_what_it_replaced(stage: Stage):
    """History is not what was asked for."""
    first, second = stored(stage, "Keller is head of quality", "Aalto is head of quality")
    _, new = relate(stage, second, Relation.SUPERSEDES, first)
    assert completed(stage, new) == ["Aalto is head of quality"]


def test_the_other_side_is_not_shown_to_who_may_not_see_it(stage: Stage):
    """A dispute does not open a private channel."""
    (secret,) = stored(stage, "they pay in 60 days", where=PRICING)
    _, public = stored(stage, "they pay in 30 days")
    relate(stage, public, Relation.CONTRADICTS, secret)
    assert completed(stage, public, person=CARLA) == ["they pay in 30 days"]
    assert len(completed(stage, public, person=BEN)) == 2


# --- whose words ----------------------------------------------------------------------------------


def test_citations_are_numbered_in_the_order_shown():
    """From one."""
    citations = cite([hit(4), hit(2)], "price?")
    assert [(c.number, c.hit.insight.id) for c in citations] == [(1, "i4"), (2, "i2")]


def test_a_short_statement_is_quoted_whole():
    """Nothing is taken from it but the space around it."""
    assert quote("  The price rises.\nSoon. ", "when?") == "The price rises.\nSoon."


def test_of_a_long_statement_the_nearest_sentences_are_quoted():
    """From the one that shares most words with the question, as far as they fit."""
    statement = "It rained all day. The price rises in May. They told Ben. We had cake."
    assert (
        quote(statement, "when does the price rise?", 40)
        == "The price rises in May. They told Ben."
    )


def test_a_sentence_that_is_too_long_is_cut_with_a_sign():
    """So that nobody takes it for the whole."""
    cut = quote("price " * 20, "price", 30)
    assert cut.endswith("…")
    assert len(cut) <= 30


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab .!?\n", max_size=120), st.sampled_from(["a", "aaa bbb"]))
def test_a_quote_is_a_literal_part_of_the_statement(statement: str, question: str):
    """Words that somebody wrote are shown as they wrote them, however they punctuate."""
    shown = quote(statement, question, 20)
    assert len(shown) <= 20
    assert shown.removesuffix("…").rstrip() in statement


def test_a_number_is_not_cut_at_its_point():
    """`3.` is not what somebody wrote who wrote `3.75`."""
    statement = "We met them on Monday in Lyon. The discount is 3.75 percent on all lines."
    assert quote(statement, "which discount?", 30).startswith("The discount is 3.75")
