"""What people tell the bot, and what they are shown."""

from dataclasses import replace

from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft
from bot.domain.people import Person
from bot.domain.taxonomy import KnowledgeType, Moment, MomentDirection, ProcessStage, Signal
from bot.errors import ModelUnavailable
from bot.messages import Action, Button, Reply, Visibility, WayIn
from bot.ports import Classification
from tests.stage import ANNA, BEN, CARLA, PRICING, SALES, WORKSPACE, Stage

LATE = "Novara says our deviation reports come too late to be of use"


def button(reply: Reply, label: str) -> Button:
    return next(b for b in reply.buttons if b.label == label)


def test_the_reply_names_what_was_understood_and_is_private(stage: Stage):
    """Customer, facets and dates in words, for the person's eyes, after one classifier call."""
    stage.customer("Novara Pharma", "Novara")
    facets = Facets(
        KnowledgeType.ABOUT,
        moment=Moment.BUDGET_DECISION,
        moment_direction=MomentDirection.OPEN,
    )
    (reply,) = stage.note(ANNA, "Novara decides on the budget tomorrow", facets)

    assert reply.visibility is Visibility.PRIVATE
    assert "Noted for Novara Pharma" in reply.plain_text
    assert "About the customer · heard (acquisition) · budget decision" in reply.plain_text
    assert "“tomorrow” = 10 Nov 2026" in reply.plain_text
    assert [b.label for b in reply.buttons] == ["Change", "Undo"]
    assert len(stage.classifier.asked) == 1
    assert stage.embedder.calls == 1


def test_chatter_is_not_kept_where_the_bot_listens(stage: Stage):
    """Nothing of it is stored, and nobody is answered."""
    stage.store.directory.set_listening(WORKSPACE, SALES, listening=True)
    assert stage.say(ANNA, "lunch?", way_in=WayIn.LISTENED, where=SALES) == ()
    assert stage.notes() == []


def test_a_listened_insight_is_kept_without_a_word(stage: Stage):
    """The bot does not interrupt a conversation that did not address it."""
    assert stage.note(ANNA, LATE, way_in=WayIn.LISTENED, where=SALES) == ()
    assert [record.note.text for record in stage.notes()] == [LATE]


def test_a_note_taken_for_chatter_can_be_kept_as_knowledge(stage: Stage):
    """One press and a form make it an insight, as the person says."""
    stage.customer("Novara Pharma", "Novara")
    (reply,) = stage.say(ANNA, "the thing with Novara again", way_in=WayIn.NOTE_COMMAND)
    assert "no customer knowledge" in reply.plain_text

    form = stage.press(ANNA, button(reply, "Keep as knowledge"))
    stage.submit(ANNA, form, knowledge_type="from", signal="complaint")

    (record,) = stage.notes()
    assert record.insights[0].facets.signal is Signal.COMPLAINT
    assert record.insights[0].classified_by == "person"


def test_an_ambiguous_customer_is_linked_to_none_and_offered(stage: Stage):
    """The bot saves first, links nothing it is unsure of, and one press settles it."""
    stage.customer("Acme AI", "Acme")
    stage.customer("Acme AI, Inc.", "Acme")
    (reply,) = stage.note(ANNA, "Acme wants a demo in spring")
    assert stage.notes()[0].customer_ids == ()
    assert {"Acme AI", "Acme AI, Inc."} <= {b.label for b in reply.buttons}

    chosen = stage.press(ANNA, button(reply, "Acme AI, Inc."))

    assert "Noted for Acme AI, Inc." in chosen.plain_text
    assert chosen.replaces_source


def test_an_unknown_customer_can_be_created_from_the_reply(stage: Stage):
    """A new name becomes a customer in two presses, and the note is linked to it."""
    (reply,) = stage.note(ANNA, "Met Brandvik Oy at the fair, a new prospect")
    create = next(b for b in reply.buttons if b.action is Action.CREATE_CUSTOMER)
    form = stage.press(ANNA, create)
    assert form.form is not None

    created = stage.submit(ANNA, form, name="Brandvik Oy", aliases="Brandvik")

    assert "Noted for Brandvik Oy" in created.plain_text
    assert stage.notes()[0].customer_ids


def test_a_customer_without_a_name_is_asked_for(stage: Stage):
    """A form with a missing field says what is missing and opens again; nothing is lost."""
    (reply,) = stage.note(ANNA, "Met Brandvik Oy at the fair, a new prospect")
    form = stage.press(ANNA, next(b for b in reply.buttons if b.action is Action.CREATE_CUSTOMER))
    again = stage.submit(ANNA, form, name=" ")

    assert "give the customer a name" in again.plain_text
    assert again.form is not None
    assert len(stage.notes()) == 1


def test_a_change_is_kept_as_a_correction(stage: Stage):
    """What a person says replaces what the classifier said, and is counted."""
    stage.customer("Novara Pharma", "Novara")
    (reply,) = stage.note(ANNA, LATE)
    form = stage.press(ANNA, button(reply, "Change"))
    changed = stage.submit(ANNA, form, knowledge_type="about", customers="novara")

    assert "Changed for Novara Pharma" in changed.plain_text
    assert stage.notes()[0].insights[0].facets.knowledge_type is KnowledgeType.ABOUT
    assert stage.store.notes.counts(Audience.operator(WORKSPACE))["corrections"] == 1


