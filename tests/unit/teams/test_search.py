"""The search of the message extension: what is asked for, and the list of finds."""

import json
from typing import Any

import pytest

from adapters.teams import search
from bot.messages import Action, Button, Paragraph, Quote, Reply, Span
from bot.ports import Find
from tests.unit.teams.activities import activity, recorded, said
from tests.unit.teams.test_render import HOSTILE, SCHEMA


def asked(**value: Any) -> Any:
    return activity(said(None, type="invoke", name="composeExtension/query", value=value))


def words(*parameters: object, **more: Any) -> str | None:
    return search.words_of(asked(parameters=parameters, **more))


def found(text: str = "Novara closes Lyon") -> Find:
    reply = Reply(
        (Paragraph((Span(text, bold=True),)), Quote(text)),
        (Button("Whole note", Action.SHOW_NOTE, "n1"),),
        shows=("n1",),
    )
    return Find(text, text, reply)


def test_the_recorded_search_is_understood() -> None:
    """A client may say neither which search nor which parameter it is."""
    (body,) = [each for each in recorded() if each.get("name") == "composeExtension/query"]
    assert search.words_of(activity(body)) == "acme"
    assert not search.is_further_page(activity(body))


def test_the_words_are_those_of_the_parameter() -> None:
    """Cut where nobody types on, and empty where the list just opens."""
    assert words({"name": "words", "value": " novara "}, commandId="search") == "novara"
    assert words({"name": "initialRun", "value": "true"}) == ""
    assert words() == ""
    assert len(words({"name": "words", "value": "x" * 9_000}) or "") == 200


@pytest.mark.parametrize("value", [None, [], "x", {"parameters": 7}, {"commandId": "pizza"}])
def test_another_search_is_none_of_ours(value: object) -> None:
    """Or what no client of Teams sends."""
    body = said(None, type="invoke", name="composeExtension/query", value=value)
    assert search.words_of(activity(body)) is None


def test_a_list_has_one_page() -> None:
    """Teams asks on where one scrolls to its end."""
    assert search.is_further_page(asked(queryOptions={"skip": 25, "count": 25}))
    assert search.nothing_more()["composeExtension"]["attachments"] == []


def test_a_find_is_a_line_and_a_card_that_teams_takes() -> None:
    """Its button opens a dialog, for whoever reads the card in the conversation."""
    (shown,) = search.list_of([found()])["composeExtension"]["attachments"]
    card = shown["content"]
    SCHEMA.validate({name: card[name] for name in card if name != "msteams"})
    assert shown["preview"]["content"]["title"] == "Novara closes Lyon"
    (button,) = card["actions"]
    assert button["data"] == {
        "verb": "show_note",
        "value": "n1",
        "msteams": {"type": "task/fetch"},
    }


def test_a_line_is_read_as_it_was_written() -> None:
    """Some clients would make a tag or a link of it."""
    (shown,) = search.list_of([found(HOSTILE)])["composeExtension"]["attachments"]
    title = shown["preview"]["content"]["title"]
    assert not any(markup in title for markup in ("<at>", "[free]", "**", "&<"))
    assert title.replace("\u2060", "") == HOSTILE


def test_nothing_found_and_nobody_known_are_told_in_words() -> None:
    """And the two are told apart: the second can be helped."""
    nothing, nobody = search.list_of([]), search.list_of(None)
    assert {each["composeExtension"]["type"] for each in (nothing, nobody)} == {"message"}
    assert "add Earshot" in json.dumps(nobody)
    assert nothing != nobody
