"""The judge over what we send to Slack: each of its rules can fail a test."""

import urllib.request
from typing import Any

import pytest

from adapters.slack import manifest
from tests import slack_judge
from tests.slack_api import Failure, FakeSlackApi, LoopThread
from tests.slack_judge import DOCKET, Request, judge

WORDS = {"type": "plain_text", "text": "Kept."}
SECTION = {"type": "section", "text": WORDS}
MESSAGE = {
    "channel": "C1",
    "text": "Kept.",
    "blocks": [SECTION],
    "parse": "none",
    "link_names": False,
    "unfurl_links": False,
    "unfurl_media": False,
}
SILENT = {"parse": "none", "link_names": "0", "unfurl_links": "0", "unfurl_media": "0"}
VIEW = {"type": "modal", "title": WORDS, "blocks": [SECTION]}
FORM = {"trigger_id": "1.2.3", "view": VIEW}
REPLACEMENT = {"text": "Kept.", "blocks": [SECTION], "replace_original": True}


def verdict(method: str, arguments: dict[str, Any], *, is_json: bool = True) -> list[str]:
    return list(judge(Request(method, arguments, is_json)))


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": list(elements)}
    return {"blocks": [{"type": "rich_text", "elements": [section]}]}


@pytest.mark.parametrize(
    ("method", "arguments", "is_json"),
    [
        ("chat.postMessage", MESSAGE, True),
        ("chat.postMessage", {"channel": "C1", "text": "a", **SILENT}, False),
        ("views.open", FORM, True),
        ("views.publish", {"user_id": "U1", "view": {"type": "home", "blocks": [SECTION]}}, True),
        ("users.info", {"user": "U1"}, False),
        ("conversations.history", {"channel": "C1", "limit": "5", "inclusive": "1"}, False),
        ("conversations.history", {"channel": "C1", "limit": 5, "inclusive": True}, True),
        ("/response/1", REPLACEMENT, True),
    ],
)
def test_what_is_right_is_not_complained_of(method: str, arguments: dict[str, Any], is_json: bool):
    """In JSON and as a form."""
    assert verdict(method, arguments, is_json=is_json) == []


