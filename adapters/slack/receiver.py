"""What is done with a genuine payload: Bolt routes it, `parse` reads it, the intake keeps it.

Both ways in, HTTP and Socket Mode, end here. The answer is given after the intake has stored what
came, so that what Slack believes delivered is never lost.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from adapters.slack import (
    home_tab,
    interactions,
    parse,
    shortcuts,
    unfurling,
    workflow_steps,
)
from adapters.slack.api import ask
from adapters.slack.connection import Connection, Connections
from adapters.slack.envelope import naming_team
from adapters.slack.form_check import PatientCheck
from adapters.slack.front import Answer
from adapters.slack.options import SUGGESTION, SlackOptions
from adapters.slack.payloads import EVENT_TYPES, LEGACY_EVENT_TYPES, Payload, Routing
from adapters.slack.response_urls import ResponseUrls
from adapters.slack.revocation import REVOCATIONS
from bot.domain.addresses import CustomerAddresses
from bot.errors import EncryptionKeyWrong, SendFailed, SendRefused, StoreUnavailable
from bot.messages import Incoming
from bot.ports import Intake

_log = logging.getLogger(__name__)
_ANYTHING = re.compile(".*", re.DOTALL)
_SHORTCUT_FORM = re.compile(f"{shortcuts.SAVE_MESSAGE}|{shortcuts.NEW_NOTE}")
_TYPES = frozenset(
    {
        "event_callback",
        "block_actions",
        "view_submission",
        "shortcut",
        "message_action",
        SUGGESTION,
    }
)
"""What is used beside commands. Of others Bolt expects fields that are not for routing."""
_INTAKE_THREADS = 8
_NOT_INSTALLED = (
    "Earshot is not connected to this workspace. Ask whoever runs it to install it here again."
)
_UNKNOWN_COMMAND = (
    "I do not know this command. Use /note to tell me something, /ask to ask me something, "
    "/brief before you meet a customer, or /earshot help."
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SlackReceiver:
    """Takes in payloads."""

    def __init__(
        self,
        connections: Connections,
        intake: Intake,
        response_urls: ResponseUrls,
        options: SlackOptions,
        check: PatientCheck,
        *,
        addresses: CustomerAddresses,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._connections = connections
        self._intake = intake
        self._response_urls = response_urls
        self._options = options
        self._check = check
        self._addresses = addresses
        self._now = now
        self._bolt: AsyncApp | None = None
        # Threads of its own: when the database hangs, those of the loop stay free, which looking up
        # Slack's address needs, and with it the opening of a form.
        self._threads = ThreadPoolExecutor(_INTAKE_THREADS, thread_name_prefix="slack-intake")

    async def receive(self, payload: Payload) -> Answer:
        """Keep what the payload asks for. 503 means that Slack should send it again."""
        routing = parse.read_as(Routing, payload)
        if routing is None or not (routing.command or routing.type in _TYPES):
            return Answer()
        try:
            if routing.event is not None and routing.event.type in REVOCATIONS:
                await self._connections.revoked(payload)
                return Answer()
            connection = await self._connections.addressed(payload)
        except (SendFailed, SendRefused, StoreUnavailable, EncryptionKeyWrong) as error:
            _log.warning("Slack's request is put off: who we are there is unknown: %s", error)
            return Answer(503)
        if connection is None:
            return Answer(text=_NOT_INSTALLED if routing.command else "")
        if connection.here.org_id is not None:
            payload = naming_team(payload, connection.here.team_id)
        if routing.type == SUGGESTION:
            return await self._options.answer(payload, connection)
        return await self._dispatch(routing, payload, connection)

    async def _dispatch(self, routing: Routing, payload: Payload, connection: Connection) -> Answer:
        # Bolt reads deep into a body and fails on shapes it does not expect: it gets only what it
        # routes by. "socket_mode" is its name for a body that is parsed and verified already.
        request = AsyncBoltRequest(
            body=routing.model_dump(exclude_none=True),
            mode="socket_mode",
            context={"payload": payload, "here": connection.here, "client_here": connection.client},
        )
        if self._bolt is None:
            self._bolt = self._make_bolt()
        response = await self._bolt.async_dispatch(request)
        kind = response.first_headers().get("content-type", "")
        is_json = kind.startswith("application/json")
        return Answer(response.status, str(response.body or ""), is_json=is_json)

    def _make_bolt(self) -> AsyncApp:
        quiet = logging.getLogger("adapters.slack.bolt")
        quiet.setLevel(logging.ERROR)  # its warnings advise whoever writes listeners
        app = AsyncApp(
            logger=quiet,
            name="earshot",
            process_before_response=True,
            raise_error_for_unhandled_request=True,
            client=self._connections.transport.make_client(None),
            authorize=_authorize,
            # The front has verified; None would read the environment again.
            signing_secret="",  # nosec B106
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,  # the core skips its own messages, once for all
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.error(_on_error)
        for event_type in (*EVENT_TYPES, *LEGACY_EVENT_TYPES):
            app.event(event_type)(self._on_event)
        app.event(unfurling.EVENT)(self._on_links)
        app.event(workflow_steps.EVENT)(self._on_step)
        app.command(_ANYTHING)(self._on_command)
        app.action(_ANYTHING)(self._on_press)
        app.shortcut(_ANYTHING)(self._on_shortcut)
        app.view(_SHORTCUT_FORM)(self._on_shortcut_form)
        app.view(_ANYTHING)(self._on_submission)
        return app

    async def _on_event(self, context: AsyncBoltContext) -> None:
        await self._take(parse.event(context["payload"], context["here"]))

    async def _on_links(self, context: AsyncBoltContext) -> None:
        payload, here = context["payload"], context["here"]
        await self._take(unfurling.shared(payload, here, self._addresses))

    async def _on_step(self, context: AsyncBoltContext) -> None:
        await self._take(workflow_steps.run_of(context["payload"], context["here"]))

    async def _on_command(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        incoming = parse.command(context["payload"], context["here"], self._now())
        await self._take(incoming)
        await ack("" if incoming else _UNKNOWN_COMMAND)

    async def _on_press(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        payload, here = context["payload"], context["here"]
        self._response_urls.remember(payload, here.workspace)
        await self._take(interactions.press(payload, here) or home_tab.pressed(payload, here))
        await ack()

    async def _on_submission(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        taken = interactions.submission(context["payload"], context["here"], self._now())
        problems = await self._check.problems(taken) if taken else {}
        if problems:
            await ack(response_action="errors", errors=dict(problems))
            return
        await self._take(taken)
        await ack()

    async def _on_shortcut(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        """Open the form before anything else is asked: Slack lets it open for three seconds."""
        found = shortcuts.form_of(context["payload"], context["here"])
        if found is not None:
            trigger, view = found
            await ask(context["client_here"].views_open(trigger_id=trigger, view=dict(view)))
        await ack()

    async def _on_shortcut_form(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        payload, here = context["payload"], context["here"]
        problems = shortcuts.problems(payload, here)
        if problems:
            await ack(response_action="errors", errors=dict(problems))
            return
        await self._take(shortcuts.submitted(payload, here, self._now()))
        await ack()

    async def _take(self, incoming: Incoming | None) -> None:
        if incoming is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._threads, self._intake.take, incoming)


async def _authorize(context: AsyncBoltContext) -> AuthorizeResult:
    """Bolt's question whose installation this is; `auth.test` is never called for a request."""
    here = context["here"]
    return AuthorizeResult(enterprise_id=None, team_id=here.team_id, bot_user_id=here.bot_user_id)


async def _on_error(error: Exception) -> BoltResponse:
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200)
    if isinstance(error, (SendFailed, SendRefused)):
        _log.warning("a form could not be opened: %s", error)
        return BoltResponse(status=500)
    if isinstance(error, StoreUnavailable):
        _log.error("Slack is asked to send it again: %s", error)
        return BoltResponse(status=503)
    _log.error("a payload could not be taken in", exc_info=error)
    return BoltResponse(status=500)
