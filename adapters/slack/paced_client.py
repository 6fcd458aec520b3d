"""The Web API of one workspace, called no faster than Slack allows."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.api import is_told_to_wait, retry_after
from adapters.slack.pacing import Pacing


class PacedClient(AsyncWebClient):
    """Every call waits for its turn, or raises SendPostponed where that is too long."""

    def __init__(
        self,
        *args: Any,
        pacing: Pacing,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._pacing = pacing
        self._sleep = sleep

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        """Call the method, whichever of the SDK's own asked for it."""
        wait_s = self._pacing.book(api_method, _conversation(options))
        if wait_s > 0:
            await self._sleep(wait_s)
            self._pacing.check(api_method)
        try:
            return await super().api_call(api_method, **options)
        except SlackApiError as error:
            if is_told_to_wait(error):
                self._pacing.shut(api_method, retry_after(error.response.headers))
            raise


def _conversation(options: Mapping[str, Any]) -> str | None:
    sent = options.get("json")
    conversation_id = sent.get("channel") if isinstance(sent, Mapping) else None
    return conversation_id if isinstance(conversation_id, str) else None
