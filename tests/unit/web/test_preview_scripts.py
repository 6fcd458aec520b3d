"""The page's scripts know every kind of block that the platforms are sent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from adapters.slack import previews as slack
from adapters.teams import previews as teams
from adapters.web import playground
from bot.domain.people import ConversationKind
from bot.messages import (
    Action,
    Button,
    FieldKind,
    Form,
    FormField,
    Home,
    HomeItem,
    HomeSection,
    IncomingMessage,
    Option,
    OptionSource,
    Outgoing,
    Paragraph,
    Place,
    Quote,
    Reply,
    Span,
    WayIn,
)

STATIC = Path(playground.__file__).parent / "static"
PLACE = Place("playground", "main", "sales", ConversationKind.PUBLIC)
LINK = "https://example.com/1"
BLOCKS = (
    Paragraph((Span("Noted", bold=True), Span("for"), Span("Novara", italic=True, href=LINK))),
    Paragraph((Span("[1]", href=LINK), Span(" Anna")), subdued=True),
    Quote("They said so."),
)
RATING = (Button("Good", Action.RATE_GOOD, "q1"), Button("Bad", Action.RATE_BAD, "q1"))
BUTTONS = (Button("Change", Action.CHANGE, "i1"), Button("Undo", Action.UNDO, "n1", "danger"))
OPTIONS = (Option("a", "A"), Option("b", "B"))
FIELDS = (
    FormField("text", "Text", FieldKind.TEXT, value=("one", "two"), hint="Hint"),
    FormField("one", "One", FieldKind.CHOICE, OPTIONS, ("a",), required=True),
    FormField("many", "Many", FieldKind.CHOICES, OPTIONS, ("a", "b")),
    FormField("found", "Found", FieldKind.CHOICES, OPTIONS, ("a",), source=OptionSource.CUSTOMERS),
    FormField("sought", "Sought", FieldKind.CHOICE, source=OptionSource.CUSTOMERS),
)
HOME = Home((HomeSection("First", (HomeItem(BLOCKS, BUTTONS),)), HomeSection("Second", ())))
MESSAGE = IncomingMessage(PLACE, "1", "anna", "Novara moves", datetime.now(UTC), WayIn.LISTENED)


def _outgoing(reply: Reply, home: Home | None = None) -> Outgoing:
    return Outgoing("o1", PLACE, "anna", reply, home=home)


EVERYTHING = (
    _outgoing(Reply(BLOCKS, (*BUTTONS, *RATING))),
    _outgoing(Reply((), form=Form("Change", Action.SAVE_CHANGE, "i1", FIELDS))),
    _outgoing(Reply((), form=Form("Wrong", Action.SAVE_REMARK, "q1", FIELDS))),
    _outgoing(Reply(BLOCKS, BUTTONS), HOME),
)
MESSAGES = (MESSAGE, replace(MESSAGE, from_bot=True))


def _kinds(part: object) -> Iterator[str]:
    """The `type` of everything in it."""
    if isinstance(part, Mapping):
        if isinstance(part.get("type"), str):
            yield part["type"]
        for value in part.values():
            yield from _kinds(value)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _kinds(one)


@pytest.mark.parametrize(
    ("script", "previews", "said_elsewhere"),
    [
        ("block_kit.js", slack, {"modal", "plain_text"}),
        (
            "adaptive_card.js",
            teams,
            {
                "message",
                "continue",
                "AdaptiveCard",
                "https://schema.org/Message",
                "Action.Execute",
                "Action.Submit",
                "Action.OpenUrl",
                "task/fetch",
                "default",
            },
        ),
    ],
)
def test_no_kind_is_unknown(script: str, previews: ModuleType, said_elsewhere: set[str]) -> None:
    """Else the page would say "unknown block" of what the product itself sends."""
    sent = [previews.preview(one) for one in EVERYTHING]
    sent += [previews.saving(one) for one in MESSAGES]
    text = (STATIC / script).read_text(encoding="utf-8")
    known = set(re.findall(r"^  \"?([\w.]+)\"?(?=[:,])", text, re.MULTILINE))
    known |= set(re.findall(r"\"([\w.]+)\"", text))
    assert set(_kinds(sent)) - known == said_elsewhere
