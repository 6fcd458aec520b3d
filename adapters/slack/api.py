"""One call of Slack's Web API, and what its failures mean."""

from collections.abc import Awaitable, Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.payloads import Payload
from adapters.slack.render import SlackMessage
from bot.errors import SendFailed, SendRefused

TRANSIENT = frozenset(
    {
        "accesslimited",
        "external_channel_migrating",
        "fatal_error",
        "fetch_members_failed",
        "internal_error",
        "message_limit_exceeded",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "streaming_state_conflict",
        "team_added_to_org",
        "update_failed",
    }
)
"""Refusals that a later try may not meet; every other one is final."""

ADVICE: Mapping[str, str] = {
    "account_inactive": "the app was removed from the workspace: install it again",
    "channel_not_found": "the bot cannot see this conversation: invite it there",
    "invalid_auth": "SLACK_BOT_TOKEN is not valid: copy it again from OAuth & Permissions",
    "is_archived": "the channel is archived",
    "messages_tab_disabled": "turn the Messages tab on under App Home",
    "missing_scope": "a permission is missing: bring the app up to `earshot manifest slack`",
    "not_agent_app": "the app has no agent view: bring it up to `earshot manifest slack`",
    "not_authed": "SLACK_BOT_TOKEN is empty",
    "not_enabled": "turn the Home tab on under App Home",
    "not_in_channel": "the bot is not a member there: invite it",
    "org_login_required": "the workspace is moving to an organisation: try again later",
    "token_expired": "SLACK_BOT_TOKEN has expired: turn rotation off and install again",  # nosec B105
    "token_revoked": "the token was revoked: install the app again",  # nosec B105 - advice
    "user_not_in_channel": "the person has left the conversation",
}


class ApiRefused(SendRefused):
    """Slack refused the call. Check the app's permissions and that the bot is still a member there.

    `code` is Slack's name for the reason.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"{code}: {ADVICE[code]}" if code in ADVICE else code)
        self.code = code


async def ask(call: Awaitable[AsyncSlackResponse]) -> Payload:
    """The answer of a call. Raises ApiRefused, or SendFailed when another try may do better."""
    data = (await response_of(call)).data
    return data if isinstance(data, Mapping) else {}


async def response_of(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """The whole answer of a call, with its headers. Raises as `ask` does."""
    try:
        return await call
    except SlackApiError as error:
        # Not chained: the SDK's message repeats the whole answer, which may hold what was sent.
        raise _meaning(error) from None
    except (aiohttp.ClientError, TimeoutError, OSError, SlackClientError) as error:
        raise SendFailed(type(error).__name__) from error


async def replace_original(webhook: AsyncWebhookClient, message: SlackMessage) -> bool:
    """Put a message in the place of the one whose button was pressed.

    False when the address is used up or expired. Raises SendFailed.
    """
    blocks = [dict(block) for block in message.blocks]
    try:
        response = await webhook.send(text=message.text, blocks=blocks, replace_original=True)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SendFailed(type(error).__name__) from error
    if response.status_code == 429 or response.status_code >= 500:
        raise SendFailed(f"HTTP {response.status_code}", retry_after(response.headers))
    return response.status_code == 200


def is_told_to_wait(error: SlackApiError) -> bool:
    """Whether the method was called too often."""
    return _status(error) == 429


def _status(error: SlackApiError) -> int:
    # Slack's own answers carry `status_code`; one that is no JSON is aiohttp's, with `status`.
    response = error.response
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0))


def _meaning(error: SlackApiError) -> SendFailed | ApiRefused:
    response, status = error.response, _status(error)
    if is_told_to_wait(error):
        return SendFailed("ratelimited", retry_after(response.headers))
    if status >= 500:
        return SendFailed(f"HTTP {status}")
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, Mapping) else ""
    if not code or code in TRANSIENT:
        return SendFailed(code or f"HTTP {status}")
    return ApiRefused(code)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The pause that Slack asks for, in seconds."""
    value = next((v for name, v in headers.items() if name.lower() == "retry-after"), "")
    return float(value) if value.isdecimal() else None
