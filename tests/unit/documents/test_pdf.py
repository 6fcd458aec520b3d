"""The text of PDF files, and what is said of those that have none."""

import pytest

from adapters.documents.kinds import read
from bot.domain.documents import DocumentKind
from bot.errors import FileNotRead, FileProblem
from tests.unit.documents.pdf_files import assembled, pdf, stream, with_password

PDF = DocumentKind.PDF


def problem_of(content: bytes, most: int = 40_000) -> FileProblem:
    with pytest.raises(FileNotRead) as caught:
        read(content, PDF, most)
    return caught.value.problem


@pytest.fixture(autouse=True)
def _logging_comes_back():
    """In production the process ends with the file."""
    import logging

    yield
    logging.disable(logging.NOTSET)


def test_the_text_of_all_pages_is_read():
    """In order."""
    assert read(pdf("Novara closes Lyon.", "Kestrel opens Turku."), PDF, 1000) == (
        "Novara closes Lyon.\n\nKestrel opens Turku."
    )


def test_lines_that_were_only_broken_to_fit_the_page_are_joined():
    """And words that were; a new sentence keeps its line."""
    content = pdf("Novara thinks that our re-\nports come too late\nto be of use.\nThey told Anna.")

    assert read(content, PDF, 1000) == (
        "Novara thinks that our reports come too late to be of use.\nThey told Anna."
    )


def test_a_password_is_needed_only_where_it_keeps_readers_out():
    """Many files have one against changes alone."""
    content = pdf("Novara closes Lyon.")

    assert problem_of(with_password(content, "secret")) is FileProblem.ENCRYPTED
    assert read(with_password(content, ""), PDF, 1000) == "Novara closes Lyon."


def test_a_scan_has_no_text():
    """Only a drawing on its page."""
    assert problem_of(assembled([stream(b"0 0 100 100 re f")])) is FileProblem.NO_TEXT


def test_a_file_that_is_too_long_is_not_cut():
    assert problem_of(pdf(*["Novara closes Lyon. " * 20] * 5), most=1000) is FileProblem.TOO_LONG
