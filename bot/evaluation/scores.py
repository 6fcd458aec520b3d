"""Scores of an evaluation run against a corpus's labels. Every score is between 0 and 1."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.taxonomy import Relation
from bot.evaluation.corpus import Corpus, NoteRow, QuestionRow
from bot.evaluation.rows import AnswerResult, NoteResult

_NONE = "none"
_MISSED = "missed"
_MUST_ABSTAIN = {"unanswerable", "restricted"}


@dataclass(frozen=True, slots=True)
class Score:
    """One figure, and how many notes or questions it rests on."""

    name: str
    value: float
    support: int


def score(
    corpus: Corpus, notes: Sequence[NoteResult], answers: Sequence[AnswerResult]
) -> list[Score]:
    """All scores for which the corpus has labels."""
    scores: list[Score] = []
    if corpus.has_labels:
        by_id = {result.id: result for result in notes}
        pairs = [(row, by_id[row.id]) for row in corpus.notes]
        scores += [*_captured(pairs), *_facets(pairs), *_customers(pairs), *_links(pairs)]
    answered = {result.id: result for result in answers}
    asked = [(row, answered[row.id]) for row in corpus.questions if row.kind is not None]
    if asked:
        scores += [*_retrieval(asked), *_answers(asked)]
    return scores


NotePair = tuple[NoteRow, NoteResult]
QuestionPair = tuple[QuestionRow, AnswerResult]


def _captured(pairs: Sequence[NotePair]) -> list[Score]:
    gold = {row.id for row, _ in pairs if row.is_insight}
    found = {row.id for row, result in pairs if result.captured}
    return [
        Score("captured precision", _ratio(len(gold & found), len(found)), len(found)),
        Score("captured recall", _ratio(len(gold & found), len(gold)), len(gold)),
    ]


def _facets(pairs: Sequence[NotePair]) -> list[Score]:
    """Over the notes that hold an insight; one that was missed has no facet right."""
    insights = [(row, result) for row, result in pairs if row.is_insight]
    scores = []
    for facet in ("knowledge_type", "process_stage", "signal", "moment", "certainty"):
        gold = [getattr(row, facet) or _NONE for row, _ in insights]
        found = [_facet(result, facet) for _, result in insights]
        scores.append(Score(f"{facet} macro-F1", macro_f1(gold, found), len(gold)))
    gold_moment = {row.id for row, _ in insights if row.moment}
    found_moment = {
        row.id for row, result in insights if _facet(result, "moment") not in {_NONE, _MISSED}
    }
    yes = f1(len(gold_moment & found_moment), len(found_moment), len(gold_moment))
    return [*scores, Score("moment yes F1", yes, len(gold_moment))]


def _facet(result: NoteResult, facet: str) -> str:
    if not result.insights:
        return _MISSED
    return str(getattr(result.insights[0], facet) or _NONE)


def _customers(pairs: Sequence[NotePair]) -> list[Score]:
    """Over captured insights; a wrong link is a customer that the labels do not name."""
    linked = [(set(row.customers), _all_customers(result)) for row, result in pairs]
    insights = [
        both
        for both, (row, result) in zip(linked, pairs, strict=True)
        if row.is_insight and result.captured
    ]
    exact = sum(gold == found for gold, found in insights)
    with_links = [(gold, found) for gold, found in linked if found]
    wrong = sum(bool(found - gold) for gold, found in with_links)
    return [
        Score("customers exact set", _ratio(exact, len(insights)), len(insights)),
        Score("customers wrong links", _ratio(wrong, len(with_links)), len(with_links)),
    ]


def _all_customers(result: NoteResult) -> set[str]:
    return {name for insight in result.insights for name in insight.customers}


def _links(pairs: Sequence[NotePair]) -> list[Score]:
    scores = []
    for relation in Relation:
        gold = {(row.id, earlier) for row, _ in pairs for earlier in getattr(row, relation.value)}
        found = {
            (result.id, earlier)
            for _, result in pairs
            for earlier in result.related[relation.value]
        }
        value = f1(len(gold & found), len(found), len(gold))
        scores.append(Score(f"{relation.value} F1", value, len(gold)))
    return scores


def _retrieval(asked: Sequence[QuestionPair]) -> list[Score]:
    with_evidence = [(set(row.evidence), result) for row, result in asked if row.evidence]
    count = len(with_evidence)

    def recall(depth: int) -> float:
        return _mean(
            len(gold & set(result.retrieved[:depth])) / len(gold) for gold, result in with_evidence
        )

    hit = _mean(float(bool(gold & set(result.retrieved[:1]))) for gold, result in with_evidence)
    return [
        Score("evidence recall at 5", recall(5), count),
        Score("evidence recall at 10", recall(10), count),
        Score("evidence hit at 1", hit, count),
    ]


def _answers(asked: Sequence[QuestionPair]) -> list[Score]:
    with_evidence = [(row, result) for row, result in asked if row.evidence]
    must_abstain = [result for row, result in asked if row.kind in _MUST_ABSTAIN]
    others = [result for row, result in asked if row.kind not in _MUST_ABSTAIN]
    forbidden = [(row, result) for row, result in asked if row.must_not]
    recall = _mean(
        len(set(row.evidence) & set(result.citations)) / len(row.evidence)
        for row, result in with_evidence
    )
    cited = [
        (note_id in row.evidence)
        for row, result in with_evidence
        for note_id in result.citations
        if note_id not in row.acceptable
    ]
    broken = sum(bool(set(row.must_not) & set(result.citations)) for row, result in forbidden)
    return [
        Score("citation recall", recall, len(with_evidence)),
        Score("citation precision", _mean(map(float, cited)), len(cited)),
        Score("answers citing a must-not", _ratio(broken, len(asked)), len(asked)),
        Score(
            "abstention recall", _mean(float(r.abstained) for r in must_abstain), len(must_abstain)
        ),
        Score("false abstention", _mean(float(r.abstained) for r in others), len(others)),
    ]


# --- arithmetic ---------------------------------------------------------------------------------


def macro_f1(gold: Sequence[str], found: Sequence[str]) -> float:
    """The mean F1 over the classes that the gold labels have."""
    classes = sorted(set(gold))
    return _mean(_class_f1(gold, found, name) for name in classes)


def _class_f1(gold: Sequence[str], found: Sequence[str], name: str) -> float:
    both = sum(g == f == name for g, f in zip(gold, found, strict=True))
    return f1(both, sum(f == name for f in found), sum(g == name for g in gold))


def f1(both: int, found: int, gold: int) -> float:
    """Harmonic mean of precision and recall; 1 where there was nothing to find and none found."""
    if not found and not gold:
        return 1.0
    return 2 * both / (found + gold)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def table(scores: Sequence[Score]) -> str:
    """The scores as a Markdown table."""
    rows = [f"| {s.name} | {s.value:.3f} | {s.support} |" for s in scores]
    return "\n".join(["| score | value | over |", "|---|---|---|", *rows])


def as_mapping(scores: Sequence[Score]) -> Mapping[str, float]:
    """The values by name, for `run.json`."""
    return {s.name: round(s.value, 4) for s in scores}
