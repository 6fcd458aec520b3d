"""Activities become what the core understands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.teams.activity import ActivityInvalid, read_activity
from adapters.teams.parse import parse, reference_of
from bot.domain.people import ConversationKind
from bot.messages import (
    Action,
    ActionTaken,
    ConversationChanged,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    MessageRestored,
    WayIn,
)
from tests.teams_connector import BOT_ID, SERVICE_URL, TENANT_ID
from tests.unit.teams.activities import MENTION, activity, recorded, said, said_in_channel

RECEIVED = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)


def parsed(body: dict[str, Any]) -> Incoming | None:
    return parse(activity(body), workspace="main", received_at=RECEIVED)


def message(body: dict[str, Any]) -> IncomingMessage:
    found = parsed(body)
    assert isinstance(found, IncomingMessage)
    return found


def test_a_personal_message_is_direct_and_keeps_the_writers_clock() -> None:
    """Relative dates are read against the time where the writer is."""
    found = message(said())
    assert found.way_in is WayIn.DIRECT
    assert found.place.kind is ConversationKind.DIRECT
    assert found.author_name == "Anna Berg"
    assert found.sent_at.utcoffset() == timedelta(hours=2)
    assert found.sent_at == datetime(2026, 11, 9, 7, 0, 0, 123456, tzinfo=UTC)
    assert not found.from_bot


@pytest.mark.parametrize(
    ("text", "way_in", "left"),
    [
        (f"{MENTION}&nbsp;Novara grows", WayIn.MENTION, "Novara grows"),
        (f"{MENTION} note Novara grows", WayIn.NOTE_COMMAND, "Novara grows"),
        (f"{MENTION} /NOTE Novara grows", WayIn.NOTE_COMMAND, "Novara grows"),
        (f"{MENTION} note: Novara grows", WayIn.NOTE_COMMAND, "Novara grows"),
        (f"{MENTION} ask who decides?", WayIn.ASK_COMMAND, "who decides?"),
        (f"{MENTION} earshot help", WayIn.EARSHOT_COMMAND, "help"),
        (f"{MENTION} ask", WayIn.ASK_COMMAND, ""),
        (f"{MENTION} notebooks sell well", WayIn.MENTION, "notebooks sell well"),
        (f"{MENTION} Earshot, hello", WayIn.MENTION, "Earshot, hello"),
        ("note Novara grows", WayIn.LISTENED, "note Novara grows"),
        (f"as {MENTION} note says", WayIn.MENTION, "as note says"),
    ],
)
def test_in_a_channel_only_a_mention_addresses_the_bot(text: str, way_in: WayIn, left: str) -> None:
    """A command word counts where the message begins with it, after the mention."""
    found = message(said_in_channel(text))
    assert (found.way_in, found.text) == (way_in, left)


@pytest.mark.parametrize("text", ["note Novara grows", "/note Novara grows", "Note  Novara grows"])
def test_in_a_personal_chat_a_command_needs_no_mention(text: str) -> None:
    """In a chat with the bot alone everything is addressed to it."""
    found = message(said(text))
    assert (found.way_in, found.text) == (WayIn.NOTE_COMMAND, "Novara grows")


def test_only_the_mention_itself_is_taken_off() -> None:
    """The bot's name is a word that a customer may use."""
    found = message(said_in_channel(f"{MENTION} Novara wants to be within Earshot of us"))
    assert found.text == "Novara wants to be within Earshot of us"


def test_each_mention_takes_off_one_occurrence() -> None:
    """Text that looks like a mention but is none stays."""
    found = message(said_in_channel(f"{MENTION} they typed {MENTION}"))
    assert found.text == f"they typed {MENTION}"


def test_other_peoples_mentions_become_their_names() -> None:
    """Who was mentioned is part of what was said."""
    ben = {"type": "mention", "text": "<at>Ben Ode</at>", "mentioned": {"id": "29:ben"}}
    body = said_in_channel("<at>Ben Ode</at> met Novara", entities=[ben])
    found = message(body)
    assert (found.text, found.way_in) == ("Ben Ode met Novara", WayIn.LISTENED)


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c d"),
        ("&amp;lt;", "&lt;"),
        ("R&D&reg costs &pound", "R&D&reg costs &pound"),
        ("<!channel> &<>", "<!channel> &<>"),
    ],
)
def test_the_encoding_is_undone_once_and_no_further(sent: str, written: str) -> None:
    """The note holds what the person wrote."""
    assert message(said(sent)).text == written


