"""The language model and the embedder, against a server on loopback."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import jsonschema
import numpy as np
import pytest
from pydantic import BaseModel

from adapters import openai_model
from adapters.openai_model import OpenAiEmbedder, OpenAiLanguageModel
from adapters.openai_wire import TokenUsage, bare_schema
from bot.domain.customer import Customer
from bot.errors import ModelUnavailable, SettingsInvalid
from bot.ports import Passage, RenderedPrompt
from tests.openai_server import (
    DRIPPING,
    SILENCE,
    Answer,
    OpenAiServer,
    Received,
    completion,
    embeddings,
    failure,
)

KEY = "sk-do-not-tell-4711"
WORDS = "Novara closes its Lyon site"
PROMPT = RenderedPrompt("classify_note.v2", "Read the note.", WORDS)


class Colour(BaseModel):
    name: Literal["red", "green"]
    shades: list[str] = []
    title: str | None = None


RED = {"name": "red", "shades": ["dark"], "title": None}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_model, "_RETRY_PAUSE_S", 0.0)


@contextmanager
def asking(server: OpenAiServer, **options: object) -> Iterator[OpenAiLanguageModel]:
    with server:
        model = OpenAiLanguageModel(KEY, server.url, "small", **options)  # the test's own options
        try:
            yield model
        finally:
            model.close()


@contextmanager
def embedding(server: OpenAiServer, dimensions: int | None = None) -> Iterator[OpenAiEmbedder]:
    with server:
        embedder = OpenAiEmbedder(KEY, server.url, "small", dimensions=dimensions, timeout_s=5)
        try:
            yield embedder
        finally:
            embedder.close()


def test_an_answer_that_fits_the_schema_comes_back_as_its_value() -> None:
    """A good answer is one call, with the prompt's words and the key."""
    with asking(OpenAiServer(completion(RED))) as model:
        assert model.complete(PROMPT, Colour) == Colour(name="red", shades=["dark"])


def test_the_request_holds_a_strict_schema_and_both_texts() -> None:
    """Strict servers want every property required and no other, and no defaults."""
    server = OpenAiServer(completion(RED))
    with asking(server) as model:
        model.complete(PROMPT, Colour)
    [received] = server.received
    body = received.body
    assert received.key == KEY
    assert received.path == "/v1/chat/completions"
    assert body["messages"] == [
        {"role": "system", "content": "Read the note."},
        {"role": "user", "content": WORDS},
    ]
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "Colour",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "enum": ["red", "green"]},
                    "shades": {"type": "array", "items": {"type": "string"}},
                    "title": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
                "required": ["name", "shades", "title"],
                "additionalProperties": False,
            },
        },
    }


def test_a_bare_schema_keeps_a_property_that_is_called_title() -> None:
    """Only the schema's own notes are taken off, not what they describe."""
    bare = bare_schema({"title": "T", "properties": {"title": {"title": "T", "type": "string"}}})
    assert bare == {"properties": {"title": {"type": "string"}}}
    jsonschema.Draft202012Validator.check_schema(bare)


def test_the_model_is_named_with_its_vendor() -> None:
    """What classified a note names vendor and model."""
    with asking(OpenAiServer()) as model:
        assert model.model_id == "openai/small"


def test_tokens_are_counted() -> None:
    """Whoever pays can see what each prompt cost."""
    seen: list[TokenUsage] = []
    with asking(OpenAiServer(completion(RED)), on_usage=seen.append) as model:
        model.complete(PROMPT, Colour)
    assert seen == [TokenUsage("openai/small", "classify_note.v2", 11, 7)]


def test_tokens_of_an_answer_that_is_of_no_use_are_counted_too() -> None:
    """A cut-off answer has been paid for."""
    seen: list[TokenUsage] = []
    cut = completion('{"na', finish_reason="length")
    with asking(OpenAiServer(cut), on_usage=seen.append) as model, pytest.raises(ModelUnavailable):
        model.complete(PROMPT, Colour)
    assert [usage.output_tokens for usage in seen] == [7]


