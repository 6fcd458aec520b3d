"""Replies turned into what Slack shows. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.slack import blocks
from adapters.slack.blocks import Drawn, Json
from adapters.slack.text import escape, escaped_units, shorten
from bot.messages import Action, Button, Form, Reply

MESSAGE_BLOCKS = 50
MESSAGE_SIZE = 12_000
"""Below the undocumented sum over all blocks, about 13 200, at which Slack refuses a message."""

_FALLBACK_SIZE = 3000
_RATING = frozenset({Action.RATE_GOOD, Action.RATE_BAD})
_OPENED_BY = {
    Action.SAVE_CHANGE: Action.CHANGE,
    Action.SAVE_KEPT: Action.KEEP,
    Action.SAVE_CUSTOMER: Action.CREATE_CUSTOMER,
    Action.SAVE_REMARK: Action.RATE_BAD,
    Action.SAVE_ASSIGNMENT: Action.ASSIGN,
    Action.SAVE_OUTCOME: Action.CLOSE_MOMENT,
    Action.SAVE_USE: Action.TELL_USE,
}


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message's blocks, and its escaped text for notifications and screen readers."""

    text: str
    blocks: tuple[Json, ...]


def messages(reply: Reply) -> tuple[SlackMessage, ...]:
    """The reply in as few messages as Slack's limits allow, the buttons on the last one."""
    drawn = [*_body(reply), *_buttons(reply.buttons)]
    groups = blocks.packed(drawn, lambda block: block.size, MESSAGE_SIZE, MESSAGE_BLOCKS)
    return tuple(_message(group) for group in groups)


def reopening(form: Form) -> SlackMessage:
    """What is shown when Slack's three seconds for opening a form are over: the button again."""
    sentence = "Slack closed the form before it could open. Press the button to open it."
    button = Button(form.title, _OPENED_BY[form.action], form.value, style="primary")
    text = blocks.plain_text(sentence)
    drawn = [Drawn({"type": "section", "text": text}, sentence, len(sentence))]
    return _message([*drawn, *blocks.actions((button,))])


def _body(reply: Reply) -> Iterator[Drawn]:
    for block in reply.blocks:
        yield from blocks.shown(block)


def _buttons(buttons: Sequence[Button]) -> Iterator[Drawn]:
    """Rows of buttons, and below them the pair that asks whether the answer was of use."""
    rating = {button.action: button for button in buttons if button.action in _RATING}
    if len(rating) < len(_RATING):
        yield from blocks.actions(buttons)
        return
    yield from blocks.actions([button for button in buttons if button.action not in _RATING])
    yield blocks.feedback(rating[Action.RATE_GOOD], rating[Action.RATE_BAD])


def _message(drawn: list[Drawn]) -> SlackMessage:
    text = "\n".join(block.text for block in drawn if block.text) or "…"
    return SlackMessage(
        text=escape(shorten(text, _FALLBACK_SIZE, escaped_units)),
        blocks=tuple(block.block for block in drawn),
    )
