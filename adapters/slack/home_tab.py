"""The Home tab: what is pressed there, and the view that it shows. Pure.

Limits: docs.slack.dev/reference/views and docs.slack.dev/reference/block-kit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.slack import blocks
from adapters.slack.blocks import Drawn, Json
from adapters.slack.config import Installation
from adapters.slack.interaction_payloads import FormOrigin, HomeActions
from adapters.slack.interactions import action_of, origin_of
from adapters.slack.message_parts import is_ours, time_of
from adapters.slack.parse import read_as
from adapters.slack.payloads import Payload
from adapters.slack.text import units
from bot.domain.people import ConversationKind
from bot.messages import HOME, ActionTaken, Block, Button, Home, Outgoing, Place

VIEW_BLOCKS = 100
VIEW_SIZE = 12_000
"""Of all texts together: what is known to be safe for a message is kept to here, too."""

_TITLE_LIMIT = 150
_DIVIDER: Json = {"type": "divider"}


def pressed(payload: Payload, here: Installation) -> ActionTaken | None:
    """A press of a button on the Home tab."""
    taken = read_as(HomeActions, payload)
    if taken is None or not is_ours(taken.team.id, taken.user.team_id, here):
        return None
    button, origin = taken.actions[0], origin_of(taken.view.private_metadata)
    action = action_of(button.action_id)
    if action is None or origin is None:
        return None
    return ActionTaken(
        place=Place("slack", here.workspace, origin.channel, ConversationKind.DIRECT),
        person_id=taken.user.id,
        action=action,
        value=button.value,
        press_id=f"{HOME}-{button.action_ts}",
        taken_at=time_of(button.action_ts),
        source_message_id=HOME,
        trigger=taken.trigger_id,
    )


# --- what is shown ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands or falls together: a line with its buttons, as the blocks that show it."""

    drawn: tuple[Drawn, ...]

    @property
    def size(self) -> int:
        return sum(drawn.size for drawn in self.drawn)


def view(outgoing: Outgoing, home: Home) -> Json:
    """The person's page, with the reply on top of it. What does not fit is left out, last first.

    Every section keeps its title, and at least as many of its lines as fit.
    """
    notice = _part(outgoing.reply.blocks, outgoing.reply.buttons, "notice")
    titles = [
        _title(section.title, is_first=at == 0 and not notice.drawn)
        for at, section in enumerate(home.sections)
    ]
    room = _Room()
    for title in titles:
        room.takes(title)
    kept = [notice] if room.takes(notice) else []
    for number, (title, section) in enumerate(zip(titles, home.sections, strict=True)):
        parts = (
            _part(item.blocks, item.buttons, f"{number}-{at}")
            for at, item in enumerate(section.items)
        )
        kept += [title, *(part for part in parts if room.takes(part))]
    origin = FormOrigin(value="", channel=outgoing.place.conversation_id)
    return {
        "type": "home",
        "callback_id": HOME,
        "private_metadata": origin.model_dump_json(exclude_none=True),
        "blocks": [drawn.block for part in kept for drawn in part.drawn],
    }


class _Room:
    """What is left of the limits of a view."""

    def __init__(self) -> None:
        self._blocks = VIEW_BLOCKS
        self._size = VIEW_SIZE

    def takes(self, part: _Part) -> bool:
        """Whether the part fits; it then takes its room."""
        if len(part.drawn) > self._blocks or part.size > self._size:
            return False
        self._blocks -= len(part.drawn)
        self._size -= part.size
        return True


def _title(title: str, *, is_first: bool) -> _Part:
    shown = blocks.plain_text(title, _TITLE_LIMIT)
    header = Drawn({"type": "header", "text": shown}, title, units(str(shown["text"])))
    return _Part((header,) if is_first else (Drawn(_DIVIDER, "", 0), header))


def _part(body: Sequence[Block], buttons: Sequence[Button], name: str) -> _Part:
    lines = (drawn for block in body for drawn in blocks.shown(block))
    return _Part((*lines, *blocks.actions(buttons, within=name)))
