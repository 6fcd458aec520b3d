"""What happened on another channel can be shown as Slack would show it."""

from dataclasses import replace
from datetime import UTC, datetime

from adapters.slack.form import modal
from adapters.slack.previews import preview, saving
from bot.domain.people import ConversationKind
from bot.messages import (
    Action,
    FieldKind,
    Form,
    FormField,
    IncomingMessage,
    Outgoing,
    Paragraph,
    Place,
    Quote,
    Reply,
    Span,
    Suggestion,
    WayIn,
)
from tests.block_kit import as_json, problem_with_view

FORM = Form("Change", Action.SAVE_CHANGE, "i1", (FormField("name", "Name", FieldKind.TEXT),))
PLACE = Place("playground", "main", "sales", ConversationKind.PUBLIC, "017953761")
MESSAGE = IncomingMessage(
    place=PLACE,
    message_id="017953761",
    author_id="anna",
    text="Novara <!channel> & more",
    sent_at=datetime(2026, 11, 9, tzinfo=UTC),
    way_in=WayIn.LISTENED,
)


def test_a_form_from_another_channel_has_a_preview():
    """Ids that are not Slack's do not get in the way."""
    reply = Reply((Paragraph((Span("Change"),)),), form=FORM)
    shown = preview(Outgoing("o1", PLACE, "anna", reply, source_message_id="01795376166328940"))
    assert shown["view"]["callback_id"] == "save_change"


def test_a_preview_shows_messages_and_form():
    """As Slack would be sent them."""
    shown = as_json(preview(Outgoing("o1", PLACE, "U1", Reply((Quote("Novara"),), form=FORM))))

    assert shown["view"] == modal(FORM, replace(PLACE, thread_id=None), None)
    assert len(shown["messages"]) == 1


def test_what_can_be_asked_is_shown_as_prompts():
    """An agent's talk begins with them."""
    reply = Reply((), suggestions=(Suggestion("What is new?", "What is new at Novara?"),))
    shown = preview(Outgoing("o1", PLACE, "U1", reply))
    assert shown["prompts"] == [{"title": "What is new?", "message": "What is new at Novara?"}]


def test_saving_a_message_shows_the_form_that_the_shortcut_opens():
    """With the words as they were written, whatever they mean to Slack."""
    view = as_json(saving(MESSAGE))["view"]
    assert problem_with_view(view) is None
    assert view["blocks"][0]["element"]["initial_value"] == MESSAGE.text


def test_saving_what_a_bot_wrote_shows_why_not():
    """There is nothing to fill in, and no button to save it."""
    view = as_json(saving(replace(MESSAGE, from_bot=True)))["view"]
    assert "submit" not in view
    assert problem_with_view(view) is None
