"""What a question asks for beside its words: a signal, news, or everything there is."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.domain.insight import Facets
from bot.domain.taxonomy import Signal

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")


@dataclass(frozen=True, slots=True)
class AskedFor:
    """Read from a question. `matter` are the words that say what it is on.

    Without matter, signal and news it is broad: it asks for everything on its customers.
    """

    signals: frozenset[Signal]
    news: bool
    matter: frozenset[str]

    @property
    def is_broad(self) -> bool:
        """Whether anything on the customer answers it."""
        return not (self.signals or self.news or self.matter)

    def fits(self, facets: Facets) -> bool:
        """Whether an insight is of the kind that was asked for."""
        asked_moment = self.news and facets.moment is not None
        return self.is_broad or facets.signal in self.signals or asked_moment


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    signals: tuple[tuple[str, Signal], ...]
    news: tuple[str, ...]
    function_words: frozenset[str]


@cache
def _vocabulary() -> _Vocabulary:
    source = files("bot.services").joinpath("asked_for.toml")
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return _Vocabulary(
        tuple((stem, Signal(name)) for name, stems in tables["signals"].items()
              for stem in stems.split()),
        tuple(tables["moments"]["words"].split()),
        frozenset(w for words in tables["function_words"].values() for w in words.split()),
    )  # fmt: skip


def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry matter, lower case, without those that only join others."""
    function_words = _vocabulary().function_words
    words = (word.replace("’", "'") for word in _WORD.findall(text.casefold()))
    return frozenset(w for w in words if w.partition("'")[0] not in function_words)


def read_asked_for(words: str) -> AskedFor:
    """Read a question, given without the names of its customers."""
    vocabulary = _vocabulary()
    matter = content_words(words)
    signals = frozenset(
        signal for stem, signal in vocabulary.signals for word in matter if word.startswith(stem)
    )
    news = frozenset(word for word in matter if word.startswith(vocabulary.news))
    of_signals = frozenset(
        word for word in matter if any(word.startswith(stem) for stem, _ in vocabulary.signals)
    )
    return AskedFor(signals, bool(news), matter - news - of_signals)
