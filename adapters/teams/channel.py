"""The Teams channel: what comes in over HTTP, and what goes out."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import requests
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from adapters.teams.activity import Activity, ActivityInvalid, read_activity
from adapters.teams.adapter import Turns
from adapters.teams.authenticator import (
    Caller,
    ChannelAuthenticator,
    KeysUnavailable,
    TokenRefused,
)
from adapters.teams.config import TeamsConfig
from adapters.teams.connector import Connector
from adapters.teams.feedback import AnswersShown
from adapters.teams.gateway import TeamsGateway
from adapters.teams.invokes import ANSWER_WITHIN_S, Invoke, InvokeAnswer, Invokes
from adapters.teams.messages import TeamsMessages
from adapters.teams.pacing import Pacing, Timing
from adapters.teams.parse import parse, person_of, reference_of, team_of
from adapters.teams.references import AddressBook, References
from adapters.teams.roster import TeamsRoster
from adapters.teams.tokens import AccessTokens, login_of
from adapters.teams.whereabouts import CHANNEL
from adapters.teams.work_sign import TeamsWorkSign
from bot.errors import EarshotError, SendFailed, SettingsInvalid, StoreUnavailable
from bot.messages import ConversationChanged, Incoming, IncomingMessage
from bot.ports import FormCheck, Intake, LookUp, Roster

log = logging.getLogger(__name__)

BODY_LIMIT_BYTES = 1024 * 1024
_INTAKE_THREADS = 8
_TEAMS = "msteams"


class NotForUs(EarshotError):
    """This activity is not for this bot. Check the tenant, the channel and the service URL."""


class NotJson(EarshotError):
    """The body is not JSON. Send it as application/json."""


class BodyTooLong(EarshotError):
    """The body is too long. Send at most 1 MiB."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    advice: str
    level: int = logging.INFO
    headers: tuple[tuple[str, str], ...] = ()


_LATER = _Refusal(
    503, "Not available right now; try again.", logging.ERROR, (("Retry-After", "5"),)
)
_REFUSALS: Mapping[type[Exception], _Refusal] = {
    NotJson: _Refusal(415, "Send application/json."),
    BodyTooLong: _Refusal(413, "The body is too long; send at most 1 MiB."),
    ActivityInvalid: _Refusal(400, "This is not an activity."),
    ClientDisconnect: _Refusal(400, "The body ended early."),
    TokenRefused: _Refusal(401, "Not authenticated.", headers=(("WWW-Authenticate", "Bearer"),)),
    NotForUs: _Refusal(403, "This is not for this bot.", logging.WARNING),
    KeysUnavailable: _LATER,
    StoreUnavailable: _LATER,
}


