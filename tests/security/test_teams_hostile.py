"""Whatever stands in an activity, Teams gets its answer in time and nothing of ours breaks."""

import copy
import json
import logging
import time
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import pytest
from starlette.testclient import TestClient

from adapters.teams.channel import TeamsChannel
from adapters.web.app import create_app
from adapters.web.metrics import Metrics
from bot.bootstrap.core import build_form_check, build_intake
from bot.messages import Incoming
from tests.stage import Stage
from tests.teams_connector import TENANT_ID, FakeConnector, claims, sign, teams_channel
from tests.unit.teams.activities import recorded, said, said_in_channel

Path: TypeAlias = tuple[str | int, ...]

_IN_TIME_S = 3.0
_GONE = object()
_ODD: tuple[object, ...] = (
    _GONE,
    None,
    "",
    "unknown",
    "x" * 100_000,
    "👩\u200d👧" * 5_000,
    "half \ud83d",
    "a|b\n\0;messageid=",
    7,
    -1e308,
    True,
    [],
    [[]],
    {},
    {"id": {"id": []}},
    [None, 1, "x", {}],
)
_MESSAGE = {
    "id": "1795364138228",
    "createdDateTime": "2026-11-09T07:00:00.123Z",
    "deleted": False,
    "body": {"contentType": "html", "content": "<p>Novara closes Lyon</p>"},
    "from": {"user": {"id": "00000000-0000-0000-0000-000000000002"}, "application": None},
}
_CAPTURE = {"commandId": "capture", "commandContext": "message", "messagePayload": _MESSAGE}
_INVOKES: Mapping[str, Mapping[str, Any]] = {
    "composeExtension/fetchTask": _CAPTURE,
    "composeExtension/submitAction": {**_CAPTURE, "data": {"wish": "w", "text": "Novara"}},
    "composeExtension/query": {
        "commandId": "search",
        "parameters": [{"name": "words", "value": "novara"}],
        "queryOptions": {"skip": 0, "count": 25},
    },
    "task/fetch": {"data": {"verb": "change", "value": "i1", "msteams": {"type": "task/fetch"}}},
    "task/submit": {
        "data": {"verb": "save_change", "value": "i1", "choice.signal": "-", "choices.topics": "a"}
    },
    "adaptiveCard/action": {"action": {"verb": "undo", "data": {"value": "n1"}}},
    "message/submitAction": {"actionName": "feedback", "actionValue": {"reaction": "like"}},
}


def in_each_scope() -> Iterator[dict[str, Any]]:
    """Every invoke that is answered, in a chat with the bot, a group chat and a channel."""
    group = {"id": "19:group@thread.v2", "conversationType": "groupChat", "tenantId": TENANT_ID}
    for name, value in _INVOKES.items():
        asked = {"type": "invoke", "name": name, "value": value}
        yield said(None, **asked)
        yield said(None, conversation=group, **asked)
        yield said_in_channel("", **asked)


def others() -> Iterator[dict[str, Any]]:
    """What the recording lacks, after Microsoft's documentation."""
    yield said("Novara is back", type="messageUpdate", channelData=_data("undeleteMessage"))
    yield said("Novara grows", type="messageUpdate", channelData=_data("editMessage"))
    yield said(None, type="messageDelete", channelData=_data("softDeleteMessage"))
    yield said(None, type="messageReaction", reactionsAdded=[{"type": "like"}], replyToId="1")
    yield said(None, type="messageReaction", reactionsRemoved=[{"type": "x"}], replyToId="1")
    for action in ("add", "add-upgrade", "remove", "remove-upgrade"):
        yield said(None, type="installationUpdate", action=action)
    for event in ("channelRenamed", "channelDeleted", "teamRenamed", "teamDeleted", "teamArchived"):
        yield said_in_channel("", type="conversationUpdate", channelData=_data(event))


def _data(event: str) -> dict[str, Any]:
    return {
        "tenant": {"id": TENANT_ID},
        "team": {"id": "19:team", "name": "Sales"},
        "channel": {"id": "19:sales", "name": "Customers"},
        "eventType": event,
    }


EVERYTHING = [*recorded(), *in_each_scope(), *others()]


class Desk:
    """The channel over the whole product, and what was logged on the way."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._intake = build_intake(stage.store)
        self.channel: TeamsChannel = teams_channel(
            self,
            FakeConnector(),
            look_up=lambda _: stage.handler.windows,
            form_check=build_form_check(stage.store),
        )
        app = create_app(self.channel.routes, readiness=dict, metrics=Metrics())
        self._http = TestClient(app, raise_server_exceptions=False)

    def take(self, incoming: Incoming) -> bool:
        return self._intake.take(incoming)

    def deliver(self, body: object) -> tuple[int, float]:
        """The status, and after how many seconds it came."""
        url = body.get("serviceUrl") if isinstance(body, dict) else None
        signed = claims(serviceurl=url) if isinstance(url, str) and url.isascii() else claims()
        headers = {
            "Authorization": f"Bearer {sign(signed)}",
            "Content-Type": "application/json",
        }
        content = json.dumps(body).encode()
        began = time.monotonic()
        answer = self._http.post("/api/messages", content=content, headers=headers)
        return answer.status_code, time.monotonic() - began

    def work(self) -> None:
        for name, delivery_id in list(self._stage.store.waiting()):
            incoming = self._stage.store.inbox.get(delivery_id) if name == "handle" else None
            if incoming is not None:
                self._stage.handler.handle(incoming)
                self._stage.store.inbox.finish(delivery_id, [])

    def close(self) -> None:
        self.channel.gateway.close()


@pytest.fixture
def desk(stage: Stage) -> Iterator[Desk]:
    desk = Desk(stage)
    yield desk
    desk.close()


def _paths(body: object, at: Path = ()) -> Iterator[Path]:
    inside = (
        body.items()
        if isinstance(body, dict)
        else enumerate(body)
        if isinstance(body, list)
        else ()
    )
    for name, part in inside:
        yield (*at, name)
        yield from _paths(part, (*at, name))


def _with(body: dict[str, Any], path: Path, value: object) -> dict[str, Any]:
    changed: Any = copy.deepcopy(body)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    if value is _GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    whole: dict[str, Any] = changed
    return whole


@pytest.mark.parametrize("number", range(len(EVERYTHING)))
def test_no_part_of_an_activity_breaks_teams(
    desk: Desk, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Each part in turn is missing, empty, of another kind, huge, or half a character."""
    caplog.set_level(logging.DEBUG)
    body = EVERYTHING[number]
    assert desk.deliver(body)[0] == 200
    for turn, path in enumerate(_paths(body)):
        # Most parts stand in many activities, so that each of them gets each of the values.
        value = _ODD[(number + turn) % len(_ODD)]
        status, took_s = desk.deliver(_with(body, path, value))
        assert 200 <= status < 500, (path, value)
        assert took_s < _IN_TIME_S, (path, value)
    desk.work()
    broken = (each for each in caplog.records if each.exc_info or each.levelno >= logging.ERROR)
    assert [each.getMessage() for each in broken] == []


@pytest.mark.parametrize("body", [[], None, 7, "x", {"type": "invoke"}, {"a": [{}] * 1000}])
def test_what_is_no_activity_is_refused(desk: Desk, body: object) -> None:
    """Whoever signed it."""
    assert desk.deliver(body)[0] == 400
