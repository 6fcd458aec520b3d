"""Replies become cards that Teams takes."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.activity import JsonObject
from adapters.teams.render import LARGEST_MESSAGE_BYTES, MOST_ACTIONS, render
from bot.messages import (
    Action,
    Button,
    FieldKind,
    Form,
    FormField,
    Option,
    OptionSource,
    Paragraph,
    Quote,
    Reply,
    Source,
    Span,
    Suggestion,
)
from bot.messages.characters import is_inside_character
from tests.unit.teams.activities import FIXTURES

SCHEMA = jsonschema.Draft7Validator(
    json.loads((FIXTURES / "adaptive-card-1.5.schema.json").read_text())
)
HOSTILE = (
    "[free](https://evil.example) **b** <at>Anna</at> <!channel> &<> {{DATE(2026-01-01,SHORT)}}"
)
FORM = Form(
    title="Change the insight",
    action=Action.SAVE_CHANGE,
    value="i1",
    fields=(
        FormField(
            "kind",
            "Type",
            FieldKind.CHOICE,
            (Option("about", "About"), Option("from", "From")),
            ("from",),
            required=True,
        ),
        FormField("signal", "Signal", FieldKind.CHOICE, (Option("praise", "Praise"),)),
        FormField(
            "topics",
            "Topics",
            FieldKind.CHOICES,
            (Option("price", "Price"), Option("a,b", HOSTILE)),
            ("price", "a,b"),
        ),
        FormField("contacts", "Contacts", FieldKind.TEXT, value=("P. Keller",), hint="One a line"),
    ),
)


def test_an_answer_is_not_to_be_shared_from_the_persons_own_chat():
    """That is where a private answer stands in Teams, wherever it was asked for."""
    buttons = (Button("Share here", Action.SHARE, "q1"), Button("Undo", Action.UNDO, "n1"))
    (activity,) = render(reply("Known.", buttons=buttons))
    shown = json.dumps(activity)
    assert "Undo" in shown
    assert "Share here" not in shown


def test_a_field_that_is_looked_up_elsewhere_is_typed_in_teams():
    """As names, which are linked when the form is submitted."""
    field = FormField(
        "customers",
        "Customers",
        FieldKind.CHOICES,
        (Option("c1", "Novara"), Option("c2", "Alba")),
        ("c1", "c2"),
        source=OptionSource.CUSTOMERS,
        typed_hint="Names",
    )
    (activity,) = render(reply("x", form=Form("Change", Action.SAVE_CHANGE, "i1", (field,))))
    shown = json.dumps(activity)
    assert '"value": "Novara; Alba"' in shown
    assert '"id": "text.customers"' in shown
    assert '"c1"' not in shown


def reply(*texts: str, **changed: Any) -> Reply:
    return Reply(tuple(Paragraph((Span(text),)) for text in texts), **changed)


def card(activity: JsonObject) -> JsonObject:
    found: JsonObject = activity["attachments"][0]["content"]
    return found


def rows(activity: JsonObject) -> list[list[str]]:
    """The titles of the buttons, a list for each row."""
    shown = card(activity)
    sets = [each["actions"] for each in shown["body"] if each["type"] == "ActionSet"]
    return [[action["title"] for action in row] for row in [*sets, shown["actions"]] if row]


def buttons_of(activity: JsonObject) -> list[JsonObject]:
    """Every button of the card."""
    shown = card(activity)
    sets = [each["actions"] for each in shown["body"] if each["type"] == "ActionSet"]
    return [action for row in [*sets, shown["actions"]] for action in row]


def runs(activities: tuple[JsonObject, ...]) -> Iterator[JsonObject]:
    for activity in activities:
        for element in card(activity)["body"]:
            for line in element.get("items", [element]):
                yield from line.get("inlines", ())


def check(activities: tuple[JsonObject, ...]) -> None:
    """What the schema cannot say is checked beside it."""
    for activity in activities:
        shown = {key: value for key, value in card(activity).items() if key != "msteams"}
        SCHEMA.validate(shown)
        assert (shown["type"], shown["version"]) == ("AdaptiveCard", "1.5")
        pressed = buttons_of(activity)
        assert len(pressed) <= MOST_ACTIONS
        assert all(action["verb"] for action in pressed)
        ids = [element["id"] for element in shown["body"] if "id" in element]
        assert len(ids) == len(set(ids))
        assert len(json.dumps(activity).encode("utf-16-le")) <= LARGEST_MESSAGE_BYTES


def test_a_reply_is_one_labelled_message_with_a_card() -> None:
    """People are told that a machine wrote it, and a notification says what it is about."""
    activities = render(reply("Understood: Novara closes Lyon."))
    check(activities)
    assert len(activities) == 1
    assert activities[0]["summary"] == "Understood: Novara closes Lyon."
    assert activities[0]["entities"][0]["additionalType"] == ["AIGeneratedContent"]


def test_words_appear_literally() -> None:
    """Runs are not Markdown, so nothing that a person wrote can become a link or a mention."""
    activities = render(Reply((Paragraph((Span(HOSTILE),)), Quote(HOSTILE))))
    check(activities)
    found = list(runs(activities))
    assert [run["text"].replace("\u2060", "") for run in found] == [HOSTILE, HOSTILE]
    assert all("selectAction" not in run for run in found)
    assert all("{{" not in run["text"] and "](" not in run["text"] for run in found)
    assert '"TextBlock"' not in json.dumps(activities)
    assert "mention" not in json.dumps(activities[0]["entities"])


def test_styles_and_links_are_ours() -> None:
    """Bold, italic, subdued and links come from the spans alone."""
    spans = (Span("bold", bold=True), Span("it", italic=True), Span("link", href="https://x.y/z"))
    activities = render(Reply((Paragraph(spans, subdued=True),)))
    check(activities)
    bold, italic, link = runs(activities)
    assert bold["weight"] == "Bolder"
    assert italic["italic"] is True
    assert link["selectAction"] == {"type": "Action.OpenUrl", "url": "https://x.y/z"}
    assert all(run["isSubtle"] for run in (bold, italic, link))


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_a_link_that_is_none_is_only_text(href: str) -> None:
    """Only pages on the web are linked to."""
    (run,) = runs(render(Reply((Paragraph((Span("x", href=href),)),))))
    assert "selectAction" not in run


def test_lines_stay_lines() -> None:
    """A run has no line breaks of its own that every client shows."""
    activities = render(Reply((Paragraph((Span("one\n\ntwo"),)), Quote("three\nfour"))))
    check(activities)
    assert [run["text"] for run in runs(activities)] == ["one", "two", "three", "four"]


def test_buttons_carry_a_verb_and_ids() -> None:
    """What a press sends is looked up again; the card holds no text of a note."""
    buttons = (
        Button("Undo", Action.UNDO, "n1", "danger"),
        Button("Need", Action.RECORD_NEED, "q1"),
    )
    (activity,) = render(reply("x", buttons=buttons))
    undo, need = card(activity)["actions"]
    assert (undo["verb"], undo["data"], undo["style"]) == ("undo", {"value": "n1"}, "destructive")
    assert (need["verb"], need["data"]) == ("record_need", {"value": "q1"})


def test_an_answer_is_rated_by_teams_own_thumbs() -> None:
    """They stand below the last message, so the card has no buttons for it."""
    buttons = (Button("Good", Action.RATE_GOOD, "q1"), Button("Bad", Action.RATE_BAD, "q1"))
    *before, last = render(reply("x" * 80_000, buttons=buttons))
    assert before
    assert last["channelData"] == {"feedbackLoop": {"type": "default"}}
    assert buttons_of(last) == []
    assert not any("channelData" in activity for activity in (*before, *render(reply("x"))))


def test_what_an_answer_cites_stands_in_its_one_entity_by_number() -> None:
    """Each message cites what stands in it; only links that a browser opens are links."""
    sources = (
        Source(1, "Anna · #sales", "Reports come too late", "https://teams.microsoft.com/l/1"),
        Source(2, "x" * 200, "👩‍👩‍👧‍👦" * 90, "javascript:alert(1)"),
        Source(3, "Ben", "Never mentioned"),
    )
    first, *_, last = render(reply("Late [1]", "x" * 80_000, "Too dear [2]", sources=sources))
    (entity,) = first["entities"]
    assert entity["additionalType"] == ["AIGeneratedContent"]
    (claim,) = entity["citation"]
    assert claim["position"] == 1
    assert claim["appearance"] == {
        "@type": "DigitalDocument",
        "name": "Anna · #sales",
        "abstract": "Reports come too late",
        "url": "https://teams.microsoft.com/l/1",
    }
    (second,) = last["entities"][0]["citation"]
    document = second["appearance"]
    assert (second["position"], "url" in document) == (2, False)
    assert len(document["name"]) == 80
    assert set(document["abstract"]) == set("👩‍👩‍👧‍👦…")
    assert len(document["abstract"].removesuffix("…")) % 7 == 0


def test_a_long_text_is_never_cut_inside_a_character() -> None:
    """A family of four would be left as two strangers."""
    for offset in range(12):
        text = "x" * offset + "👩‍👩‍👧‍👦🇫🇮é" * 2000
        pieces = [run["text"] for run in runs(render(reply(text)))]
        assert "".join(pieces) == text
        assert all(
            not is_inside_character(before[-1] + after[:2], 1) for before, after in pairwise(pieces)
        )
        assert not any(piece.startswith(("\u200d", "\u0301")) for piece in pieces)


def test_more_buttons_than_a_card_shows_go_on_the_next() -> None:
    """Teams leaves out what is beyond the sixth."""
    buttons = tuple(Button(f"C{n}", Action.LINK_CUSTOMER, f"n|{n}") for n in range(8))
    activities = render(reply("Which one?", buttons=buttons))
    check(activities)
    assert [len(buttons_of(activity)) for activity in activities] == [6, 2]


def test_buttons_go_on_in_a_row_below_before_a_phone_cuts_their_words() -> None:
    """Beside each other they would all be shortened to a letter or two."""
    labels = ("Record as a need", "It was a note", "👍 Helpful", "👎 Not helpful")
    buttons = tuple(Button(label, Action.LINK_CUSTOMER, "1") for label in labels)
    activities = render(reply("Nobody has told us.", buttons=buttons))
    check(activities)
    assert rows(activities[0]) == [list(labels[:2]), list(labels[2:])]


def test_a_button_that_is_wider_than_a_phone_has_a_row_of_its_own() -> None:
    """And what fits in one row stays where a card has its buttons."""
    long, short = "Create Bergmann Verpackungen GmbH & Co. KG", "Undo"
    buttons = tuple(Button(label, Action.UNDO, "1") for label in (short, long, short))
    (activity,) = render(reply("Noted.", buttons=buttons))
    assert rows(activity) == [[short], [long], [short]]
    (activity,) = render(reply("Noted.", buttons=buttons[:1] * 2))
    assert [action["title"] for action in card(activity)["actions"]] == [short, short]


def test_a_quote_is_one_box() -> None:
    """Its lines stand close, and its paragraphs apart."""
    (activity,) = render(Reply((Quote("one\ntwo\n\nthree"),)))
    (box,) = card(activity)["body"]
    assert [line["spacing"] for line in box["items"]] == ["None", "None", "Small"]


def test_what_is_subdued_stands_close_to_what_it_is_of() -> None:
    """So that a list of notes with their sources can be told apart at a glance."""
    note, source = (Paragraph((Span("x"),), subdued=subdued) for subdued in (False, True))
    (activity,) = render(Reply((note, source, note, source)))
    spacings = [line["spacing"] for line in card(activity)["body"]]
    assert spacings == ["Default", "Small", "Medium", "Small"]


def test_a_form_is_a_card_with_inputs() -> None:
    """It opens as it stands, and its submission tells texts, choices and lists apart."""
    (activity,) = render(reply("Correct what is wrong.", form=FORM))
    check((activity,))
    inputs = {each["id"]: each for each in card(activity)["body"] if "id" in each}
    assert list(inputs) == ["choice.kind", "choice.signal", "choices.topics", "text.contacts"]
    assert inputs["choice.kind"]["value"] == "from"
    assert inputs["choices.topics"]["value"] == "price,a%2Cb"
    assert inputs["text.contacts"]["value"] == "P. Keller"
    submit = card(activity)["actions"][0]
    assert (submit["verb"], submit["data"]) == ("save_change", {"value": "i1"})


def test_an_optional_choice_can_be_none() -> None:
    """Teams has no way to clear a choice that was made."""
    (activity,) = render(reply("x", form=FORM))
    inputs = {each["id"]: each for each in card(activity)["body"] if "id" in each}
    assert inputs["choice.signal"]["value"] == "-"
    assert inputs["choice.signal"]["choices"][0]["value"] == "-"
    assert all(choice["value"] != "-" for choice in inputs["choice.kind"]["choices"])


def test_a_label_cannot_become_a_link() -> None:
    """Some clients read Markdown in the labels of a list."""
    (activity,) = render(reply("x", form=FORM))
    topics = next(e for e in card(activity)["body"] if e.get("id") == "choices.topics")
    assert "](" not in topics["choices"][1]["title"]
    assert "{{" not in topics["choices"][1]["title"]


@pytest.mark.parametrize("letter", ["a", "ä", "漢", "😀", "a ", "a\n"])
def test_a_long_reply_is_split_and_nothing_is_lost(letter: str) -> None:
    """Messages beyond the limit are refused by Teams."""
    text = letter * (40_000 // len(letter))
    button = Button("Undo", Action.UNDO, "n1")
    activities = render(Reply((Quote(text),), buttons=(button,)))
    check(activities)
    shown = "".join(run["text"] for run in runs(activities))
    assert "".join(shown.split()) == "".join(text.split())
    assert len(activities) <= 16
    assert [len(card(activity)["actions"]) for activity in activities][-1] == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=300).map(Quote),
            st.lists(st.text(max_size=300).map(Span), max_size=4).map(
                lambda spans: Paragraph(tuple(spans))
            ),
        ),
        max_size=6,
    )
)
def test_any_reply_is_a_valid_card(blocks: list[Quote | Paragraph]) -> None:
    """Whatever people wrote."""
    check(render(Reply(tuple(blocks), form=FORM)))


def test_a_reply_that_only_suggests_shows_nothing():
    """Teams has no place for suggestions, and an empty card would say nothing."""
    assert render(Reply((), suggestions=(Suggestion("What can you do?", "help"),))) == ()
