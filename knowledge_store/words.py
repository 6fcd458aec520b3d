"""Turns what people write into a full-text query that cannot be anything else."""

import re
from collections.abc import Sequence

from knowledge_store.columns import storable

_WORD = re.compile(r"\w+")
_MOST_WORDS = 32

_STOP_WORDS = frozenset(
    # English
    "a about all am an and any are as at be been but by can could did do does for from get got had"
    " has have he her him his how i if in into is it its just me my no not of on or our she should"
    " so some than that the their them then there they this to us was we were what when where"
    " which who whom whose why will with would you your"
    # German
    " aber als auch auf aus bei bin bis da das dass dem den der des die durch ein eine einem einen"
    " einer er es für haben hat ich ihr im ist kann man mit nach nicht noch nur oder sich sie sind"
    " so über um und uns unser vom von vor wann warum was welche welcher welches wenn wer wie wir"
    " wird wo zu zum zur".split()
)


def words_of(text: str) -> list[str]:
    """The first words worth looking for; of a text of stop words only, those."""
    words = list(dict.fromkeys(_WORD.findall(storable(text).casefold())))
    return ([word for word in words if word not in _STOP_WORDS] or words)[:_MOST_WORDS]


def match_expression(words: Sequence[str], tags: Sequence[str] = ()) -> str:
    """An FTS5 expression: any of the words and, where there are tags, any of those.

    Each is quoted, so that none is taken for an operator or a column (sqlite.org/fts5.html, 3).
    """
    wanted = f"{{search_text}} : ({_any_of(words)})"
    return f"{wanted} AND {{tags}} : ({_any_of(tags)})" if tags else wanted


def _any_of(words: Sequence[str]) -> str:
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
