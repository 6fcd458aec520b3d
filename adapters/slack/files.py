"""Files that came with messages, fetched from Slack. Called from worker threads.

The token goes to Slack's file host and nowhere else: an address is checked before it is asked, and
a redirect is never followed. Sources: docs.slack.dev/reference/objects/file-object, and for hosts
docs.slack.dev/messaging/working-with-files.
"""

import re
from collections.abc import Coroutine
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import aiohttp

from adapters.slack.api import ApiRefused, ask
from adapters.slack.connection import Connection, Connections
from adapters.slack.parse import read_as
from adapters.slack.shared_files import FileInfo
from adapters.slack.transcripts import is_cut, state_of, words_of
from bot.errors import FileNotRead, FileProblem, FileUnavailable, SendFailed, SendRefused
from bot.messages import Attachment
from bot.ports import StoredFile, TranscriptState

_Result = TypeVar("_Result")

_TIMEOUT_S = 60.0
_LOOK_UP_S = 20.0
_PIECE_BYTES = 65_536
_MOST_TRANSCRIPT_BYTES = 1_000_000
_FILE_HOSTS: Final = {"files.slack.com", "files.slack-gov.com"}
_ENTERPRISE_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.enterprise\.slack\.com")
_PATHS = ("/files-pri/", "/files-tmb/")
_GONE = {"file_deleted", "file_not_found"}
_NOT_OURS = {"access_denied", "missing_scope", "not_visible", "no_permission", "file_not_visible"}


class SlackFiles:
    """The FileSource port for Slack."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def look_up(self, workspace: str, attachment: Attachment) -> StoredFile:
        """Asks for the file, and for the transcript of a recording that is longer than a glance."""
        return self._ask(self._look_up(workspace, attachment), _LOOK_UP_S + _TIMEOUT_S)

    def fetch(self, workspace: str, file: StoredFile, most_bytes: int) -> bytes:
        """See `bot.ports.FileSource`."""
        return self._ask(self._content_of(workspace, file, most_bytes), _TIMEOUT_S)

    def _ask(self, question: Coroutine[Any, Any, _Result], timeout_s: float) -> _Result:
        try:
            return self._connections.transport.run(question, timeout_s)
        except (SendFailed, SendRefused, TimeoutError) as error:
            raise FileUnavailable(getattr(error, "detail", "no answer in time")) from error

    async def _look_up(self, workspace: str, attachment: Attachment) -> StoredFile:
        connection = await self._connections.of(workspace)
        try:
            told = await ask(connection.client.files_info(file=attachment.id))
        except ApiRefused as refusal:
            raise _meaning(refusal) from refusal
        file = told.get("file")
        info = read_as(FileInfo, file) if isinstance(file, dict) else None
        if info is None or info.id != attachment.id:
            raise FileNotRead(FileProblem.NOT_ALLOWED)
        state = state_of(info)
        return StoredFile(
            name=info.name or info.title,
            media_type=info.mimetype,
            size=info.size,
            location=info.url_private_download or info.url_private,
            transcript_state=state,
            transcript=(
                await self._transcript(connection, info) if state is TranscriptState.READY else ""
            ),
        )

    async def _transcript(self, connection: Connection, info: FileInfo) -> str:
        """The preview where it is everything, else what lies beside the recording."""
        if not is_cut(info) and info.transcription and info.transcription.preview:
            return info.transcription.preview.content
        content = await self._fetch(connection, info.vtt, _MOST_TRANSCRIPT_BYTES, "text/vtt")
        return words_of(content.decode("utf-8", "replace"))

    async def _content_of(self, workspace: str, file: StoredFile, most_bytes: int) -> bytes:
        connection = await self._connections.of(workspace)
        return await self._fetch(connection, file.location, most_bytes, file.media_type)

    async def _fetch(
        self, connection: Connection, location: str, most_bytes: int, media_type: str
    ) -> bytes:
        """Raises FileNotRead for what Slack does not keep itself: nobody else gets our token."""
        if not self._is_slacks(location):
            raise FileNotRead(FileProblem.NOT_ALLOWED)
        try:
            async with self._connections.transport.session.get(
                location,
                headers={
                    "Authorization": f"Bearer {connection.client.token}",
                    "Accept-Encoding": "identity",  # so that a byte read is a byte of the file
                },
                allow_redirects=False,
                proxy=connection.client.proxy,
                timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S),
            ) as response:
                _require_file(response, media_type, most_bytes)
                return await _content(response, most_bytes)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise FileUnavailable(type(error).__name__) from error

    def _is_slacks(self, location: str) -> bool:
        """Whether a file of Slack's is there, or of the server that plays Slack in tests."""
        try:
            parts = urlsplit(location)
        except ValueError:
            return False
        if not parts.path.startswith(_PATHS) or ".." in parts.path or "\\" in location:
            return False
        api = urlsplit(self._connections.transport.api_base_url)
        if api.hostname == "127.0.0.1":
            return (parts.scheme, parts.netloc) == (api.scheme, api.netloc)
        is_known = parts.netloc in _FILE_HOSTS or _ENTERPRISE_HOST.fullmatch(parts.netloc)
        return parts.scheme == "https" and bool(is_known)


def _require_file(response: aiohttp.ClientResponse, media_type: str, most_bytes: int) -> None:
    """Raise unless the answer is the file itself, and no longer than allowed."""
    status = response.status
    if status == 429 or status >= 500:
        raise FileUnavailable(f"HTTP {status}")
    if status in {404, 410}:
        raise FileNotRead(FileProblem.GONE)
    # Whom Slack does not let in it sends to a page for logging in, or shows that page at once.
    is_page = response.content_type == "text/html" and media_type != "text/html"
    is_packed = response.headers.get("Content-Encoding", "identity") != "identity"
    if status != 200 or is_page or is_packed:
        raise FileNotRead(FileProblem.NOT_ALLOWED)
    if response.content_length is not None and response.content_length > most_bytes:
        raise FileNotRead(FileProblem.TOO_BIG)


async def _content(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """Counts while it reads: what the answer says of its length need not be true."""
    content = bytearray()
    async for piece in response.content.iter_chunked(_PIECE_BYTES):
        content += piece
        if len(content) > most_bytes:
            raise FileNotRead(FileProblem.TOO_BIG)
    return bytes(content)


def _meaning(refusal: ApiRefused) -> FileNotRead | ApiRefused:
    if refusal.code in _GONE:
        return FileNotRead(FileProblem.GONE)
    if refusal.code in _NOT_OURS:
        return FileNotRead(FileProblem.NOT_ALLOWED)
    return refusal
