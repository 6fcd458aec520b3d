"""Dialogs of Teams: what stands in them. Pure."""

import json
from typing import Final

from adapters.teams.activity import JsonObject
from adapters.teams.render import CARD_TYPE, cards
from bot.messages import Reply

_LARGEST_CARD_BYTES: Final = 75_000


def window(title: str, card: JsonObject) -> JsonObject:
    """The answer that opens a dialog with this card, or puts the card in an open one."""
    attachment = {"contentType": CARD_TYPE, "content": card}
    value = {"title": title, "width": "medium", "height": "medium", "card": attachment}
    return {"task": {"type": "continue", "value": value}}


def message_window(sentence: str) -> JsonObject:
    """The answer that says a sentence in the place of a dialog."""
    return {"task": {"type": "message", "value": sentence}}


def card_of(reply: Reply) -> JsonObject:
    """A reply as one card, with as much of its text as fits; its buttons submit the dialog."""
    first, *rest = cards(reply)
    body = list(first["body"])
    for card in rest:
        grown = [*body, *card["body"]]
        if len(json.dumps(grown)) > _LARGEST_CARD_BYTES:
            break
        body = grown
    actions = [action for card in (first, *rest) for action in card["actions"]]
    return {**first, "body": body, "actions": [_as_submit(action) for action in actions]}


def submit_button(title: str, data: JsonObject) -> JsonObject:
    """A dialog is sent with an Action.Submit; an Action.Execute does nothing in it."""
    return {"type": "Action.Submit", "title": title, "data": data, "style": "positive"}


def _as_submit(action: JsonObject) -> JsonObject:
    if action["type"] != "Action.Execute":
        return action
    return submit_button(action["title"], {**action["data"], "verb": action["verb"]})
