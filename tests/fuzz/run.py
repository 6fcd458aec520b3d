"""Feeds one parser for a while, and tells what nobody had foreseen."""

import logging
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from tests.fuzz.mutator import Mutator
from tests.fuzz.parsers import PARSERS, Parser

SLOW_S = 2.0
"""Longer than any parser in the product's own process may take for one input."""


class TooSlow(Exception):
    """A parser was still at it."""


@dataclass
class Findings:
    """What a run came upon; a finding is a traceback with the input that caused it."""

    inputs: int = 0
    refused: int = 0
    given_up: int = 0
    uncaught: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """In a line."""
        slow = f", {self.given_up} given up as too slow" if self.given_up else ""
        return f"{self.inputs} inputs, {self.refused} refused{slow}, {len(self.uncaught)} uncaught"


def fuzz(name: str, *, seed: int, seconds: float, most_inputs: int | None = None) -> Findings:
    """The same inputs for the same seed, until the time or the number is over."""
    parser, findings = PARSERS[name], Findings()
    end = time.monotonic() + seconds
    for given in parser.inputs(Mutator(seed)):
        findings.inputs += 1
        _feed(parser, given, findings)
        if time.monotonic() > end or findings.inputs == most_inputs or findings.uncaught[9:]:
            return findings
    raise AssertionError("inputs never end")


def _feed(parser: Parser, given: object, findings: Findings) -> None:
    try:
        with _within(SLOW_S):
            parser.feed(given)
    except parser.allowed:
        findings.refused += 1
    except TooSlow:
        findings.given_up += 1
        if not parser.may_be_slow:
            findings.uncaught.append(f"over {SLOW_S} s for {_shown(given)}")
    except Exception:  # noqa: BLE001 - whatever it is, it is a finding
        findings.uncaught.append(f"{traceback.format_exc(limit=-4)}for {_shown(given)}")
    finally:
        logging.disable(logging.NOTSET)  # reading a PDF, else a process of its own, silences all


def _shown(given: object) -> str:
    text = ascii(given)
    return text if len(text) <= 2_000 else f"{text[:2_000]}… ({len(text)})"


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Of processor time: a busy neighbour makes nothing slow. In the main thread only."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
