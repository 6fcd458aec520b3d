"""Whether what leaves the product does anything beyond showing text, on each surface."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from adapters.console_screen import Screen
from adapters.slack.previews import preview as as_slack
from adapters.teams.previews import preview as as_teams
from bot.domain.people import ConversationKind
from bot.messages import Outgoing, Paragraph, Place, Reply
from tests.stage import ANNA, WORKSPACE

OUR_HOSTS = {"chat.example", "earshot.example.com"}

_LINK_IN_WORDS = re.compile(r"\w://|\bwww\.|\bmailto:|\w\.example\b|\]\(|<[^<>]*\|", re.IGNORECASE)
_PING = re.compile(r"(?<!\w)[@＠]\w|<[@!#]|<at>", re.IGNORECASE)
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e0fff]")
_SLACK_TOKEN = re.compile(r"<([^<>]*)>")
_SLACK_ACTIVE = {"user", "usergroup", "broadcast", "channel", "team", "image", "video", "emoji"}
_TEAMS_ACTIVE = {"Image", "Media", "mention", "Action.ShowCard", "Action.ToggleVisibility"}
_SCHEMAS = "adaptivecards.io"
_ANY = TypeAdapter(Any)


def own_words(reply: Reply) -> list[str]:
    """What the bot says in its own name; quotes and lines on sources are somebody's."""
    paragraphs = (b for b in reply.blocks if isinstance(b, Paragraph) and not b.subdued)
    return [span.text for paragraph in paragraphs for span in paragraph.spans]


def assert_own_words_are_plain(reply: Reply) -> None:
    """No address, no ping and nothing unseen in what the bot says in its own name."""
    for words in own_words(reply):
        assert not _LINK_IN_WORDS.search(words), words
        assert not _PING.search(words), words
        assert not _UNSEEN.search(words), words


def assert_harmless(reply: Reply) -> None:
    """Nothing of it is a link off our hosts, a mention, a picture or a steering character."""
    place = Place("playground", WORKSPACE, "sales", ConversationKind.PUBLIC)
    outgoing = Outgoing("o", place, ANNA, reply)
    _assert_slack(as_slack(outgoing))
    _assert_teams(as_teams(outgoing))
    _assert_console(reply)
    _assert_page(reply)


def _objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _objects(part)


def _is_ours(url: object) -> bool:
    host = urlsplit(str(url)).hostname or ""
    return host in OUR_HOSTS or host == _SCHEMAS


def _assert_addresses(thing: dict[str, Any]) -> None:
    for name, value in thing.items():
        if name.casefold().endswith(("url", "href", "src")) and value:
            assert _is_ours(value), (name, value)


def _assert_slack(sent: object) -> None:
    json.dumps(sent).encode()
    for thing in _objects(sent):
        assert thing.get("type") not in _SLACK_ACTIVE, thing
        _assert_addresses(thing)
        if thing.get("type") == "mrkdwn":
            tokens = _SLACK_TOKEN.findall(thing["text"])
            assert all(_is_ours(token.partition("|")[0]) for token in tokens), thing
        if "blocks" in thing:  # a message: its text is read as mrkdwn
            assert not re.search(r"[<>]", str(thing.get("text", ""))), thing
        if thing.get("type") == "text":
            assert not _SLACK_TOKEN.search(thing["text"]), thing


def _assert_teams(sent: object) -> None:
    json.dumps(sent).encode()
    for thing in _objects(sent):
        kind = thing.get("type")
        assert kind not in _TEAMS_ACTIVE, thing
        assert kind != "TextBlock", "Markdown is read in it"
        _assert_addresses(thing)
        if kind == "TextRun":
            assert "](" not in thing["text"], thing
            assert "{{" not in thing["text"], thing
        if kind == "message":
            assert "text" not in thing, "only cards are sent"


def _assert_console(reply: Reply) -> None:
    out = io.StringIO()
    Screen(out).show(reply)
    printed = out.getvalue()
    assert not [c for c in printed if ord(c) < 32 and c not in "\n\t"]
    assert not set(printed) & set("\x7f\x9b\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    heads = [line for line in printed.splitlines() if line and not line.startswith("  ")]
    assert heads == ["Earshot"]


def _assert_page(reply: Reply) -> None:
    """The page's scripts make text nodes of everything, and links of `href` alone."""
    for thing in _objects(_ANY.dump_python(reply)):
        _assert_addresses(thing)
