"""A person points at what somebody wrote: with a form opened on it, or with an emoji."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from bot.domain.insight import Facets, InsightDraft
from bot.domain.note import NoteRecord
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import KnowledgeType
from bot.errors import MessageUnavailable
from bot.messages import (
    Action,
    IncomingMessage,
    MessageEdited,
    Place,
    Quotation,
    ReactionChanged,
    Reply,
    WayIn,
)
from bot.ports import Classification
from tests.stage import ANNA, BEN, CARLA, CHANNEL, PRICING, SALES, WORKSPACE, Stage, raise_curtain

LATE = "Novara says our deviation reports come too late"
LATER = "Novara says our deviation reports come two weeks too late"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return raise_curtain(tmp_path)


def written(
    stage: Stage, text: str = LATE, *, by: str = BEN, where: str = SALES, **more: object
) -> IncomingMessage:
    """Somebody wrote something that nobody noted, and that the platform can give."""
    said = stage.message(by, text, way_in=WayIn.LISTENED, where=where)
    said = replace(said, **more)
    stage.source.put(said)
    return said


def understood(stage: Stage, text: str = LATE) -> None:
    """The next text is taken for one insight."""
    draft = InsightDraft(text, Facets(KnowledgeType.FROM))
    stage.classifier.answers.append(Classification((draft,), "fake/1"))


def save(
    stage: Stage, person: str, said: IncomingMessage, text: str | None = None
) -> tuple[Reply, ...]:
    """A form on the message is sent, its text left alone or changed."""
    understood(stage, text or said.text)
    return stage.handler.handle(
        IncomingMessage(
            place=said.place,
            message_id=said.message_id,
            author_id=person,
            person_id=person,
            text=text or said.text,
            sent_at=said.sent_at,
            way_in=WayIn.SHORTCUT,
            is_as_posted=text is None,
            wish_id="V1",
        )
    )


def reaction(stage: Stage, person: str, said: IncomingMessage, *, on: bool) -> ReactionChanged:
    """A reaction that changes now."""
    stage.clock.advance(seconds=5)
    now = stage.clock.now()
    place = Place(CHANNEL, WORKSPACE, said.place.conversation_id)
    return ReactionChanged(place, said.message_id, person, on, now, f"{on}-{now.isoformat()}")


def react(
    stage: Stage, person: str, said: IncomingMessage, *, on: bool = True
) -> tuple[Reply, ...]:
    if on:
        understood(stage, said.text)
    return stage.handler.handle(reaction(stage, person, said, on=on))


def only(stage: Stage) -> NoteRecord:
    (record,) = stage.notes()
    return record


# --- a form on a message ------------------------------------------------------------------------


def test_words_that_were_left_alone_are_their_authors_note(stage: Stage):
    """Anna saves what Ben wrote: his note, where it stands, and she answers for it."""
    said = written(stage)
    (reply,) = save(stage, ANNA, said)

    note = only(stage).note
    assert (note.author_id, note.saved_by_id, note.text) == (BEN, ANNA, LATE)
    assert (note.key, note.permalink) == (said.key, said.permalink)
    assert {button.label for button in reply.buttons} >= {"Change", "Undo"}


def test_the_message_counts_as_it_stands_now_not_as_the_form_has_it(stage: Stage):
    """A form holds less than a message can; and the author may have corrected a word since."""
    said = written(stage)
    stage.source.put(replace(said, text=LATER))
    save(stage, ANNA, said)

    assert only(stage).note.text == LATER


def test_words_that_were_changed_are_the_savers(stage: Stage):
    """A note of its own beside the message, which the message's author does not answer for."""
    said = written(stage)
    save(stage, ANNA, said, LATER)

    note = only(stage).note
    assert (note.author_id, note.saved_by_id, note.text) == (ANNA, None, LATER)
    assert note.key.conversation_id == SALES
    assert note.key != said.key
    assert (note.posted_at, note.permalink) == (said.sent_at, said.permalink)


def test_the_authors_deletion_does_not_take_what_the_saver_wrote(stage: Stage):
    """But it takes what the author wrote."""
    said = written(stage)
    save(stage, ANNA, said)
    save(stage, CARLA, said, LATER)
    stage.delete(said.message_id, where=SALES)

    assert [record.note.text for record in stage.notes()] == [LATER]


def test_what_the_bot_cannot_read_is_the_savers_own(stage: Stage):
    """Nobody else sees it: who reads along there is not known."""
    elsewhere = replace(
        written(stage), place=Place(CHANNEL, WORKSPACE, "board", ConversationKind.PRIVATE)
    )
    stage.roster.conversations[ANNA] = replace(stage.roster.conversations["dm-anna"], id=ANNA)
    (reply,) = save(stage, ANNA, elsewhere)

    note = only(stage).note
    assert (note.author_id, note.saved_by_id, note.key.conversation_id) == (ANNA, None, ANNA)
    assert reply.shows == (note.id,)
    assert "Undone" in stage.act(ANNA, Action.UNDO, note.id).plain_text


