"""Whether Teams takes a call of its connector, and whether the card in it is one that it shows.

`FakeConnector` hands in every call that it receives, and the test in which a call was made fails
when something is wrong with it: see `judged` in tests/conftest.py. What the double answers plays no
part. The paths and bodies are those of Microsoft's swagger, without its prose
(tests/fixtures/teams/connector.json).
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema

FIXTURES: Final = Path(__file__).parent / "fixtures" / "teams"
LARGEST_BYTES: Final = 80_000
_MOST_ACTIONS = 6
_MOST_CITATIONS, _LONGEST_NAME, _LONGEST_ABSTRACT = 20, 80, 160
_CARD = "application/vnd.microsoft.card.adaptive"
_MESSAGE = "https://schema.org/Message"
_IS = {"integer": re.compile("[0-9]+"), "string": re.compile(".+", re.DOTALL)}
# Teams adds it to what every channel of the Bot Framework has.
_OF_TEAMS: Final = {"/v3/teams/{teamId}/conversations": {"GET": {"body": None, "query": {}}}}


@dataclass(frozen=True)
class Call:
    """A call as it came over the wire; `url` begins with the service's path."""

    method: str
    url: str
    body: bytes
    authorization: str


@dataclass
class Docket:
    """What waits to be judged. Senders add to it from threads of their own."""

    _waiting: list[Call] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, call: Call) -> None:
        with self._lock:
            self._waiting.append(call)

    def complaints(self) -> list[str]:
        """Judge everything that waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return [f"{one.method} {one.url}: {each}" for one in waiting for each in judge(one)]


DOCKET: Final = Docket()


def judge(call: Call) -> Iterator[str]:
    """Everything that is wrong with a call."""
    parts = urlsplit(call.url)
    template, ids = _template(parts.path)
    operation = _paths().get(template, {}).get(call.method)
    if operation is None:
        yield "no such call in tests/fixtures/teams/connector.json"
        return
    if not re.fullmatch(r"Bearer \S+|", call.authorization):
        yield "the token is no token"
    for name, values in parse_qs(parts.query).items():
        kind = operation["query"].get(name)
        if kind is None or not _IS[kind].fullmatch(values[0]):
            yield f"the query's {name} is unknown or no {kind}"
    if operation["body"] is None:
        if call.body:
            yield "it takes no body"
        return
    yield from _about_body(call, operation["body"], ids)


def _about_body(call: Call, schema: str, ids: Mapping[str, str]) -> Iterator[str]:
    body = json.loads(call.body)
    for error in _validator(schema).iter_errors(body):
        yield f"{error.json_path}: {error.message[:200]}"
        return
    if schema.endswith("/Activity"):
        yield from _about_activity(body)
        if call.method == "PUT" and body.get("id") != unquote(ids["activityId"]):
            yield "the message to replace is another one than the body's"
        if max(len(call.body), len(call.body.decode().encode("utf-16-le"))) > LARGEST_BYTES:
            yield f"too long: {len(call.body)} bytes"
    else:
        yield from _about_chat(body)


def _about_chat(body: Mapping[str, Any]) -> Iterator[str]:
    """A bot opens nothing but a chat with one person of its own tenant."""
    tenant = body.get("channelData", {}).get("tenant", {}).get("id")
    if body.get("isGroup") is not False or len(body.get("members", ())) != 1:
        yield "not a chat with one person"
    if not body.get("bot", {}).get("id") or not body["members"][0].get("id"):
        yield "a chat without the bot or the person"
    if not tenant or tenant != body.get("tenantId"):
        yield "the tenant is missing, or two"


def _about_activity(body: Mapping[str, Any]) -> Iterator[str]:
    if not body.get("from", {}).get("id"):
        yield "nobody sends it"
    if body.get("type") == "typing":
        if body.keys() - {"type", "from"}:
            yield "the sign of writing says something"
        return
    if body.get("type") != "message":
        yield f"a bot sends no {body.get('type')}"
        return
    if not (body.get("summary") or body.get("text")):
        yield "nothing for a notification to say"
    cards = [
        each["content"] for each in body.get("attachments", ()) if each["contentType"] == _CARD
    ]
    for card in cards:
        yield from problems_with_card(card)
    yield from _about_entities(body, json.dumps([card.get("body") for card in cards]))
    data = body.get("channelData", {})
    if data not in ({}, {"feedbackLoop": {"type": "default"}}):
        yield f"channelData {data}"


def _about_entities(body: Mapping[str, Any], shown: str) -> Iterator[str]:
    """Teams refuses a second root message, and citations that it cannot read."""
    roots = [each for each in body.get("entities", ()) if each.get("type") == _MESSAGE]
    if len(roots) != 1:
        yield f"{len(roots)} root entities of a message"
        return
    (root,) = roots
    if (root.get("@type"), root.get("@context")) != ("Message", "https://schema.org"):
        yield "the root entity is no message"
    if root.get("additionalType") != ["AIGeneratedContent"]:
        yield "without the AI label"
    citations = root.get("citation", ())
    positions = [citation.get("position") for citation in citations]
    if len(positions) > _MOST_CITATIONS or len(set(positions)) < len(positions):
        yield "citations are too many, or share a number"
    for citation in citations:
        yield from _about_citation(citation, shown)


def _about_citation(citation: Mapping[str, Any], shown: str) -> Iterator[str]:
    position, document = citation.get("position"), citation.get("appearance", {})
    if f"[{position}]" not in shown:
        yield f"[{position}] is cited and not in the text"
    if (citation.get("@type"), document.get("@type")) != ("Claim", "DigitalDocument"):
        yield "a citation is of no type"
    if not 0 < len(document.get("name", "")) <= _LONGEST_NAME:
        yield "a citation's name is empty or too long"
    if len(document.get("abstract", "")) > _LONGEST_ABSTRACT:
        yield "a citation's abstract is too long"


# --- cards --------------------------------------------------------------------------------------


def problems_with_card(card: Mapping[str, Any]) -> Iterator[str]:
    """What the schema says, and what it cannot say."""
    plain = {name: value for name, value in card.items() if name != "msteams"}
    for error in _card_validator().iter_errors(plain):
        yield f"card {error.json_path}: {error.message[:200]}"
    if card.get("type") != "AdaptiveCard" or card.get("version") != "1.5":
        yield "not an Adaptive Card 1.5"
    parts = list(objects_in(plain))
    ids = [part["id"] for part in parts if "id" in part]
    if len(set(ids)) < len(ids):
        yield f"ids are not unique: {ids}"
    pressed = [part for part in parts if re.match("Action[.]", str(part.get("type")))]
    buttons = [action for action in pressed if "title" in action]
    if len(buttons) > _MOST_ACTIONS:
        yield f"{len(buttons)} actions"
    for action in pressed:
        if action["type"] == "Action.Execute" and not action.get("verb"):
            yield "an Action.Execute without a verb"


def objects_in(value: object) -> Iterator[Mapping[str, Any]]:
    """Every object in a JSON value, itself included."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from objects_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from objects_in(part)


# --- what was read from the swagger -------------------------------------------------------------


@cache
def _swagger() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads((FIXTURES / "connector.json").read_text(encoding="utf-8"))
    return read


@cache
def _paths() -> Mapping[str, Any]:
    return {**_swagger()["paths"], **_OF_TEAMS}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (template, re.compile(re.sub(r"\\?\{(\w+)\\?\}", r"(?P<\1>[^/]+)", template)))
        for template in sorted(_paths(), key=lambda template: template.count("{"))
    )


def _template(path: str) -> tuple[str, Mapping[str, str]]:
    """The swagger's path that a path is of, and the ids in it."""
    for template, pattern in _patterns():
        if found := pattern.fullmatch(path):
            return template, found.groupdict()
    return "", {}


@cache
def _validator(schema: str) -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator({"$ref": schema, "definitions": _swagger()["definitions"]})


@cache
def _card_validator() -> jsonschema.Draft7Validator:
    schema = (FIXTURES / "adaptive-card-1.5.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft7Validator(json.loads(schema))
