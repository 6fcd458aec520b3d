"""Every sentence the bot says: short, complete in each language, and nothing that leads nowhere."""

import re
import textwrap
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import taxonomy
from bot.domain.answer import KnowledgeNeed
from bot.domain.customer import Customer
from bot.domain.insight import Facets, Insight, ResolvedDate
from bot.domain.note import MessageKey, Note, NoteRecord
from bot.domain.profile import CustomerProfile
from bot.domain.taxonomy import (
    Belief,
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.messages import Action, Button, FieldKind, Form, Paragraph, Reply
from bot.services.presentation import answer, capture, customers, general
from bot.services.presentation.capture import change_form, keep_form, noted, shorten
from bot.services.presentation.phrases import phrase
from bot.services.presentation.words import date_line, facet_line, label, listed, options
from tests.fakes import MONDAY

PHONE_COLUMNS, PHONE_LINES = 40, 20
LONGEST_PARAGRAPH = 6 * PHONE_COLUMNS
NOVARA = Customer("c1", "w", "Novara Pharma", ("Novara",))
PHRASES = tomllib.loads(
    files("bot.services.presentation").joinpath("phrases.toml").read_text(encoding="utf-8")
)
LANGUAGES = {language for in_languages in PHRASES.values() for language in in_languages}
FACETS = [
    facet
    for facet in vars(taxonomy).values()
    if isinstance(facet, type) and issubclass(facet, StrEnum) and facet is not StrEnum
]


def insight(number: int = 1, facets: Facets | None = None, **more: Any) -> Insight:
    found = Insight(
        id=f"i{number}",
        note_id="n1",
        position=number - 1,
        statement="the reports come too late",
        facets=facets or Facets(KnowledgeType.FROM),
        customer_ids=("c1",),
        contacts=(),
        dates=(),
        belief=Belief.UNVERIFIED,
        classified_by="fake/1",
    )
    return replace(found, **more)


def record(*insights: Insight) -> NoteRecord:
    note = Note("n1", MessageKey("w", "c", "m1"), "stage", "anna", "Anna", "text", MONDAY)
    return NoteRecord(note, insights, "sales")


def name_of(customer_id: str) -> str:
    return {"c1": "Novara Pharma"}.get(customer_id, "a customer")


# --- lines ----------------------------------------------------------------------------------------


def test_a_plain_insight_is_two_words():
    """What goes without saying is not said: that it was stated, and by whom we know it."""
    assert facet_line(Facets(KnowledgeType.ABOUT)) == "About the customer · heard (acquisition)"


def test_a_rich_insight_is_still_one_line():
    """Type, stage, kind of use, signal, moment with its direction, certainty, topics."""
    facets = Facets(
        KnowledgeType.FROM,
        ProcessStage.UTILIZATION,
        UseKind.ACTION_ORIENTED,
        Signal.COMPLAINT,
        (Topic.DELIVERY, Topic.DECISION_PROCESS),
        Moment.CONTRACT_EVENT,
        MomentDirection.THREAT,
        Certainty.HEARSAY,
    )
    assert facet_line(facets) == (
        "From the customer · used (utilization) · we did or changed something · complaint"
        " · contract event (threat) · hearsay · delivery, decision process"
    )


def test_days_are_shown_beside_the_words_that_meant_them():
    """A single day once, a period from its first day to its last."""
    tomorrow = ResolvedDate("tomorrow", date(2026, 11, 10), date(2026, 11, 10))
    quarter = ResolvedDate("Q1", date(2027, 1, 1), date(2027, 3, 31))
    assert date_line([tomorrow, quarter]) == (
        "“tomorrow” = 10 Nov 2026 · “Q1” = 1 Jan 2027 to 31 Mar 2027"
    )


@pytest.mark.parametrize(
    ("names", "line"),
    [((), ""), (("A",), "A"), (("A", "B"), "A and B"), (("A", "B", "C"), "A, B and C")],
)
def test_names_are_listed_as_people_list_them(names: tuple[str, ...], line: str):
    """With one `and`."""
    assert listed(names) == line


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.__name__)
def test_every_value_has_words_for_a_person(facet: type[StrEnum]):
    """No underscore reaches anybody, and no two values of a facet read the same."""
    labels = [label(value) for value in facet]
    assert all(re.fullmatch(r"[a-z][a-z ,()]+", words) for words in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("text", "characters", "short"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one two three four", 16, "one two three…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("a  b\nc", 10, "a b c"),
    ],
)
def test_a_long_text_is_cut_between_words_where_it_can_be(text: str, characters: int, short: str):
    """And says that it was cut."""
    assert shorten(text, characters) == short


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80), st.integers(min_value=2, max_value=60))
def test_nothing_is_longer_than_it_may_be(text: str, characters: int):
    """A platform refuses what is."""
    assert len(shorten(text, characters)) <= characters


