"""What Teams would be sent, for showing it without Teams. Pure."""

from adapters.teams.activity import Activity, JsonObject
from adapters.teams.capture_dialog import opened
from adapters.teams.dialogs import OPENED_BY, dialog
from adapters.teams.extensions import CAPTURE
from adapters.teams.render import render
from adapters.teams.whereabouts import CHANNEL
from bot.messages import IncomingMessage, Outgoing


def preview(outgoing: Outgoing) -> JsonObject:
    """What a reply becomes: activities, or the dialog whose form it is."""
    reply = outgoing.reply
    if reply.form is not None and reply.form.action in OPENED_BY:
        return dialog(reply)
    return {"activities": list(render(reply))}


def saving(message: IncomingMessage) -> JsonObject:
    """The dialog that “Save to Earshot” opens on a message."""
    sender = {"application": {"id": "0"}} if message.from_bot else {"user": {"id": "0"}}
    pointed = {
        "id": "0",
        "from": sender,
        "body": {"contentType": "text", "content": message.text},
    }
    used = {
        "type": "invoke",
        "id": "0",
        "channelId": CHANNEL,
        "serviceUrl": "https://localhost/",
        "conversation": {"id": "0"},
        "value": {"commandId": CAPTURE, "messagePayload": pointed},
    }
    return opened(Activity.model_validate(used))
