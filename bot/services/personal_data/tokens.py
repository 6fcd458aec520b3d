"""Words, numbers and signs of a text, for what is recognised by their order."""

import re
from collections.abc import Sequence
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<code>(?<![^\W_])[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}(?![^\W_]))"
    r"|(?P<number>\d{1,6}(?:[-–/]\d{1,4})?(?:[A-Za-z](?![^\W_]))?(?![^\W_]))"
    r"|(?P<word>[Cc]/|[^\W\d_]+(?:['’.\-][^\W\d_]+){0,3})|(?P<sign>\S)"
)


class Token(NamedTuple):
    """`is_near` is set where nothing, or spaces within a line, stand before it.

    `is_name` is set where it is written as names are, `folded` is for look-ups. A British
    postcode is one token, neither number nor word. A tuple, since a long text has ten thousand.
    """

    text: str
    folded: str
    start: int
    end: int
    is_number: bool
    is_word: bool
    is_name: bool
    is_near: bool


def tokens_of(text: str) -> Sequence[Token]:
    """In order. Nothing is a token twice, so it takes time as the text is long."""
    tokens: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        tokens.append(_token(match, is_near="\n" not in text[last : match.start()]))
        last = match.end()
    return tokens


def _token(match: re.Match[str], *, is_near: bool) -> Token:
    said = match[0]
    is_word = match.lastgroup == "word"
    is_number = match.lastgroup == "number"
    is_name = is_word and said[0].isupper()
    return Token(said, said.casefold(), *match.span(), is_number, is_word, is_name, is_near)
