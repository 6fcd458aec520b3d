"""Replies and forms as Slack shows them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import render
from adapters.slack.form import modal
from adapters.slack.text import units
from bot.messages import (
    Action,
    Block,
    Button,
    FieldKind,
    Form,
    FormField,
    Option,
    OptionSource,
    Paragraph,
    Place,
    Quote,
    Reply,
    Span,
)
from tests.block_kit import as_json, problem_with_message, problem_with_view
from tests.contract.drivers_slack import readable

PLACE = Place("slack", "main", "C1", thread_id="1795000000.000001")
WORDS = st.text(max_size=200) | st.sampled_from(
    [
        "<!channel>",
        "<@U1>",
        "&lt;",
        "*bold* _it_ ~no~ `x`",
        "\ud800",
        "👩\u200d👩\u200d👧",
        " ",
        "<" * 50,
    ]
)
SPANS = st.builds(
    Span,
    WORDS,
    bold=st.booleans(),
    italic=st.booleans(),
    href=st.sampled_from(
        [
            None,
            "https://acme.slack.com/archives/C1/p1?a=1&b=2",
            "javascript:alert(1)",
            "http://[",
            "x",
        ]
    ),
)
BLOCKS = st.builds(
    Paragraph, st.lists(SPANS, max_size=12).map(tuple), subdued=st.booleans()
) | st.builds(Quote, WORDS)
BUTTONS = st.builds(
    Button,
    WORDS,
    st.sampled_from(Action),
    st.just("n1|c1"),
    st.sampled_from(["default", "primary", "danger"]),
)
REPLIES = st.builds(
    Reply, st.lists(BLOCKS, max_size=4).map(tuple), st.lists(BUTTONS, max_size=6).map(tuple)
)


def words_of(*blocks: Block) -> str:
    """What a person reads of these blocks."""
    messages = render.messages(Reply(blocks))
    return "".join(readable(block) for message in messages for block in message.blocks)


def raw_of(reply: Reply) -> str:
    return json.dumps([[message.text, message.blocks] for message in render.messages(reply)])


@given(REPLIES)
@settings(max_examples=40, deadline=None)
def test_every_reply_fits_slacks_schema_and_limits(reply: Reply):
    """Whatever the core says, Slack takes."""
    for message in render.messages(reply):
        assert problem_with_message(message.text, list(message.blocks)) is None
        assert message.text


@given(REPLIES)
@settings(max_examples=50, deadline=None)
def test_nothing_in_a_reply_can_ping_anybody(reply: Reply):
    """No token that Slack parses is in the body, wherever a person's words stand."""
    raw = raw_of(reply)

    assert "<!" not in raw
    assert "<@" not in raw
    assert "javascript:" not in raw


@given(st.text(min_size=1, max_size=400).filter(str.strip))
@settings(deadline=None)
def test_a_quote_is_read_as_it_was_written(words: str):
    """Stars, underscores and angle brackets in somebody's words stand for themselves."""
    assert words_of(Quote(words)) == words


def test_a_paragraph_keeps_its_styles_and_links():
    """Bold, italic, and links to http and https only."""
    link = "https://acme.slack.com/archives/C1/p1"
    (message,) = render.messages(
        Reply(
            (
                Paragraph(
                    (
                        Span("Novara", bold=True),
                        Span(" said "),
                        Span("so", italic=True, href=link),
                        Span("here", href="file:///etc/passwd"),
                    )
                ),
            )
        )
    )

    assert message.blocks[0]["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Novara", "style": {"bold": True}},
                {"type": "text", "text": " said "},
                {"type": "link", "url": link, "text": "so", "style": {"italic": True}},
                {"type": "text", "text": "here"},
            ],
        }
    ]


def test_a_subdued_paragraph_is_small_print_with_its_link():
    """Names in it are literal, so no underscore makes them italic."""
    (message,) = render.messages(
        Reply(
            (
                Paragraph(
                    (
                        Span("Anna · "),
                        Span("#sales_emea_"),
                        Span("open", href="https://a.example/?a=1&b=2"),
                    ),
                    subdued=True,
                ),
            )
        )
    )

    assert message.blocks == (
        {
            "type": "context",
            "elements": [
                {"type": "plain_text", "text": "Anna · #sales_emea_"},
                {
                    "type": "mrkdwn",
                    "text": "<https://a.example/?a=1&amp;b=2|open>",
                    "verbatim": True,
                },
            ],
        },
    )


