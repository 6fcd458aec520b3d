"""Which of a question's words are worth an index's while, by PostgreSQL's own statistics."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from threading import Lock
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST_EXPECTED: Final = 3_000
"""How many insights a question's words should bring to be ranked."""

_GOOD_FOR_S = 300.0
_MOST_PAIRED = 8

_READ = text("""
    SELECT greatest(rows.reltuples, 0), seen.most_common_elems::text::text[],
        seen.most_common_elem_freqs
    FROM pg_class AS rows
    LEFT JOIN pg_namespace AS place ON place.oid = rows.relnamespace
    LEFT JOIN pg_stats AS seen ON seen.schemaname = place.nspname
        AND seen.tablename = rows.relname AND seen.attname = 'words'
    WHERE rows.oid = 'insight_words'::regclass
""")


@dataclass(frozen=True, slots=True)
class Lexemes:
    """How many insights there are, and what share of them holds each of the frequent lexemes.

    Any other is at most as frequent as the rarest of these.
    """

    insights: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)
    rarest: float = 0.0

    def share(self, lexeme: str) -> float:
        """Of the insights that hold it."""
        return self.shares.get(lexeme, self.rarest)

    def expected(self, lexeme: str) -> float:
        """How many insights hold it."""
        return self.insights * self.share(lexeme)

    def expected_of_any(self, lexemes: Iterable[str]) -> float:
        """How many hold one of these, which seldom stand together."""
        return sum(map(self.expected, lexemes))

    def share_of_any(self, lexemes: Iterable[str]) -> float:
        """Of all insights."""
        return min(1.0, sum(map(self.share, lexemes)))


class LexemeStatistics:
    """What the database gathered when it last analysed; read again every five minutes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known = Lexemes()
        self._good_until = 0.0

    def of(self, session: Session) -> Lexemes:
        """Those of the database that this session is on, always the same one."""
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._known = _read(session)
                self._good_until = time.monotonic() + _GOOD_FOR_S
            return self._known


def _read(session: Session) -> Lexemes:
    insights, lexemes, shares = session.execute(_READ).one()
    if not lexemes:
        return Lexemes(insights)
    # After the shares of the lexemes come the least and the greatest of them.
    return Lexemes(insights, dict(zip(lexemes, shares, strict=False)), shares[len(lexemes)])


@dataclass(frozen=True, slots=True)
class Telling:
    """A tsquery of the words that tell most, and how many insights it should bring."""

    any: str
    expected: float


def telling_of(lexemes: Sequence[str], known: Lexemes, *, share: float) -> Telling:
    """Any of these, but for frequent ones that would bring too many.

    `share` is that of the insights which are searched. Where even the rarest would bring too many,
    two of them have to stand together.
    """
    rising = sorted(lexemes, key=known.expected)
    expected = share * known.expected(rising[0])
    if len(rising) > 1 and expected > MOST_EXPECTED:
        return _any_two_of(rising[:_MOST_PAIRED], known, share)
    chosen = rising[:1]
    for lexeme in rising[1:]:
        expected += share * known.expected(lexeme)
        if expected > MOST_EXPECTED:
            break
        chosen.append(lexeme)
    return Telling(any_of(chosen), expected)


def _any_two_of(lexemes: Sequence[str], known: Lexemes, share: float) -> Telling:
    pairs = [*combinations(lexemes, 2)]
    together = " | ".join(f"({_quoted(one)} & {_quoted(other)})" for one, other in pairs)
    shares = sum(known.share(one) * known.share(other) for one, other in pairs)
    return Telling(together, share * known.insights * shares)


def any_of(lexemes: Iterable[str]) -> str:
    """A tsquery, each lexeme quoted so that none is taken for an operator."""
    return " | ".join(map(_quoted, lexemes))


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
