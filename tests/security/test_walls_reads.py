"""Notes and insights are read through the one condition, or for a reason that stands here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import knowledge_store

ROOT = Path(knowledge_store.__file__).parent.parent
KNOWLEDGE = {"NoteRow", "InsightRow", "NoteRevisionRow", "InsightVectorRow"}
TABLES = "knowledge_store.tables"
CONDITIONS = {"may_see", "visible_records", "next_page", "is_visible", "Scope"}

WITHOUT_CONDITION = {
    "knowledge_store/backups.py": "copies whatever is there",
    "knowledge_store/erasure.py": "erases whatever is there",
    "knowledge_store/erasure_masks.py": "erases whatever is there",
    "knowledge_store/erasure_notes.py": "erases whatever is there",
    "knowledge_store/erasure_steps.py": "erases whatever is there",
    "knowledge_store/insights.py": "writes the insights of a note that its caller has in hand",
    "knowledge_store/likeness.py": "compares the rows that its caller has in hand",
    "knowledge_store/mapping.py": "makes values of rows that were read",
    "knowledge_store/news.py": "notes down that a note was written, by its id",
    "knowledge_store/note_rows.py": "finds the row that is to be written",
    "knowledge_store/reactions.py": "whether a message is a note, for taking it back",
    "knowledge_store/readings.py": "of insights that were read within the condition",
    "knowledge_store/showing.py": "masks rows that were read within the condition",
    "knowledge_store/stages.py": "writes the stage of an insight that its caller has in hand",
    "knowledge_store/vectors.py": "of numbers that were found within the condition",
    "knowledge_store/visibility.py": "is the condition",
    "knowledge_store/search_hits.py": "of numbers that were found within the condition",
    "knowledge_store/search_postgres.py": "takes the condition as part of its scope",
    "knowledge_store/search_sqlite.py": "takes the condition as part of its scope",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("knowledge_store", "adapters", "bot"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/tables/" not in name and "/migrations/" not in name:
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def names_in(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def imported_from_tables(tree: ast.Module) -> set[str]:
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(TABLES)
        for alias in node.names
    }


READERS = {
    name: names_in(tree) for name, tree in modules() if imported_from_tables(tree) & KNOWLEDGE
}


@pytest.mark.parametrize("module", sorted(READERS))
def test_a_module_that_reads_notes_asks_who_may_see_them(module: str) -> None:
    """A new one uses the condition, or says here why it need not."""
    assert module in WITHOUT_CONDITION or READERS[module] & CONDITIONS


def test_no_reason_outlives_its_module() -> None:
    """What reads no notes needs none."""
    assert set(WITHOUT_CONDITION) <= set(READERS)


def test_notes_are_read_in_the_store_alone() -> None:
    """Whoever else wants one asks a port, with an audience."""
    assert {name.split("/")[0] for name in READERS} == {"knowledge_store"}
