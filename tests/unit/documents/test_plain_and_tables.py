"""Text and tables out of files, in whatever way they were written."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.documents.kinds import read
from bot.domain.documents import DocumentKind, kind_of
from bot.errors import FileNotRead, FileProblem

TEXT, TABLE = DocumentKind.TEXT, DocumentKind.TABLE


def problem_of(content: bytes, kind: DocumentKind, most: int = 1000) -> FileProblem:
    with pytest.raises(FileNotRead) as caught:
        read(content, kind, most)
    return caught.value.problem


@pytest.mark.parametrize(
    "content",
    [
        "Größe, ääniä".encode(),
        codecs.BOM_UTF8 + "Größe, ääniä".encode(),
        "Größe, ääniä".encode("cp1252"),
        "Größe, ääniä".encode("utf-16"),
        codecs.BOM_UTF16_BE + "Größe, ääniä".encode("utf-16-be"),
    ],
)
def test_text_is_read_in_the_encodings_that_people_s_programs_write(content: bytes):
    assert read(content, TEXT, 1000) == "Größe, ääniä"


def test_characters_that_nobody_sees_are_left_out():
    """And lines end in one way."""
    assert (
        read(b"one \r\ntwo\x07\x1b[31m\r\n\r\n\r\n\r\nthree", TEXT, 1000) == "one\ntwo[31m\n\nthree"
    )


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xfe\0\0a\0\0\0"])
def test_what_is_no_text_is_said_to_be_damaged(content: bytes):
    assert problem_of(content, TEXT) is FileProblem.DAMAGED


@pytest.mark.parametrize("content", [b"", b" \n\t ", b"\xef\xbb\xbf", b";;\n;;\n"])
@pytest.mark.parametrize("kind", [TEXT, TABLE])
def test_a_file_without_words_is_empty(content: bytes, kind: DocumentKind):
    if kind is TEXT and b";" in content:
        return
    assert problem_of(content, kind) is FileProblem.EMPTY


def test_a_note_s_length_is_the_most():
    """To the character."""
    assert read(b"a" * 1000, TEXT, 1000) == "a" * 1000
    assert problem_of(b"a" * 1001, TEXT) is FileProblem.TOO_LONG


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_row_can_be_read_by_itself(delimiter: str):
    """Under its titles; an empty cell says nothing."""
    rows = [
        ["Customer", "Wish", "Owner"],
        ["Novara", "earlier reports", "Anna"],
        ["Kestrel", "", "Ben"],
    ]
    content = "\n".join(delimiter.join(row) for row in rows).encode()

    assert read(content, TABLE, 1000) == (
        "Customer: Novara; Wish: earlier reports; Owner: Anna\nCustomer: Kestrel; Owner: Ben"
    )


def test_a_table_without_titles_stays_rows_of_cells():
    assert read(b"2026-10-01,Novara\n2026-10-02,Kestrel\n", TABLE, 1000) == (
        "2026-10-01 | Novara\n2026-10-02 | Kestrel"
    )


def test_a_cell_is_never_a_formula():
    """It is shown as it was written, and calculates nothing; an export guards it as any text."""
    content = b'Customer,Note\nNovara,"=HYPERLINK(""http://evil.example"",""x"")"\n'

    assert read(content, TABLE, 1000) == (
        'Customer: Novara; Note: =HYPERLINK("http://evil.example","x")'
    )


def test_a_cell_in_quotation_marks_may_hold_what_separates():
    """And line ends, which become spaces."""
    content = b'Customer;Note\nNovara;"late; again\nand again"\n'

    assert read(content, TABLE, 1000) == "Customer: Novara; Note: late; again and again"


def test_a_table_that_is_too_long_is_not_cut():
    """Neither by many rows, nor by one huge cell."""
    assert problem_of(b"Customer,Note\n" + b"Novara,late\n" * 100, TABLE) is FileProblem.TOO_LONG
    assert problem_of(b'Customer,Note\nNovara,"' + b"x" * 2000, TABLE) is FileProblem.TOO_LONG


@given(st.binary(max_size=300), st.sampled_from([TEXT, TABLE]))
def test_any_bytes_give_text_of_allowed_length_or_say_why_not(content: bytes, kind: DocumentKind):
    try:
        text = read(content, kind, 200)
    except FileNotRead:
        return
    assert 0 < len(text) <= 200
    text.encode()  # no lone surrogates
    assert text.replace("\n", "").replace("\t", "").isprintable() or not text.isascii()


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("minutes.TXT", "", TEXT),
        ("a.md", "text/plain", TEXT),
        ("list.csv", "text/plain", TABLE),
        ("mail.eml", "application/octet-stream", DocumentKind.MAIL),
        ("offer.pdf", "", DocumentKind.PDF),
        ("Untitled", "text/plain; charset=utf-8", TEXT),
        ("offer.docx", "text/plain", None),
        ("script.exe", "application/pdf", None),
        ("", "", None),
    ],
)
def test_the_kind_is_what_the_name_says_or_else_the_type(
    name: str, media_type: str, kind: DocumentKind | None
):
    assert kind_of(name, media_type) is kind