def test_a_change_to_an_unknown_customer_says_so_and_keeps_the_note(stage: Stage):
    """The form comes back with the reason."""
    (reply,) = stage.note(ANNA, LATE)
    form = stage.press(ANNA, button(reply, "Change"))
    problem = stage.submit(ANNA, form, customers="Nowhere Ltd")

    assert "I know no customer “Nowhere Ltd”" in problem.plain_text
    assert problem.form is not None


def test_a_use_needs_its_kind_and_gets_one(stage: Stage):
    """Utilization without a kind is action-oriented: something was done."""
    (reply,) = stage.note(ANNA, LATE)
    form = stage.press(ANNA, button(reply, "Change"))
    stage.submit(ANNA, form, process_stage="utilization", use_kind="")

    facets = stage.notes()[0].insights[0].facets
    assert facets.process_stage is ProcessStage.UTILIZATION
    assert facets.use_kind == "action_oriented"


def test_nobody_can_undo_or_change_what_another_wrote(stage: Stage):
    """What one may not touch and what is not there look alike, whatever id a client sends."""
    (reply,) = stage.note(ANNA, LATE, where=PRICING)
    undo, change = button(reply, "Undo"), button(reply, "Change")
    unknown = stage.act(CARLA, Action.UNDO, "no-such-note")

    assert stage.press(CARLA, undo) == unknown
    assert stage.press(CARLA, change) == unknown
    assert stage.press(BEN, undo) == unknown
    assert len(stage.notes()) == 1


def test_undo_and_restore(stage: Stage):
    """A note goes and comes back, for its author only."""
    (reply,) = stage.note(ANNA, LATE)
    undone = stage.press(ANNA, button(reply, "Undo"))
    assert stage.notes() == []

    nothing = stage.press(BEN, button(undone, "Restore"))
    assert "nothing here" in nothing.plain_text
    stage.press(ANNA, button(undone, "Restore"))
    assert len(stage.notes()) == 1


def test_an_edit_reads_the_note_again_and_keeps_the_old_version(stage: Stage):
    """The new words count; chatter in their place leaves a note without insights."""
    stage.note(ANNA, LATE, where=SALES, message_id="1")
    draft = InsightDraft("Novara is happy now", Facets(KnowledgeType.FROM, signal=Signal.PRAISE))
    stage.classifier.answers.append(Classification((draft,), "fake/1"))
    stage.edit(ANNA, "1", "Novara is happy now", where=SALES)

    (record,) = stage.notes()
    assert record.note.text == "Novara is happy now"
    assert record.note.version == 2
    assert record.insights[0].facets.signal is Signal.PRAISE


def test_nobody_edits_what_another_wrote(stage: Stage):
    """Only its author changes a note."""
    stage.note(ANNA, LATE, where=SALES, message_id="1")
    stage.edit(BEN, "1", "Novara loves us", where=SALES)
    assert stage.notes()[0].note.text == LATE


def test_a_deletion_that_comes_first_still_counts(stage: Stage):
    """Platforms deliver out of order; a message that was deleted stays hidden."""
    stage.delete("1", where=SALES)
    stage.note(ANNA, LATE, where=SALES, message_id="1")
    assert stage.notes() == []


def test_a_reply_in_a_thread_is_on_the_thread_s_customer(stage: Stage):
    """«Same here» takes its customer from what it answers, and the classifier sees the parent."""
    novara = stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE, where=SALES, message_id="1")
    stage.note(BEN, "same here, they told me on Friday", where=SALES, thread="1")

    assert stage.notes()[1].customer_ids == (novara,)
    assert stage.classifier.asked[1][1].thread == (LATE,)


def test_an_edited_note_is_not_read_with_what_was_said_after_it(stage: Stage):
    """Its thread is what stood there when it was posted: replies are no context of their root."""
    stage.note(ANNA, LATE, where=SALES, message_id="1", way_in=WayIn.MENTION)
    stage.note(BEN, "same here, they told me on Friday", where=SALES, thread="1", message_id="2")
    stage.note(ANNA, "and again today", where=SALES, thread="1", message_id="3")
    stage.edit(BEN, "2", "same here, they told me on Monday", where=SALES)
    assert stage.classifier.asked[-1][1].thread == (LATE,)


def test_two_insights_of_one_note_come_out_apart(stage: Stage):
    """Each is linked to its own customer, and has its own Change."""
    novara, brenn = stage.customer("Novara Pharma", "Novara"), stage.customer("Brenndal")
    text = "Novara closes its Lyon site. Brenndal praised the new pallets."
    drafts = (
        InsightDraft("Novara closes its Lyon site.", Facets(KnowledgeType.ABOUT)),
        InsightDraft("Brenndal praised the new pallets.", Facets(KnowledgeType.FROM)),
    )
    stage.classifier.answers.append(Classification(drafts, "fake/1"))
    (reply,) = stage.say(ANNA, text, way_in=WayIn.NOTE_COMMAND)

    assert [i.customer_ids for i in stage.notes()[0].insights] == [(novara,), (brenn,)]
    assert [b.label for b in reply.buttons] == ["Change 1", "Change 2", "Undo"]
    assert reply.plain_text.startswith("Noted: 2 statements\n1. Novara Pharma\n“Novara closes")