@pytest.mark.parametrize(
    "block", [Quote("Novara 漢字 & <b> 👍🏽 " * 700), Paragraph((Span("x" * 40_000),))]
)
def test_a_text_that_is_too_long_for_one_message_goes_into_several(block: Block):
    """Nothing of it is lost, and the buttons are on the last."""
    reply = Reply((block,), (Button("Undo", Action.UNDO, "n1"),))

    messages = render.messages(reply)

    assert len(messages) > 1
    assert all(problem_with_message(m.text, list(m.blocks)) is None for m in messages)
    shown = "".join(readable(b) for m in messages for b in m.blocks if b["type"] != "actions")
    assert shown == reply.plain_text.removeprefix("> ")
    assert [m.blocks[-1]["type"] for m in messages].index("actions") == len(messages) - 1


def test_more_than_fifty_blocks_go_into_several_messages():
    """As does a long list of short lines."""
    reply = Reply(tuple(Paragraph((Span(f"line {n}"),)) for n in range(120)))

    assert [len(message.blocks) for message in render.messages(reply)] == [50, 50, 20]


def test_buttons_of_the_same_action_have_ids_of_their_own():
    """Slack refuses two equal action ids in a message."""
    (message,) = render.messages(
        Reply(
            (),
            (
                Button("Novara Pharma", Action.LINK_CUSTOMER, "n1|c1", "primary"),
                Button("Novara Foods", Action.LINK_CUSTOMER, "n1|c2"),
            ),
        )
    )

    first, second = as_json(message.blocks)[0]["elements"]
    assert (first["action_id"], second["action_id"]) == ("link_customer.0", "link_customer.1")
    assert (first["style"], "style" in second) == ("primary", False)


def test_a_reply_that_says_nothing_is_no_message():
    """Slack refuses an empty one."""
    assert render.messages(Reply((Paragraph((Span(""),)), Quote("")))) == ()


# --- forms --------------------------------------------------------------------------------------

FIELDS = st.builds(
    FormField,
    name=st.uuids().map(str),
    label=WORDS,
    kind=st.sampled_from(FieldKind),
    options=st.lists(
        st.builds(Option, st.text(max_size=20), WORDS), max_size=5, unique_by=lambda o: o.value
    ).map(tuple),
    value=st.lists(st.text(max_size=20), max_size=2).map(tuple),
    required=st.booleans(),
    hint=WORDS,
    source=st.sampled_from((None, OptionSource.CUSTOMERS)),
)


@given(
    st.builds(Form, WORDS, st.just(Action.SAVE_CHANGE), st.just("i1"), st.tuples(FIELDS, FIELDS))
)
@settings(max_examples=50, deadline=None)
def test_every_form_fits_slacks_schema_and_limits(form: Form):
    """Titles and labels are cut, values never."""
    assert problem_with_view(modal(form, PLACE, "1795000000.000300")) is None


def choice(options: int, *value: str, kind: FieldKind = FieldKind.CHOICES) -> FormField:
    offered = tuple(Option(f"c{n}", f"Customer {n}") for n in range(options))
    return FormField("customers", "Customers", kind, offered, value)


def test_of_too_many_options_those_that_are_chosen_stay():
    """Slack takes a hundred; saving an untouched form must not unlink a customer."""
    form = Form("Change", Action.SAVE_CHANGE, "i1", (choice(300, "c299"),))

    view = as_json(modal(form, PLACE, None))

    element = view["blocks"][0]["element"]
    assert len(element["options"]) == 100
    assert [option["value"] for option in element["initial_options"]] == ["c299"]
    assert element["options"][-1]["value"] == "c299"


