"""Makes the weights that relate a new insight to earlier ones.

Learned from the links of every company that has some. What a note is and is like is taken from the
shipped models, which have learned from most of these companies, though not from their links: on
others they know a note's stage and type a little less well. Measured on each company with weights
from the others.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import bot.services.relations
from adapters.local_model.linear_model import Reading
from bot.domain.answer import Vector
from bot.domain.insight import Facets, Insight, InsightRelation
from bot.domain.note import MessageKey, Note
from bot.domain.taxonomy import (
    Belief,
    Certainty,
    KnowledgeType,
    ProcessStage,
    Relation,
    UseKind,
)
from bot.services.dates import resolve_dates
from bot.services.relations.features import FEATURES, Nearby, Said, features_of, stems_of_names
from bot.services.relations.finder import COMPARED, related
from bot.services.relations.model import WEIGHTS_FILE, RelationModel
from training.labelled_notes import HELD_OUT, LEARNED_FROM, company_folders
from training.measuring import Held, read_by_shipped

_NOTHING = "none"
_PARENT_CHARACTERS = 240
_SHRINKAGE = 0.01
# Where more than seven in ten are right on the corpus that was not learned from (two in three for
# "corroborates", which hides nothing): a wrong "superseded" hides what is still so.
_THRESHOLDS = {
    Relation.CORROBORATES: 0.25,
    Relation.CONTRADICTS: 0.5,
    Relation.SUPERSEDES: 0.4,
}

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A note, the earlier ones on its customers, and what annotators said of each of these."""

    later: Said
    nearby: Sequence[Nearby]
    customer_stems: frozenset[str]
    labels: Sequence[str]

    def features(self) -> Matrix:
        """A row for each of `nearby`."""
        return features_of(self.later, self.nearby, self.customer_stems)


@dataclass(frozen=True, slots=True)
class Compared:
    """A corpus. `links` are all that annotators saw, also those between notes not compared."""

    comparisons: Sequence[Comparison]
    links: frozenset[InsightRelation]


@dataclass(frozen=True, slots=True)
class Measured:
    """How many links of one relation were found, and how many of them are right."""

    relation: Relation
    right: int
    found: int
    linked: int


# --- the corpora as pairs -----------------------------------------------------------------------


class _Company:
    """A corpus: its records that hold an insight, who may read which channel, and the names."""

    def __init__(self, folder: Path) -> None:
        company = json.loads((folder / "company.json").read_text(encoding="utf-8"))
        lines = (folder / "notes.jsonl").read_text(encoding="utf-8").splitlines()
        self.name = folder.name
        self.all_records: list[dict[str, Any]] = [json.loads(line) for line in lines]
        self.records = [record for record in self.all_records if record["is_insight"]]
        self._channels = {channel["id"]: channel for channel in company["channels"]}
        self._names = {c["name"]: (c["name"], *c["aliases"]) for c in company["customers"]}

    def may_read(self, person_id: str, record: dict[str, Any]) -> bool:
        channel = self._channels[record["channel"]]
        return channel["kind"] == "public" or person_id in channel["members"]

    def stems(self, customers: Sequence[str]) -> frozenset[str]:
        return stems_of_names([name for c in customers for name in self._names.get(c, (c,))])

    def links(self) -> frozenset[InsightRelation]:
        """Between notes; each is one insight here, of the same id."""
        return frozenset(
            InsightRelation(record["id"], relation, earlier)
            for record in self.all_records
            for relation in Relation
            for earlier in record[relation.value]
        )


def _compared(company: _Company, held: Held) -> Compared:
    """What each note is and is like, from a model that never saw its company."""
    facets = {
        labelled.id: _facets(Reading(held.layout, scores))
        for labelled, scores in zip(held.notes, held.scores, strict=True)
    }
    means = {n.id: mean for n, mean in zip(held.notes, held.note_means, strict=True)}
    vectors = [_unit(means[record["id"]]) for record in company.records]
    said = [_said(record, facets[record["id"]]) for record in company.records]
    links = company.links()
    label_of = {(link.insight_id, link.earlier_insight_id): link.relation.value for link in links}
    comparisons = []
    for place, record in enumerate(company.records):
        nearby = _nearby(company, place, said, vectors)
        labels = [label_of.get((record["id"], n.said.note.id), _NOTHING) for n in nearby]
        stems = company.stems(record["customers"])
        comparisons.append(Comparison(said[place], nearby, stems, labels))
    return Compared([c for c in comparisons if c.nearby], links)


def _nearby(
    company: _Company, place: int, said: Sequence[Said], vectors: Sequence[Vector]
) -> list[Nearby]:
    """The nearest insights that the product would compare with this one."""
    record = company.records[place]
    found = [
        Nearby(said[other], float(vectors[place] @ vectors[other]))
        for other, earlier in enumerate(company.records[:place])
        if set(earlier["customers"]) & set(record["customers"])
        and company.may_read(record["author"], earlier)
    ]
    return sorted(found, key=lambda near: -near.cosine)[:COMPARED]