def test_a_classifier_that_fails_loses_no_note(stage: Stage):
    """The words are kept, the person is told, and reclassification finds the note."""
    stage.classifier.answers.append(ModelUnavailable("down"))
    (reply,) = stage.say(ANNA, LATE, way_in=WayIn.NOTE_COMMAND)

    assert "Your note is kept" in reply.plain_text
    assert [record.note.text for record in stage.notes()] == [LATE]


def test_the_same_message_twice_is_one_note_with_the_same_reply(stage: Stage):
    """Work that is done again after a crash changes nothing."""
    first = stage.note(ANNA, LATE, where=SALES, message_id="1")
    second = stage.note(ANNA, LATE, where=SALES, message_id="1")
    assert first == second
    assert len(stage.notes()) == 1


def test_a_note_longer_than_any_message_is_refused_with_the_reason(stage: Stage):
    """Nothing is cut silently."""
    (reply,) = stage.say(ANNA, "x" * 40_001, way_in=WayIn.NOTE_COMMAND)
    assert "send it in parts" in reply.plain_text
    assert stage.notes() == []


def test_listening_is_announced_to_everybody(stage: Stage):
    """Opting in and out is said in the conversation, where all can read it."""
    (on,) = stage.say(ANNA, "listen on", way_in=WayIn.EARSHOT_COMMAND, where=SALES)
    assert on.visibility is Visibility.CONVERSATION
    assert stage.store.directory.is_listening(WORKSPACE, SALES)

    stage.say(ANNA, "listen off", way_in=WayIn.EARSHOT_COMMAND, where=SALES)
    assert not stage.store.directory.is_listening(WORKSPACE, SALES)


def test_an_unknown_command_says_what_there_is(stage: Stage):
    """A typing error costs nothing."""
    (reply,) = stage.say(ANNA, "lissten on", way_in=WayIn.EARSHOT_COMMAND)
    assert "/earshot help" in reply.plain_text


def test_a_customer_is_registered_by_chat(stage: Stage):
    """A name and aliases are enough, and the next note is linked."""
    stage.say(ANNA, "customer Novara Pharma; Novara", way_in=WayIn.EARSHOT_COMMAND)
    (reply,) = stage.note(ANNA, LATE)
    assert "Noted for Novara Pharma" in reply.plain_text


def test_a_question_that_was_taken_for_a_note_is_answered_after_one_press(stage: Stage):
    """The note goes, the answer comes."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE)
    (reply,) = stage.say(
        ANNA, "our deviation reports and Novara, remind us of that", where="dm-anna"
    )
    answer = stage.press(ANNA, button(reply, "It was a question"))

    assert LATE in answer.plain_text
    assert len(stage.notes()) == 1


def test_whoever_saved_a_colleague_s_message_can_correct_and_undo_it(stage: Stage):
    """An emoji on Ben's words makes them a note of Ben's that Anna answers for."""
    draft = InsightDraft(LATE, Facets(KnowledgeType.FROM))
    stage.classifier.answers.append(Classification((draft,), "fake/1"))
    said = stage.message(BEN, LATE, way_in=WayIn.REACTION, where=SALES)
    (reply,) = stage.handler.handle(replace(said, person_id=ANNA))
    assert stage.notes()[0].note.author_id == BEN

    undone = stage.press(ANNA, button(reply, "Undo"))
    assert "Undone" in undone.plain_text
    assert stage.notes() == []


def test_tomorrow_is_the_author_s_tomorrow(stage: Stage):
    """Written in New York in the evening of the 9th, when it is the 10th in Helsinki already."""
    stage.store.directory.put_people(
        [Person(ANNA, WORKSPACE, "Anna", time_zone="America/New_York")]
    )
    stage.clock.advance(hours=17)  # 02:00 on the 10th where the product runs
    (reply,) = stage.note(ANNA, "Novara decides on the budget tomorrow")
    assert "“tomorrow” = 10 Nov 2026" in reply.plain_text


def test_what_is_pointed_out_as_a_note_is_hardly_chatter(stage: Stage):
    """The classifier is told so for a command, a reaction, and where a customer is named."""
    stage.customer("Novara Pharma", "Novara")
    stage.say(ANNA, "their reports come late", way_in=WayIn.NOTE_COMMAND)
    stage.say(ANNA, "Novara pays late", way_in=WayIn.MENTION, where=SALES)
    stage.say(ANNA, "thanks a lot, see you", way_in=WayIn.MENTION, where=SALES)
    stage.say(ANNA, "Novara pays late", way_in=WayIn.LISTENED, where=SALES)
    expected = [context.expects_insight for _, context in stage.classifier.asked]
    assert expected == [True, True, False, False]