def test_options_from_the_store_are_asked_for_as_somebody_types():
    """The form brings only those that it holds, and fifty thousand others cost it nothing."""
    looked_up = replace(choice(2, "c0", "c1"), source=OptionSource.CUSTOMERS)
    empty = replace(choice(0, kind=FieldKind.CHOICE), source=OptionSource.CUSTOMERS, name="one")
    form = Form("Change", Action.SAVE_CHANGE, "i1", (looked_up, empty))
    view = as_json(modal(form, PLACE, None))

    many, one = (block["element"] for block in view["blocks"])
    assert [option["value"] for option in many.pop("initial_options")] == ["c0", "c1"]
    assert many == {
        "type": "multi_external_select",
        "action_id": "customers.customers",
        "min_query_length": 1,
    }
    assert one == {
        "type": "external_select",
        "action_id": "customers.one",
        "min_query_length": 1,
    }
    assert problem_with_view(view) is None


def test_a_choice_of_nothing_is_left_out():
    """Slack refuses an empty list of options."""
    form = Form("Change", Action.SAVE_CHANGE, "i1", (choice(0),))

    assert modal(form, PLACE, None)["blocks"] == []


def test_a_form_opens_with_what_it_holds():
    """Each kind of field shows its value."""
    fields = (
        choice(3, "c1", kind=FieldKind.CHOICE),
        FormField("contacts", "Contacts", FieldKind.TEXT, value=("P. Keller", "M. Bo")),
        FormField("name", "Name", FieldKind.TEXT, required=True, hint="As you say it"),
    )

    form = Form("Change", Action.SAVE_CHANGE, "i1", fields)
    view = as_json(modal(form, PLACE, "1795000000.000300"))

    customers, contacts, name = view["blocks"]
    assert customers["element"]["initial_option"]["value"] == "c1"
    assert contacts["element"]["initial_value"] == "P. Keller\nM. Bo"
    assert contacts["element"]["multiline"] is True
    assert (name["optional"], "initial_value" in name["element"]) == (False, False)


def test_every_form_can_be_opened_again_by_its_button():
    """When Slack's three seconds are over, the person presses once more."""
    for action in Action:
        if action.value.startswith("save_"):
            message = render.reopening(Form("Change", action, "i1", ()))
            button = as_json(message.blocks)[-1]["elements"][0]
            assert button["value"] == "i1"
            assert not button["action_id"].startswith("save_")
            assert problem_with_message(message.text, list(message.blocks)) is None


def test_lengths_are_counted_as_slack_counts_them():
    """An emoji counts twice."""
    assert units("👍a") == 3


RATING = (
    Button("👍 Helpful", Action.RATE_GOOD, "D1:1795000000.000001"),
    Button("👎 Not helpful", Action.RATE_BAD, "D1:1795000000.000001"),
)


def test_whether_an_answer_helped_is_asked_small_below_the_other_buttons():
    """Each side says which it is, since both come back under one action id."""
    need = Button("Record", Action.RECORD_NEED, "q1")
    (message,) = render.messages(Reply((Paragraph((Span("Known."),)),), (need, *RATING)))
    _, actions, feedback = message.blocks
    assert [element["action_id"] for element in actions["elements"]] == ["record_need.0"]
    assert feedback["type"] == "context_actions"
    (pair,) = feedback["elements"]
    assert pair["positive_button"]["value"] == "rate_good|D1:1795000000.000001"
    assert pair["negative_button"]["value"] == "rate_bad|D1:1795000000.000001"
    assert readable(feedback) == "👍 Helpful · 👎 Not helpful"
    assert problem_with_message(message.text, list(message.blocks)) is None


def test_one_half_of_the_pair_is_a_button_like_any_other():
    """Slack has no half a pair."""
    (message,) = render.messages(Reply((Paragraph((Span("Known."),)),), RATING[1:]))
    assert message.blocks[-1]["elements"][0]["action_id"] == "rate_bad.0"


@given(st.text(max_size=300), st.text(max_size=300))
def test_labels_of_any_length_fit_the_pair(good: str, bad: str):
    """Slack refuses a message for one character too many."""
    pair = (Button(good, Action.RATE_GOOD, "q1"), Button(bad, Action.RATE_BAD, "q1"))
    (message,) = render.messages(Reply((Paragraph((Span("Known."),)),), pair))
    assert problem_with_message(message.text, list(message.blocks)) is None
