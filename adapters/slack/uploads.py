"""A text file on its way into a conversation.

Its words go to Slack's own file host and nowhere else: the address that Slack names is checked, and
a redirect is never followed. Source: docs.slack.dev/messaging/working-with-files.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import ask
from adapters.slack.connection import Transport
from bot.errors import SendFailed, SendRefused

_TIMEOUT_S = 60.0
_HOSTS: Final = {"files.slack.com", "files.slack-gov.com"}
_PATH: Final = "/upload/"


@dataclass(frozen=True, slots=True)
class TextFile:
    """What is in it, and what Slack calls it."""

    name: str
    title: str
    text: str


async def share(
    transport: Transport,
    client: AsyncWebClient,
    file: TextFile,
    channel: str,
    thread: str | None,
) -> None:
    """Put the file into the conversation; nobody sees anything of it before that has worked.

    Raises SendFailed and SendRefused.
    """
    content = file.text.encode("utf-8")
    call = client.files_getUploadURLExternal(filename=file.name, length=len(content))
    told = await ask(call)
    file_id, address = str(told.get("file_id", "")), str(told.get("upload_url", ""))
    if not _is_slacks(address, transport.api_base_url):
        raise SendRefused("Slack named an address for a file that is not its own")
    await _put(transport, client, address, content)
    await ask(
        client.files_completeUploadExternal(
            files=[{"id": file_id, "title": file.title}], channel_id=channel, thread_ts=thread
        )
    )


async def _put(transport: Transport, client: AsyncWebClient, address: str, content: bytes) -> None:
    """Without the token: the address itself is the permission."""
    try:
        async with transport.session.post(
            address,
            data=content,
            headers={"Content-Type": "application/octet-stream"},
            allow_redirects=False,
            proxy=client.proxy,
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S),
        ) as response:
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SendFailed(type(error).__name__) from error
    if status != 200:
        raise SendFailed(f"HTTP {status}")


def _is_slacks(address: str, api_base_url: str) -> bool:
    """Whether Slack keeps files there, or the server that plays Slack in tests."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if not parts.path.startswith(_PATH) or ".." in parts.path or "\\" in address:
        return False
    api = urlsplit(api_base_url)
    if api.hostname == "127.0.0.1":
        return (parts.scheme, parts.netloc) == (api.scheme, api.netloc)
    return parts.scheme == "https" and parts.netloc in _HOSTS
