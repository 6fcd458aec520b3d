"""The options of a form's field that Slack asks for while somebody types.

Slack waits three seconds. Who types is known from the signed request alone: the form says nothing
that is believed.
"""

import asyncio
import json
import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from adapters.slack.connection import Connection
from adapters.slack.form import OPTIONS, option_object, source_of
from adapters.slack.front import Answer
from adapters.slack.interaction_payloads import BlockSuggestion
from adapters.slack.message_parts import is_ours
from adapters.slack.parse import read_as
from adapters.slack.payloads import Payload
from bot.errors import SendFailed, SendRefused, StoreUnavailable
from bot.messages import Option, OptionSource, Place
from bot.ports import CustomerOffers

_log = logging.getLogger(__name__)

SUGGESTION: Final = "block_suggestion"
"""The type of a payload that asks for options."""

_WITHIN_S = 2.5
_THREADS = 4


class SlackOptions:
    """Answers with what the person may know of. Without `offers` there are no options."""

    def __init__(self, offers: CustomerOffers | None) -> None:
        self._offers = offers
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="slack-options")

    async def answer(self, payload: Payload, connection: Connection) -> Answer:
        """What is offered for what was typed; nothing where that cannot be told in time."""
        try:
            offered = await asyncio.wait_for(self._offered(payload, connection), _WITHIN_S)
        except (SendFailed, SendRefused, StoreUnavailable, TimeoutError) as error:
            _log.warning("a field of a form has no options: %s", type(error).__name__)
            offered = ()
        shown = [option_object(option) for option in offered]
        return Answer(text=json.dumps({"options": shown}), is_json=True)

    async def _offered(self, payload: Payload, connection: Connection) -> Iterable[Option]:
        asked, here = read_as(BlockSuggestion, payload), connection.here
        if self._offers is None or asked is None:
            return ()
        if source_of(asked.action_id) is not OptionSource.CUSTOMERS:
            return ()
        if not is_ours(asked.team.id, asked.user.team_id, here):
            return ()
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads,
            self._offers.offered,
            Place("slack", here.workspace, ""),
            asked.user.id,
            asked.value,
            OPTIONS,
        )
        return (Option(customer.id, customer.name) for customer in found)
