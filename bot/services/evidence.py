"""From ranked hits to the evidence of an answer: enough support, newest state first, both sides."""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.answer import Citation, Hit
from bot.domain.audience import Audience
from bot.domain.insight import InsightRelation
from bot.domain.taxonomy import Relation
from bot.ports import NoteStore
from bot.services.asked_for import content_words, read_asked_for

_QUOTE_CHARACTERS = 400
_STEM = 4
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Support:
    """What a hit must have to count as evidence.

    `meaning` is the least cosine between question and insight that speaks for itself; with a word
    in common `meaning_with_words` is enough. `share_of_best` keeps the hits whose score is near
    the best one's; `most` bounds how many an answer cites. Where the question names its customer,
    hits are on that customer already, and less is asked of their likeness.

    Hits that were judged are asked for their chance to answer instead: `chance` of the best one,
    `chance_beside` of those that are cited beside it.
    """

    meaning: float = 0.42
    meaning_with_words: float = 0.12
    meaning_on_customer: float = 0.20
    share_of_best: float = 0.75
    most: int = 3
    chance: float = 0.01
    chance_beside: float = 0.2


DEFAULT_SUPPORT = Support()


def select(
    hits: Sequence[Hit], words: str, *, on_customer: bool, support: Support = DEFAULT_SUPPORT
) -> list[Hit]:
    """The hits that support an answer, best first, one a note; none when nothing does.

    `words` are the question's, without the names of its customers. Where they ask for a kind of
    insight (complaints, news), those of that kind are the answer; where they ask for everything on
    a customer, the newest are.
    """
    asked = read_asked_for(words)
    if asked.is_broad:
        newest = sorted(hits, key=lambda hit: hit.note.posted_at, reverse=True)
        return _one_a_note(newest if on_customer else [])[: support.most]
    of_kind = [hit for hit in hits if asked.fits(hit.insight.facets)]
    if of_kind and (on_customer or not asked.matter):
        return _one_a_note(of_kind)[: support.most]
    judged = [hit for hit in hits if hit.answer_chance is not None]
    if judged:
        return _one_a_note(_answering(judged, support))[: support.most]
    wanted = _stems(asked.matter)
    supported = [hit for hit in hits if _supports(hit, wanted, on_customer, support)]
    if not supported:
        return []
    least = supported[0].score * support.share_of_best
    return _one_a_note([hit for hit in supported if hit.score >= least])[: support.most]


def _answering(judged: Sequence[Hit], support: Support) -> list[Hit]:
    """The likeliest, and those beside it that are likely enough by themselves."""
    best = max(judged, key=_chance)
    if _chance(best) < support.chance:
        return []
    beside = [hit for hit in judged if hit is not best and _chance(hit) >= support.chance_beside]
    return [best, *beside]


def _chance(hit: Hit) -> float:
    return hit.answer_chance or 0.0


def _one_a_note(hits: Sequence[Hit]) -> list[Hit]:
    chosen: dict[str, Hit] = {}
    for hit in hits:
        chosen.setdefault(hit.note.id, hit)
    return list(chosen.values())


def _supports(hit: Hit, wanted: set[str], on_customer: bool, support: Support) -> bool:
    shares_a_word = bool(wanted & _stems(content_words(hit.insight.statement)))
    if hit.meaning_score is None:
        return shares_a_word
    least = support.meaning_on_customer if on_customer else support.meaning
    if shares_a_word:
        least = min(least, support.meaning_with_words)
    return hit.meaning_score >= least


def _stems(words: Iterable[str]) -> set[str]:
    """The longer words, cut where most languages begin to inflect."""
    return {word[:_STEM] for word in words if len(word) >= _STEM}


class EvidenceRoom:
    """Completes what was found with what stands against it or replaced it."""

    def __init__(self, notes: NoteStore) -> None:
        self._notes = notes

    def complete(self, hits: Sequence[Hit], audience: Audience) -> list[Hit]:
        """The hits with the other side of each dispute, and successors for what was superseded.

        Newest first. What was superseded gives way to its successor wherever the audience may see
        that one.
        """
        known = {hit.insight.id: hit for hit in hits}
        relations: set[InsightRelation] = set()
        frontier = list(known)
        while frontier:
            relations.update(self._notes.relations(frontier, audience))
            frontier = _other_sides(relations, known.keys())
            known |= {found.insight.id: found for found in self._hits(frontier, audience)}
            frontier = [insight_id for insight_id in frontier if insight_id in known]
        replaced = {
            relation.earlier_insight_id
            for relation in relations
            if relation.relation is Relation.SUPERSEDES and relation.insight_id in known
        }
        current = [hit for insight_id, hit in known.items() if insight_id not in replaced]
        return sorted(current, key=lambda hit: hit.note.posted_at, reverse=True)

    def _hits(self, insight_ids: Sequence[str], audience: Audience) -> Iterator[Hit]:
        for insight_id in insight_ids:
            if hit := self._hit(insight_id, audience):
                yield hit

    def _hit(self, insight_id: str, audience: Audience) -> Hit | None:
        found = self._notes.get_insight(insight_id, audience)
        if found is None:
            return None
        record, insight = found
        return Hit(record.note, insight, record.conversation_name, score=0.0)


def _other_sides(relations: Iterable[InsightRelation], known: Collection[str]) -> list[str]:
    missing: dict[str, None] = {}
    for relation in relations:
        both = (relation.insight_id, relation.earlier_insight_id)
        if relation.relation is Relation.CONTRADICTS:
            missing.update(dict.fromkeys(both))
        elif relation.relation is Relation.SUPERSEDES and relation.earlier_insight_id in known:
            missing[relation.insight_id] = None
    return [insight_id for insight_id in missing if insight_id not in known]


def cite(hits: Sequence[Hit], question: str) -> tuple[Citation, ...]:
    """Numbered citations, each with the words of the insight that come nearest to the question."""
    return tuple(
        Citation(number, hit, quote(hit.insight.statement, question))
        for number, hit in enumerate(hits, start=1)
    )


def quote(statement: str, question: str, characters: int = _QUOTE_CHARACTERS) -> str:
    """The statement itself where it is short, else its sentences nearest to the question."""
    statement = statement.strip()
    if len(statement) <= characters:
        return statement
    sentences = _sentences(statement)
    wanted = set(_WORD.findall(question.casefold()))
    best = max(range(len(sentences)), key=lambda at: _shared(sentences[at], wanted))
    return _cut("".join(_around(sentences, best, characters)).strip(), characters)


def _sentences(statement: str) -> list[str]:
    """With the space after each, so that neighbours put together are a literal part again."""
    ends = [match.end() for match in _SENTENCE_END.finditer(statement)]
    cuts = [0, *ends, len(statement)]
    return [statement[a:b] for a, b in itertools.pairwise(cuts) if a < b]


def _shared(sentence: str, wanted: set[str]) -> int:
    return len(wanted & set(_WORD.findall(sentence.casefold())))


def _around(sentences: Sequence[str], best: int, characters: int) -> list[str]:
    chosen = [sentences[best]]
    for sentence in sentences[best + 1 :]:
        if sum(map(len, chosen)) + len(sentence) > characters:
            break
        chosen.append(sentence)
    return chosen


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"
