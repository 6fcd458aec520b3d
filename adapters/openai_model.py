"""A language model and an embedder behind any OpenAI-compatible server.

What a failure says never holds a note's words or the key: servers echo both in their errors.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import IntEnum
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

import httpx2
import openai
from openai import APIResponse, Omit, OpenAI, omit
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.chat.completion_create_params import ResponseFormat
from pydantic import BaseModel, ValidationError

from adapters.openai_wire import Completion, Embeddings, TokenUsage, Usage, bare_schema, parsed
from bot.domain.answer import Vector
from bot.errors import ModelUnavailable, SettingsInvalid
from bot.ports import Passage, RenderedPrompt, Schema

OPENAI_URL = "https://api.openai.com/v1"

_MAX_ANSWER_BYTES = 8_000_000
_RETRY_PAUSE_S = 0.5
_TEXTS_PER_CALL = 64
# Embedding models take some 8 000 tokens; the first characters say what a text is about.
_EMBEDDED_CHARACTERS = 8_000


Reply = TypeVar("Reply")
OnUsage: TypeAlias = Callable[[TokenUsage], None]


class OpenAiLanguageModel:
    """The port LanguageModel by chat completions with structured output.

    A server that refuses JSON schemas is asked in the plainer ways it takes, and that is remembered
    for as long as this instance lives. `timeout_s` bounds a whole call, its retries included; None
    waits for ever. `most_tokens` bounds an answer and the thoughts before it, for servers that can.
    Raises SettingsInvalid on a key or an address that no server can have.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str | None,
        model: str,
        *,
        timeout_s: float | None = 20,
        max_retries: int = 1,
        most_tokens: int = 4_000,
        on_usage: OnUsage | None = None,
    ) -> None:
        self._model = model
        self._server = _Server(api_key, base_url, timeout_s, max_retries)
        self._most_tokens = most_tokens
        self._on_usage = on_usage
        self._style = _Style.FRUGAL_SCHEMA

    @property
    def model_id(self) -> str:
        """Names vendor and model, `openai/gpt-5-mini`."""
        return f"openai/{self._model}"

    def complete(self, prompt: RenderedPrompt, schema: type[Schema]) -> Schema:
        """One answer that fits the schema. Raises ModelUnavailable."""
        with _failures_told():
            return parsed(self._ask(prompt, schema), schema)

    def check(self) -> None:
        """Ask the least there is to ask. Raises ModelUnavailable, saying what is wrong."""
        self.complete(RenderedPrompt("check", "Answer with JSON.", '{"ready": true}'), _Check)

    def close(self) -> None:
        """Let go of the connections."""
        self._server.close()

    def _ask(self, prompt: RenderedPrompt, schema: type[BaseModel]) -> str:
        deadline = self._server.deadline()
        for style in list(_Style)[self._style :]:
            try:
                answer = self._ask_in(style, prompt, schema, deadline)
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                if style is _Style.WORDS:
                    raise
            else:
                self._style = style
                return answer
        raise AssertionError("the last style returns or raises")

    def _ask_in(
        self,
        style: "_Style",
        prompt: RenderedPrompt,
        schema: type[BaseModel],
        deadline: "_Deadline",
    ) -> str:
        is_frugal = style is _Style.FRUGAL_SCHEMA

        def request(left_s: float | None) -> AbstractContextManager[APIResponse[ChatCompletion]]:
            return self._server.client.chat.completions.with_streaming_response.create(
                model=self._model,
                messages=_messages(style, prompt, schema),
                response_format=_response_format(style, schema),
                # A person waits: models that think first are asked to think little.
                reasoning_effort="low" if is_frugal else omit,
                max_completion_tokens=self._most_tokens if is_frugal else omit,
                timeout=left_s,
            )

        completion = Completion.model_validate_json(self._server.fetch(request, deadline))
        self._record(prompt.version, completion.usage)
        return completion.text()

    def _record(self, purpose: str, usage: Usage | None) -> None:
        if self._on_usage and usage:
            self._on_usage(usage.of(self.model_id, purpose))


