"""No regular expression of the product can be kept busy by a text made for it."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator, Mapping
from types import ModuleType

import pytest

import adapters
import bot
import knowledge_store
import prompts

SHORT, LONG = 1_000, 10_000
SUSPICIOUS_S, MOST_S = 0.004, 0.25  # of this thread's processor time

PIECES = (
    "a",
    "A",
    "1",
    " ",
    "\t",
    "\n",
    "-",
    ".",
    ",",
    "_",
    "@",
    "<",
    ">",
    "[",
    "(",
    "{",
    '"',
    "'",
    "=",
    "/",
    "&",
    "a.",
    "a-",
    "a@",
    "a,",
    "A ",
    "1.",
    "1,",
    "1 ",
    "1-",
    "1/",
    "a1",
    " a",
    "\n>",
    "\r\n",
    "<a",
    "&a",
    "[1,",
    "](",
    "://",
    "=a",
    "a=",
    "?a=",
    "@a.",
    "00 ",
    "+1",
    "0 ",
    "A1",
    "DE00",
    "x-",
    "eyJa.",
    "é",
    "中",
    "\u0301",
    "from ",
    "On a wrote:",
    "-----BEGIN A",
    "xoxb-",
    "from 1 to ",
)


def modules() -> Iterator[ModuleType]:
    for package in (bot, adapters, knowledge_store, prompts):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns_in(value: object, depth: int = 3) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth and isinstance(value, Mapping):
        for part in value.values():
            yield from patterns_in(part, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from patterns_in(part, depth - 1)


def compiled() -> dict[str, re.Pattern[str]]:
    """Every expression that a module of ours keeps, by where it is."""
    found: dict[re.Pattern[str], str] = {}
    for module in modules():
        for name, value in vars(module).items():
            for index, pattern in enumerate(patterns_in(value)):
                found.setdefault(pattern, f"{module.__name__}.{name}[{index}]")
    return {name: pattern for pattern, name in found.items()}


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Every way that the product uses expressions in: searching, and replacing throughout."""
    begun = time.thread_time()
    pattern.search(text)
    pattern.fullmatch(text)
    for _ in pattern.finditer(text):
        pass
    return time.thread_time() - begun


def texts(piece: str, length: int) -> tuple[str, ...]:
    whole = (piece * length)[:length]
    return whole, f"{whole}\x00", f"\x00{whole}!"


def slow(pattern: re.Pattern[str]) -> str | None:
    """The piece that keeps it busy."""
    for piece in PIECES:
        for short, long in zip(texts(piece, SHORT), texts(piece, LONG), strict=True):
            if seconds(pattern, short) < SUSPICIOUS_S:
                continue
            took = min(seconds(pattern, long) for _ in range(2))
            if took > MOST_S:
                return f"{piece!r}: {took:.1f} s"
    return None


@pytest.mark.slow
def test_the_time_of_every_expression_grows_with_the_text() -> None:
    """For each that stands in a module, and each of many texts that expressions stumble over."""
    found = compiled()
    assert len(found) > 60
    busy = {name: slow(pattern) for name, pattern in found.items()}
    assert not {name: why for name, why in busy.items() if why}


def test_an_expression_that_can_be_kept_busy_is_found() -> None:
    """Or the test above would prove nothing."""
    assert slow(re.compile(r"\s+$")) is not None
    assert slow(re.compile(r"\w+@\w+")) is not None
    assert slow(re.compile(r"\s$")) is None