def test_a_server_that_does_not_count_tokens_will_do() -> None:
    """Compatible servers may leave the usage out."""
    seen: list[TokenUsage] = []
    with asking(OpenAiServer(completion(RED, usage=None)), on_usage=seen.append) as model:
        assert model.complete(PROMPT, Colour).name == "red"
    assert seen == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (completion("{"), "off the schema"),
        (completion("the colour is red"), "off the schema"),
        (completion({"name": WORDS}), "off the schema"),
        (completion(["red"]), "off the schema"),
        (completion(None), "empty answer"),
        (completion(""), "empty answer"),
        (completion(None, refusal=f"I will not read: {WORDS}"), "refused to answer"),
        (completion(RED, finish_reason="content_filter"), "refused to answer"),
        (completion(RED, finish_reason="length"), "cut off"),
        (Answer(b"<html>502</html>"), "off the schema"),
        (Answer(b"\xff\xfe\x00"), "off the schema"),
        (Answer(b"null"), "off the schema"),
        (Answer(b'{"choices": []}'), "empty answer"),
        (Answer(b"[" * 100_000), "off the schema"),
        (failure(401, f"Incorrect API key provided: {KEY}"), "refused the key"),
        (failure(403, KEY), "may not use this model"),
        (failure(404, WORDS), "no such model"),
        (failure(413, WORDS), "too long"),
        (failure(418, WORDS), "HTTP 418"),
    ],
)
def test_an_answer_of_no_use_is_unavailable_and_tells_nobodys_words(
    answer: Answer, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The error names the cause; neither it nor the log holds the note, the answer or the key."""
    caplog.set_level(logging.DEBUG)
    server = OpenAiServer(answer)
    with asking(server) as model, pytest.raises(ModelUnavailable, match=reason) as caught:
        model.complete(PROMPT, Colour)
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value) + caplog.text
    assert WORDS not in told
    assert KEY not in told
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_failure_is_tried_once_more(status: int) -> None:
    """One more try often helps, whatever pause the server asks for."""
    server = OpenAiServer(failure(status, **{"Retry-After": "50"}), completion(RED))
    with asking(server) as model:
        assert model.complete(PROMPT, Colour).name == "red"
    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("status", "reason"), [(429, "too many requests"), (500, "has failed, HTTP 500")]
)
def test_a_lasting_failure_is_unavailable_after_the_second_try(status: int, reason: str) -> None:
    """Nobody waits for a third try."""
    server = OpenAiServer(*[failure(status)] * 5)
    with asking(server) as model, pytest.raises(ModelUnavailable, match=reason):
        model.complete(PROMPT, Colour)
    assert len(server.received) == 2


@pytest.mark.parametrize("answer", [SILENCE, DRIPPING])
def test_a_server_that_does_not_come_to_an_end_is_left(answer: Answer) -> None:
    """The time-out bounds the whole call, also where the server keeps the line warm."""
    server = OpenAiServer(answer, completion(RED))
    with (
        asking(server, timeout_s=0.2) as model,
        pytest.raises(ModelUnavailable, match="no answer in time"),
    ):
        model.complete(PROMPT, Colour)
    assert len(server.received) == 1


def test_an_answer_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit in memory is no answer."""
    monkeypatch.setattr(openai_model, "_MAX_ANSWER_BYTES", 1_000)
    with (
        asking(OpenAiServer(completion("x" * 2_000))) as model,
        pytest.raises(ModelUnavailable, match="without end"),
    ):
        model.complete(PROMPT, Colour)


def test_no_server_at_all_is_unavailable() -> None:
    """A closed port is told as such."""
    with OpenAiServer() as server:
        url = server.url
    model = OpenAiLanguageModel(KEY, url, "small", timeout_s=5)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        model.complete(PROMPT, Colour)
    model.close()


def _refusing(*formats: str | None) -> OpenAiServer:
    """A server that takes only these response formats, and no request to think little."""

    def respond(received: Received) -> Answer:
        wanted = received.body.get("response_format")
        kind = wanted["type"] if isinstance(wanted, dict) else None
        if kind not in formats or "reasoning_effort" in received.body:
            return failure(400, f"unsupported: {WORDS}")
        return completion(RED)

    return OpenAiServer(respond=respond)


@pytest.mark.parametrize(("taken", "calls"), [("json_schema", 2), ("json_object", 3), (None, 4)])
def test_a_server_without_structured_output_is_asked_more_plainly_from_then_on(
    taken: str | None, calls: int
) -> None:
    """What a server refused once is not asked again."""
    server = _refusing(taken)
    with asking(server) as model:
        assert model.complete(PROMPT, Colour).name == "red"
        assert len(server.received) == calls
        assert model.complete(PROMPT, Colour).name == "red"
    assert len(server.received) == calls + 1


def test_an_answer_is_bounded_where_the_server_can() -> None:
    """Nobody pays for a model that finds no end."""
    server = OpenAiServer(completion(RED))
    with asking(server, most_tokens=700) as model:
        model.complete(PROMPT, Colour)
    body = server.received[0].body
    assert (body["max_completion_tokens"], body["reasoning_effort"]) == (700, "low")


def test_a_server_that_knows_no_bound_is_asked_without_one() -> None:
    """Older servers refuse what they do not know."""
    server = _refusing("json_schema")
    with asking(server) as model:
        model.complete(PROMPT, Colour)
    assert "max_completion_tokens" not in server.received[-1].body


def test_a_server_without_schemas_is_told_the_schema_in_words() -> None:
    """A model can only hold to a schema that it has seen."""
    server = _refusing(None)
    with asking(server) as model:
        model.complete(PROMPT, Colour)
    messages = server.received[-1].body["messages"]
    assert isinstance(messages, list)
    assert '"enum":["red","green"]' in messages[0]["content"]
    assert messages[1]["content"] == WORDS


def test_a_request_that_is_refused_in_every_form_changes_nothing() -> None:
    """One note that a server will not take does not make the next ones worse."""
    refusals = [failure(400, WORDS)] * 4
    server = OpenAiServer(*refusals, completion(RED))
    with asking(server) as model:
        with pytest.raises(ModelUnavailable, match="refused the request"):
            model.complete(PROMPT, Colour)
        model.complete(PROMPT, Colour)
    wanted = server.received[-1].body["response_format"]
    assert isinstance(wanted, dict)
    assert wanted["type"] == "json_schema"


@pytest.mark.parametrize(
    "content",
    [
        'Sure!\n```json\n{"name": "red"}\n```\nAnything else?',
        '<think>not {"name": "green"}</think>{"name": "red"}',
    ],
)
def test_json_that_is_wrapped_in_words_is_found(content: str) -> None:
    """Small models talk around the JSON that they were asked for."""
    with asking(OpenAiServer(completion(content))) as model:
        assert model.complete(PROMPT, Colour).name == "red"


def test_the_check_passes_where_the_model_answers() -> None:
    """The doctor asks the least there is to ask."""
    server = OpenAiServer(completion({"ready": True}))
    with asking(server) as model:
        model.check()
    assert len(server.received) == 1


def test_the_check_says_that_the_key_is_refused() -> None:
    """The doctor can say what is wrong."""
    with (
        asking(OpenAiServer(failure(401))) as model,
        pytest.raises(ModelUnavailable, match="refused the key"),
    ):
        model.check()


@pytest.mark.parametrize("key", ["sk-…", "sk-1\nX: y", "  "])
def test_a_key_that_no_server_can_read_is_a_wrong_setting(key: str) -> None:
    """A placeholder that was copied from a page is found at the start, without showing it."""
    with pytest.raises(SettingsInvalid, match="OPENAI_API_KEY") as caught:
        OpenAiLanguageModel(key, None, "small")
    assert key not in caught.value.detail


@pytest.mark.parametrize(
    "url", ["localhost:8080", "http://[", "http://a:port/v1", "ftp://a.example"]
)
def test_an_address_that_is_none_is_a_wrong_setting(url: str) -> None:
    """A wrong address is found at the start."""
    with pytest.raises(SettingsInvalid, match="OPENAI_BASE_URL"):
        OpenAiLanguageModel(KEY, url, "small")


def test_vectors_have_unit_length_and_the_order_of_the_texts() -> None:
    """Whatever a server's scale and order, the port's promise holds."""
    server = OpenAiServer(embeddings([3.0, 4.0], [0.0, 2.0], order=[1, 0]))
    with embedding(server) as embedder:
        first, second = embedder.embed([Passage("a"), Passage("b")])
    assert first.dtype == np.float32
    assert first.tolist() == pytest.approx([0.6, 0.8])
    assert second.tolist() == pytest.approx([0.0, 1.0])


def _ones(received: Received) -> Answer:
    texts = received.body["input"]
    assert isinstance(texts, list)
    return embeddings(*[[1.0, 0.0]] * len(texts))


def test_many_texts_go_in_batches() -> None:
    """Servers limit how many texts a call may hold."""
    server = OpenAiServer(respond=_ones)
    with embedding(server) as embedder:
        assert len(embedder.embed([Passage("x")] * 130)) == 130
    assert len(server.received) == 3


def test_a_statement_is_embedded_between_its_customers_and_what_it_replies_to() -> None:
    """`Same here` is found by whom it is on and by what it agrees with."""
    server = OpenAiServer(respond=_ones)
    customers = (Customer("c1", "w", "Novara Pharma"), Customer("c2", "w", "Brenndal"))
    with embedding(server) as embedder:
        embedder.embed([Passage("same here", "reports are late", customers), Passage("lunch?")])
    assert server.received[0].body["input"] == [
        "Novara Pharma Brenndal\nsame here\nreports are late",
        "lunch?",
    ]


def test_a_question_is_embedded_with_the_one_that_it_follows_up_on() -> None:
    """`And in May?` means nothing by itself; a question that follows none is sent as it is."""
    server = OpenAiServer(respond=_ones)
    with embedding(server) as embedder:
        vector = embedder.embed_question("and in May?", "who asked about vials?")
        embedder.embed_question("who asked about vials?")
    assert vector.tolist() == [1.0, 0.0]
    assert [received.body["input"] for received in server.received] == [
        ["and in May?\nwho asked about vials?"],
        ["who asked about vials?"],
    ]


def test_no_texts_cost_no_call() -> None:
    """Nothing to embed is nothing to ask."""
    server = OpenAiServer()
    with embedding(server) as embedder:
        assert embedder.embed([]) == []
    assert server.received == []


def test_empty_and_endless_texts_are_made_fit_for_the_server() -> None:
    """A server refuses both, and would refuse the whole batch with them."""
    server = OpenAiServer(respond=_ones)
    with embedding(server) as embedder:
        embedder.embed([Passage(""), Passage("x" * 40_000)])
    texts = server.received[0].body["input"]
    assert isinstance(texts, list)
    assert [len(text) for text in texts] == [1, 8_000]


def test_dimensions_are_asked_for_once_where_they_are_not_given() -> None:
    """The first answer tells how long a vector is."""
    server = OpenAiServer(respond=_ones)
    with embedding(server) as embedder:
        assert (embedder.dimensions, embedder.dimensions) == (2, 2)
    assert len(server.received) == 1


def test_given_dimensions_cost_no_call() -> None:
    """Whoever knows need not ask."""
    server = OpenAiServer()
    with embedding(server, dimensions=2) as embedder:
        assert embedder.dimensions == 2
    assert server.received == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (embeddings([1.0, 0.0, 0.0]), "vectors of 3 numbers instead of 2"),
        (embeddings([0.0, 0.0]), "without a direction"),
        (embeddings([1e400, 1.0]), "without a direction"),
        (embeddings(), "not one vector a text"),
        (embeddings([1.0, 0.0], [1.0, 0.0]), "not one vector a text"),
        (Answer(b"{}"), "off the schema"),
        (failure(404), "no such model"),
        (failure(400), "refused the request"),
    ],
)
def test_vectors_of_no_use_are_unavailable(answer: Answer, reason: str) -> None:
    """A vector that cannot be compared is none."""
    with (
        embedding(OpenAiServer(answer), dimensions=2) as embedder,
        pytest.raises(ModelUnavailable, match=reason),
    ):
        embedder.embed([Passage("a")])
