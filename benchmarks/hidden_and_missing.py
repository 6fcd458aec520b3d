"""Does the time of an answer tell that there is something one may not see?

    python -m benchmarks.hidden_and_missing [questions] [hidden notes]

Carla asks in turn about what was only said where she is not, and about what nobody ever said: the
replies must be the same to the byte but for the words of the question, and their medians in time
within a tenth. The store is real; the models are those of the tests, which take no time.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from bot.messages import IncomingMessage, Reply, WayIn
from tests.stage import ANNA, CARLA, PRICING, Stage, raise_curtain

_HIDDEN, _MISSING = "lyonesse", "ravenholm"


def main() -> None:
    """Print both medians and how far they are apart."""
    questions, notes = (int(given) for given in (*sys.argv[1:], "1000", "1000")[:2])
    with tempfile.TemporaryDirectory() as folder:
        stage = raise_curtain(Path(folder))
        for number in range(notes):
            text = f"Novara closes {_HIDDEN} number {number}"
            stage.note(ANNA, text, way_in=WayIn.MENTION, where=PRICING)
        took: dict[str, list[float]] = {_HIDDEN: [], _MISSING: []}
        for number in range(questions):
            for word in (_HIDDEN, _MISSING)[:: 1 if number % 2 else -1]:
                began = time.perf_counter()
                reply = _ask(stage, word)
                took[word].append(time.perf_counter() - began)
                if _plain(reply, word) != _plain(_ask(stage, _MISSING), _MISSING):
                    raise SystemExit("hidden and missing are told apart by their words")
        stage.store.close()
    hidden, missing = (statistics.median(took[word]) * 1_000 for word in (_HIDDEN, _MISSING))
    apart = abs(hidden - missing) / missing
    print(f"{questions} questions each, {notes} hidden notes: hidden {hidden:.2f} ms, "
          f"missing {missing:.2f} ms, {apart:.1%} apart")  # fmt: skip


def _ask(stage: Stage, word: str) -> Reply:
    message: IncomingMessage = stage.message(CARLA, f"who closes {word}?", way_in=WayIn.ASK_COMMAND)
    (reply,) = stage.handler.handle(replace(message, message_id=f"q{time.monotonic_ns()}"))
    return reply


def _plain(reply: Reply, word: str) -> str:
    """Buttons hold the question's own id."""
    return repr((reply.blocks, [one.label for one in reply.buttons])).replace(word, "…")


if __name__ == "__main__":
    main()
