"""Health: what somebody ails from, where it is said of a person and not of a product."""

import re
from collections.abc import Iterator
from functools import cache

from bot.services.personal_data.cues import words
from bot.services.personal_data.spans import Found, Kind

_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n\s*\n|\x00")
_FARTHEST = 200


@cache
def _whole(*names: str) -> re.Pattern[str]:
    found = "|".join(words("health", name) for name in names)
    return re.compile(rf"(?<![^\W_])(?:{found})(?![^\W_])")


@cache
def _matter() -> re.Pattern[str]:
    """An ailment with what is done about it, or a part of the body with what is done to it."""
    ailment, body, done = (words("health", name) for name in ("ailment", "body", "treatment"))
    stage = (
        r"(?:(?:breast|prostate|lung|skin|colon|bowel|type\s[12]|severe|chronic|stage\s\w{1,3})\s)?"
    )
    return re.compile(
        rf"(?<![^\W_])(?:{stage}(?:{ailment})(?:\s(?:{done}))?|(?:{body})[\s-](?:{done}|pain|attack)"
        rf"|{words('health', 'joined')})(?![^\W_])",
    )


def find_health(text: str) -> Iterator[Found]:
    """What can only be said of people, and ailments that a person is away for or said to have."""
    text = _lower(text)
    for match in _whole("plain").finditer(text):
        if not _is_of_products(text, match):
            yield Found(*match.span(), Kind.HEALTH)
    for match in _matter().finditer(text):
        if _is_of_a_person(text, match):
            yield Found(*match.span(), Kind.HEALTH)


def _lower(text: str) -> str:
    """As long as the text: several times as fast as patterns that overlook case."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def _is_of_a_person(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 40) : match.start()]
    ends = [said.end() for said in _whole("says_so").finditer(before)]
    if ends and len(before) - ends[-1] <= 16:
        return True
    around = _sentence(text, match)
    return _whole("away").search(around) is not None and not _whole("business").search(around)


def _is_of_products(text: str, match: re.Match[str]) -> bool:
    return _whole("business").search(_sentence(text, match)) is not None


def _sentence(text: str, match: re.Match[str]) -> str:
    """With what stands in it around the matter, not far."""
    low, high = max(0, match.start() - _FARTHEST), match.end() + _FARTHEST
    before, after = text[low : match.start()], text[match.end() : high]
    for end in _SENTENCE_END.finditer(before):
        before = text[low + end.end() : match.start()]
    stop = _SENTENCE_END.search(after)
    return f"{before}|{after[: stop.start()] if stop else after}"
