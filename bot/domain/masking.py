"""What others than its contributor read of a note: the same, with personal data masked."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from bot.domain.insight import Insight
from bot.domain.note import Note, NoteRecord

Mask: TypeAlias = Callable[[str], str]
"""Puts a mark in the place of what is personal; see `bot.services.personal_data`."""


def masked_note(note: Note, mask: Mask) -> Note:
    """Names stay: they are knowledge."""
    text = mask(note.text)
    return note if text == note.text else replace(note, text=text)


def masked_insight(insight: Insight, mask: Mask) -> Insight:
    """Without the dates whose words are masked."""
    statement = mask(insight.statement)
    if statement == insight.statement:
        return insight
    dates = tuple(one for one in insight.dates if one.words in statement)
    return replace(insight, statement=statement, dates=dates)


def masked_record(record: NoteRecord, mask: Mask) -> NoteRecord:
    """The note and each of its insights."""
    insights = tuple(masked_insight(insight, mask) for insight in record.insights)
    return replace(record, note=masked_note(record.note, mask), insights=insights)
