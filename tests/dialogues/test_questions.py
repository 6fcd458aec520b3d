"""What people ask the bot, and what they are answered."""

from pathlib import Path

from bot.bootstrap.core import Models
from bot.domain.audience import Audience
from bot.domain.insight import InsightRelation
from bot.domain.taxonomy import Belief, ProcessStage, Relation
from bot.messages import Quote, WayIn
from bot.services.answer_writing import AnswerWriter
from tests.fakes import FakeClassifier, FakeEmbedder, FakeLanguageModel
from tests.stage import (
    ANNA,
    BEN,
    CARLA,
    PRICING,
    SALES,
    WORKSPACE,
    EnglishDetector,
    Stage,
    raise_curtain,
)

LATE = "Novara says our deviation reports come too late to be of use"


def test_an_answer_quotes_the_note_with_who_where_when_and_a_link(stage: Stage):
    """Without a language model the best insights answer in their own words."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE, where=SALES)
    reply = stage.ask(BEN, "what does Novara say about our deviation reports?")

    assert Quote(LATE) in reply.blocks
    assert "[1] Anna · #sales · 9 Nov 2026 · unverified" in reply.plain_text
    links = [s.href for b in reply.blocks if not isinstance(b, Quote) for s in b.spans if s.href]
    assert links == ["https://chat.example/sales"]


def test_a_question_right_after_the_note_is_answered(stage: Stage):
    """There is no moment in which a stored note is not found."""
    for number in range(20):
        customer = f"Kunde{number} GmbH"
        stage.customer(customer)
        stage.note(ANNA, f"{customer} moves its plant to Riga{number}")
        reply = stage.ask(ANNA, f"where does {customer} move its plant?")
        assert f"Riga{number}" in reply.plain_text


def test_without_support_it_says_so_in_the_asker_s_language(stage: Stage):
    """Nothing is invented, and the need can be recorded."""
    stage.customer("Novara Pharma", "Novara")
    stage.detector.language = "fi"
    reply = stage.ask(BEN, "kuka päättää Novarassa?")

    assert "Kukaan ei ole kertonut meille" in reply.plain_text
    stage.press(BEN, reply.buttons[0])
    needs = stage.store.questions.needs(Audience.of_person(WORKSPACE, BEN))
    assert [need.text for need in needs] == ["kuka päättää Novarassa?"]


def test_without_support_it_names_who_might_know(stage: Stage):
    """Whoever wrote most on the customer is who to ask."""
    stage.customer("Novara Pharma", "Novara", "NVP")
    stage.note(ANNA, "zzz Novara", where=SALES)
    reply = stage.ask(BEN, "qqq NVP")
    assert "Nobody has told us" in reply.plain_text
    assert "Who might know: Anna" in reply.plain_text


def test_a_question_on_one_customer_is_never_answered_from_another(stage: Stage):
    """The same words on somebody else are no answer."""
    stage.customer("Novara Pharma", "Novara")
    stage.customer("Brenndal")
    stage.note(ANNA, "Brenndal says our deviation reports come too late", where=SALES)
    reply = stage.ask(BEN, "what does Novara say about our deviation reports?")
    assert "Nobody has told us" in reply.plain_text


def test_an_organisation_nobody_registered_has_no_answer(stage: Stage):
    """Knowledge on others is not passed off as knowledge on a name that is not known."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE, where=SALES)
    reply = stage.ask(BEN, "what does Zentrix GmbH say about our deviation reports?")
    assert "Nobody has told us" in reply.plain_text


def test_a_follow_up_in_the_thread_leans_on_its_question(stage: Stage):
    """«And who decides there?» asks about the customer before."""
    stage.customer("Novara Pharma", "Novara")
    stage.customer("Brenndal")
    stage.note(ANNA, LATE, where=SALES)
    stage.note(ANNA, "At Novara Pia Keller decides on suppliers", where=SALES)
    stage.note(ANNA, "At Brenndal Ulrike Stamm decides on suppliers", where=SALES)
    stage.ask(BEN, "what does Novara say about reports?", message_id="q1")
    reply = stage.ask(BEN, "and who decides there?", thread="q1")

    assert "Pia Keller" in reply.plain_text
    assert "Ulrike Stamm" not in reply.plain_text
    assert stage.embedder.questions == [
        ("what does Novara say about reports?", ""),
        ("and who decides there?", "what does Novara say about reports?"),
    ]


def test_what_was_said_in_private_is_found_by_its_members_only(stage: Stage):
    """For everybody else it does not exist: the answer is the same to the letter."""
    stage.customer("Novara Pharma", "Novara")
    before = stage.ask(CARLA, "what is the discount that Novara gets?")
    stage.note(ANNA, "the discount that Novara gets is 7 percent", where=PRICING)

    assert "7 percent" in stage.ask(BEN, "what is the discount that Novara gets?").plain_text
    after = stage.ask(CARLA, "what is the discount that Novara gets?")
    assert after.plain_text == before.plain_text


