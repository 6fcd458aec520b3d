"""Whether Slack takes a call as it was meant, and whether we should have made it.

`FakeSlackApi` hands in every call that it receives, and the test in which a call was made fails
when something is wrong with it: see `judged` in tests/conftest.py. What the fake answers plays no
part.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from adapters.slack.manifest import SCOPES
from adapters.slack.text import units
from tests.block_kit import (
    FIXTURES,
    objects_in,
    problems_with_home,
    problems_with_message,
    problems_with_modal,
)

_POSTS = frozenset({"chat.postMessage", "chat.postEphemeral", "chat.update", "chat.startStream"})
_UNFURLING = frozenset({"chat.postMessage"})
_VIEWS = frozenset({"views.open", "views.push", "views.update", "views.publish"})
_OF_RESPONSE_URLS: Final = {
    "text": ["string"],
    "blocks": ["array"],
    "attachments": ["array"],
    "metadata": ["object"],
    "response_type": ["string"],
    "replace_original": ["boolean"],
    "delete_original": ["boolean"],
    "thread_ts": ["string"],
    "unfurl_links": ["boolean"],
    "unfurl_media": ["boolean"],
}
_METADATA = 3000
_LIVE = re.compile(r"<(?:[@#][A-Z0-9]|![a-z])")
_LIVE_ELEMENTS = frozenset({"user", "usergroup", "broadcast", "channel", "team"})
_UNREAD = frozenset({"initial_value", "private_metadata", "value"})
_NO_NAMES = (None, False, "0", "false")
_STRUCTURES = frozenset({"attachments", "blocks", "files", "metadata", "unfurls", "view"})
_IN_JSON = {
    "string": {str},
    "boolean": {bool},
    "integer": {int},
    "number": {int, float},
    "array": {list},
    "object": {dict},
    "null": {type(None)},
}
_IN_A_FORM = {
    "boolean": re.compile("0|1|true|false"),
    "integer": re.compile("[0-9]+"),
    "number": re.compile("[0-9.]+"),
    "array": re.compile(r"\[.*\]|[^{}]*", re.DOTALL),
    "object": re.compile(r"\{.*\}", re.DOTALL),
}


@dataclass(frozen=True)
class Request:
    """A call as it came over the wire: `arguments` are JSON values, or the strings of a form."""

    method: str
    arguments: Mapping[str, Any]
    is_json: bool


@dataclass
class Docket:
    """What waits to be judged. Fakes add to it from threads of their own."""

    _waiting: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, request: Request) -> None:
        with self._lock:
            self._waiting.append(request)

    def complaints(self) -> list[str]:
        """Judge everything that waits."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return [f"{one.method}: {complaint}" for one in waiting for complaint in judge(one)]


DOCKET: Final = Docket()
"""The calls of the whole run: a server that plays Slack may serve several tests."""


def judge(request: Request) -> Iterator[str]:
    """Everything that is wrong with a call."""
    if request.method.startswith("/"):
        yield from _ill_typed(request, _OF_RESPONSE_URLS)
        yield from _about_response(request.arguments)
        yield from _about_message(request)
        return
    method = _methods().get(request.method)
    if method is None:
        yield "no such method in tests/fixtures/slack/methods.json"
        return
    yield from _about_arguments(request, method)
    yield from _about_scopes(method["scopes"])
    if request.method in _POSTS:
        yield from _about_message(request)
    elif request.method in _VIEWS:
        yield from _about_view(request)
    else:
        yield from _about_mentions(request.arguments)
        for part in objects_in(_structure(request.arguments.get("unfurls"))):
            yield from problems_with_message("", part.get("blocks", []))


@cache
def _methods() -> Mapping[str, Any]:
    known: Mapping[str, Any] = json.loads((FIXTURES / "methods.json").read_text(encoding="utf-8"))
    return known


# --- arguments ----------------------------------------------------------------------------------


def _about_arguments(request: Request, method: Mapping[str, Any]) -> Iterator[str]:
    if request.is_json and request.arguments and not method["takes_json"]:
        yield "this method reads no JSON"
    missing = set(method["required"]) - request.arguments.keys()
    if missing:
        yield f"{', '.join(sorted(missing))} missing"
    yield from _ill_typed(request, method["arguments"])


def _ill_typed(request: Request, types: Mapping[str, list[str]]) -> Iterator[str]:
    for name, value in request.arguments.items():
        if name not in types:
            yield f"the argument {name} is unknown"
        elif types[name] and not any(_is(kind, name, value, request) for kind in types[name]):
            yield f"{name} should be {' or '.join(types[name])}, and is {type(value).__name__}"


def _is(kind: str, name: str, value: Any, request: Request) -> bool:
    """A form's values are strings; Slack calls a string what may also be JSON as it is."""
    if kind == "string" and name in _STRUCTURES:
        return type(value) in {str, list, dict}
    if not request.is_json and kind in _IN_A_FORM:
        return bool(_IN_A_FORM[kind].fullmatch(value))
    return type(value) in _IN_JSON[kind]


def _about_scopes(scopes: list[str]) -> Iterator[str]:
    """Of several, that of the kind of conversation is enough."""
    if scopes and not SCOPES.keys() & set(scopes):
        yield f"needs {' or '.join(scopes)}, which the manifest does not ask for"


# --- what people see ----------------------------------------------------------------------------


def _about_message(request: Request) -> Iterator[str]:
    arguments = request.arguments
    text, blocks = arguments.get("text"), _structure(arguments.get("blocks") or [])
    if not isinstance(blocks, list):
        yield "blocks are no list"
        return
    yield from problems_with_message(text or "", blocks)
    if not (text or "").strip():
        yield "no text for notifications and screen readers"
    if request.method in _UNFURLING:
        unfurls = [arguments.get(name) for name in ("unfurl_links", "unfurl_media")]
        if any(unfurl not in (False, "0", "false") for unfurl in unfurls):
            yield "links would unfold"
    if arguments.get("parse") not in {None, "none"} or arguments.get("link_names") not in _NO_NAMES:
        yield "names in the text would become mentions"
    if units(json.dumps(_structure(arguments.get("metadata") or {}))) > _METADATA:
        yield "metadata is too long"
    yield from _about_mentions(arguments)


def _about_response(arguments: Mapping[str, Any]) -> Iterator[str]:
    if arguments.get("response_type", "ephemeral") != "ephemeral":
        yield "what one person saw would be shown to all"


def _about_view(request: Request) -> Iterator[str]:
    view = _structure(request.arguments.get("view"))
    if not isinstance(view, dict):
        yield "the view is no object"
        return
    is_home = request.method == "views.publish"
    yield from (problems_with_home if is_home else problems_with_modal)(view)
    if not is_home and request.method != "views.update":
        pointers = request.arguments.keys() & {"trigger_id", "interactivity_pointer"}
        if not pointers:
            yield "nothing opens a form without a trigger_id"
        if not view.get("blocks"):
            yield "an empty form"
    yield from _about_mentions(view)


def _about_mentions(arguments: object) -> Iterator[str]:
    """We mention nobody: a live mention is one that somebody wrote, and would ping others."""
    for part in objects_in(_structure(arguments)):
        for name, value in part.items():
            live = _LIVE.search(value) if isinstance(value, str) and name not in _UNREAD else None
            if live:
                yield f"a live mention in {name}: {value[live.start() : live.end() + 20]}"
        if part.get("type") in _LIVE_ELEMENTS and "elements" not in part:
            yield f"a live mention: an element of type {part['type']}"


def _structure(value: Any) -> Any:
    """What a JSON text holds, or the value itself."""
    if not isinstance(value, str) or not value.startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
