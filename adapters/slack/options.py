"""The options of a form's field that Slack asks for while somebody types.

Slack waits three seconds. Who types is known from the signed request alone: the form says nothing
that is believed.
"""

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from adapters.slack.api import ask
from adapters.slack.config import Installation
from adapters.slack.connection import Connection
from adapters.slack.form import OPTIONS, option_object, source_of
from adapters.slack.front import Answer
from adapters.slack.interaction_payloads import BlockSuggestion
from adapters.slack.message_parts import is_ours
from adapters.slack.parse import read_as
from adapters.slack.payloads import Payload
from adapters.slack.roster import is_bot_user
from bot.domain.audience import Audience
from bot.errors import SendFailed, SendRefused, StoreUnavailable
from bot.messages import Option, OptionSource
from bot.ports import CustomerStore

_log = logging.getLogger(__name__)

SUGGESTION: Final = "block_suggestion"
"""The type of a payload that asks for options."""

_WITHIN_S = 2.5
_THREADS = 4
_COLLEAGUE_FOR_S = 10 * 60
_REMEMBERED = 5_000
_OUTSIDERS_MARKS = ("deleted", "is_stranger", "is_restricted", "is_ultra_restricted")


class SlackOptions:
    """Answers from the store, for colleagues only. Without `customers` there are no options."""

    def __init__(
        self, customers: CustomerStore | None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._customers = customers
        self._colleagues = _Colleagues(now)
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
        if self._customers is None or asked is None:
            return ()
        if source_of(asked.action_id) is not OptionSource.CUSTOMERS:
            return ()
        if not is_ours(asked.team.id, asked.user.team_id, here):
            return ()
        if not await self._colleagues.has(asked.user.id, connection):
            return ()
        audience = Audience.of_person(here.workspace, asked.user.id)
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._customers.matching, asked.value, audience, OPTIONS
        )
        return (Option(customer.id, customer.name) for customer in found)


class _Colleagues:
    """Who is a full member of a workspace, as Slack says; asked again after some minutes.

    Guests see the channels that they were invited to, and are not to read a list of customers.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: OrderedDict[tuple[str, str], tuple[bool, float]] = OrderedDict()

    async def has(self, user_id: str, connection: Connection) -> bool:
        """Raises SendFailed or SendRefused where Slack does not tell."""
        key = (connection.here.team_id, user_id)
        is_one, valid_until = self._known.get(key, (False, 0.0))
        if self._now() < valid_until:
            return is_one
        is_one = _is_colleague(await self._user(user_id, connection), connection.here)
        self._known[key] = (is_one, self._now() + _COLLEAGUE_FOR_S)
        self._known.move_to_end(key)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return is_one

    async def _user(self, user_id: str, connection: Connection) -> Payload:
        told = (await ask(connection.client.users_info(user=user_id))).get("user")
        return told if isinstance(told, dict) else {"deleted": True}


def _is_colleague(user: Payload, here: Installation) -> bool:
    of_our_team = user.get("team_id") in (None, here.team_id)
    return of_our_team and not is_bot_user(user) and not any(map(user.get, _OUTSIDERS_MARKS))
