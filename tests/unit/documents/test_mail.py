"""Of a mail only what is new is kept, with who wrote on what."""

import pytest

from adapters.documents.kinds import read
from bot.domain.documents import DocumentKind
from bot.errors import FileNotRead, FileProblem

HEADERS = """\
From: "P. Keller" <p.keller@novara.example>
To: anna@acme.example
Subject: =?utf-8?q?Reports_too_late_f=C3=BCr_uns?=
Date: Mon, 16 Nov 2026 09:12:00 +0100
"""
ABOVE = "Subject: Reports too late für uns\nFrom: P. Keller (novara.example)\n\n"


def text_of(body: str, headers: str = "Content-Type: text/plain; charset=utf-8\n") -> str:
    return read(f"{HEADERS}{headers}\n{body}".encode(), DocumentKind.MAIL, 40_000)


def test_subject_and_sender_stand_above_what_is_said():
    """Of the address only where it is from: it names the company, and is no private data."""
    assert text_of("The deviation reports come too late.") == (
        f"{ABOVE}The deviation reports come too late."
    )


@pytest.mark.parametrize(
    "history",
    [
        "On Fri, 13 Nov 2026 at 10:00, Anna Berg <anna@acme.example> wrote:\n> the old words",
        "On Fri, 13 Nov 2026 at 10:00, Anna Berg\n<anna@acme.example> wrote:\n\n> the old words",
        "Am 13.11.2026 um 10:00 schrieb Anna Berg <anna@acme.example>:\n> the old words",
        "Le ven. 13 nov. 2026 à 10:00, Anna Berg a écrit :\n> the old words",
        "El vie, 13 nov 2026 a las 10:00, Anna Berg escribió:\n> the old words",
        "Den fre 13 nov. 2026 kl 10:00 skrev Anna Berg <anna@acme.example>:\n> the old words",
        "pe 13.11.2026 klo 10.00 Anna Berg (anna@acme.example) kirjoitti:\n> the old words",
        "-----Original Message-----\nFrom: Anna Berg\nthe old words",
        "____________\nFrom: Anna Berg\nSent: Friday\nTo: P. Keller\n\nthe old words",
        "Von: Anna Berg\nGesendet: Freitag, 13. November 2026\nAn: P. Keller\n\nthe old words",
        "> the old words\n> and more of them",
    ],
)
def test_quoted_history_is_left_out(history: str):
    said = text_of(f"We now look at a second supplier.\n\n{history}")

    assert "second supplier" in said
    assert "old words" not in said
    assert "Anna" not in said


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nP. Keller\nHead of Procurement",
        "Mit freundlichen Grüßen\nP. Keller\n+49 170 1234567",
        "Best regards,\n\nP. Keller",
        "Ystävällisin terveisin\nP. Keller",
        "Sent from my iPhone",
    ],
)
def test_a_signature_is_left_out(signature: str):
    assert text_of(f"We now look at a second supplier.\n\n{signature}") == (
        f"{ABOVE}We now look at a second supplier."
    )


def test_words_like_a_greeting_within_a_sentence_stay():
    """Only a line of its own closes a mail."""
    said = text_of("Best regards from Lyon, said Keller.\nOn Monday we wrote to them: no answer.")

    assert said.endswith(
        "Best regards from Lyon, said Keller.\nOn Monday we wrote to them: no answer."
    )


def test_an_answer_between_quoted_lines_keeps_what_it_answers():
    """Without, nobody could read it."""
    said = text_of("> Can you wait until May?\nNo, we decide in March.")

    assert "until May" in said
    assert "decide in March" in said


def test_a_mail_that_is_only_passed_on_is_kept_whole():
    """What was passed on is what it says."""
    said = text_of("---------- Forwarded message ---------\nFrom: Pia\n\nWe close the Lyon site.")

    assert "close the Lyon site" in said


def test_html_becomes_words_and_its_history_is_left_out():
    """As mail programs mark it."""
    html = (
        "<html><head><style>p {color: red}</style></head><body><p>We close <b>Lyon</b>.</p>"
        "<script>alert(1)</script><p>In May.</p>"
        '<div class="gmail_quote">On Friday Anna wrote:<blockquote>the old words</blockquote></div>'
    )

    assert text_of(html, "Content-Type: text/html\n") == f"{ABOVE}We close Lyon.\nIn May."


def test_plain_text_is_preferred_and_attachments_are_no_part_of_it():
    """Whatever stands first."""
    boundary = (
        "--b\nContent-Type: text/html\n\n<p>the same in HTML</p>\n"
        "--b\nContent-Type: text/plain\n\nWe close Lyon.\n"
        "--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nterms\n--b--\n"
    )

    assert text_of(boundary, 'Content-Type: multipart/mixed; boundary="b"\n') == (
        f"{ABOVE}We close Lyon."
    )


def test_a_charset_that_nobody_knows_is_guessed():
    assert "Grüße aus Lyon" in text_of(
        "Grüße aus Lyon", "Content-Type: text/plain; charset=x-odd\n"
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", FileProblem.DAMAGED),
        (b"just words\n", FileProblem.DAMAGED),
        (f"{HEADERS}\n".encode(), FileProblem.EMPTY),
        (f"{HEADERS}\n{'x' * 50_000}".encode(), FileProblem.TOO_LONG),
    ],
)
def test_what_cannot_be_kept_is_told_apart(content: bytes, problem: FileProblem):
    with pytest.raises(FileNotRead) as caught:
        read(content, DocumentKind.MAIL, 40_000)
    assert caught.value.problem is problem
