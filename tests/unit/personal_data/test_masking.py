"""Masks stand in the place of what is personal, and the sentence around them stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.personal_data import Kind, find, has_marks, masked, unmasked

NOTE = "Pia (born 14.03.1979) wants her samples at 14 Elm Street; call +358 40 123 4567 first"
PIECES = (
    "+358 40 123 4567", "0171 2345678", "call", "phone", "order", "born", "14.03.1979", "1979",
    "pia@mail.example", "(at)", "14 Elm Street", "Koskikatu 25", "lives at", "Medford MA 02155",
    "DE89370400440532013000", "4111111111111111", "card", "131052-308T", "536-90-4399", "SSN",
    "knee surgery", "off till May", "on sick leave", "[phone]", "[address]", "12", "3", "-", ",",
    ".", "\n", "St", "Box", "apt", "000", "x", "\x00", "\ud800", "ß", "İ", "٣٤٥",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(), max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
)


def test_the_sentence_can_still_be_read():
    """Each mask says what stood there; the names stay."""
    assert masked(NOTE) == (
        "Pia (born [date of birth]) wants her samples at [address]; call [phone] first"
    )


def test_a_text_without_is_left_as_it_is():
    """To the letter."""
    assert masked("Novara wants 40 000 vials by 12.11.2026") == (
        "Novara wants 40 000 vials by 12.11.2026"
    )
    assert not has_marks("a [note] on phones")


@given(TEXTS)
def test_masking_twice_is_masking_once(text: str):
    """Nothing is found in a mask, beside it or across it."""
    once = masked(text)
    assert masked(once) == once
    assert find(once) == ()


@given(TEXTS)
def test_what_is_found_lies_in_the_text_in_order(text: str):
    """And never overlaps, whatever stands in it."""
    end = 0
    for one in find(text):
        assert end <= one.start < one.end <= len(text)
        end = one.end


@given(TEXTS)
def test_a_masked_text_gives_the_text_back(text: str):
    """As long as one knows the text."""
    shown = text
    for one in reversed(find(text)):
        shown = shown[: one.start] + one.kind.mask + shown[one.end :]
    assert unmasked(shown, text) == text


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("call [phone] first", "call +358 40 123 4567 first"),
        ("samples at [address", "samples at 14 Elm Street"),
        ("[date of birth]) wants", "14.03.1979) wants"),
        ("Pia", "Pia"),
        ("said by nobody", "said by nobody"),
    ],
)
def test_a_part_of_a_masked_text_is_found_in_the_text(part: str, whole: str):
    """A mark, or a piece of one, stands for all that it covers."""
    assert unmasked(part, NOTE) == whole


@pytest.mark.parametrize("kind", Kind)
def test_a_mask_is_known_as_one(kind: Kind):
    """So that nothing is masked twice."""
    assert has_marks(f"x {kind.mask} y")


@pytest.mark.parametrize(
    "piece",
    [
        "4 ", "44 Aa Bb ", "+1 ", "a@", "a.", "1-", "12 34 ", "St ", "P.O. Box ",
        "born 1.1.", "DE12 ",
        "sick ", "lives at 1 ", "A1A ", "(0", "[phone]", "0171 2345678 ", "off cancer ", "apt 1, ",
        "call 0", "ab12 ", "\n>", "14 elm street ", "corner of 1 A St and ",
    ],
)  # fmt: skip
def test_time_grows_as_the_text_does(piece: str):
    """40 000 characters within half a second of this thread's time, whatever they are."""
    text = (piece * (40_000 // len(piece) + 1))[:40_000]
    began = time.thread_time()
    find(text)
    assert time.thread_time() - began < 0.5