# --- buttons and forms ----------------------------------------------------------------------------


def test_each_of_several_insights_has_a_change_of_its_own():
    """In the order in which they are shown."""
    reply = noted(record(insight(1), insight(2)), name_of)
    assert [(b.label, b.value) for b in reply.buttons] == [
        ("Change 1", "i1"),
        ("Change 2", "i2"),
        ("Undo", "n1"),
    ]


def test_a_name_that_is_not_registered_is_offered_to_be_created():
    """Only where the note is on nobody else."""
    unlinked = record(insight(customer_ids=()))
    assert _actions(noted(unlinked, name_of, unknown_names=["Brandvik Oy"]).buttons) == [
        Action.CREATE_CUSTOMER,
        Action.CHANGE,
        Action.UNDO,
    ]
    assert _actions(noted(record(insight()), name_of, unknown_names=["Brandvik"]).buttons) == [
        Action.CHANGE,
        Action.UNDO,
    ]


def _actions(buttons: Iterable[Button]) -> list[Action]:
    return [button.action for button in buttons]


def test_candidates_are_few_enough_to_choose_from():
    """Beyond a handful of buttons nobody reads."""
    candidates = [Customer(f"c{n}", "w", f"Acme {n}") for n in range(9)]
    reply = noted(record(insight(customer_ids=())), name_of, candidates=candidates)
    assert _actions(reply.buttons).count(Action.LINK_CUSTOMER) == 4
    assert "Which customer do you mean?" in reply.plain_text


def test_a_note_without_insight_can_become_knowledge_a_question_or_nothing():
    """Each wrong guess is one press away from right."""
    reply = noted(record(), name_of)
    assert _actions(reply.buttons) == [Action.KEEP, Action.ANSWER_INSTEAD, Action.UNDO]


def _varied() -> list[Facets]:
    return [
        *(Facets(k, signal=s) for k in KnowledgeType for s in (None, *Signal)),
        *(Facets(KnowledgeType.ABOUT, certainty=c, source=s) for c in Certainty for s in Source),
        *(
            Facets(KnowledgeType.ABOUT, moment=m, moment_direction=d)
            for m in Moment
            for d in MomentDirection
        ),
        *(Facets(KnowledgeType.FOR, ProcessStage.UTILIZATION, use) for use in UseKind),
        Facets(KnowledgeType.FOR, topics=tuple(Topic), weak_signal=True),
    ]


@pytest.mark.parametrize("facets", _varied(), ids=str)
def test_a_form_opens_with_choices_that_it_has(facets: Facets):
    """A platform refuses a form whose value is not among its options."""
    _assert_consistent(change_form(insight(facets=facets), name_of))


def test_the_other_forms_open_with_choices_that_they_have():
    """For a note that was taken for chatter, and for a customer that is new."""
    _assert_consistent(keep_form("n1"))
    _assert_consistent(capture.customer_form("n1", "Brandvik Oy"))


