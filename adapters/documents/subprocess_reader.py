"""The DocumentReader port: a process for each file, which may be killed.

Whatever a file makes a parser do ends there: it has bounded memory and time, no environment, so no
secret, and it writes no file. What it says is read up to a bound, and believed only as text.
"""

import json
import subprocess  # nosec B404 - a fixed program of our own, no shell
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from bot.domain.documents import DocumentKind
from bot.errors import FileNotRead, FileProblem

_ROOT = Path(__file__).parents[2]
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from adapters.documents.child import main; main()"
)
_BYTES_A_CHARACTER: Final = 12  # JSON writes the rarest ones as two escapes of six
_FRAME_BYTES: Final = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    memory_bytes: int = 512 * 1024 * 1024
    cpu_s: int = 15
    wall_s: float = 30.0


class SubprocessDocumentReader:
    """Reads one file in one process, and waits for it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def read(self, content: bytes, kind: DocumentKind, most_characters: int) -> str:
        """See `bot.ports.DocumentReader`."""
        most_bytes = most_characters * _BYTES_A_CHARACTER + _FRAME_BYTES
        said = self._run(content, kind, most_characters, most_bytes)
        return _text(said, most_characters)

    def _run(
        self, content: bytes, kind: DocumentKind, most_characters: int, most_bytes: int
    ) -> bytes:
        limits = self._limits
        numbers = (most_characters, limits.memory_bytes, limits.cpu_s)
        arguments = [str(_ROOT), kind.value, *map(str, numbers)]
        with subprocess.Popen(  # noqa: S603  # nosec B603 - our own program; the file is data
            [sys.executable, "-I", "-X", "utf8", "-c", _START, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # an error's text may be somebody's words
            env={},
            start_new_session=True,  # Ctrl-C in a terminal is for the service
        ) as process:
            watch = threading.Timer(limits.wall_s, process.kill)
            feeder = threading.Thread(target=_feed, args=(process.stdin, content), daemon=True)
            watch.start()
            feeder.start()
            try:
                said = process.stdout.read(most_bytes) if process.stdout else b""
            finally:
                process.kill()  # it has said all that counts, or too much
                watch.cancel()
                feeder.join()
            return said


def _feed(stdin: IO[bytes] | None, content: bytes) -> None:
    if stdin is None:
        return
    try:
        stdin.write(content)
        stdin.close()
    except OSError:
        return  # it ended before it had read everything


def _text(said: bytes, most_characters: int) -> str:
    try:
        answer = json.loads(said)
    except ValueError:  # it was ended by a limit, or by the file
        raise FileNotRead(FileProblem.TOO_COMPLEX) from None
    text = answer.get("text") if isinstance(answer, dict) else None
    if isinstance(text, str) and text.strip() and len(text) <= most_characters:
        return text
    problem = answer.get("problem") if isinstance(answer, dict) else None
    known = set(FileProblem)
    raise FileNotRead(FileProblem(problem) if problem in known else FileProblem.TOO_COMPLEX)