def test_half_an_emoji_does_not_lose_the_message() -> None:
    """A client may cut a text in the middle of a character."""
    raw = b'{"type":"message","text":"good \\ud83d","channelId":"msteams","serviceUrl":"x",'
    raw += b'"conversation":{"id":"c"}}'
    assert read_activity(raw).text == "good \ufffd"


def test_a_reply_in_a_channel_names_the_threads_first_message() -> None:
    """The thread gives a reply its meaning."""
    root, reply = message(said_in_channel("first")), message(said_in_channel("second", root="17"))
    assert root.place.thread_id is None
    assert reply.place.thread_id == "17"
    assert reply.place.conversation_id == root.place.conversation_id == "19:sales@thread.tacv2"
    assert reply.place.kind is ConversationKind.PRIVATE


def test_a_question_by_command_starts_a_thread_of_its_own() -> None:
    """Its answer belongs below it, and a command's answer is addressed by the thread alone."""
    found = message(said_in_channel(f"{MENTION} ask who decides?"))
    assert found.place.thread_id == found.message_id


def test_a_channels_message_links_to_itself() -> None:
    """Evidence is shown with a link that opens it."""
    link = message(said_in_channel("Novara grows", root="17")).permalink
    assert link == (
        "https://teams.microsoft.com/l/message/19%3Asales%40thread.tacv2/1795364138228"
        f"?tenantId={TENANT_ID}&parentMessageId=17"
    )


@pytest.mark.parametrize(
    "sender",
    [{"id": BOT_ID}, {"id": "28:another"}, {"id": "29:x", "role": "bot"}],
    ids=["itself", "another", "by role"],
)
def test_bots_are_told_from_people(sender: dict[str, str]) -> None:
    """A bot that answers bots never stops."""
    assert message(said(**{"from": sender})).from_bot


def test_an_edit_has_the_new_text_without_mention_and_command() -> None:
    """It takes the place of what was kept, which had neither."""
    body = said_in_channel(
        f"{MENTION} note Novara shrinks",
        type="messageUpdate",
        channelData={"tenant": {"id": TENANT_ID}, "eventType": "editMessage"},
    )
    found = parsed(body)
    assert isinstance(found, MessageEdited)
    assert found.text == "Novara shrinks"
    assert found.revision == "2026-11-09T07:00:00.123456+00:00"


def test_a_later_edit_has_a_greater_revision() -> None:
    """Edits that overtake each other are put in order by it."""
    data = {"tenant": {"id": TENANT_ID}, "eventType": "editMessage"}
    at = ["2026-11-09T07:00:00Z", "2026-11-09T07:00:00.5Z", "2026-11-09T09:30:00+02:00"]
    edits = [parsed(said(type="messageUpdate", channelData=data, timestamp=t)) for t in at]
    revisions = [edit.revision for edit in edits if isinstance(edit, MessageEdited)]
    assert len(revisions) == 3
    assert sorted(revisions) == revisions


def test_a_message_that_was_brought_back_is_no_edit() -> None:
    """It is what it was, with the time that tells it from a deletion after it."""
    data = {"tenant": {"id": TENANT_ID}, "eventType": "undeleteMessage"}
    found = parsed(said(type="messageUpdate", channelData=data))
    assert isinstance(found, MessageRestored)
    assert found.restored_at == datetime(2026, 11, 9, 7, 0, 0, 123456, tzinfo=UTC)


def test_a_message_can_be_deleted_twice() -> None:
    """Its author may have brought it back in between; a redelivery is still one."""
    at = ["2026-11-09T07:00:00Z", "2026-11-09T07:00:00Z", "2026-11-09T08:00:00Z"]
    deletions = [parsed(said(type="messageDelete", timestamp=t)) for t in at]
    keys = [each.delivery_key for each in deletions if isinstance(each, MessageDeleted)]
    assert keys[0] == keys[1] != keys[2]


def test_a_find_that_somebody_inserts_is_no_note() -> None:
    """The bot's own words would become evidence for themselves."""
    (inserted,) = [body for body in recorded() if "inline-compose" in (body.get("text") or "")]
    assert parsed(inserted) is None
    with_words = message({**inserted, "text": f"Novara again! {inserted['text']}"})
    assert with_words.text == "Novara again!"