def _assert_consistent(form: Form) -> None:
    names = [field.name for field in form.fields]
    assert len(set(names)) == len(names)
    for field in form.fields:
        if field.kind is not FieldKind.TEXT:
            assert field.value or field.kind is FieldKind.CHOICES
            assert set(field.value) <= {option.value for option in field.options}


@pytest.mark.parametrize("facet", FACETS, ids=lambda facet: facet.__name__)
def test_a_form_offers_every_value_there_is(facet: type[StrEnum]):
    """A facet that grows by a value grows in the form."""
    assert [option.value for option in options(facet)] == [value.value for value in facet]


# --- sentences ------------------------------------------------------------------------------------

SAID = {
    "help": general.help_text(),
    "unknown command": general.unknown_command("x" * 500),
    "note what": general.note_what(),
    "too long": general.too_long(40_001, 40_000),
    "gone": general.gone(),
    "went wrong": general.went_wrong("main|C0123456|1762675200.000100|posted"),
    "listening on": general.listening(on=True),
    "listening off": general.listening(on=False),
    "listen where": general.listen_where(),
    "customer registered": general.customer_registered(NOVARA),
    "customer name missing": general.customer_name_missing(),
    "no needs": general.needs([]),
    "customer unknown": customers.unknown("x" * 500),
    "customers to choose from": customers.which("nov", [NOVARA] * 10),
    "nothing told of a customer": customers.everything(CustomerProfile(NOVARA, ()), None),
    "ask what": answer.ask_what(),
    "kept unread": capture.kept_unread(record()),
    "undone": capture.undone("n1"),
    "no insight": noted(record(), name_of),
    "noted": noted(record(insight()), name_of),
}


def lines_on_a_phone(reply: Reply) -> list[str]:
    return [
        line
        for paragraph in reply.plain_text.splitlines()
        for line in textwrap.wrap(paragraph, PHONE_COLUMNS) or [""]
    ]


@pytest.mark.parametrize("reply", SAID.values(), ids=SAID.keys())
def test_a_reply_fits_on_a_phone_screen(reply: Reply):
    """Twenty lines of forty characters; no paragraph is a wall of text."""
    assert len(lines_on_a_phone(reply)) <= PHONE_LINES
    for block in reply.blocks:
        assert isinstance(block, Paragraph)
        assert 0 < len("".join(span.text for span in block.spans)) <= LONGEST_PARAGRAPH


def test_needs_are_listed_with_their_day_and_not_without_end():
    """Twenty are more than anybody works on."""
    needs = [KnowledgeNeed(f"k{n}", "w", f"who decides {n}?", "anna", MONDAY) for n in range(30)]
    lines = general.needs(needs).plain_text.splitlines()
    assert lines[:2] == ["Open knowledge needs", "• who decides 0? (9 Nov 2026)"]
    assert len(lines) == 21


@pytest.mark.parametrize("name", PHRASES)
def test_a_phrase_exists_in_every_language(name: str):
    """Nobody is answered half in their own language."""
    assert set(PHRASES[name]) == LANGUAGES
    assert {"en", "de", "fi", "sv", "es", "fr"} <= LANGUAGES


@pytest.mark.parametrize("name", PHRASES)
def test_a_phrase_says_the_same_in_every_language(name: str):
    """The same variables and commands, and at most two lines on a phone."""
    spoken = PHRASES[name]
    kept = {language: set(re.findall(r"\$\w+|/\w+", words)) for language, words in spoken.items()}
    assert all(words == kept["en"] for words in kept.values())
    assert max(map(len, spoken.values())) <= LONGEST_PARAGRAPH
    assert list(spoken.values()).count(spoken["en"]) == 1


def test_a_language_without_a_phrase_is_answered_in_english():
    """Better than not at all."""
    assert phrase("nothing_known", "ja") == PHRASES["nothing_known"]["en"]
    assert phrase("who_might_know", "de", names="Anna") == "Wer es wissen könnte: Anna"