def _said(record: dict[str, Any], facets: Facets) -> Said:
    posted_at = datetime.fromisoformat(record["posted_at"])
    note = Note(
        id=record["id"],
        key=MessageKey("training", record["channel"], record["id"]),
        channel="training",
        author_id=record["author"],
        author_name=record["author_name"],
        text=record["text"],
        posted_at=posted_at,
        thread_id=record["thread"],
    )
    insight = Insight(
        id=record["id"],
        note_id=record["id"],
        position=0,
        statement=record["text"],
        facets=facets,
        customer_ids=tuple(record["customers"]),
        contacts=tuple(record["contacts"]),
        dates=resolve_dates(record["text"], posted_at),
        belief=Belief.UNVERIFIED,
        classified_by="training",
    )
    return Said(note, insight)


def _unit(mean: Vector) -> Vector:
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def _facets(reading: Reading) -> Facets:
    stage = ProcessStage(reading.choice("process_stage").label)
    is_use = stage is ProcessStage.UTILIZATION
    return Facets(
        KnowledgeType(reading.choice("knowledge_type").label),
        stage,
        use_kind=UseKind.ACTION_ORIENTED if is_use else None,
        certainty=Certainty(reading.choice("certainty").label),
    )


# --- learning and measuring ---------------------------------------------------------------------


def learn(corpora: Sequence[Compared]) -> RelationModel:
    """Weights from one or more corpora, as they apply to unscaled features."""
    comparisons = [comparison for corpus in corpora for comparison in corpus.comparisons]
    features = np.concatenate([comparison.features() for comparison in comparisons])
    labels = [label for comparison in comparisons for label in comparison.labels]
    scaler = StandardScaler().fit(features)
    fitted = LogisticRegression(C=_SHRINKAGE, max_iter=3_000).fit(
        scaler.transform(features), labels
    )
    places = [list(fitted.classes_).index(relation) for relation in Relation]
    nothing = list(fitted.classes_).index(_NOTHING)
    coefficients = (fitted.coef_[places] - fitted.coef_[nothing]) / scaler.scale_
    intercepts = fitted.intercept_[places] - fitted.intercept_[nothing]
    return RelationModel(
        coefficients.T,
        intercepts - coefficients @ scaler.mean_,
        np.array([_THRESHOLDS[relation] for relation in Relation]),
    )


def measure(model: RelationModel, held: Compared) -> list[Measured]:
    """What is found of each relation, over all links of the corpus."""
    found = {
        relation
        for c in held.comparisons
        for relation in related(c.later, c.nearby, c.customer_stems, model)
    }
    return [_measured(relation, found, held.links) for relation in Relation]


def _measured(
    relation: Relation, found: set[InsightRelation], links: frozenset[InsightRelation]
) -> Measured:
    ours = {one for one in found if one.relation is relation}
    theirs = {one for one in links if one.relation is relation}
    return Measured(relation, len(ours & theirs), found=len(ours), linked=len(theirs))


def _lines(model: RelationModel, figures: Sequence[str]) -> Iterator[str]:
    yield "# Logistic regression of how a later insight stands to an earlier one, against no"
    yield "# relation at all; features as in features.py. Made by `make train`"
    yield "# from the links under evals. With weights from the other companies:"
    yield from (f"# {figure}" for figure in figures)
    yield ""
    for name, values in (("thresholds", model.thresholds), ("intercepts", model.intercepts)):
        yield f"[{name}]"
        yield from (f"{r.value} = {v:.4f}" for r, v in zip(Relation, values, strict=True))
        yield ""
    for relation, weights in zip(Relation, model.weights.T, strict=True):
        yield f"[weights.{relation.value}]"
        yield from (f'"{n}" = {w:.4f}' for n, w in zip(FEATURES, weights, strict=True))
        yield ""


def make_relations(evals: Path, say: Callable[[str], None]) -> None:
    """Measure each company with the others' weights, learn from all of them, write the weights."""
    folders = [
        folder
        for folder in company_folders(evals, (*LEARNED_FROM, *HELD_OUT))
        if '"supersedes"' in (folder / "notes.jsonl").read_text(encoding="utf-8")
    ]
    held = read_by_shipped(folders)
    corpora = [_compared(company, held.of(company.name)) for company in map(_Company, folders)]
    found = [
        measured
        for own in corpora
        for measured in measure(learn([other for other in corpora if other is not own]), own)
    ]
    figures = [
        _line(relation, [one for one in found if one.relation is relation]) for relation in Relation
    ]
    folder = Path(bot.services.relations.__path__[0])
    text = "\n".join(_lines(learn(corpora), figures))
    (folder / WEIGHTS_FILE).write_text(text, encoding="utf-8")
    for figure in figures:
        say(f"  {figure}")


def _line(relation: Relation, measured: Sequence[Measured]) -> str:
    """Over all companies together, each measured with the others' weights."""
    found, linked = sum(one.found for one in measured), sum(one.linked for one in measured)
    right = sum(one.right for one in measured)
    return (
        f"{relation}: precision {right / max(1, found):.2f}, recall {right / max(1, linked):.2f}, "
        f"F1 {2 * right / max(1, found + linked):.2f} ({found} found, {linked} linked)"
    )