def test_a_claimed_message_that_the_saver_may_not_read_is_not_given_away(stage: Stage):
    """Whatever the form says: Carla is not in the channel, so its words stay unread."""
    stage.roster.conversations[CARLA] = replace(stage.roster.conversations["dm-carla"], id=CARLA)
    secret = written(stage, "Novara pays 12 per cent less", where=PRICING)
    missing = replace(secret, message_id="no such message")
    replies = [
        save(stage, CARLA, replace(claimed, text="a guess")) for claimed in (secret, missing)
    ]

    assert [record.note.text for record in stage.notes()] == ["a guess", "a guess"]
    assert {record.note.author_id for record in stage.notes()} == {CARLA}
    assert replies[0][0].plain_text == replies[1][0].plain_text


def test_while_it_is_unknown_who_is_there_the_form_waits(stage: Stage):
    """It stays in the inbox and is tried again."""
    said = written(stage, where=PRICING)
    del stage.roster.conversations[PRICING]

    with pytest.raises(MessageUnavailable):
        save(stage, ANNA, said)
    assert stage.notes() == []


def test_a_bots_words_are_not_saved(stage: Stage):
    """Its own answer would else be evidence for itself."""
    (reply,) = save(stage, ANNA, written(stage, from_bot=True))

    assert "only what people say" in reply.plain_text
    assert stage.notes() == []


def test_an_outsiders_words_are_the_savers_note_that_quotes_them(stage: Stage):
    """The contributor is one of ours, and it is plain whose words they are."""
    said = written(stage, by="pia", from_outsider=True, author_name="Pia Keller")
    save(stage, ANNA, said)

    note = only(stage).note
    assert (note.author_id, note.text) == (ANNA, f"“{LATE}” — Pia Keller")


def test_a_message_of_ones_own_has_no_saver_beside_its_author(stage: Stage):
    """One person is both."""
    save(stage, BEN, written(stage))

    assert (only(stage).note.author_id, only(stage).note.saved_by_id) == (BEN, None)


def test_pointing_at_somebodys_note_gives_no_right_over_it(stage: Stage):
    """It is there already; Anna is told what it says, and cannot undo it."""
    said = written(stage)
    save(stage, BEN, said)
    (reply,) = save(stage, ANNA, said)

    assert "Already noted" in reply.plain_text
    assert reply.buttons == ()
    refused = stage.act(ANNA, Action.UNDO, only(stage).note.id)
    assert "nothing here any more" in refused.plain_text
    assert len(stage.notes()) == 1


def test_who_undid_a_note_brings_it_back_by_pointing_at_it_again(stage: Stage):
    """And only who may: what its author took back stays so for others."""
    said = written(stage)
    save(stage, BEN, said)
    stage.act(BEN, Action.UNDO, only(stage).note.id)
    (refused,) = save(stage, ANNA, said)
    assert "took back" in refused.plain_text
    assert stage.notes() == []

    save(stage, BEN, said)
    assert only(stage).note.text == LATE


# --- an emoji -----------------------------------------------------------------------------------


def test_an_emoji_saves_the_message_it_is_put_on(stage: Stage):
    """As its author's note; whoever pointed is told."""
    said = written(stage)
    (reply,) = react(stage, ANNA, said)

    note = only(stage).note
    assert (note.author_id, note.saved_by_id, note.text) == (BEN, ANNA, LATE)
    assert "Noted" in reply.plain_text


def test_taking_the_emoji_off_takes_the_note_back_and_it_can_be_restored(stage: Stage):
    """One press brings it back; the emoji would, too."""
    said = written(stage)
    react(stage, ANNA, said)
    (reply,) = react(stage, ANNA, said, on=False)
    assert stage.notes() == []

    stage.press(ANNA, reply.buttons[0])
    assert only(stage).note.text == LATE


def test_the_emoji_put_on_again_saves_again(stage: Stage):
    """On, off, on, off."""
    said = written(stage)
    for on, notes in ((True, 1), (False, 0), (True, 1), (False, 0)):
        react(stage, ANNA, said, on=on)
        assert len(stage.notes()) == notes


def test_a_note_that_was_there_before_stays(stage: Stage):
    """The emoji did not save it."""
    said = written(stage)
    save(stage, BEN, said)
    react(stage, ANNA, said)

    assert react(stage, ANNA, said, on=False) == ()
    assert len(stage.notes()) == 1


def test_a_note_that_a_form_asked_for_too_stays(stage: Stage):
    """The emoji is not its only reason any more."""
    said = written(stage)
    react(stage, ANNA, said)
    save(stage, CARLA, said)

    assert react(stage, ANNA, said, on=False) == ()
    assert len(stage.notes()) == 1


