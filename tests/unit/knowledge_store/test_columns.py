"""What is stored in a form of our own."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect as sqlite

from bot.domain.taxonomy import Topic
from knowledge_store.columns import AsJson, HalfVector, UtcDateTime, storable

SQLITE = sqlite()
ANY_TEXT = st.text(st.characters(exclude_categories=()))  # surrogates and NUL, too


@given(ANY_TEXT)
def test_any_text_becomes_storable(text: str) -> None:
    """It can be encoded, has no NUL, is in NFC, and stays as it is from then on."""
    clean = storable(text)
    assert "\0" not in clean.encode().decode()
    assert unicodedata.is_normalized("NFC", clean)
    assert storable(clean) == clean


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_text_loses_nothing_but_what_cannot_be_stored(text: str) -> None:
    """Neither spaces nor marks nor invisible characters."""
    assert storable(text) == unicodedata.normalize("NFC", text)


def test_two_halves_of_a_character_are_put_together() -> None:
    """Some clients send the halves as characters of their own."""
    assert storable("a\ud83d\ude00b\ud83d") == "a😀b"


def test_times_are_stored_in_utc_and_come_back_with_their_zone() -> None:
    """Although the database drops it."""
    there = datetime(2026, 11, 9, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    stored = UtcDateTime().process_bind_param(there, SQLITE)
    assert stored == there
    assert stored.utcoffset() == timedelta(0)
    assert UtcDateTime().process_result_value(stored.replace(tzinfo=None), SQLITE) == there


def test_a_time_without_a_zone_is_refused() -> None:
    """It would be taken for another moment."""
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 9), SQLITE)  # noqa: DTZ001 - the point
    assert UtcDateTime().process_bind_param(datetime(2026, 1, 1, tzinfo=UTC), SQLITE) is not None


def test_json_holds_the_values_of_enums_and_clean_texts() -> None:
    """Names of enums may change, values may not."""
    column = AsJson(tuple[Topic, ...])
    stored = column.process_bind_param((Topic.PRICE, Topic.NEEDS), SQLITE)
    assert stored == '["price","needs"]'
    assert column.process_result_value(stored, SQLITE) == (Topic.PRICE, Topic.NEEDS)
    assert AsJson(tuple[str, ...]).process_bind_param(("Cafe\u0301\0", "\udc00"), SQLITE) == (
        '["Café",""]'
    )


def test_a_vector_takes_two_bytes_a_dimension() -> None:
    """And comes back nearly equal."""
    vector = np.array([0.6, -0.8, 0.001], dtype=np.float32)
    stored = HalfVector().process_bind_param(vector, SQLITE)
    assert stored is not None
    assert len(stored) == 6
    back = HalfVector().process_result_value(stored, SQLITE)
    assert back is not None
    assert back.dtype == np.float32
    assert np.allclose(back, vector, atol=1e-3)