class OpenAiEmbedder:
    """The port Embedder by the embeddings endpoint.

    `dimensions` is the length to expect; without it the first answer tells.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str | None,
        model: str,
        *,
        dimensions: int | None = None,
        timeout_s: float | None = 20,
        max_retries: int = 1,
        on_usage: OnUsage | None = None,
    ) -> None:
        self._model = model
        self._dimensions = dimensions
        self._server = _Server(api_key, base_url, timeout_s, max_retries)
        self._on_usage = on_usage

    @property
    def model_id(self) -> str:
        """Names vendor and model, `openai/text-embedding-3-small`."""
        return f"openai/{self._model}"

    @property
    def dimensions(self) -> int:
        """The length of a vector; asks the server the first time. Raises ModelUnavailable."""
        return self._dimensions or len(self._all_embedded(["ready"])[0])

    def embed(self, passages: Sequence[Passage]) -> list[Vector]:
        """One vector of unit length a statement, in order. Raises ModelUnavailable."""
        return self._all_embedded([_joined(passage) for passage in passages])

    def embed_question(self, question: str, earlier: str = "") -> Vector:
        """The vector of a question. Raises ModelUnavailable."""
        return self._all_embedded([f"{question}\n{earlier}".strip()])[0]

    def _all_embedded(self, texts: Sequence[str]) -> list[Vector]:
        starts = range(0, len(texts), _TEXTS_PER_CALL)
        with _failures_told():
            return [v for at in starts for v in self._embed(texts[at : at + _TEXTS_PER_CALL])]

    def check(self) -> None:
        """Embed a word. Raises ModelUnavailable, saying what is wrong."""
        self._all_embedded(["ready"])

    def close(self) -> None:
        """Let go of the connections."""
        self._server.close()

    def _embed(self, texts: Sequence[str]) -> list[Vector]:
        # A server refuses the empty text; a space stands for nothing just as well.
        given = [_whole(text[:_EMBEDDED_CHARACTERS]) or " " for text in texts]

        def request(
            left_s: float | None,
        ) -> AbstractContextManager[APIResponse[CreateEmbeddingResponse]]:
            return self._server.client.embeddings.with_streaming_response.create(
                model=self._model, input=given, encoding_format="float", timeout=left_s
            )

        body = self._server.fetch(request, self._server.deadline())
        answer = Embeddings.model_validate_json(body)
        if self._on_usage and answer.usage:
            self._on_usage(answer.usage.of(self.model_id, "embed"))
        vectors = answer.vectors(len(texts))
        self._check_length(vectors)
        return vectors

    def _check_length(self, vectors: Sequence[Vector]) -> None:
        for vector in vectors:
            self._dimensions = self._dimensions or len(vector)
            if len(vector) != self._dimensions:
                raise ModelUnavailable(
                    f"vectors of {len(vector)} numbers instead of {self._dimensions}"
                )


def _joined(passage: Passage) -> str:
    """The statement, with the names it is on before it and what it replies to after it."""
    names = " ".join(customer.name for customer in passage.customers)
    return "\n".join(part for part in (names, passage.statement, passage.parent) if part)


def _whole(text: str) -> str:
    """Without halves of characters, which a terminal can bring in and JSON cannot carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


# --- one server -----------------------------------------------------------------------------------


class _Deadline:
    def __init__(self, timeout_s: float | None) -> None:
        self._end = None if timeout_s is None else time.monotonic() + timeout_s

    def left_s(self) -> float | None:
        """Seconds that are left, None where nobody counts. Raises ModelUnavailable at the end."""
        if self._end is None:
            return None
        left = self._end - time.monotonic()
        if left <= 0:
            raise ModelUnavailable("no answer in time")
        return left

    def pause(self, seconds: float) -> None:
        left = self.left_s()
        time.sleep(seconds if left is None else min(seconds, left))