def test_a_pressed_button_names_the_action_and_the_card() -> None:
    """An Action.Execute comes as an invoke."""
    value = {"action": {"type": "Action.Execute", "verb": "undo", "data": {"value": "n1"}}}
    body = said_in_channel("", type="invoke", name="adaptiveCard/action", value=value)
    found = parsed(body | {"replyToId": "bot-1"})
    assert isinstance(found, ActionTaken)
    assert (found.action, found.value) == (Action.UNDO, "n1")
    assert (found.source_message_id, found.person_id) == ("bot-1", "29:anna")
    assert found.fields == {}


def test_a_submitted_form_brings_its_fields() -> None:
    """An Action.Submit comes as a message; lists are told from texts with commas."""
    value = {
        "verb": "save_customer",
        "value": "n1",
        "text.name": " Novara, Inc. ",
        "text.alias": "",
        "choice.status": "-",
        "choice.segment": "pharma",
        "choices.topics": "price,a%2Cb",
        "unknown": "x",
    }
    found = parsed(said(None, value=value))
    assert isinstance(found, ActionTaken)
    assert found.fields == {
        "name": ("Novara, Inc.",),
        "alias": (),
        "status": (),
        "segment": ("pharma",),
        "topics": ("price", "a,b"),
    }


@pytest.mark.parametrize(
    "value",
    [
        {"verb": "drop_tables", "value": "x"},
        {"verb": "undo"},
        {"verb": "undo", "value": 7},
        {"verb": ["undo"], "value": "x"},
        {"action": {"verb": "undo", "data": "x"}},
        {"action": "undo"},
        [],
        "undo",
    ],
)
def test_what_no_button_of_ours_sends_is_nothing(value: object) -> None:
    """A client can send any value; none of it reaches the core."""
    assert parsed(said(None, value=value)) is None
    invoke = said(None, type="invoke", name="adaptiveCard/action", value=value)
    assert parsed(invoke) is None


def test_every_recorded_activity_is_understood_or_left_alone() -> None:
    """What a Teams client really sent, in order."""
    kinds = [type(found) for found in map(parsed, recorded())]
    assert kinds.count(IncomingMessage) == 13
    assert kinds.count(ConversationChanged) == 10
    assert kinds.count(MessageEdited) == 1
    assert kinds.count(MessageDeleted) == 1
    assert kinds.count(ActionTaken) == 0
    assert len(kinds) == 33


def test_a_reaction_is_left_alone() -> None:
    """Teams tells a bot only of those on its own messages, which are nobody's note."""
    on = said(None, type="messageReaction", reactionsAdded=[{"type": "like"}], replyToId="1")
    off = said(None, type="messageReaction", reactionsRemoved=[{"type": "like"}], replyToId="1")
    assert (parsed(on), parsed(off)) == (None, None)


@pytest.mark.parametrize(
    ("action", "is_removed"),
    [("add", False), ("add-upgrade", False), ("remove", True), ("remove-upgrade", False)],
)
def test_who_reads_where_is_asked_anew_when_the_bot_comes_or_goes(
    action: str, is_removed: bool
) -> None:
    """An upgrade of the app is neither."""
    found = parsed(said(None, type="installationUpdate", action=action))
    assert isinstance(found, ConversationChanged)
    assert found.is_bot_removed is is_removed


def test_a_renamed_channel_is_what_changed_not_its_team() -> None:
    """Teams tells of a channel in its team's conversation."""
    renamed = next(
        body
        for body in recorded()
        if body.get("channelData", {}).get("eventType") == "channelRenamed"
    )
    found = parsed(renamed)
    assert isinstance(found, ConversationChanged)
    assert found.place.conversation_id == "channel-customers-id"
    reference = reference_of(activity(renamed), TENANT_ID)
    assert reference is not None
    assert (reference.team_id, reference.name) == ("team-id", "Customers")
    assert reference.service_url == SERVICE_URL


@pytest.mark.parametrize("missing", ["id", "from"])
def test_a_message_without_id_or_sender_is_refused(missing: str) -> None:
    """There would be nothing to know it by again."""
    body = said()
    del body[missing]
    with pytest.raises(ActivityInvalid):
        parsed(body)


def test_a_conversation_of_an_unknown_kind_is_taken_for_a_shared_one() -> None:
    """What is not known to be private must not be treated so."""
    found = message(said(conversation={"id": "c", "conversationType": "huddle"}))
    assert found.place.kind is ConversationKind.PRIVATE
    assert found.way_in is WayIn.LISTENED
