"""The double of Slack's own checks: each of its limits can be hit."""

from typing import Any

import pytest

from tests.block_kit import (
    problem_with_home,
    problem_with_message,
    problem_with_view,
    problems_with_message,
)


def words(count: int, character: str = "x") -> dict[str, Any]:
    return {"type": "plain_text", "text": character * count}


def button(label: int = 5, action_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": words(label), "action_id": action_id, **more}


def row(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def option(label: int = 5, value: str = "v") -> dict[str, Any]:
    return {"text": words(label), "value": value}


def select(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": list(options), **more}


def several(count: int, kind: str = "static_select") -> dict[str, Any]:
    return {**select(*(option(value=str(n)) for n in range(count))), "type": kind}


def entry(label: int = 5, hint: int = 5, **element: Any) -> dict[str, Any]:
    field = {"type": "plain_text_input", "action_id": "i", **element}
    return {"type": "input", "label": words(label), "hint": words(hint), "element": field}


def pair(label: int = 5, value: int = 5) -> dict[str, Any]:
    side = {"text": words(label), "value": "v" * value}
    sides = {"positive_button": side, "negative_button": side}
    element = {"type": "feedback_buttons", "action_id": "f", **sides}
    return {"type": "context_actions", "elements": [element]}


def sure(**lengths: int) -> dict[str, Any]:
    parts = {"title": 5, "text": 5, "confirm": 5, "deny": 5} | lengths
    return row(button(confirm={name: words(length) for name, length in parts.items()}))


def rich(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


AT_THE_LIMIT = {
    "section text": lambda over: [{"type": "section", "text": words(3000 + over)}],
    "section fields": lambda over: [{"type": "section", "fields": [words(5)] * (10 + over)}],
    "a field": lambda over: [{"type": "section", "fields": [words(2000 + over)]}],
    "header": lambda over: [{"type": "header", "text": words(150 + over)}],
    "context": lambda over: [{"type": "context", "elements": [words(5)] * (10 + over)}],
    "buttons in a row": lambda over: [
        row(*(button(action_id=str(n)) for n in range(25 + over))),
    ],
    "button label": lambda over: [row(button(75 + over))],
    "button value": lambda over: [row(button(value="v" * (2000 + over)))],
    "button address": lambda over: [row(button(url="https://" + "a" * (2992 + over)))],
    "action id": lambda over: [row(button(action_id="a" * (255 + over)))],
    "block id": lambda over: [{"type": "divider", "block_id": "b" * (255 + over)}],
    "options": lambda over: [row(several(100 + over))],
    "options of a menu": lambda over: [row(several(5 + over, "overflow"))],
    "boxes": lambda over: [row(several(10 + over, "checkboxes"))],
    "option label": lambda over: [row(select(option(75 + over)))],
    "option value": lambda over: [row(select(option(value="v" * (150 + over))))],
    "placeholder": lambda over: [row(select(option(), placeholder=words(150 + over)))],
    "question's title": lambda over: [sure(title=100 + over)],
    "question": lambda over: [sure(text=300 + over)],
    "yes": lambda over: [sure(confirm=30 + over)],
    "no": lambda over: [sure(deny=30 + over)],
    "input label": lambda over: [entry(label=2000 + over)],
    "input hint": lambda over: [entry(hint=2000 + over)],
    "input's own limit": lambda over: [entry(max_length=3000 + over)],
    "what is entered": lambda over: [entry(max_length=9, initial_value="x" * (9 + over))],
    "rating label": lambda over: [pair(label=75 + over)],
    "rating value": lambda over: [pair(value=2000 + over)],
    "markdown": lambda over: [{"type": "markdown", "text": "x" * (12_000 + over)}],
    "blocks": lambda over: [{"type": "divider"}] * (50 + over),
    "texts together": lambda over: [
        *[{"type": "section", "text": words(3000)}] * 4,
        {"type": "section", "text": words(1200 + over)},
    ],
}


@pytest.mark.parametrize("limit", AT_THE_LIMIT)
def test_what_reaches_a_limit_is_taken_and_one_more_is_not(limit: str):
    """For each limit that Slack's documentation names."""
    assert problem_with_message("text", AT_THE_LIMIT[limit](0)) is None
    assert problem_with_message("text", AT_THE_LIMIT[limit](1)) is not None


WRONG = {
    "unknown block": [{"type": "paragraph"}],
    "unknown element": [row({"type": "knob", "action_id": "a"})],
    "unknown attribute": [{"type": "divider", "colour": "red"}],
    "attribute of a wrong type": [{"type": "header", "text": "plain"}],
    "empty text": [{"type": "section", "text": words(0)}],
    "empty run of text": [rich({"type": "text", "text": ""})],
    "empty row": [row()],
    "nothing to choose from": [row(select())],
    "an action id twice": [row(button()), row(button())],
    "a block id twice": [{"type": "divider", "block_id": "b"}] * 2,
    "an option twice": [row(select(option(), option()))],
    "chosen, but not offered": [row(select(option(), initial_option=option(value="w")))],
    "markdown where plain text must be": [{"type": "header", "text": {"type": "mrkdwn"}}],
}


@pytest.mark.parametrize("blocks", WRONG.values(), ids=WRONG.keys())
def test_what_slack_would_refuse_is_seen(blocks: list[Any]):
    """Whatever the schemas or the documentation forbid."""
    assert problem_with_message("text", blocks) is not None


def test_lengths_are_counted_in_utf_16():
    """An emoji counts twice, as in Slack's clients."""
    assert problem_with_message("x", [{"type": "header", "text": words(75, "👍")}]) is None
    assert problem_with_message("x", [{"type": "header", "text": words(76, "👍")}]) is not None
    assert problem_with_message("👍" * 20_001, []) is not None


def test_a_problem_says_where_it_is():
    """Else nobody finds it among fifty blocks."""
    (problem,) = problems_with_message("x", [{"type": "divider"}, row(button(76))])

    assert "$.blocks[1].elements[0].text.text" in problem


def form(**changes: Any) -> dict[str, Any]:
    parts = {"title": words(24), "submit": words(24), "close": words(24), "blocks": [entry()]}
    return {"type": "modal", "private_metadata": "m" * 3000, "callback_id": "c" * 255} | (
        parts | changes
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"title": words(25)},
        {"submit": words(25)},
        {"close": words(25)},
        {"private_metadata": "m" * 3001},
        {"callback_id": "c" * 256},
        {"blocks": [{"type": "divider"}] * 101},
        {"blocks": [*[entry()] * 2]},
        {"blocks": [pair()] * 2},
        {"colour": "red"},
    ],
    ids=str,
)
def test_a_form_with_one_thing_too_many_is_refused(changes: dict[str, Any]):
    """And taken without it."""
    assert problem_with_view(form()) is None
    assert problem_with_view(form(**changes)) is not None


def test_a_form_with_inputs_can_be_submitted():
    """Slack refuses one that has no button for it."""
    view = form()
    del view["submit"]

    assert problem_with_view(view) is not None
    assert problem_with_view(view | {"blocks": [{"type": "divider"}]}) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"private_metadata": "m" * 3001},
        {"blocks": [{"type": "divider"}] * 101},
        {"blocks": [{"type": "section", "text": words(3000)}] * 5},
        {"title": words(5)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_home_tab_with_one_thing_too_many_is_refused(changes: dict[str, Any]):
    """It has the limits of a form, and no title."""
    home = {"type": "home", "blocks": [{"type": "divider"}] * 100, "private_metadata": "m" * 3000}

    assert problem_with_home(home) is None
    assert problem_with_home(home | changes) is not None