def test_a_direct_message_to_the_bot_is_for_its_author(stage: Stage):
    """What Anna told the bot alone, only Anna is told."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, "Novara may lose its head of quality")
    question = "who may Novara lose?"
    assert "head of quality" in stage.ask(ANNA, question).plain_text
    assert "Nobody has told us" in stage.ask(BEN, question).plain_text


def test_what_was_superseded_gives_way_to_its_successor(stage: Stage):
    """The old state is never presented as current."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, "Head of procurement at Novara is P. Keller", where=SALES)
    stage.note(ANNA, "New head of procurement at Novara is R. Aalto", where=SALES)
    old, new = (record.insights[0].id for record in stage.notes())
    stage.store.notes.relate([InsightRelation(new, Relation.SUPERSEDES, old)])
    text = stage.ask(BEN, "who is head of procurement at Novara?").plain_text

    assert "R. Aalto" in text
    assert "P. Keller" not in text


def test_a_dispute_shows_both_sides(stage: Stage):
    """Two notes that contradict each other both stand there, marked."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, "Novara pays within 30 days always", where=SALES)
    stage.note(BEN, "wrong, we wait 60 for the money of Novara", where=SALES)
    first, second = (record.insights[0].id for record in stage.notes())
    stage.store.notes.relate([InsightRelation(second, Relation.CONTRADICTS, first)])
    reply = stage.ask(CARLA, "within how many days does Novara pays always?")

    assert "30 days" in reply.plain_text
    assert "60" in reply.plain_text
    assert "contradict each other" in reply.plain_text
    assert reply.plain_text.count(" · disputed") == 2


def test_reaching_somebody_else_is_dissemination(stage: Stage):
    """The stage moves when a person other than the contributor is told, and only then."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE, where=SALES)
    stage.ask(ANNA, "what does Novara say about deviation reports?")
    assert stage.notes()[0].insights[0].stage is ProcessStage.ACQUISITION

    stage.ask(BEN, "what does Novara say about deviation reports?")
    insight = stage.notes()[0].insights[0]
    assert insight.stage is ProcessStage.DISSEMINATION
    assert insight.facets.process_stage is ProcessStage.ACQUISITION


def test_a_note_that_was_taken_for_a_question_is_kept_after_one_press(stage: Stage):
    """Nothing that was told is lost to a wrong guess."""
    (reply,) = stage.say(ANNA, "who decides at Novara is their plant head", way_in=WayIn.DIRECT)
    assert "Nobody has told us" in reply.plain_text
    stage.press(ANNA, next(b for b in reply.buttons if b.label == "It was a note"))
    assert [r.note.text for r in stage.notes()] == ["who decides at Novara is their plant head"]


def with_model(folder: Path, *answers: dict[str, object]) -> tuple[Stage, FakeLanguageModel]:
    model = FakeLanguageModel(*answers)
    writer = AnswerWriter(model)
    models = Models(FakeClassifier(), FakeEmbedder(), EnglishDetector(), writer)
    stage = raise_curtain(folder, models=models)
    stage.classifier = models.classifier
    return stage, model


def test_nothing_known_costs_no_model_call(tmp_path: Path):
    """Without support the model is not even asked."""
    stage, model = with_model(tmp_path)
    reply = stage.ask(BEN, "what does Novara say?")
    assert "Nobody has told us" in reply.plain_text
    assert model.prompts == []


def test_an_uncited_sentence_is_never_shown(tmp_path: Path):
    """What the model says without evidence is dropped; when nothing is left, the notes speak."""
    answer = {
        "nothing_known": False,
        "sentences": [
            {"text": "Novara finds our deviation reports too late.", "citations": [1]},
            {"text": "They are about to leave us.", "citations": []},
            {"text": "They will sue.", "citations": [9]},
        ],
    }
    stage, model = with_model(tmp_path, answer)
    stage.note(ANNA, LATE, where=SALES)
    text = stage.ask(BEN, "what is said of our deviation reports?").plain_text

    assert "too late. [1]" in text
    assert "leave us" not in text
    assert "sue" not in text
    assert len(model.prompts) == 1


def test_a_model_that_fails_gives_way_to_quotes(tmp_path: Path):
    """The answer is there all the same."""
    stage, _ = with_model(tmp_path)
    stage.note(ANNA, LATE, where=SALES)
    reply = stage.ask(BEN, "what is said of our deviation reports?")
    assert Quote(LATE) in reply.blocks


def test_belief_beside_the_citation(stage: Stage):
    """Two contributors who say the same are worth saying."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE, where=SALES)
    stage.note(BEN, "Novara: the deviation reports come too late", where=SALES)
    first, second = (record.insights[0].id for record in stage.notes())
    stage.store.notes.relate([InsightRelation(second, Relation.CORROBORATES, first)])
    assert stage.notes()[0].insights[0].belief is Belief.CORROBORATED

    text = stage.ask(CARLA, "what does Novara say about deviation reports?").plain_text
    assert "corroborated" in text


def test_evidence_that_does_not_answer_is_not_quoted_as_an_answer(tmp_path: Path):
    """Where the model finds no answer in what was found, nobody has told us."""
    stage, model = with_model(tmp_path, {"nothing_known": True, "sentences": []})
    stage.note(ANNA, LATE, where=SALES)
    text = stage.ask(BEN, "what is said of the price of our deviation reports?").plain_text
    assert "Nobody has told us" in text
    assert len(model.prompts) == 1


def test_what_was_told_the_bot_alone_says_so(stage: Stage):
    """A direct message has no channel to name."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE)
    text = stage.ask(ANNA, "what does Novara say about our deviation reports?").plain_text
    assert "[1] Anna · direct message · 9 Nov 2026" in text
