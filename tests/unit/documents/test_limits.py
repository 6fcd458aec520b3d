"""Whatever is in a file, reading it ends soon, costs little, and breaks nothing."""

import random
import resource
import time
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from adapters.documents import Limits, SubprocessDocumentReader
from bot.domain.documents import DocumentKind
from bot.errors import FileNotRead, FileProblem
from tests.unit.documents.pdf_files import assembled, deflated, pdf, stream

TEXT, TABLE, MAIL, PDF = DocumentKind
MOST = 40_000
LIMITS = Limits(memory_bytes=400 * 1024 * 1024, cpu_s=3, wall_s=20.0)
SLACK_S = 10.0  # what a busy machine adds


def problem_of(content: bytes, kind: DocumentKind, limits: Limits = LIMITS) -> FileProblem:
    with pytest.raises(FileNotRead) as caught:
        SubprocessDocumentReader(limits).read(content, kind, MOST)
    return caught.value.problem


def nested_mail(depth: int) -> bytes:
    parts = [
        f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n'
        for level in range(depth)
    ]
    return ("From: a@b.example\n" + "".join(parts)).encode()


def endless_pages() -> bytes:
    """A tree of pages whose only branch is itself."""
    catalog = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
    pages = b"2 0 obj<</Type/Pages/Count 9/Kids[2 0 R]>>endobj"
    return b"%PDF-1.4\n" + catalog + pages + b"\ntrailer<</Root 1 0 R/Size 3>>\n%%EOF"


def tags() -> bytes:
    return b"A: b\nContent-Type: text/html\n\n" + b"<div><a <" * 1_000_000


def history() -> bytes:
    return b"A: b\n\n" + b"From: x\n" * 1_000_000


def unpacking() -> bytes:
    return assembled([deflated(b" " * 200_000_000, times=2)])


def drawing() -> bytes:
    return assembled([deflated(b"BT (x) Tj ET " * 4_000_000)])


def many_objects() -> bytes:
    return assembled([stream(b"")], [b"<<" + b"/A[" * 200 + b"]" * 200 + b">>"] * 20_000)


BOMBS = {
    "a stream that unpacks to 200 MB": (unpacking, PDF),
    "a page that draws for ever": (drawing, PDF),
    "a tree of pages that is its own branch": (endless_pages, PDF),
    "twenty thousand deep objects": (many_objects, PDF),
    "an array that never ends": (lambda: assembled([stream(b"[" * 5_000_000)]), PDF),
    "a mail within a mail within a mail": (lambda: nested_mail(20_000), MAIL),
    "a header of brackets": (lambda: b"From: " + b"(" * 2_000_000 + b"\n\nhello", MAIL),
    "a million headers": (lambda: b"X: y\n" * 1_000_000 + b"\n", MAIL),
    "an HTML of nothing but tags": (tags, MAIL),
    "a mail of lines that look like history": (history, MAIL),
    "a cell of ten megabytes": (lambda: b'a,b\n1,"' + b"x" * 9_000_000, TABLE),
    "ten million cells": (lambda: b"," * 9_000_000, TABLE),
    "ten million quotation marks": (lambda: b'"' * 9_000_000, TABLE),
    "ten megabytes of text": (lambda: b"word " * 2_000_000, TEXT),
    "ten megabytes of line ends": (lambda: b"\r\n \t" * 2_000_000, TEXT),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BOMBS))
@pytest.mark.slow
def test_a_bomb_ends_soon_and_is_told_about(name: str):
    """Within the processor time that it may take, give or take the start of a process."""
    made, kind = BOMBS[name]
    content = made()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()

    assert problem_of(content, kind) in FileProblem

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert cpu_s < LIMITS.cpu_s + 2
    assert time.monotonic() - started < LIMITS.wall_s + SLACK_S


def test_memory_is_bounded():
    """A file that needs more than it may have is given up, and nobody else's memory is taken."""
    content = b"word " * 2_000_000

    assert problem_of(content, TEXT) is FileProblem.TOO_LONG
    small = Limits(memory_bytes=40 * 1024 * 1024, cpu_s=10, wall_s=30.0)
    assert problem_of(content, TEXT, small) is FileProblem.TOO_COMPLEX


