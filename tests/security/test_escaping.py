"""Whatever people write, each surface shows it as text: nothing of it does anything."""

import csv
import io
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.text import escape
from bot.messages import (
    Action,
    Button,
    FieldKind,
    Form,
    FormField,
    Option,
    Paragraph,
    Quote,
    Reply,
    Source,
    Span,
)
from bot.use_cases.export import _harmless
from tests.security.harmless import assert_harmless

PIECES = (
    "<!channel>",
    "<!here|x>",
    "<@U123>",
    "<#C1|sales>",
    "<!subteam^S1>",
    "<https://evil.example|x>",
    "<mailto:a@evil.example>",
    "&lt;!channel&gt;",
    "&amp;",
    "<",
    ">",
    "|",
    "*b*",
    "_i_",
    "`c`",
    "```",
    "~s~",
    "[x](https://evil.example)",
    "![x](https://evil.example/i.png)",
    "](",
    "{{DATE(2026-01-01)}}",
    "{{",
    "${x}",
    "<at>Ben</at>",
    "</at>",
    "\x1b[2J",
    "\x1b]0;x\x07",
    "\x9b31m",
    "\x00",
    "\r",
    "\n",
    "\t",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u200b",
    "\U000e0041",
    "\ud83d",
    "\udc00",
    "<script>alert(1)</script>",
    "' onmouseover=x",
    '"',
    "javascript:alert(1)",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    ";=1",
    ":smile:",
    "https://evil.example",
    "https://evil.example/slack.com",
    "../../etc/passwd",
    "a\x00.txt",
    "CON",
    "👩\u200d👩",
)

hostile = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(max_size=12), st.text(string.ascii_letters)),
    max_size=12,
).map("".join)
hrefs = st.one_of(
    st.none(),
    st.sampled_from(["https://chat.example/1", "https://earshot.example.com/c/1"]),
)

PROPERTY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    database=None,
)


@PROPERTY
@given(hostile, hostile, hostile, hrefs)
def test_no_text_of_a_reply_does_anything(one: str, two: str, three: str, href: str | None) -> None:
    """In Slack, in Teams, in a terminal and on the page; in words, quotes, labels and sources."""
    reply = Reply(
        (
            Paragraph(
                (Span(one or "x"), Span(two or "x", bold=True), Span(three or "x", href=href))
            ),
            Quote(two or "x"),
            Paragraph((Span(three or "x"), Span(one or "x", href=href)), subdued=True),
        ),
        buttons=(Button(two or "x", Action.UNDO, "n1"),),
        sources=(Source(1, one or "x", two or "x", href),),
    )
    assert_harmless(reply)


@PROPERTY
@given(hostile, hostile)
def test_no_text_of_a_form_does_anything(one: str, two: str) -> None:
    """In labels, hints, options, and in what a field holds when it opens."""
    options = (Option("a", one or "x"), Option("b", two or "x"))
    form = Form(
        "Change",
        Action.SAVE_CHANGE,
        "n1",
        (
            FormField("name", "Name", FieldKind.TEXT, value=(one,), hint=two),
            FormField("kind", "Kind", FieldKind.CHOICE, options, ("a",)),
            FormField("more", "More", FieldKind.CHOICES, options, ("a", "b")),
        ),
    )
    assert_harmless(Reply((Paragraph((Span(one or "x"),)),), form=form))


@PROPERTY
@given(hostile)
def test_no_slack_token_survives_escaping(text: str) -> None:
    """Neither one that was there nor one that only escaping would make."""
    escaped = escape(text)
    assert not set(escaped) & set("<>")
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@PROPERTY
@given(st.lists(hostile, min_size=1, max_size=4))
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_of_a_table_is_a_formula(separator: str, texts: list[str]) -> None:
    """However a spreadsheet parts the cells."""
    out = io.StringIO(newline="")
    csv.writer(out).writerow([_harmless(text) for text in texts])
    for row in csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=separator):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]
