"""Dialogs that a button opens."""

import json
from datetime import UTC, datetime
from typing import Any

from adapters.teams.dialogs import dialog, dialog_again
from adapters.teams.render import render
from bot.messages import (
    Action,
    ActionTaken,
    Button,
    FieldProblem,
    Paragraph,
    Place,
    Quote,
    Reply,
    Span,
)
from tests.unit.teams.test_render import FORM, HOSTILE, SCHEMA

TOLD = (Paragraph((Span("Change the insight"),)),)


def card_in(answer: dict[str, Any]) -> dict[str, Any]:
    """The dialog's card, fit to be shown."""
    assert answer["task"]["type"] == "continue"
    card: dict[str, Any] = json.loads(json.dumps(answer["task"]["value"]["card"]["content"]))
    SCHEMA.validate({name: card[name] for name in card if name != "msteams"})
    return card


def test_a_form_is_sent_with_a_submit() -> None:
    """An Action.Execute does nothing in a dialog."""
    card = card_in(dialog(Reply(TOLD, form=FORM, shows=("n1",))))
    (save,) = card["actions"]
    assert save["type"] == "Action.Submit"
    assert save["data"] == {"verb": "save_change", "value": "i1"}
    assert {each["id"] for each in card["body"] if "id" in each} == {
        "choice.kind",
        "choice.signal",
        "choices.topics",
        "text.contacts",
    }


def test_a_note_is_shown_whole() -> None:
    """However many messages it would fill."""
    words = [f"{number} {HOSTILE}" for number in range(180)]
    card = card_in(dialog(Reply(tuple(Quote(each) for each in words), shows=("n1",))))
    assert len(render(Reply(tuple(Quote(each) for each in words)))) > 1
    assert "179 " in json.dumps(card)


def test_an_endless_note_fits_what_teams_takes() -> None:
    """Its end is left out."""
    card = card_in(dialog(Reply((Quote("x " * 100_000),), shows=("n1",))))
    assert len(json.dumps(card)) < 80_000


def test_what_is_not_theirs_is_a_sentence() -> None:
    """It looks as if it did not exist."""
    answer = dialog(Reply((Paragraph((Span("There is nothing here."),)),)))
    assert answer == {"task": {"type": "message", "value": "There is nothing here."}}


def test_a_form_that_comes_back_holds_what_was_filled_in() -> None:
    """Under what is wrong with it."""
    sent = ActionTaken(
        Place("teams", "main", "c"),
        "29:anna",
        Action.SAVE_CHANGE,
        "i1",
        "p1",
        datetime(2026, 11, 9, tzinfo=UTC),
        fields={"contacts": ("Nobody",), "kind": ("about",), "signal": ()},
    )
    problem = FieldProblem("contacts", "Who is Nobody?")
    card = card_in(dialog_again(Reply(TOLD, form=FORM, shows=("n1",)), sent, (problem,)))
    held = {each["id"]: each["value"] for each in card["body"] if "id" in each}
    assert held == {
        "choice.kind": "about",
        "choice.signal": "-",
        "choices.topics": "price,a%2Cb",
        "text.contacts": "Nobody",
    }
    assert "".join(run["text"] for run in card["body"][0]["inlines"]) == "Contacts: Who is Nobody?"


def test_the_buttons_that_open_a_dialog_ask_for_one() -> None:
    """Change and the note for chatter; an Undo is done at once."""
    buttons = tuple(Button(a.value, a, "1") for a in (Action.CHANGE, Action.KEEP, Action.UNDO))
    (activity,) = render(Reply(TOLD, buttons))
    change, keep, undo = activity["attachments"][0]["content"]["actions"]
    for action in (change, keep):
        assert action["type"] == "Action.Submit"
        assert action["data"]["msteams"] == {"type": "task/fetch"}
    assert undo["type"] == "Action.Execute"
