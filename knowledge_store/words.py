"""Turns what people write into a full-text query that cannot be anything else."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from knowledge_store.columns import storable

_WORD = re.compile(r"\w+")
_MOST_WORDS = 32


def words_of(text: str) -> list[str]:
    """The first words worth looking for; of a text of stop words only, those.

    As they were written: the index folds case and accents its own way.
    """
    words = list({word.lower(): word for word in _WORD.findall(storable(text))}.values())
    telling = [word for word in words if word.lower() not in _stop_words()]
    return (telling or words)[:_MOST_WORDS]


@cache
def _stop_words() -> frozenset[str]:
    """Of English and German; words of other languages are told apart by how rare they are."""
    listed = files("knowledge_store").joinpath("stop_words.txt").read_text(encoding="utf-8")
    return frozenset(listed.split())


def match_expression(words: Sequence[str], tags: Sequence[str] = ()) -> str:
    """An FTS5 expression: any of the words and, where there are tags, any of those.

    Each is quoted, so that none is taken for an operator or a column (sqlite.org/fts5.html, 3).
    """
    wanted = f"{{search_text}} : ({_any_of(words)})"
    return f"{wanted} AND {{tags}} : ({_any_of(tags)})" if tags else wanted


def _any_of(words: Sequence[str]) -> str:
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
