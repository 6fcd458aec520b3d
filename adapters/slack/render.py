"""Replies turned into what Slack shows. Pure."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.slack import blocks
from adapters.slack.blocks import Drawn, Json
from adapters.slack.form import modal
from adapters.slack.text import escape, escaped_units, shorten
from bot.messages import Action, Block, Button, Form, Outgoing, Quote, Reply

MESSAGE_BLOCKS = 50
MESSAGE_SIZE = 12_000
"""Below the undocumented sum over all blocks, about 13 200, at which Slack refuses a message."""

_FALLBACK_SIZE = 3000
_OPENED_BY = {
    Action.SAVE_CHANGE: Action.CHANGE,
    Action.SAVE_KEPT: Action.KEEP,
    Action.SAVE_CUSTOMER: Action.CREATE_CUSTOMER,
}


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message's blocks, and its escaped text for notifications and screen readers."""

    text: str
    blocks: tuple[Json, ...]


def messages(reply: Reply) -> tuple[SlackMessage, ...]:
    """The reply in as few messages as Slack's limits allow, the buttons on the last one."""
    drawn = [*_body(reply), *blocks.actions(reply.buttons)]
    groups = blocks.packed(drawn, lambda block: block.size, MESSAGE_SIZE, MESSAGE_BLOCKS)
    return tuple(_message(group) for group in groups)


def reopening(form: Form) -> SlackMessage:
    """What is shown when Slack's three seconds for opening a form are over: the button again."""
    sentence = "Slack closed the form before it could open. Press the button to open it."
    button = Button(form.title, _OPENED_BY[form.action], form.value, style="primary")
    text = blocks.plain_text(sentence)
    drawn = [Drawn({"type": "section", "text": text}, sentence, len(sentence))]
    return _message([*drawn, *blocks.actions((button,))])


def preview(outgoing: Outgoing) -> Json:
    """What Slack would be sent for a reply, for showing it without Slack.

    Where a form was opened is left out: elsewhere messages do not have Slack's ids.
    """
    reply = outgoing.reply
    sent = [{"text": message.text, "blocks": list(message.blocks)} for message in messages(reply)]
    if reply.form is None:
        return {"messages": sent}
    return {
        "messages": sent,
        "view": modal(reply.form, dataclasses.replace(outgoing.place, thread_id=None), None),
    }


def _body(reply: Reply) -> Iterator[Drawn]:
    for block in reply.blocks:
        yield from _drawn(block)


def _drawn(block: Block) -> Iterator[Drawn]:
    if isinstance(block, Quote):
        return blocks.quote(block)
    return blocks.context(block) if block.subdued else blocks.paragraph(block)


def _message(drawn: list[Drawn]) -> SlackMessage:
    text = "\n".join(block.text for block in drawn if block.text) or "…"
    return SlackMessage(
        text=escape(shorten(text, _FALLBACK_SIZE, escaped_units)),
        blocks=tuple(block.block for block in drawn),
    )
