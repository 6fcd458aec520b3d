"""What happened on another channel can be shown as Teams would show it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.teams.previews import preview, saving
from adapters.teams.render import render
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
    Reply,
    Span,
    WayIn,
)

PLACE = Place("playground", "main", "sales", ConversationKind.PUBLIC)
MESSAGE = IncomingMessage(
    place=PLACE,
    message_id="1",
    author_id="anna",
    text="Novara <b>moves</b>",
    sent_at=datetime(2026, 11, 9, tzinfo=UTC),
    way_in=WayIn.LISTENED,
)


def _form(action: Action) -> Form:
    return Form("Change", action, "i1", (FormField("name", "Name", FieldKind.TEXT),))


def test_a_preview_is_what_would_be_sent() -> None:
    """The playground page shows it to people without Teams."""
    reply = Reply((Paragraph((Span("x"),)),))
    shown = preview(Outgoing("o1", PLACE, "p1", reply))
    assert json.loads(json.dumps(shown)) == {"activities": list(render(reply))}


@pytest.mark.parametrize(
    ("action", "is_dialog"), [(Action.SAVE_CHANGE, True), (Action.SAVE_REMARK, False)]
)
def test_a_form_is_shown_where_teams_shows_it(action: Action, is_dialog: bool) -> None:
    """In a dialog where its button opens one, else in the chat."""
    shown = preview(Outgoing("o1", PLACE, "p1", Reply((), form=_form(action))))
    assert ("task" in shown, "activities" in shown) == (is_dialog, not is_dialog)


def test_a_dialog_says_its_title_once() -> None:
    """Above its card, not in it."""
    shown = preview(Outgoing("o1", PLACE, "p1", Reply((), form=_form(Action.SAVE_CHANGE))))
    assert json.dumps(shown).count("Change") == 1


def test_saving_a_message_shows_the_dialog_that_the_action_opens() -> None:
    """With the words as they were written."""
    value = saving(MESSAGE)["task"]["value"]
    assert value["card"]["content"]["body"][0]["value"] == MESSAGE.text


def test_saving_what_a_bot_wrote_shows_why_not() -> None:
    """A sentence, and nothing to fill in."""
    assert isinstance(saving(replace(MESSAGE, from_bot=True))["task"]["value"], str)
