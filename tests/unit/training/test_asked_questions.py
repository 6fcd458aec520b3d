"""Questions as they are learned from: each with what may be looked at for it."""

import json
from pathlib import Path

import pytest

from training.asked_questions import AskedQuestion, read_questions
from training.labelled_notes import LabelledNote, as_bare, read_company

COMPANY = {
    "customers": [
        {"name": "Novara Pharma", "aliases": ["Novara"], "industry": "pharma"},
        {"name": "Brenndal", "contacts": [{"name": "Ulrike Stamm", "role": "buyer"}]},
    ],
    "employees": [{"name": "Anna Berg"}, {"name": "Ben Roth"}],
    "channels": [
        {"id": "C1", "kind": "public", "members": ["anna"]},
        {"id": "C2", "kind": "private", "members": ["anna"]},
    ],
}
FACETS = (
    "knowledge_type",
    "process_stage",
    "use_kind",
    "signal",
    "moment",
    "moment_direction",
    "certainty",
)


def note(name: str, day: int, text: str, **more: object) -> dict[str, object]:
    """A public insight of this day of May."""
    posted_at = f"2026-05-{day:02}T09:00:00+03:00"
    return {
        "id": name,
        "author_name": "Anna Berg",
        "channel": "C1",
        "channel_name": "sales",
        "posted_at": posted_at,
        "thread": None,
        "text": text,
        "is_insight": True,
        "topics": [],
        "customers": [],
        "contacts": [],
        **dict.fromkeys(FACETS),
        **more,
    }


def question(name: str, text: str, *evidence: str, **more: object) -> dict[str, object]:
    """Ben's question of the tenth of May."""
    return {
        "id": name,
        "asker": "ben",
        "asked_at": "2026-05-10T09:00:00+03:00",
        "kind": "single",
        "question": text,
        "evidence": evidence,
        "acceptable": [],
        "must_not": [],
        "parent": None,
        **more,
    }


NOTES = [
    note("n1", 1, "Novara wants glass vials"),
    note("n2", 2, "they decide in June", thread="n1"),
    note("n3", 3, "Brenndal pays late"),
    note("n4", 4, "Novara gets 7 percent off", channel="C2", channel_name="pricing"),
    note("n5", 5, "lunch?", is_insight=False),
    note("n6", 12, "Novara wants plastic vials"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "company.json").write_text(json.dumps(COMPANY), encoding="utf-8")
    write(tmp_path / "notes.jsonl", NOTES)
    return tmp_path


def write(path: Path, records: list[dict[str, object]]) -> None:
    path.write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")


def asked(folder: Path, *records: dict[str, object]) -> list[AskedQuestion]:
    write(folder / "questions.jsonl", list(records))
    return read_questions(folder)


def ids(notes: tuple[LabelledNote, ...] | list[LabelledNote]) -> list[str]:
    return [labelled.id for labelled in notes]


# --- notes --------------------------------------------------------------------------------------


def test_a_note_is_linked_as_the_product_links_it(folder: Path) -> None:
    """By its words, and by the thread that it stands in; annotators are not asked."""
    linked = {n.id: [customer.name for customer in n.linked] for n in read_company(folder)}
    assert linked["n1"] == linked["n2"] == ["Novara Pharma"]
    assert linked["n3"] == ["Brenndal"]
    assert linked["n5"] == []


def test_industry_and_contacts_are_known_where_a_company_tells_them(folder: Path) -> None:
    """A contact may have a role beside its name."""
    by_id = {labelled.id: labelled for labelled in read_company(folder)}
    assert by_id["n1"].linked[0].industry == "pharma"
    assert [contact.name for contact in by_id["n3"].linked[0].contacts] == ["Ulrike Stamm"]


def test_a_bare_note_tells_nobody_s_name(folder: Path) -> None:
    """As in a workspace where no customer is registered yet."""
    bare = as_bare(read_company(folder)[0])
    assert (bare.linked, bare.channel_name) == ((), "")
    assert bare.raw_text == "Novara wants glass vials"


# --- questions ----------------------------------------------------------------------------------


def test_only_what_the_asker_could_see_then_may_be_looked_at(folder: Path) -> None:
    """No chatter, nothing of later, and nothing from behind a wall."""
    [found] = asked(folder, question("q1", "who pays late?", "n3"))
    assert ids(found.pool) == ["n1", "n2", "n3"]
    [found] = asked(folder, question("q1", "who pays late?", "n3", asker="anna"))
    assert ids(found.pool) == ["n1", "n2", "n3", "n4"]


def test_a_question_that_names_a_customer_looks_at_its_notes(folder: Path) -> None:
    """As the product does; where it has none, at all of them."""
    [found] = asked(folder, question("q1", "what does Novara want?", "n1"))
    assert ids(found.pool) == ["n1", "n2"]
    write(folder / "notes.jsonl", NOTES[:2])
    [found] = asked(folder, question("q1", "does Brenndal pay?"))
    assert ids(found.pool) == ["n1", "n2"]


def test_a_follow_up_looks_at_the_customer_of_its_question(folder: Path) -> None:
    """Unless it names one of its own."""
    first = question("q1", "what does Novara want?", "n1")
    _, leaning, own = asked(
        folder,
        first,
        question("q2", "and when do they decide?", "n2", parent="q1"),
        question("q3", "and Brenndal?", "n3", parent="q1"),
    )
    assert (leaning.earlier, ids(leaning.pool)) == ("what does Novara want?", ["n1", "n2"])
    assert ids(own.pool) == ["n3"]


def test_what_may_be_cited_is_neither_right_nor_wrong(folder: Path) -> None:
    """Nor is what no longer holds."""
    [found] = asked(
        folder, question("q1", "who pays late?", "n3", acceptable=["n2"], must_not=["n1"])
    )
    assert ids(found.answering) == ["n3"]
    assert found.neutral == {"n1", "n2"}
    assert found.wrong == []


def test_a_restricted_question_has_an_answer_that_its_asker_must_not_see(folder: Path) -> None:
    """It is no question that can be answered, and yet one to learn likeness from."""
    [found] = asked(
        folder, question("q1", "what does Novara get off?", kind="restricted", must_not=["n4"])
    )
    assert ids(found.answering) == ["n4"]
    assert not found.is_answerable
    assert ids(found.wrong) == ["n1", "n2"]


def test_a_company_without_questions_has_none(folder: Path) -> None:
    """Not each was asked."""
    assert read_questions(folder) == []