WRONG_CALLS = {
    "an unknown method": ("chat.shout", {}, "no such method"),
    "an unknown argument": ("chat.postMessage", MESSAGE | {"colour": "red"}, "colour is unknown"),
    "an argument missing": ("users.info", {}, "user missing"),
    "a wrong type": ("chat.postMessage", MESSAGE | {"channel": 1}, "channel should be string"),
    "a number as words": (
        "conversations.history",
        {"channel": "C1", "limit": "many"},
        "limit should be number",
    ),
    "no scope": ("reactions.add", {"channel": "C1", "name": "ear", "timestamp": "1.2"}, "needs"),
    "a block too many": ("chat.postMessage", MESSAGE | {"blocks": [SECTION] * 51}, "too long"),
    "a form too large": (
        "views.open",
        {"trigger_id": "1.2.3", "view": VIEW | {"private_metadata": "m" * 3001}},
        "view_too_large",
    ),
    "a Home tab too large": (
        "views.publish",
        {"user_id": "U1", "view": {"type": "home", "blocks": [{"type": "divider"}] * 101}},
        "view_too_large",
    ),
    "an empty form": ("views.open", FORM | {"view": VIEW | {"blocks": []}}, "an empty form"),
    "a form without a trigger": ("views.open", {"view": VIEW}, "trigger_id"),
    "no text": ("chat.postMessage", MESSAGE | {"text": " "}, "no text"),
    "links that unfold": ("chat.postMessage", MESSAGE | {"unfurl_links": True}, "unfold"),
    "media that unfold": ("chat.postMessage", MESSAGE | {"unfurl_media": True}, "unfold"),
    "names that ping": ("chat.postMessage", MESSAGE | {"link_names": True}, "mentions"),
    "parsed names": ("chat.update", {"channel": "C", "ts": "1.2", "parse": "full"}, "mentions"),
    "long metadata": ("chat.postMessage", MESSAGE | {"metadata": {"a": "x" * 3000}}, "metadata"),
    "a ping in the text": ("chat.postMessage", MESSAGE | {"text": "<!channel> x"}, "live mention"),
    "a mention": ("chat.postMessage", MESSAGE | {"text": "<@U1>"}, "live mention"),
    "a group": ("chat.postMessage", MESSAGE | {"text": "<!subteam^S1>"}, "live mention"),
    "a ping in a block": (
        "chat.postMessage",
        MESSAGE | {"blocks": [{"type": "section", "text": WORDS | {"text": "<!here>"}}]},
        "live mention",
    ),
    "a person in rich text": (
        "chat.postMessage",
        MESSAGE | rich({"type": "user", "user_id": "U1"}),
        "live mention",
    ),
    "everybody in rich text": (
        "chat.postMessage",
        MESSAGE | rich({"type": "broadcast", "range": "channel"}),
        "live mention",
    ),
    "a ping on a form": (
        "views.open",
        {"trigger_id": "1.2.3", "view": VIEW | {"title": WORDS | {"text": "<!here>"}}},
        "live mention",
    ),
    "a ping in a suggestion": (
        "assistant.threads.setSuggestedPrompts",
        {"channel_id": "D1", "prompts": [{"title": "x", "message": "<!channel>"}]},
        "live mention",
    ),
    "a wrong unfurl": (
        "chat.unfurl",
        {"channel": "C1", "ts": "1.2", "unfurls": {"https://a.example": {"blocks": [{}]}}},
        "invalid_blocks",
    ),
    "a private answer for all": (
        "/response/1",
        REPLACEMENT | {"response_type": "in_channel"},
        "shown to all",
    ),
    "an unknown wish": ("/response/1", REPLACEMENT | {"colour": "red"}, "colour is unknown"),
}


@pytest.mark.parametrize(
    ("method", "arguments", "complaint"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys()
)
def test_what_is_wrong_is_said(method: str, arguments: dict[str, Any], complaint: str):
    """One sentence a fault, that names it."""
    assert any(complaint in said for said in verdict(method, arguments))


def test_json_is_only_for_methods_that_read_it():
    """Others would see no argument at all."""
    assert verdict("users.info", {"user": "U1"}, is_json=False) == []
    assert verdict("users.info", {"user": "U1"}) == ["this method reads no JSON"]


def test_a_form_carries_blocks_as_json():
    """They are looked into there as well."""
    arguments = {"text": "Kept.", "channel": "C1", "blocks": '[{"type": "paragraph"}]'}

    complaints = verdict("chat.postEphemeral", arguments | {"user": "U1"}, is_json=False)

    assert len(complaints) == 1
    assert "invalid_blocks" in complaints[0]


def test_a_method_needs_a_scope_of_the_manifest(monkeypatch: pytest.MonkeyPatch):
    """What the app may not do fails here, and not first in a customer's workspace."""
    without = {scope: why for scope, why in manifest.SCOPES.items() if scope != "users:read"}
    monkeypatch.setattr(slack_judge, "SCOPES", without)

    assert verdict("users.info", {"user": "U1"}, is_json=False) == [
        "needs users:read, which the manifest does not ask for"
    ]


@pytest.mark.parametrize("path", ["api/chat.shout", "response/1"])
def test_every_call_of_the_fake_is_judged(path: str):
    """Also one that the fake was told to fail, in whichever way."""
    api = FakeSlackApi(LoopThread())
    try:
        request = urllib.request.Request(
            f"{api.url}/{path}",
            data=b'{"colour": "red"}',
            headers={"content-type": "application/json"},
        )
        api.fail(
            path.removeprefix("api/") if path.startswith("api") else f"/{path}",
            Failure("fatal_error"),
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
    finally:
        api.close()

    assert DOCKET.complaints() != []
    assert DOCKET.complaints() == []
