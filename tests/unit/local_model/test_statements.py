"""Cutting a note into what it says."""

import pytest

from adapters.local_model.statements import new_segments, span


def said(text: str) -> list[str]:
    return [segment.text for segment in new_segments(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n ", []),
        ("They close Lyon. Petra leaves!", ["They close Lyon.", "Petra leaves!"]),
        (
            "list:\n- price is fine\n2) delivery is not",
            ["list:", "price is fine", "delivery is not"],
        ),
        ("up by approx. 12 % e.g. in May", ["up by approx. 12 % e.g. in May"]),
        ("pays 3.50 a piece", ["pays 3.50 a piece"]),
    ],
)
def test_sentences_lines_and_bullets_are_segments(text: str, expected: list[str]) -> None:
    """A note falls apart at sentence ends and line ends, and nowhere else."""
    assert said(text) == expected


def test_every_segment_is_a_literal_part() -> None:
    """Start and end point at the segment's own words."""
    text = "One here.  Two there!\n\n  - three\n4. four"
    assert all(text[s.start : s.end] == s.text for s in new_segments(text))


def test_the_history_of_a_mail_is_left_out() -> None:
    """What the note repeats below an attribution line is not what it says."""
    text = (
        "They accept the new price from May on.\n"
        "On Mon, 9 Nov 2026 Petra Keller wrote:\n> Is 3.20 your last word?\nRegards"
    )
    assert said(text) == ["They accept the new price from May on."]


def test_a_signature_is_left_out() -> None:
    """Nothing below the signature's line counts."""
    assert said("They want the audit moved to June.\n-- \nMika Aalto\n+358 40 1234567") == [
        "They want the audit moved to June."
    ]


def test_a_quotation_that_the_note_introduces_stays() -> None:
    """A customer's own words, passed on, are the point of the note."""
    assert "> we are very happy with the new labels" in said(
        "Petra's mail of this morning:\n> we are very happy with the new labels"
    )


def test_a_text_that_is_only_history_is_read() -> None:
    """Where nothing new is left, the quotation is all there is."""
    assert said("> we stop production in Lyon\n> from March") == [
        "> we stop production in Lyon",
        "> from March",
    ]


def test_a_span_is_cut_at_a_word() -> None:
    """A statement keeps to its limit and ends with a whole word."""
    text = "alpha beta gamma delta"
    assert span(text, new_segments(text), 13) == "alpha beta"


def test_a_pasted_log_gives_a_bounded_number_of_segments() -> None:
    """A thousand lines cost no more than forty."""
    assert len(new_segments("a line of a log\n" * 1_000)) == 40
