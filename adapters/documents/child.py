"""What runs in the process of its own: one file in, its text or what is wrong with it out.

Arguments: the kind of file, the most characters, the most bytes of memory, the most seconds of
processor time. The file comes by standard input, the answer goes as JSON by standard output.
"""

import json
import resource
import signal
import sys

from adapters.documents.kinds import read
from bot.domain.documents import DocumentKind
from bot.errors import FileNotRead, FileProblem

_FILES_OPEN = 32


def main() -> None:
    """Read the file and say what is in it."""
    ignore_stopping()
    kind, most_characters, memory_bytes, cpu_s = sys.argv[1:5]
    _limit(int(memory_bytes), int(cpu_s))
    content = sys.stdin.buffer.read()
    answer = json.dumps(_answer(content, DocumentKind(kind), int(most_characters)))
    sys.stdout.write(answer)
    sys.stdout.flush()


def ignore_stopping() -> None:
    """Let the worker decide when this ends.

    Whoever stops the service may send the signal to all its processes. This one would die of it,
    and its file would be taken for one that cannot be read.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _limit(memory_bytes: int, cpu_s: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_NOFILE, _FILES_OPEN),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _answer(content: bytes, kind: DocumentKind, most_characters: int) -> dict[str, str]:
    try:
        return {"text": read(content, kind, most_characters)}
    except FileNotRead as refusal:
        return {"problem": refusal.problem.value}
    except (MemoryError, RecursionError):
        return {"problem": FileProblem.TOO_COMPLEX.value}
    except Exception:  # noqa: BLE001 - a parser may fail in any way on what a stranger wrote
        return {"problem": FileProblem.DAMAGED.value}
