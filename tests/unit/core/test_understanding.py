"""From the words of a note to insights: whom each statement is on, and what finds it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.bootstrap.core import Models
from bot.domain.answer import SearchQuery, Vector
from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft
from bot.domain.note import NoteRecord
from bot.domain.taxonomy import KnowledgeType
from bot.errors import ModelUnavailable
from bot.messages import Quote, WayIn
from bot.ports import Classification, Passage
from tests.fakes import FakeClassifier, FakeEmbedder
from tests.stage import ANNA, BEN, SALES, WORKSPACE, EnglishDetector, Stage, raise_curtain

ABOUT = Facets(KnowledgeType.ABOUT)
EVERYTHING = Audience.operator(WORKSPACE)


class SilentEmbedder(FakeEmbedder):
    """Cannot be reached."""

    def embed(self, passages: Sequence[Passage]) -> list[Vector]:
        raise ModelUnavailable("no answer")

    def embed_question(self, question: str, earlier: str = "") -> Vector:
        raise ModelUnavailable("no answer")


@pytest.fixture
def novara(stage: Stage) -> str:
    return stage.customer("Novara Pharma", "Novara", contacts=["Pia Keller"])


@pytest.fixture
def brenndal(stage: Stage) -> str:
    return stage.customer("Brenndal")


def told(stage: Stage, text: str, *drafts: InsightDraft, **more: object) -> NoteRecord:
    """Say something that the classifier takes for these insights."""
    stage.classifier.answers.append(Classification(drafts, "fake/1"))
    stage.say(ANNA, text, way_in=WayIn.NOTE_COMMAND, **{"where": SALES, **more})
    return stage.notes()[-1]


def customers_of(record: NoteRecord) -> list[tuple[str, ...]]:
    return [insight.customer_ids for insight in record.insights]


def found_by(stage: Stage, words: str) -> list[str]:
    hits = stage.store.retriever.search(SearchQuery(words), EVERYTHING, 20)
    return [hit.insight.statement for hit in hits]


def test_each_statement_is_on_the_customer_that_it_names(stage: Stage, novara: str, brenndal: str):
    """Two customers in one note are not mixed up."""
    first, second = "Novara wants a discount.", "Brenndal pays late."
    record = told(
        stage, f"{first} {second}", InsightDraft(first, ABOUT), InsightDraft(second, ABOUT)
    )
    assert customers_of(record) == [(novara,), (brenndal,)]


def test_a_statement_that_names_nobody_is_on_whom_the_note_is_on(stage: Stage, novara: str):
    """`They` are those whom the note speaks of."""
    first, second = "Novara wants a discount.", "They decide in May."
    record = told(
        stage, f"{first} {second}", InsightDraft(first, ABOUT), InsightDraft(second, ABOUT)
    )
    assert customers_of(record) == [(novara,), (novara,)]


def test_a_reply_in_a_thread_is_on_the_customer_of_the_thread(stage: Stage, novara: str):
    """`They decide in May` under a note on Novara is on Novara."""
    wish = "Novara wants a discount"
    told(stage, wish, InsightDraft(wish, ABOUT), message_id="t1")
    record = told(
        stage, "they decide in May", InsightDraft("they decide in May", ABOUT), thread="t1"
    )
    assert customers_of(record) == [(novara,)]
    (_, context) = stage.classifier.asked[-1]
    assert context.thread == ("Novara wants a discount",)


def test_people_are_linked_by_their_registered_names_and_once(stage: Stage, novara: str):
    """What the linker and the classifier both saw is one person."""
    text = "Keller of Novara wants a discount"
    record = told(stage, text, InsightDraft(text, ABOUT, contacts=("Pia Keller", "R. Aalto")))
    assert sorted(record.insights[0].contacts) == ["Pia Keller", "R. Aalto"]


def test_dates_are_those_of_the_statement_as_of_when_it_was_written(stage: Stage):
    """`tomorrow` in one statement does not date the other."""
    first, second = "Novara decides tomorrow.", "Brenndal does not."
    record = told(
        stage, f"{first} {second}", InsightDraft(first, ABOUT), InsightDraft(second, ABOUT)
    )
    dates = [[found.start for found in insight.dates] for insight in record.insights]
    assert dates == [[date(2026, 11, 10)], []]


def test_chatter_costs_no_embedding(stage: Stage):
    """One classifier call, and that is it."""
    told(stage, "lunch?")
    assert stage.embedder.calls == 0


def test_several_insights_cost_one_embedding_call(stage: Stage):
    """However much a note holds."""
    drafts = [InsightDraft(text, ABOUT) for text in ("One.", "Two.", "Three.")]
    assert len(told(stage, "One. Two. Three.", *drafts).insights) == 3
    assert stage.embedder.calls == 1


def test_an_insight_is_embedded_with_whom_it_is_on_and_where_it_was_said(
    stage: Stage, novara: str, brenndal: str
):
    """Each with its own customers, so that a question on one lies nearer to it."""
    first, second = "Novara wants a discount.", "Brenndal pays late."
    told(stage, f"{first} {second}", InsightDraft(first, ABOUT), InsightDraft(second, ABOUT))
    customers = {customer.id: customer for customer in stage.store.customers.all(EVERYTHING)}
    assert stage.embedder.passages == [
        Passage(first, customers=(customers[novara],), conversation_name="sales"),
        Passage(second, customers=(customers[brenndal],), conversation_name="sales"),
    ]


def test_a_reply_is_embedded_with_what_it_replies_to(stage: Stage):
    """The start of it, which is what the classifier reads too."""
    told(stage, "x" * 300, InsightDraft("x" * 300, ABOUT), message_id="t1")
    told(stage, "same here", InsightDraft("same here", ABOUT), thread="t1")
    assert [passage.parent for passage in stage.embedder.passages] == ["", "x" * 240]


def test_an_agreement_is_found_by_what_it_agrees_with(stage: Stage):
    """`same here` holds none of the words that one would look for."""
    late = "the deviation reports are late"
    told(stage, late, InsightDraft(late, ABOUT), message_id="t1")
    told(stage, "same here", InsightDraft("same here", ABOUT), thread="t1")
    assert "same here" in found_by(stage, "deviation reports")


def test_a_note_is_found_by_its_customer_s_full_name(stage: Stage, novara: str):
    """Though its author used the alias."""
    told(stage, "Novara wants glass", InsightDraft("Novara wants glass", ABOUT))
    assert found_by(stage, "Pharma") == ["Novara wants glass"]


def test_a_note_is_found_by_words_when_it_could_not_be_embedded(tmp_path: Path):
    """A missing model loses no note."""
    classifier = FakeClassifier()
    stage = raise_curtain(tmp_path, models=Models(classifier, SilentEmbedder(), EnglishDetector()))
    stage.classifier = classifier
    stage.note(ANNA, "the deviation reports are late", where=SALES)
    reply = stage.ask(BEN, "what of the deviation reports?")
    stage.store.close()
    assert Quote("the deviation reports are late") in reply.blocks


def test_the_classifier_is_told_who_there_is_to_speak_of(stage: Stage, novara: str):
    """Author, conversation and customers; not what was said elsewhere."""
    told(stage, "they want glass")
    _, context = stage.classifier.asked[-1]
    assert (context.author_name, context.conversation_name) == ("Anna", "sales")
    assert [customer.name for customer in context.customers] == ["Novara Pharma"]
    assert context.thread == ()


def test_the_classifier_is_told_whom_the_note_is_on(stage: Stage, novara: str, brenndal: str):
    """The name or the thread tells it, as it tells for what is stored."""
    told(stage, "Novara wants glass", InsightDraft("Novara wants glass", ABOUT), message_id="t1")
    told(stage, "they decide in May", thread="t1")
    told(stage, "somebody wants glass")
    linked = [[customer.id for customer in given.linked] for _, given in stage.classifier.asked]
    assert linked == [[novara], [novara], []]


def test_a_channel_on_one_customer_links_what_names_nobody(stage: Stage, novara: str):
    """In a customer's channel nobody repeats its name."""
    known = stage.handler.places.conversation(stage.message(ANNA, "x", where=SALES).place)
    stage.store.directory.put_conversation(replace(known, customer_id=novara))
    record = told(stage, "they want glass", InsightDraft("they want glass", ABOUT))
    assert customers_of(record) == [(novara,)]