class _Server:
    """Asks within a deadline, and once more where that may help.

    The package's own retries and time-outs are not used: it sleeps as long as a server tells it to,
    and a server that sends a space now and then keeps it waiting for ever.
    """

    def __init__(
        self, api_key: str, base_url: str | None, timeout_s: float | None, max_retries: int
    ) -> None:
        self._timeout_s = timeout_s
        self._max_retries = max_retries
        self.client = _client(api_key, base_url or OPENAI_URL)

    def deadline(self) -> _Deadline:
        return _Deadline(self._timeout_s)

    def fetch(
        self,
        request: Callable[[float | None], AbstractContextManager[APIResponse[Reply]]],
        deadline: _Deadline,
    ) -> bytes:
        for retries_left in range(self._max_retries, -1, -1):
            try:
                with request(deadline.left_s()) as response:
                    return _read(response, deadline)
            except (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError):
                if not retries_left:
                    raise
            deadline.pause(_RETRY_PAUSE_S)
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        self.client.close()


def _client(api_key: str, base_url: str) -> OpenAI:
    if not (api_key.isascii() and api_key.isprintable() and api_key.strip()):
        raise SettingsInvalid("OPENAI_API_KEY: no key has such characters; copy it again")
    if not _is_address(base_url):
        raise SettingsInvalid("OPENAI_BASE_URL: give an address such as https://models.example/v1")
    return OpenAI(api_key=api_key, base_url=base_url, max_retries=0)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _read(response: APIResponse[Reply], deadline: _Deadline) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _MAX_ANSWER_BYTES:
            raise ModelUnavailable("an answer without end")
        deadline.left_s()
    return bytes(body)


_STATUS_REASONS: Mapping[int, str] = {
    400: "the server refused the request",
    401: "the server refused the key",
    403: "the key may not use this model",
    404: "no such model, or no such server at this address",
    413: "the request is too long",
    429: "too many requests, or no quota left",
}


@contextmanager
def _failures_told() -> Iterator[None]:
    """Turn every failure into ModelUnavailable, without the words that came with it."""
    try:
        yield
    except openai.APIStatusError as error:
        status = error.status_code
        reason = _STATUS_REASONS.get(status, "the server has failed")
        raise ModelUnavailable(f"{reason}, HTTP {status}") from None
    except (openai.APITimeoutError, httpx2.TimeoutException):
        raise ModelUnavailable("no answer in time") from None
    except (openai.APIConnectionError, httpx2.HTTPError):
        raise ModelUnavailable("the server cannot be reached") from None
    except ValidationError as error:
        raise ModelUnavailable(f"an answer off the schema: {_problems(error)}") from None


def _problems(error: ValidationError) -> str:
    """The kinds of problem only: places and values may hold words that the model made up."""
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return ", ".join(sorted({problem["type"] for problem in problems}))


# --- the request ----------------------------------------------------------------------------------


class _Check(BaseModel):
    ready: bool


class _Style(IntEnum):
    """Ways to ask for JSON, best first."""

    FRUGAL_SCHEMA = 0
    SCHEMA = 1
    JSON_OBJECT = 2
    WORDS = 3


def _messages(
    style: _Style, prompt: RenderedPrompt, schema: type[BaseModel]
) -> list[ChatCompletionMessageParam]:
    system = prompt.system
    if style >= _Style.JSON_OBJECT:
        wanted = json.dumps(_json_schema(schema), separators=(",", ":"))
        system += (
            f"\n\nAnswer with one JSON object that fits this schema, and nothing else:\n{wanted}"
        )
    return [{"role": "system", "content": system}, {"role": "user", "content": prompt.user}]


def _response_format(style: _Style, schema: type[BaseModel]) -> ResponseFormat | Omit:
    if style is _Style.WORDS:
        return omit
    if style is _Style.JSON_OBJECT:
        return {"type": "json_object"}
    name = schema.__name__.strip("_")
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": _json_schema(schema)},
    }


def _json_schema(schema: type[BaseModel]) -> dict[str, object]:
    """The strict form: every property required, none besides, no defaults, no titles."""
    strict = openai.pydantic_function_tool(schema)["function"]["parameters"]
    return bare_schema(strict)
