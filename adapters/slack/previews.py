"""What Slack would be sent, for showing it without Slack. Pure."""

import dataclasses
from typing import Final

from adapters.slack import home_tab
from adapters.slack.agent import prompt
from adapters.slack.blocks import Json
from adapters.slack.config import Installation
from adapters.slack.form import modal
from adapters.slack.render import messages
from adapters.slack.shortcuts import SAVE_MESSAGE, form_of
from adapters.slack.text import escape
from bot.messages import IncomingMessage, Outgoing

_SOMEWHERE: Final = Installation(workspace="main", team_id="T0", bot_user_id="UEARSHOT")


def preview(outgoing: Outgoing) -> Json:
    """What a reply becomes: messages, the form that it opens, the page, the prompts.

    Where a form was opened is left out: elsewhere messages do not have Slack's ids.
    """
    reply = outgoing.reply
    if outgoing.home is not None:
        return {"view": home_tab.view(outgoing, outgoing.home)}
    sent = [{"text": message.text, "blocks": list(message.blocks)} for message in messages(reply)]
    shown: dict[str, object] = {"messages": sent}
    if reply.suggestions:
        shown["prompts"] = [prompt(suggestion) for suggestion in reply.suggestions]
    if reply.form is not None:
        place = dataclasses.replace(outgoing.place, thread_id=None)
        shown["view"] = modal(reply.form, place, None)
    return shown


def saving(message: IncomingMessage) -> Json:
    """The form that “Save to Earshot” opens on a message."""
    bot = {"bot_id": "B0"} if message.from_bot else {}
    used = {
        "type": "message_action",
        "callback_id": SAVE_MESSAGE,
        "trigger_id": "0",
        "team": {"id": _SOMEWHERE.team_id},
        "user": {"id": "U0", "team_id": _SOMEWHERE.team_id},
        "channel": {"id": "C0"},
        "message": {"ts": "1.0", "user": "U0", "text": escape(message.text), **bot},
    }
    opened = form_of(used, _SOMEWHERE)
    return {"messages": [], **({"view": opened[1]} if opened else {})}
