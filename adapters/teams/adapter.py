"""The one module that knows botbuilder-core: the turn around each activity.

Microsoft's support for the package ended in December 2025; to move on, replace this module.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from botbuilder.core import (
    CloudAdapterBase,
    InvokeResponse,
    TurnContext,
)
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    ChannelAccount,
    ConversationAccount,
)
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConfiguration,
    BotFrameworkAuthenticationFactory,
    PasswordServiceClientCredentialFactory,
)
from msrest.universal_http.requests import ClientRetryPolicy

from adapters.teams.activity import Account
from adapters.teams.activity import Activity as ReceivedActivity
from adapters.teams.config import TeamsConfig
from adapters.teams.invokes import InvokeAnswer

Work = Callable[[], Awaitable[InvokeAnswer | None]]


class Turns(CloudAdapterBase):  # type: ignore[misc]  # its base has no types
    """Runs the work on an authenticated activity as a turn of the Bot Framework."""

    def __init__(self, config: TeamsConfig) -> None:
        # A list of 500 statuses is searched through 999 times for each client that is made, two a
        # turn; as a set it answers the same at once.
        ClientRetryPolicy.safe_codes = frozenset(  # type: ignore[assignment]  # only `in` is asked
            ClientRetryPolicy.safe_codes
        )
        credentials = _CachedCredentials(config.app_id, config.app_password, config.tenant_id)
        super().__init__(
            BotFrameworkAuthenticationFactory.create(
                credential_factory=credentials, auth_configuration=AuthenticationConfiguration()
            )
        )
        self._app_id = config.app_id or ""

    async def run(self, received: ReceivedActivity, work: Work) -> InvokeAnswer | None:
        """The answer that an invoke gets; None for everything else."""

        async def on_turn(context: TurnContext) -> None:
            answer = await work()
            if answer is not None:
                await context.send_activity(_invoke_response(answer))

        result = await self.process_activity(self._authenticated(), _turned(received), on_turn)
        if result is None:
            return None
        # The body is a plain object already: serialising it again, as the stock HTTP adapter
        # does, is what made every invoke with a body fail.
        return InvokeAnswer(int(result.status), result.body or {})

    def _authenticated(self) -> AuthenticateRequestResult:
        identity = self.create_claims_identity(self._app_id)
        framework = self.bot_framework_authentication
        result = AuthenticateRequestResult()
        result.claims_identity = identity
        result.audience = framework.get_originating_audience()
        result.connector_factory = framework.create_connector_factory(identity)
        return result


class _CachedCredentials(PasswordServiceClientCredentialFactory):  # type: ignore[misc]  # same
    """One credentials object a scope: each new one would ask for a token of its own."""

    def __init__(self, app_id: str | None, password: str | None, tenant_id: str | None) -> None:
        super().__init__(app_id, password, tenant_id)
        self._by_scope: dict[tuple[str, str], object] = {}

    async def create_credentials(
        self, app_id: str, oauth_scope: str, login_endpoint: str, validate_authority: bool
    ) -> object:
        scope = (app_id, oauth_scope)
        if scope not in self._by_scope:
            self._by_scope[scope] = await super().create_credentials(
                app_id, oauth_scope, login_endpoint, validate_authority
            )
        return self._by_scope[scope]


def _turned(received: ReceivedActivity) -> Activity:
    """As much of an activity as a turn needs; what it says goes another way, unchanged."""
    return Activity(
        type=received.type,
        id=received.id,
        name=received.name,
        channel_id=received.channel_id,
        service_url=received.service_url,
        conversation=ConversationAccount(id=received.conversation.id),
        from_property=_account(received.sender),
        recipient=_account(received.recipient),
    )


def _account(account: Account | None) -> ChannelAccount:
    return ChannelAccount(id=account.id if account else None)


def _invoke_response(answer: InvokeAnswer) -> Activity:
    return Activity(
        type=ActivityTypes.invoke_response,
        value=InvokeResponse(status=HTTPStatus(answer.status), body=answer.body),
    )
