"""Events over a socket that we open, where Slack cannot reach us over HTTP."""

import json
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.slack.api import ask
from adapters.slack.connection import Transport, sdk_logger
from adapters.slack.front import Answer, Receiver


class SlackSocket:
    """One connection that is opened again by itself when it breaks."""

    def __init__(self, transport: Transport, app_token: str, receiver: Receiver) -> None:
        self._transport = transport
        self._app_token = app_token
        self._receiver = receiver
        self._client: SocketModeClient | None = None

    async def open(self) -> None:
        """Connect. Raises SendFailed or ApiRefused."""
        web_client = self._transport.make_client(self._app_token)
        await ask(web_client.apps_connections_open(app_token=self._app_token))
        self._client = SocketModeClient(self._app_token, sdk_logger, web_client)
        self._client.proxy = web_client.proxy
        self._client.socket_mode_request_listeners.append(self._on_request)
        await self._client.connect()  # type: ignore[no-untyped-call]  # the SDK has no hints here

    async def close(self) -> None:
        """Disconnect; what is not acknowledged is sent again by Slack later."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()  # type: ignore[no-untyped-call]  # the SDK has no hints here

    async def _on_request(
        self, client: AsyncBaseSocketModeClient, request: SocketModeRequest
    ) -> None:
        answer = await self._receiver(request.payload)
        if answer.status == 200:
            response = SocketModeResponse(envelope_id=request.envelope_id, payload=_shown(answer))
            await client.send_socket_mode_response(response)


def _shown(answer: Answer) -> dict[str, Any] | None:
    if not answer.text:
        return None
    return json.loads(answer.text) if answer.is_json else {"text": answer.text}