def test_processor_time_is_bounded(monkeypatch: pytest.MonkeyPatch):
    """Long before the clock on the wall ends it."""
    endless = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from adapters.documents import child; "
        "child._limit(int(sys.argv[3]), int(sys.argv[4]))\nwhile True: pass"
    )
    monkeypatch.setattr("adapters.documents.subprocess_reader._START", endless)
    started = time.monotonic()

    assert problem_of(b"", TEXT, Limits(cpu_s=1, wall_s=300.0)) is FileProblem.TOO_COMPLEX
    assert time.monotonic() - started < 100


def test_a_process_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch):
    """Sleeping costs no processor time, so the clock on the wall ends it."""
    monkeypatch.setattr(
        "adapters.documents.subprocess_reader._START", "import time; time.sleep(600)"
    )
    started = time.monotonic()

    assert problem_of(b"hello", TEXT, Limits(wall_s=0.2)) is FileProblem.TOO_COMPLEX
    assert time.monotonic() - started < SLACK_S


@pytest.mark.parametrize(
    "program",
    [
        "import sys; sys.exit(1)",
        "import os; os.abort()",
        "print('not json')",
        "print('[1]')",
        "print('{\"text\": 1}')",
        'print(\'{"text": ""}\')',
        'print(\'{"problem": "made up"}\')',
        "import sys\nwhile True: sys.stdout.write('x' * 1000)",
        "print('{\"text\": \"' + 'x' * 50_000 + '\"}')",
    ],
)
def test_whatever_the_process_says_is_not_believed(monkeypatch: pytest.MonkeyPatch, program: str):
    """It read what a stranger wrote: it may be the stranger's by now."""
    monkeypatch.setattr("adapters.documents.subprocess_reader._START", program)

    assert problem_of(b"x" * 1_000_000, TEXT) is FileProblem.TOO_COMPLEX


def test_the_process_has_no_secret_and_writes_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Neither in its environment, nor anywhere to leave one."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    left = tmp_path / "left"
    told = f"""
import json, os, sys
sys.path.insert(0, sys.argv[1])
from adapters.documents.child import _limit
_limit(500_000_000, 5)
try:
    with open({str(left)!r}, "w") as file:
        file.write("x")
except OSError:
    pass
print(json.dumps(dict(text=str("SLACK_BOT_TOKEN" in os.environ))))
"""
    monkeypatch.setattr("adapters.documents.subprocess_reader._START", told)

    said = SubprocessDocumentReader().read(b"", TEXT, MOST)
    assert said == "False"
    assert not left.exists() or left.read_text(encoding="utf-8") == ""


def test_a_service_that_is_stopped_still_gets_its_answer(monkeypatch: pytest.MonkeyPatch):
    """The signal may be sent to all processes of the service: a file is not unreadable for that."""
    told = (
        "import os, signal, sys; sys.path.insert(0, sys.argv.pop(1)); "
        "from adapters.documents import child; child.ignore_stopping(); "
        "os.kill(os.getpid(), signal.SIGTERM); os.kill(os.getpid(), signal.SIGINT); child.main()"
    )
    monkeypatch.setattr("adapters.documents.subprocess_reader._START", told)

    assert SubprocessDocumentReader(LIMITS).read(b"late", TEXT, MOST) == "late"


def test_files_are_read_one_after_the_other_without_a_trace():
    """After a bomb the next file is read as ever."""
    reader = SubprocessDocumentReader(LIMITS)
    problem_of(nested_mail(20_000), MAIL)

    assert reader.read(pdf("Novara closes Lyon."), PDF, MOST) == "Novara closes Lyon."
    assert reader.read("ääni".encode(), TEXT, MOST) == "ääni"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file_gives_text_or_says_why_not(seed: int):
    """Bytes changed at random in files that were whole; nothing else is raised."""
    chance = random.Random(seed)
    whole = bytearray(pdf("Novara closes Lyon.", "Kestrel opens Turku."))
    for _ in range(20):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    with suppress(FileNotRead):
        assert SubprocessDocumentReader(LIMITS).read(bytes(whole), PDF, MOST).strip()


def test_a_packed_archive_is_no_text():
    """Whatever its name says."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 1_000_000)

    assert problem_of(packed.getvalue(), TEXT) is FileProblem.DAMAGED
    assert problem_of(packed.getvalue(), PDF) is FileProblem.DAMAGED
