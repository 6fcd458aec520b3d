"""Words beside a number that tell what it is, from `cues.toml`."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_BEFORE = 48
_BEFORE_CLOSELY = 24
_BEFORE_RIGHT = 6
_AFTER = 20


@cache
def _tables() -> dict[str, dict[str, str]]:
    source = files("bot.services.personal_data").joinpath("cues.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def words(table: str, name: str) -> str:
    """An alternation of regular expressions, to be held apart from other words by the caller."""
    return _tables()[table][name].replace("\n", "").strip("|").replace(" ", r"\s")


@cache
def _cue(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{words('cues', name)})(?![^\W_])", re.IGNORECASE)


def stands_before(name: str, text: str, start: int, *, within: int = _BEFORE) -> bool:
    """Whether such a word stands shortly before, in the same sentence."""
    return _cue(name).search(_same_sentence(text[max(0, start - within) : start])) is not None


def stands_closely_before(name: str, text: str, start: int) -> bool:
    """Whether such a word stands so close before that it names what follows."""
    return stands_before(name, text, start, within=_BEFORE_CLOSELY)


def stands_right_before(name: str, text: str, start: int) -> bool:
    """Whether such a word is the one before."""
    return stands_before(name, text, start, within=_BEFORE_RIGHT)


def stands_after(name: str, text: str, end: int) -> bool:
    """Whether such a word stands shortly after."""
    return _cue(name).search(text[end : end + _AFTER].partition("\n")[0]) is not None


def is_of_a_thing(text: str, start: int) -> bool:
    """Whether what stands before says that a number is an order's, a part's, a batch's."""
    return _cue("thing").search(_same_sentence(text[max(0, start - 32) : start])) is not None


_END_OF_SENTENCE = re.compile(r"[!?;\x00]|\.\s+(?=[^\W\d_a-zß-öø-ÿ])|\n\s*\n")


def _same_sentence(before: str) -> str:
    last = 0
    for end in _END_OF_SENTENCE.finditer(before):
        last = end.end()
    return before[last:]
