"""What a pair of statements is judged by: a few numbers, none of which names a firm or a matter."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from bot.domain.insight import Insight
from bot.domain.note import Note
from bot.domain.taxonomy import Certainty, KnowledgeType, ProcessStage
from bot.services.cue_words import CueWords, words_of
from bot.services.relations.cues import cue_words
from bot.services.relations.opposition import STEM

FEATURES = (
    # how alike the two are, and how much nearer than what else is known on the customer
    "cosine",
    "nearness rank",
    "nearest",
    "share of words",
    "rare words",
    "nearest with words",
    "names",
    # who says it, where and when
    "same contributor",
    "same thread",
    "days",
    "latest",
    "others known",
    "contributor is named",
    "contact in common",
    # what differs
    "dates differ",
    "numbers differ",
    "number is denied",
    "rare words, dates differ",
    "rare words, numbers differ",
    # what the later one says of itself
    "change",
    "agreement",
    "denial",
    "change at the start",
    "agreement at the start",
    "denial at the start",
    "negation",
    "nearest, change",
    "nearest, agreement",
    "nearest, denial",
    "rare words, change",
    "rare words, agreement",
    "rare words, denial",
    "reply, change",
    "reply, agreement",
    "reply, denial",
    "same contributor, change",
    # what kind of knowledge it is
    "earlier is hearsay",
    "later is heard",
    "both are heard",
    "is for the customer",
)
_SHORTEST = 4
_START = 6
_MOST = 3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CAPITALISED = re.compile(r"\b[^\W\d_a-zà-öø-ÿ][\w-]+")
_BEFORE_NUMBER = 2


@dataclass(frozen=True, slots=True)
class Said:
    """An insight with the note it stands in."""

    note: Note
    insight: Insight


@dataclass(frozen=True, slots=True)
class Nearby:
    """An earlier insight on the same customer, and its cosine with the later one."""

    said: Said
    cosine: float


@dataclass(frozen=True, slots=True)
class _Read:
    """What is taken from a statement's words. `stems` and `names` are without the customer's."""

    words: list[str]
    stems: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    contacts: frozenset[str]

    @classmethod
    def of(cls, insight: Insight, customer_stems: frozenset[str]) -> "_Read":
        text = insight.statement
        words = words_of(text)
        long_words = (w for w in words if len(w) >= _SHORTEST and not w.isdigit())
        capitalised = (match.casefold() for match in _CAPITALISED.findall(text))
        return cls(
            words,
            frozenset(word[:STEM] for word in long_words) - customer_stems,
            frozenset(word[:STEM] for word in capitalised) - customer_stems,
            frozenset(number.replace(",", ".") for number in _NUMBER.findall(text)),
            frozenset(word for contact in insight.contacts for word in words_of(contact)),
        )


@dataclass(frozen=True, slots=True)
class _Cues:
    change: int
    agreement: int
    denial: int
    early_change: bool
    early_agreement: bool
    early_denial: bool
    negates: bool

    @classmethod
    def of(cls, words: list[str]) -> "_Cues":
        cues, start = cue_words(), words[:_START]
        return cls(
            _count(cues["change"], words),
            _count(cues["agreement"], words),
            _count(cues["denial"], words),
            bool(cues["change"].found(start)),
            bool(cues["agreement"].found(start)),
            bool(cues["denial"].found(start)),
            bool(cues["negation"].found(words)),
        )


def _count(cues: CueWords, words: list[str]) -> int:
    return min(_MOST, len(cues.found(words)))


@dataclass(frozen=True, slots=True)
class _Later:
    """The later statement, read once for all that it is compared with."""

    said: Said
    read: _Read
    cues: _Cues


def stems_of_names(names: Sequence[str]) -> frozenset[str]:
    """What to leave out of a comparison: everything on a customer has its name."""
    return frozenset(word[:STEM] for name in names for word in words_of(name))


def features_of(
    later: Said, nearby: Sequence[Nearby], customer_stems: frozenset[str]
) -> NDArray[np.float64]:
    """A row for each of `nearby`, a column for each of FEATURES; ranks are among `nearby`."""
    read = _Read.of(later.insight, customer_stems)
    once = _Later(later, read, _Cues.of(read.words))
    reads = [_Read.of(near.said.insight, customer_stems) for near in nearby]
    rarity = _rare_words(read, reads)
    by_cosine = _ranks([near.cosine for near in nearby])
    by_time = _ranks([near.said.note.posted_at.timestamp() for near in nearby])
    most_words = max(rarity, default=0.0)
    rows = []
    for place, (near, earlier) in enumerate(zip(nearby, reads, strict=True)):
        rare = rarity[place]
        standing = _Standing(
            rank=by_cosine[place],
            is_latest=by_time[place] == 0,
            rare=rare,
            is_first_by_words=rare > 0 and rare == most_words,
            others=len(nearby),
        )
        rows.append(_row(once, near, earlier, standing))
    return np.array(rows, np.float64).reshape(-1, len(FEATURES))


@dataclass(frozen=True, slots=True)
class _Standing:
    """How an earlier insight stands among all that were compared with the later one."""

    rank: int
    is_latest: bool
    rare: float
    is_first_by_words: bool
    others: int


def _row(later: _Later, near: Nearby, earlier: _Read, standing: _Standing) -> list[float]:
    """In the order of FEATURES."""
    read, cues = later.read, later.cues
    kind = _Kind.of(later.said.insight, near.said.insight)
    who = _Who.of(later.said, near.said, read)
    rare, nearest = standing.rare, float(standing.rank == 0)
    change, agreement, denial = (min(1, n) for n in (cues.change, cues.agreement, cues.denial))
    dates_differ = _dates_differ(later.said.insight, near.said.insight)
    numbers_differ = bool(read.numbers - earlier.numbers) and bool(earlier.numbers - read.numbers)
    shared = len(read.stems & earlier.stems)
    return [
        near.cosine,
        log1p(standing.rank),
        nearest,
        shared / sqrt((len(read.stems) + 1) * (len(earlier.stems) + 1)),
        rare,
        nearest * standing.is_first_by_words,
        min(2, len(read.names & earlier.names)),
        who.is_same,
        who.is_same_thread,
        who.days,
        standing.is_latest,
        log1p(standing.others),
        who.is_named,
        bool(read.contacts & earlier.contacts),
        dates_differ,
        numbers_differ,
        _denies_number(read.words, earlier.numbers),
        rare * dates_differ,
        rare * numbers_differ,
        cues.change,
        cues.agreement,
        cues.denial,
        cues.early_change,
        cues.early_agreement,
        cues.early_denial,
        cues.negates,
        nearest * change,
        nearest * agreement,
        nearest * denial,
        rare * change,
        rare * agreement,
        rare * denial,
        who.is_reply * change,
        who.is_reply * agreement,
        who.is_reply * denial,
        who.is_same * cues.change,
        kind.earlier_is_hearsay,
        kind.later_is_heard,
        kind.both_are_heard,
        kind.is_for,
    ]


@dataclass(frozen=True, slots=True)
class _Who:
    is_same: bool
    is_same_thread: bool
    is_reply: bool
    is_named: bool
    days: float

    @classmethod
    def of(cls, later: Said, earlier: Said, read: _Read) -> "_Who":
        new, old = later.note, earlier.note
        is_same = new.author_id == old.author_id
        in_thread = new.thread_id is not None and new.thread_id in {
            old.thread_id,
            old.key.message_id,
        }
        named = set(words_of(old.author_name)) & set(read.words)
        days = max(0.0, (new.posted_at - old.posted_at).total_seconds() / 86_400)
        return cls(
            is_same, in_thread, in_thread and not is_same, bool(named) and not is_same, log1p(days)
        )


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is passed on or done rests on earlier knowledge, but says nothing new of it."""

    earlier_is_hearsay: bool
    later_is_heard: bool
    both_are_heard: bool
    is_for: bool

    @classmethod
    def of(cls, later: Insight, earlier: Insight) -> "_Kind":
        heard = [
            insight.facets.process_stage is ProcessStage.ACQUISITION for insight in (later, earlier)
        ]
        types = {later.facets.knowledge_type, earlier.facets.knowledge_type}
        return cls(
            earlier.facets.certainty is not Certainty.STATED,
            heard[0],
            all(heard),
            KnowledgeType.FOR in types,
        )


