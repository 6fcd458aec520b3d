"""The same double behind a real socket, for what only a wire can do: be slow, and break."""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from adapters.teams.config import TeamsConfig
from tests.teams_connector import APP_ID, TENANT_ID, FakeConnector


@dataclass
class Loopback:
    """Where it is, and how it behaves. `opened` counts connections."""

    connector: FakeConnector
    origin: str
    may_answer: threading.Event = field(default_factory=threading.Event)
    resets: int = 0
    opened: int = 0

    @property
    def service_url(self) -> str:
        return f"{self.origin}/emea/"

    @property
    def metadata_url(self) -> str:
        return f"{self.origin}/v1/.well-known/openidconfiguration"

    @property
    def config(self) -> TeamsConfig:
        return TeamsConfig(
            app_id=APP_ID,
            app_password="secret",
            tenant_id=TENANT_ID,
            openid_metadata_url=self.metadata_url,
            login_url=self.origin,
        )

    @contextlib.contextmanager
    def slow(self) -> Iterator[None]:
        """Answer nothing until the block ends."""
        self.may_answer.clear()
        try:
            yield
        finally:
            self.may_answer.set()


@contextlib.contextmanager
def teams_on_loopback(connector: FakeConnector | None = None) -> Iterator[Loopback]:
    """Serve until the block ends."""
    server = _Server(connector or FakeConnector())
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.loopback
    finally:
        server.loopback.may_answer.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, connector: FakeConnector) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.loopback = Loopback(connector, f"http://127.0.0.1:{self.server_port}")
        self.loopback.may_answer.set()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.loopback.opened += 1

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def _serve(self) -> None:
        loopback = self.server.loopback
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not loopback.may_answer.wait(30):
            return
        if loopback.resets:
            loopback.resets -= 1
            self._reset()
            return
        try:
            answer = loopback.connector.answer(
                self.command,
                loopback.origin + self.path,
                body,
                self.headers.get("Authorization", ""),
            )
        except requests.ConnectionError:
            self._reset()
            return
        raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        with contextlib.suppress(OSError):  # whoever asked has given up
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

    def _reset(self) -> None:
        """End the connection as a crash does, with nothing said."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing to say."""
