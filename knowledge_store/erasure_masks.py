"""Puts a mark where a name stands in what others wrote, as a step of a transaction.

What is another record's own name (a customer's, a person's) is left alone.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, Text, delete, select, type_coerce, update
from sqlalchemy.orm import Session

from knowledge_store.columns import AsJson, Words, storable
from knowledge_store.tables import Base, InsightVectorRow, NoteRow

MARK = "[erased]"

_COLUMNS_OF_WORDS = {
    "notes": ("text",),
    "note_revisions": ("text", "insights"),
    "insights": ("statement", "search_text", "contacts"),
    "insight_readings": ("labels",),
    "corrections": ("statement",),
    "questions": ("text",),
    "needs": ("text",),
    "answer_ratings": ("remark",),
    "deliveries": ("payload",),
    "uses": ("what",),
}
_WORDS_ANYWHERE = frozenset({"text", "statement", "remark", "title", "line", "comment", "words"})
"""A column of one of these names holds words in any table, also one that is not named above."""

_PARTS_WITH_WORDS = _WORDS_ANYWHERE | {"contacts", "author_name", "customer", "fields", "summary"}
"""The parts of a JSON value in which people's words stand; the others are ids and fixed words."""

_RUN = re.compile(r"[A-Za-z0-9]+")
_LETTERS_WITH_MORE_CASES = re.compile(r"[iIkKsS]")


def names_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """These names as whole words, whatever the case and the spaces; None without any."""
    texts = [r"\s+".join(map(re.escape, storable(name).split())) for name in names if name.strip()]
    if not texts:
        return None
    longest_first = sorted(set(texts), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)


def mask_names(session: Session, workspace: str, names: Sequence[str], now: datetime) -> int:
    """Returns how many notes, questions and other rows named them."""
    session.flush()
    return sum(
        _mask_table(session, table, workspace, names, now)
        for table in Base.metadata.sorted_tables
        if "workspace" in table.columns
    )


def notes_naming(session: Session, workspace: str, names: Sequence[str]) -> tuple[str, ...]:
    """The ids of the notes in which one of these stands as a word."""
    pattern = names_pattern(names)
    if pattern is None:
        return ()
    rows = session.execute(
        select(NoteRow.id, NoteRow.text)
        .where(NoteRow.workspace == workspace, _may_hold(NoteRow.text, names))
        .order_by(NoteRow.posted_at, NoteRow.id)
    )
    return tuple(note_id for note_id, text in rows if pattern.search(text))


def _mask_table(
    session: Session, table: Table, workspace: str, names: Sequence[str], now: datetime
) -> int:
    masked: set[tuple[Any, ...]] = set()
    for column in columns_of_words(table):
        masked |= _mask_column(session, table, column, workspace, names)
    if masked and table.name == "notes":
        _keep_masked(session, masked, now)
    if masked and table.name == "insights":
        _forget_meaning(session, masked)
    is_counted = table.name in {"notes", "questions", "needs"}
    return len(masked) if is_counted else 0


def columns_of_words(table: Table) -> list[Column[Any]]:
    """The columns of a table in which a name can stand that somebody wrote."""
    named = _COLUMNS_OF_WORDS.get(table.name, ())
    return [
        column
        for column in table.columns
        if isinstance(column.type, Words | AsJson)
        and not column.primary_key
        and (column.name in named or column.name in _WORDS_ANYWHERE)
    ]


def _mask_column(
    session: Session, table: Table, column: Column[Any], workspace: str, names: Sequence[str]
) -> set[tuple[Any, ...]]:
    pattern = names_pattern(names)
    if pattern is None:
        return set()
    keys, raw = list(table.primary_key.columns), type_coerce(column, Text)
    rows = session.execute(
        select(*keys, raw.label("words")).where(
            table.c.workspace == workspace, raw.is_not(None), _may_hold(raw, names)
        )
    ).all()
    masked = set()
    for *key, words in rows:
        changed = _masked(words, pattern, is_json=isinstance(column.type, AsJson))
        if changed != words:
            is_row = [one == value for one, value in zip(keys, key, strict=True)]
            value = type_coerce(changed, Text)
            session.execute(update(table).where(*is_row).values({column.name: value}))
            masked.add(tuple(key))
    return masked


def _may_hold(raw: Any, names: Sequence[str]) -> Any:
    """By the letters that are the same in every database: the pattern decides."""
    runs = [_longest_run(name) for name in names if name.strip()]
    condition = raw.ilike(f"%{runs[0]}%")
    for run in runs[1:]:
        condition = condition | raw.ilike(f"%{run}%")
    return condition


def _longest_run(name: str) -> str:
    """Without i, k and s, which stand for signs beyond ASCII too where case does not count."""
    runs = [
        part for run in _RUN.findall(storable(name)) for part in _LETTERS_WITH_MORE_CASES.split(run)
    ]
    return max(runs, key=len, default="")


def _masked(words: str, pattern: re.Pattern[str], *, is_json: bool) -> str:
    if not is_json:
        return pattern.sub(MARK, words)
    tree = json.loads(words)
    # A list of nothing but texts (contacts) is one of words; else the part's name tells.
    is_list = isinstance(tree, list) and all(isinstance(item, str) for item in tree)
    changed = _masked_tree(tree, pattern, holds_words=is_list)
    return (
        words if changed == tree else json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
    )


def _masked_tree(tree: Any, pattern: re.Pattern[str], *, holds_words: bool) -> Any:
    match tree:
        case str() if holds_words:
            return pattern.sub(MARK, tree)
        case list():
            return [_masked_tree(item, pattern, holds_words=holds_words) for item in tree]
        case dict():
            return {
                name: _masked_tree(
                    item, pattern, holds_words=name in _PARTS_WITH_WORDS or holds_words
                )
                for name, item in tree.items()
            }
        case _:
            return tree


def _keep_masked(session: Session, keys: set[tuple[Any, ...]], now: datetime) -> None:
    """As edited now: else a late copy of the message would count as a later version."""
    for (note_id,) in keys:
        session.execute(update(NoteRow).where(NoteRow.id == note_id).values(edited_at=now))


def _forget_meaning(session: Session, keys: set[tuple[Any, ...]]) -> None:
    """The vectors are of the words before; the insights are found by words until read again."""
    numbers = [number for (number,) in keys]
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        session.execute(delete(InsightVectorRow).where(InsightVectorRow.insight_number.in_(part)))