def _rare_words(read: _Read, reads: Sequence[_Read]) -> list[float]:
    """The words in common with each, rarer ones weighing more; a word all have weighs little."""
    seen_in = Counter(stem for earlier in reads for stem in earlier.stems)
    total = len(reads) + 1.5
    return [
        min(
            float(_MOST),
            sum(log(total / seen_in[stem]) for stem in read.stems & earlier.stems) / log(total),
        )
        for earlier in reads
    ]


def _ranks(values: Sequence[float]) -> list[int]:
    """The place of each value, 0 for the highest."""
    order = sorted(range(len(values)), key=lambda place: -values[place])
    ranks = [0] * len(values)
    for rank, place in enumerate(order):
        ranks[place] = rank
    return ranks


def _dates_differ(later: Insight, earlier: Insight) -> bool:
    new = {(date.start, date.end) for date in later.dates}
    old = {(date.start, date.end) for date in earlier.dates}
    return bool(new) and bool(old) and not new & old


def _denies_number(words: list[str], earlier_numbers: frozenset[str]) -> bool:
    """Whether one of the earlier figures comes up behind a negation: "not 130"."""
    places = [at for at, word in enumerate(words) if word in earlier_numbers]
    negation = cue_words()["negation"]
    return any(negation.found(words[max(0, at - _BEFORE_NUMBER) : at]) for at in places)
