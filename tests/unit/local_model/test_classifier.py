"""Insights drawn from notes by the weights that ship with the product."""

from dataclasses import replace
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.facets import facets_from
from adapters.local_model.features import NoteText
from bot.domain.insight import Facets, InsightDraft
from bot.domain.taxonomy import KnowledgeType, ProcessStage, Signal, Source
from bot.ports import Classifier
from tests.unit.local_model.company import CUSTOMERS, context

STRANGE_TEXTS = {
    "empty": "",
    "one emoji": "🎉",
    "blank": " \n\t ",
    "40 000 letters": "a" * 40_000,
    "40 000 characters of prose": "Novara told us that they close a plant. " * 1_000,
    "40 000 quotes": "> no\n" * 8_000,
    "lone surrogate and NUL": "Novara \ud800 told us \x00 about prices",
    "other scripts": "顧客は価格について不満を述べた。 قال العميل إن السعر مرتفع",
    "code": "def f(x):\n    return {'a': x}\n" * 50,
    "table": "| customer | price |\n|---|---|\n| Novara | 3 |\n" * 50,
}


def only(classifier: LocalClassifier, text: str) -> InsightDraft:
    [draft] = classifier.classify(text, context()).insights
    return draft


def test_it_is_a_classifier(classifier: LocalClassifier) -> None:
    """The class fits the port, and its answers name it."""
    port: Classifier = classifier
    assert port.classify("", context()).classified_by.startswith("local/2026")


@pytest.mark.parametrize(
    "text",
    ["good morning everybody ☕", "lol", "who took my charger", "happy birthday Mika! cake at 3"],
)
def test_chatter_gives_no_insight(classifier: LocalClassifier, text: str) -> None:
    """What colleagues say to each other is not customer knowledge."""
    assert classifier.classify(text, context()).insights == ()


@pytest.mark.parametrize(
    ("text", "knowledge_type", "stage"),
    [
        (
            "Novara will close its Lyon site next spring and move packaging to Poland",
            KnowledgeType.ABOUT,
            ProcessStage.ACQUISITION,
        ),
        (
            "Petra complained that our deviation reports come too late to be of any use to them",
            KnowledgeType.FROM,
            ProcessStage.ACQUISITION,
        ),
        (
            "Petra asked which of our lines can run blister packs and if we have a data sheet",
            KnowledgeType.FOR,
            ProcessStage.ACQUISITION,
        ),
        (
            "After Novara's complaint about warm pallets we now ship with data loggers",
            KnowledgeType.FROM,
            ProcessStage.UTILIZATION,
        ),
        (
            "The full price history for Novara is in the account plan folder, ask Maria",
            KnowledgeType.ABOUT,
            ProcessStage.STORAGE,
        ),
    ],
)
def test_plain_notes_get_their_type_and_stage(
    classifier: LocalClassifier, text: str, knowledge_type: KnowledgeType, stage: ProcessStage
) -> None:
    """The clear cases of the domain's definitions come out right."""
    facets = only(classifier, text).facets
    assert (facets.knowledge_type, facets.process_stage) == (knowledge_type, stage)


def test_a_complaint_is_a_signal(classifier: LocalClassifier) -> None:
    """Feedback carries its signal."""
    draft = only(classifier, "Petra is furious, the pallets from us were crushed again, third time")
    assert draft.facets.signal is Signal.COMPLAINT


def test_hearsay_is_a_weak_signal_from_outside(classifier: LocalClassifier) -> None:
    """What somebody heard from others is shown as no more than that."""
    facets = only(
        classifier, "Rumour at the fair: Novara is said to be up for sale, no idea if it's true"
    ).facets
    assert (facets.weak_signal, facets.source) == (True, Source.EXTERNAL_TACIT)


def test_mentions_and_contacts_are_as_written_and_as_registered(
    classifier: LocalClassifier,
) -> None:
    """Mentions keep the note's spelling, contacts their full names."""
    draft = only(classifier, "NVP: Keller told us they need 40 000 vials a month from May")
    assert (draft.mentions, draft.contacts) == (("NVP",), ("Petra Keller",))


def test_two_customers_in_a_note_both_come_out(classifier: LocalClassifier) -> None:
    """Statements on different customers are insights of their own, each with its words."""
    text = (
        "Novara complained that our last delivery came two weeks late and half empty. "
        "Brixholm told us they will buy a second filling line from us in March."
    )
    on_both = replace(context(), linked=CUSTOMERS)
    drafts = classifier.classify(text, on_both).insights
    assert {draft.mentions for draft in drafts} == {("Novara",), ("Brixholm",)}


def test_an_insight_is_found_without_registered_customers(classifier: LocalClassifier) -> None:
    """The first note of a fresh workspace is understood too."""
    text = "Petra from Novara complained that our deviation reports come too late to be of any use"
    assert classifier.classify(text, context(customers=())).insights


def test_a_reply_is_read_with_its_parent(classifier: LocalClassifier) -> None:
    """The parent's words take part in what a reply means."""
    reply = "Tom told me the same thing about their site last month"
    complaint = "Petra complained that the pallets from us were crushed again, she is furious"
    confidences = {
        draft.confidence
        for parent in (complaint, "Novara asked which lines can run blister packs")
        for draft in classifier.classify(reply, context(parent)).insights
    }
    assert len(confidences) == 2


def test_a_short_note_is_its_own_statement(classifier: LocalClassifier) -> None:
    """A note with one insight is kept whole."""
    text = "Novara's budget round closes in October, Petra told us on the phone"
    assert only(classifier, text).statement == text


@pytest.mark.parametrize("text", STRANGE_TEXTS.values(), ids=STRANGE_TEXTS.keys())
def test_any_text_gets_an_answer_in_half_a_second(classifier: LocalClassifier, text: str) -> None:
    """No text is too long or too strange, with hundreds of customers to look for."""
    many = tuple(CUSTOMERS) * 200
    classifier.warm()
    # The best of three, in processor time: neighbours on the machine do not count.
    seconds = []
    for _ in range(3):
        started = process_time()
        answer = classifier.classify(text, context(text, customers=many))
        seconds.append(process_time() - started)
    assert min(seconds) < 0.5
    assert all(draft.statement in text for draft in answer.insights)


@given(
    st.text(max_size=300),
    st.lists(st.sampled_from(["Novara told us ", "they complained. ", "\n> ", "Brixholm "])),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_statements_are_literal_and_confidence_is_a_probability(
    classifier: LocalClassifier, noise: str, pieces: list[str]
) -> None:
    """Whatever is written, a statement is part of it and confidence lies between 0 and 1."""
    text = "".join([*pieces, noise, *pieces])
    for draft in classifier.classify(text, context()).insights:
        assert draft.statement
        assert draft.statement in text
        assert draft.confidence is not None
        assert 0 <= draft.confidence <= 1


def test_the_same_note_gets_the_same_answer(classifier: LocalClassifier) -> None:
    """Another instance agrees to the last digit."""
    text = "Novara asked for the stability data of the new vial by Friday"
    assert classifier.classify(text, context()) == LocalClassifier().classify(text, context())


def test_every_reading_makes_valid_facets(classifier: LocalClassifier) -> None:
    """The shipped heads name every facet with values of the taxonomy."""
    mean = classifier._encoder.mean("x")
    for text in ("decided to change the packaging", "heard the ceo leaves", "filed in the crm"):
        reading = classifier._model.read(NoteText(text), mean)
        assert isinstance(facets_from(reading, text), Facets)