class TeamsChannel:
    """Everything of Teams, wired together. Nothing is asked of the network before it is needed."""

    name = CHANNEL

    def __init__(
        self,
        config: TeamsConfig,
        intake: Intake,
        references: References,
        *,
        http: requests.Session | None = None,
        look_up: Callable[[Roster], LookUp] | None = None,
        form_check: FormCheck | None = None,
        timing: Timing | None = None,
    ) -> None:
        """`look_up` is given the channel's own roster; without it there are no windows to open."""
        self._config = config
        self._intake = intake
        self._http = http or requests.Session()
        self._addresses = AddressBook(references)
        self._turns = Turns(config)
        self._authenticator: ChannelAuthenticator | None = None
        self._tokens: AccessTokens | None = None
        if config.app_id:
            self._tokens = AccessTokens(login_of(config, self._http))
            self._authenticator = ChannelAuthenticator(
                app_id=config.app_id, metadata_url=config.openid_metadata_url, http=self._http
            )
        timing = timing or Timing()
        connector = Connector(config, self._http, self._tokens, timing)
        answers = AnswersShown(references)
        self.gateway = TeamsGateway(connector, self._addresses, answers, Pacing(timing))
        self.work_sign = TeamsWorkSign(connector, self._addresses)
        self.roster = TeamsRoster(connector, self._addresses)
        self.messages = TeamsMessages(connector, self._addresses)
        # Of its own, so that a database that hangs leaves the loop's threads free.
        self._threads = ThreadPoolExecutor(_INTAKE_THREADS, thread_name_prefix="teams-intake")
        windows = look_up(self.roster) if look_up else None
        self._invokes = Invokes(config.workspace, answers, windows, form_check)
        self.routes: list[BaseRoute] = [
            Route("/api/messages", self._receive, methods=["POST"]),
        ]

    async def start(self, *, receive: bool) -> None:
        """Where messages come in, get the signing keys, so that the first need not wait for them.

        Without network this is a start all the same: they are asked for again when needed.
        """
        if receive and self._authenticator is not None:
            try:
                await self._authenticator.warm_up()
            except KeysUnavailable as error:
                log.warning("%s", error)

    async def stop(self) -> None:
        """Let go of connections and threads."""
        if self._authenticator is not None:
            await self._authenticator.close()
        self.gateway.close()
        self.work_sign.close()
        self._invokes.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    async def check(self) -> str:
        """What `earshot doctor` shows. Raises SettingsInvalid or KeysUnavailable."""
        if self._authenticator is None or self._tokens is None:
            return "open on loopback: nobody is authenticated"
        count = await self._authenticator.warm_up()
        try:
            await asyncio.to_thread(self._tokens.get)
        except SendFailed as error:
            raise SettingsInvalid(f"{self._config.login_settings}: {error.detail}") from None
        return f"bot {self._config.app_id} logs in; {count} signing keys"

    # --- what comes in --------------------------------------------------------------------------

    async def _receive(self, request: Request) -> Response:
        """Verify, keep for work, acknowledge. A stranger learns nothing but a status."""
        try:
            _check_frame(request.headers)
            caller = await self._verify(request.headers.get("authorization", ""))
            activity = read_activity(await _body(request))
            tenant_id = self._admit(activity, caller)
            answer = await self._turns.run(activity, partial(self._work, activity, tenant_id))
        except tuple(_REFUSALS) as error:
            refusal = next(
                refusal for kind, refusal in _REFUSALS.items() if isinstance(error, kind)
            )
            log.log(refusal.level, "%s: %s", refusal.status, error)
            return JSONResponse({"error": refusal.advice}, refusal.status, dict(refusal.headers))
        return JSONResponse(answer.body, answer.status) if answer else Response(status_code=200)

    async def _verify(self, authorization: str) -> Caller | None:
        return await self._authenticator.verify(authorization) if self._authenticator else None

    def _admit(self, activity: Activity, caller: Caller | None) -> str:
        """The tenant of an activity that is for us. Raises TokenRefused or NotForUs."""
        if caller is not None and not caller.vouches_for(
            service_url=activity.service_url, channel_id=activity.channel_id
        ):
            raise TokenRefused("made for another address or channel")
        if activity.channel_id != _TEAMS:
            raise NotForUs("not from Teams")
        if not self._config.trusts_service_url(activity.service_url):
            raise NotForUs("the service URL is not one of Teams'")
        ours = self._config.tenant_id
        if ours and activity.tenants != {ours}:
            raise NotForUs("another tenant")
        return ours or min(activity.tenants, default="")

    async def _work(self, activity: Activity, tenant_id: str) -> InvokeAnswer | None:
        received_at = datetime.now(UTC)
        if activity.type == "invoke":
            return await self._invokes.answer(
                Invoke(
                    activity,
                    received_at,
                    keep=partial(self._keep_in_time, activity, tenant_id),
                    remember=partial(self._remember, activity, tenant_id),
                )
            )
        incoming = parse(activity, workspace=self._config.workspace, received_at=received_at)
        if incoming is not None:
            await self._keep(activity, tenant_id, incoming)
        return None

    async def _keep(self, activity: Activity, tenant_id: str, incoming: Incoming) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._take, incoming, activity, tenant_id)

    async def _keep_in_time(self, activity: Activity, tenant_id: str, incoming: Incoming) -> None:
        """While a person waits. Raises StoreUnavailable where it is not certain to be kept."""
        try:
            await asyncio.wait_for(self._keep(activity, tenant_id, incoming), ANSWER_WITHIN_S)
        except TimeoutError:
            raise StoreUnavailable("no answer in time") from None

    def _take(self, incoming: Incoming, activity: Activity, tenant_id: str) -> None:
        """Keep what came in, and how to answer it; of what is not taken, neither."""
        is_overheard = isinstance(incoming, IncomingMessage) and not incoming.way_in.is_addressed
        if not is_overheard:
            self._remember(activity, tenant_id)
        is_taken = self._intake.take(incoming)
        if is_overheard and is_taken:
            self._remember(activity, tenant_id)
        if isinstance(incoming, ConversationChanged):
            for elsewhere in self._spread(incoming, team_of(activity)):
                self._intake.take(elsewhere)

    def _remember(self, activity: Activity, tenant_id: str) -> None:
        reference = reference_of(activity, tenant_id)
        if reference is not None:
            self._addresses.remember(reference, person_of(activity))

    def _spread(self, change: ConversationChanged, team_id: str) -> list[ConversationChanged]:
        """A change in a team is one in each of its channels, which Teams tells only once."""
        return [
            replace(change, place=replace(change.place, conversation_id=channel_id))
            for channel_id in (self._addresses.channels(team_id) if team_id else ())
            if channel_id != change.place.conversation_id
        ]


def _check_frame(headers: Headers) -> None:
    """What can be refused unread."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson
    declared = headers.get("content-length", "0")
    if not (declared.isascii() and declared.isdigit()):
        raise ActivityInvalid("Content-Length is not a number")
    # Compared by digits first: turning a very long number into an int raises.
    if len(declared) > len(str(BODY_LIMIT_BYTES)) or int(declared) > BODY_LIMIT_BYTES:
        raise BodyTooLong


async def _body(request: Request) -> bytes:
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > BODY_LIMIT_BYTES:
            raise BodyTooLong
    return bytes(received)
