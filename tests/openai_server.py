"""A server on loopback that speaks the OpenAI protocol and answers what it was told to."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came in."""

    path: str
    key: str
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    is_silent: bool = False
    is_dripping: bool = False


def completion(
    content: object,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    usage: tuple[int, int] | None = (11, 7),
) -> Answer:
    """A chat completion; a `content` that is no text is written as JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body: dict[str, object] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
    }
    if usage:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    return Answer(json.dumps(body).encode())


def embeddings(*vectors: list[float], order: list[int] | None = None) -> Answer:
    """An answer to texts to embed; `order` shuffles how they are written down."""
    data = [
        {"object": "embedding", "index": index, "embedding": vectors[index]}
        for index in order or range(len(vectors))
    ]
    body = {"object": "list", "data": data, "usage": {"prompt_tokens": 3, "total_tokens": 3}}
    return Answer(json.dumps(body).encode())


def failure(status: int, message: str = "no", **headers: str) -> Answer:
    """An error in the form that the vendor gives it."""
    body = json.dumps({"error": {"message": message, "type": "error"}}).encode()
    return Answer(body, status, headers)


SILENCE = Answer(b"", is_silent=True)
"""Takes the request and never answers."""

DRIPPING = Answer(b"", is_dripping=True)
"""Answers with a space now and then, and never with more."""


class OpenAiServer:
    """Use as a context manager. Answers in the order given; `respond` decides by the request."""

    def __init__(
        self, *answers: Answer, respond: Callable[[Received], Answer] | None = None
    ) -> None:
        self.answers = list(answers)
        self.received: list[Received] = []
        self._respond = respond
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> "OpenAiServer":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer_to(self, received: Received) -> Answer:
        """Note the request down and choose what goes back."""
        self.received.append(received)
        if self._respond:
            return self._respond(received)
        return self.answers.pop(0) if self.answers else failure(500, "nothing left to say")

    def wait(self, seconds: float | None = None) -> bool:
        """Until the server is closed, or so many seconds; True when it is closed."""
        return self._over.wait(seconds)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers.get("Authorization", "").removeprefix("Bearer ")
                answer = server.answer_to(Received(self.path, key, json.loads(body)))
                if answer.is_silent:
                    server.wait()
                    self.close_connection = True
                elif answer.is_dripping:
                    self._drip()
                else:
                    self._send(answer)

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer.body)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def _drip(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "1000000")
                self.end_headers()
                self.close_connection = True
                try:
                    while not server.wait(0.01):
                        self.wfile.write(b" ")
                        self.wfile.flush()
                except OSError:
                    return  # the client had enough

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                """Keep the tests' output clean."""

        return Handler