def test_a_note_that_another_emoji_stands_on_stays(stage: Stage):
    """Somebody else still wants it."""
    said = written(stage)
    react(stage, ANNA, said)
    react(stage, CARLA, said)

    assert react(stage, ANNA, said, on=False) == ()
    assert len(stage.notes()) == 1


def test_somebody_elses_emoji_takes_nothing_back(stage: Stage):
    """Only the one that saved it."""
    said = written(stage)
    react(stage, ANNA, said)
    react(stage, CARLA, said)
    react(stage, CARLA, said, on=False)

    assert len(stage.notes()) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("ends_on", [True, False], ids=["ends on", "ends off"])
def test_in_whichever_order_events_come_the_last_change_counts(
    stage: Stage, order: tuple[int, ...], ends_on: bool
):
    """Platforms deliver in any order."""
    said = written(stage)
    flips = (ends_on, not ends_on, ends_on)
    changes = [reaction(stage, ANNA, said, on=on) for on in flips]
    for index in order:
        understood(stage)
        stage.handler.handle(changes[index])

    assert len(stage.notes()) == (1 if ends_on else 0)


def test_an_emoji_taken_off_while_the_message_is_read_leaves_nothing(stage: Stage):
    """Both events are worked on at once."""
    said = written(stage)
    on = reaction(stage, ANNA, said, on=True)
    off = reaction(stage, ANNA, said, on=False)
    stage.source.while_reading = lambda: stage.handler.handle(off) and None
    understood(stage)

    assert stage.handler.handle(on) == ()
    assert stage.notes() == []


def test_a_message_that_cannot_be_read_now_is_saved_later(stage: Stage):
    """The wish stays in the inbox; trying again does not count as having been there before."""
    said = written(stage)
    on = reaction(stage, ANNA, said, on=True)
    stage.source.failures.append(MessageUnavailable("ratelimited"))
    with pytest.raises(MessageUnavailable):
        stage.handler.handle(on)

    understood(stage)
    stage.handler.handle(on)
    assert only(stage).note.text == LATE
    react(stage, ANNA, said, on=False)
    assert stage.notes() == []


def test_a_crash_after_saving_still_lets_the_emoji_take_it_back(stage: Stage):
    """The same change worked on twice is one change."""
    said = written(stage)
    on = reaction(stage, ANNA, said, on=True)
    for _ in range(2):
        understood(stage)
        stage.handler.handle(on)
    react(stage, ANNA, said, on=False)

    assert stage.notes() == []


def test_strangers_bots_and_messages_that_are_gone_are_passed_over(stage: Stage):
    """Nobody is told anything, and nothing is kept."""
    said = written(stage)
    assert react(stage, "a stranger", said) == ()
    assert react(stage, ANNA, written(stage, from_bot=True)) == ()
    assert react(stage, ANNA, replace(said, message_id="gone")) == ()
    assert stage.notes() == []


# --- forwarded messages -------------------------------------------------------------------------


def forwarded(stage: Stage, text: str, quoted: str) -> IncomingMessage:
    message = stage.message(ANNA, text)
    return replace(message, quotes=(Quotation("Ben Ode", quoted),))


def test_a_forwarded_message_is_part_of_the_note_marked_with_its_author(stage: Stage):
    """Said with a word of one's own, or without any."""
    for text in ("from the call today", ""):
        understood(stage)
        stage.handler.handle(forwarded(stage, text, LATE))

    quoted = f"“{LATE}” — Ben Ode"
    texts = {record.note.text for record in stage.notes()}
    assert texts == {f"from the call today\n\n{quoted}", quoted}


def test_a_question_that_is_forwarded_is_a_note_and_not_asked_of_the_bot(stage: Stage):
    """The customer asked it."""
    understood(stage)
    stage.handler.handle(forwarded(stage, "", "Can you run blister packs?"))

    assert "Can you run blister packs?" in only(stage).note.text


def test_what_one_asks_about_a_forwarded_message_is_a_question(stage: Stage):
    """The person's own words decide."""
    stage.handler.handle(forwarded(stage, "what do we know about Novara?", LATE))

    assert stage.notes() == []


def test_an_edit_keeps_what_was_forwarded(stage: Stage):
    """Only the person's own words were changed."""
    understood(stage)
    message = forwarded(stage, "from the call", LATE)
    stage.handler.handle(message)
    understood(stage)
    edit = MessageEdited(
        place=message.place,
        message_id=message.message_id,
        author_id=ANNA,
        text="from the call yesterday",
        edited_at=stage.clock.now(),
        revision="1",
        quotes=message.quotes,
    )
    stage.handler.handle(edit)

    assert only(stage).note.text == f"from the call yesterday\n\n“{LATE}” — Ben Ode"


def test_a_forwarded_message_is_kept_even_when_reading_it_fails(stage: Stage):
    """With its quotation."""
    stage.classifier.answers.append(object())  # no classification
    stage.handler.handle(forwarded(stage, "", LATE))

    assert LATE in only(stage).note.text
