"""Measures the product on public sets: `python -m evals.public_sets DIR [--only NAME]`.

DIR holds a folder for each set; one that is missing is passed over. The sets are for evaluation
only: nothing of them belongs in this project. What is searched is put into a fresh store, each text
as an insight, and found by the store's own search: by `words` alone, by `meaning` alone (the
vectors of the local embedder) and `mixed`, as a question is answered. Where a set would take more
than three minutes on one core, a sample is taken, the same every time. `seconds` are those that the
processor worked, so that they can be compared when the machine has other work.

locomo: turns of long chats between two people, and questions with the turns that answer them. Each
chat is a store; a turn is "speaker: text", with its picture's caption, and the turn before it in
its session is what it replies to. Recall@10 is the share of a question's evidence among the ten
best turns, the mean over all questions with evidence, those of category 5 too. `alone` is by words
without what the turns reply to (BM25 as others measure it: .63). A sample of questions.

sick: pairs of sentences, labelled CONTRADICTION, ENTAILMENT or NEUTRAL. The second is told a day
after the first, by another person, of the same customer, with nothing else known of it. Precision,
recall and F1 of `contradicts` against CONTRADICTION, and of `corroborates` against ENTAILMENT.

xquad: the same paragraphs and questions in several languages. For each language of the questions
and each of the paragraphs: recall@1 and @5 of the question's paragraph among all paragraphs. A
sample of questions, the same in each language.

turku_paraphrase: pairs of Finnish sentences; those labelled 4, with or without flags, say the same.
Recall@1 and @5 of the second among every pair's second sentence; both are read as statements, since
neither asks. A sample of the first sentences.

qmsum: meetings, and questions with the spans of turns that answer them. Each meeting is a store;
turns as in locomo. Precision@10 is the share of the ten best turns that lie within a span; `chance`
is the share of all turns that do. A sample of meetings.

name_bench: pairs of names; see `evals.name_bench`. A peer's F1 is .865.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from adapters.inline_jobs import InlineJobs
from adapters.local_model import LocalEmbedder
from adapters.system_clock import SystemClock
from bot.domain.answer import SearchQuery, Vector
from bot.domain.audience import Audience
from bot.domain.insight import Facets, Insight
from bot.domain.note import MessageKey, Note
from bot.domain.taxonomy import Belief, KnowledgeType, Relation
from bot.ports import Embedder, InsightToStore, NoteToStore, Passage
from bot.services.dates import resolve_dates
from bot.services.personal_data import masked
from bot.services.relations.features import Nearby, Said
from bot.services.relations.finder import related
from bot.services.relations.model import shipped_model
from evals.name_bench import pairs_of
from knowledge_store import migrate, open_engine, open_store

_SEED = 7
_LOCOMO_QUESTIONS = 1_000
_XQUAD_QUESTIONS = 300
_TURKU_SENTENCES = 1_000
_QMSUM_MEETINGS = 8

_WORKSPACE = "eval"
_DAY_ONE = datetime(2026, 1, 5, 9, tzinfo=UTC)
_PARENT_CHARACTERS = 240  # as it is stored with an insight
_DEPTH = 10

T = TypeVar("T")
Found = Mapping[str, Sequence[Sequence[str]]]
"""For each way of searching, the ids that were found for each question, best first."""


# --- scores -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what was measured, over how many questions or pairs."""

    measure: str
    count: int
    figures: Mapping[str, float]


def recall_at(most: int, found: Sequence[str], wanted: frozenset[str]) -> float:
    """The share of what is wanted among the best found."""
    return len(wanted.intersection(found[:most])) / len(wanted)


def precision_at(most: int, found: Sequence[str], wanted: frozenset[str]) -> float:
    """The share of the best found that is wanted; places that nothing was found for are wrong."""
    return len(wanted.intersection(found[:most])) / most


def agreement(said: Sequence[bool], labelled: Sequence[bool]) -> dict[str, float]:
    """Precision, recall and F1 of what was said of each pair; 0 where there is nothing to divide.

    Raises ValueError unless both are of one length.
    """
    right = sum(ours and theirs for ours, theirs in zip(said, labelled, strict=True))
    return {
        "precision": right / max(1, sum(said)),
        "recall": right / max(1, sum(labelled)),
        "F1": 2 * right / max(1, sum(said) + sum(labelled)),
    }


def mean(values: Sequence[float]) -> float:
    """0 for none."""
    return sum(values) / max(1, len(values))


def sample(items: Sequence[T], most: int) -> list[T]:
    """So many at random, the same every time, in their order; all where there are no more."""
    if len(items) <= most:
        return list(items)
    places = np.random.default_rng(_SEED).choice(len(items), most, replace=False)
    return [items[place] for place in sorted(places)]


# --- searching ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Something to be found. `parent` is what it replies to."""

    id: str
    statement: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for, and the ids of the texts that it should find."""

    words: str
    wanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Haystack:
    """Texts and what is asked of them. `asks` is unset where that is statements, not questions."""

    texts: Sequence[Text]
    asked: Sequence[Asked]
    asks: bool = True


class Vectors:
    """An embedder that reads each text once."""

    def __init__(self, embedder: Embedder) -> None:
        self.model_id = embedder.model_id
        self.of_question: Callable[[str], Vector] = cache(embedder.embed_question)
        self._of_passage: Callable[[Passage], Vector] = cache(lambda one: embedder.embed([one])[0])

    def of_statement(self, statement: str, parent: str = "") -> Vector:
        """The vector of a statement, and of what it replies to."""
        return self._of_passage(Passage(statement, parent))

    def asking(self, haystack: Haystack, words: str) -> Vector:
        """The vector of what is asked."""
        return self.of_question(words) if haystack.asks else self.of_statement(words)


def search(haystack: Haystack, vectors: Vectors) -> Found:
    """By words, by meaning, and mixed."""
    passages = [vectors.of_statement(text.statement, text.parent) for text in haystack.texts]
    asked = [(one.words, vectors.asking(haystack, one.words)) for one in haystack.asked]
    model = vectors.model_id
    with _stored(haystack.texts, passages, model) as found:
        return {
            "words": [found(SearchQuery(words)) for words, _ in asked],
            "meaning": [found(SearchQuery("", vector, vector_model=model)) for _, vector in asked],
            "mixed": [
                found(SearchQuery(words, vector, vector_model=model)) for words, vector in asked
            ],
        }


def search_alone(haystack: Haystack) -> Found:
    """By words, without what the texts reply to."""
    texts = [Text(text.id, text.statement) for text in haystack.texts]
    with _stored(texts, [None] * len(texts), "") as found:
        return {"alone": [found(SearchQuery(one.words)) for one in haystack.asked]}


@contextmanager
def _stored(
    texts: Sequence[Text], vectors: Sequence[Vector | None], model: str
) -> Iterator[Callable[[SearchQuery], list[str]]]:
    """A store with these texts; searches it for the ids of the best."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'set.db'}")
        migrate(engine)
        store = open_store(engine, InlineJobs(), clock=SystemClock(), mask=masked)
        insights = [_to_store(*one, model) for one in zip(texts, vectors, strict=True)]
        store.notes.save(_one_note(insights))

        def found(query: SearchQuery) -> list[str]:
            hits = store.retriever.search(query, Audience.operator(_WORKSPACE), _DEPTH)
            return [texts[hit.insight.position].id for hit in hits]

        yield found
        store.close()


def _to_store(text: Text, vector: Vector | None, model: str) -> InsightToStore:
    return InsightToStore(
        statement=text.statement,
        facets=Facets(KnowledgeType.ABOUT),
        customer_ids=(),
        contacts=(),
        dates=(),
        classified_by="eval",
        confidence=None,
        search_text="\n".join(filter(None, (text.statement, text.parent))),
        vector=vector,
        vector_model=None if vector is None else model,
    )


def _one_note(insights: Sequence[InsightToStore]) -> NoteToStore:
    """All in one transaction: a note each would take ten times as long, and be found the same."""
    return NoteToStore(
        key=MessageKey(_WORKSPACE, "set", "all"),
        channel="eval",
        author_id="author",
        author_name="Author",
        text="",
        posted_at=_DAY_ONE,
        thread_id=None,
        permalink=None,
        insights=tuple(insights),
    )


def recall_row(measure: str, most: int, haystacks: Sequence[Haystack], found: Found) -> Row:
    """The mean recall of each way of searching. `found` goes through the haystacks in order."""
    asked = [one for haystack in haystacks for one in haystack.asked]
    figures = {
        way: mean([recall_at(most, ids, one.wanted) for ids, one in zip(ways, asked, strict=True)])
        for way, ways in found.items()
    }
    return Row(f"{measure}recall@{most}", len(asked), figures)


def joined(parts: Sequence[Found]) -> Found:
    """What was found in several haystacks, one after the other."""
    return {way: [ids for part in parts for ids in part[way]] for way in (parts or [{}])[0]}


# --- locomo, qmsum ------------------------------------------------------------------------------


def measure_locomo(folder: Path, embedder: Embedder) -> list[Row]:
    """Recall of the turns that answer a question."""
    chats = json.loads((folder / "locomo10_slim.json").read_text(encoding="utf-8"))
    haystacks = _with_sampled_questions([_chat(chat) for chat in chats], _LOCOMO_QUESTIONS)
    vectors = Vectors(embedder)
    alone = joined([search_alone(haystack) for haystack in haystacks])
    found = joined([search(haystack, vectors) for haystack in haystacks])
    return [recall_row("", 10, haystacks, {**alone, **found})]


def _chat(chat: Mapping[str, Any]) -> Haystack:
    sessions = [
        turns_as_texts([(t["dia_id"], _said_in_turn(t)) for t in session["turns"]])
        for session in chat["sessions"]
    ]
    asked = [Asked(q["question"], frozenset(q["evidence"])) for q in chat["qa"] if q["evidence"]]
    return Haystack([text for session in sessions for text in session], asked)


def _said_in_turn(turn: Mapping[str, str]) -> str:
    return f"{turn['speaker']}: {turn['text']} {turn.get('image_caption', '')}".strip()


def turns_as_texts(turns: Sequence[tuple[str, str]]) -> list[Text]:
    """Turns by id, in order; each replies to the one before it."""
    parents = ["", *(statement[:_PARENT_CHARACTERS] for _, statement in turns)]
    return [Text(*turn, parent) for turn, parent in zip(turns, parents[:-1], strict=True)]


def _with_sampled_questions(haystacks: Sequence[Haystack], most: int) -> list[Haystack]:
    asked = [(place, one) for place, h in enumerate(haystacks) for one in h.asked]
    chosen = sample(asked, most)
    return [
        Haystack(haystack.texts, [one for of, one in chosen if of == place])
        for place, haystack in enumerate(haystacks)
    ]


def measure_qmsum(folder: Path, embedder: Embedder) -> list[Row]:
    """Precision of the turns that are found for a question on a meeting."""
    meetings = _json_lines(folder / "qmsum_val.jsonl")
    haystacks = [_meeting(meeting) for meeting in sample(meetings, _QMSUM_MEETINGS)]
    found = joined([search(haystack, Vectors(embedder)) for haystack in haystacks])
    asked = [one for haystack in haystacks for one in haystack.asked]
    figures = {
        way: mean([precision_at(10, ids, one.wanted) for ids, one in zip(ways, asked, strict=True)])
        for way, ways in found.items()
    }
    chance = [len(one.wanted) / len(h.texts) for h in haystacks for one in h.asked]
    return [Row("precision@10", len(asked), {**figures, "chance": mean(chance)})]


def _meeting(meeting: Mapping[str, Any]) -> Haystack:
    said = [f"{turn['speaker']}: {turn['content']}" for turn in meeting["turns"]]
    texts = turns_as_texts([(str(place), statement) for place, statement in enumerate(said)])
    asked = [Asked(q["query"], in_spans(q["relevant_text_span"])) for q in meeting["queries"]]
    return Haystack(texts, [one for one in asked if one.wanted])


def in_spans(spans: Sequence[Sequence[int]]) -> frozenset[str]:
    """The ids of the turns from the first of each span to its last, which is included."""
    return frozenset(str(place) for first, last in spans for place in range(first, last + 1))


# --- xquad, turku_paraphrase --------------------------------------------------------------------


def measure_xquad(folder: Path, embedder: Embedder) -> list[Row]:
    """Recall of the paragraph, for each language of questions and each of paragraphs."""
    languages = {
        file.stem.removeprefix("xquad_"): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("xquad_*.json"))
    }
    vectors = Vectors(embedder)
    rows: list[Row] = []
    for of_questions, questions in languages.items():
        for of_paragraphs, paragraphs in languages.items():
            haystack = parallel(questions, paragraphs)
            found = search(haystack, vectors)
            measure = f"{of_questions} asks, {of_paragraphs} answers, "
            rows += [recall_row(measure, most, [haystack], found) for most in (1, 5)]
    return rows


def parallel(
    questions: Sequence[Mapping[str, Any]], paragraphs: Sequence[Mapping[str, Any]]
) -> Haystack:
    """The questions of one language on the paragraphs of another, which are in the same order."""
    texts = [Text(str(place), one["context"]) for place, one in enumerate(paragraphs)]
    asked = [
        Asked(qa["question"], frozenset({str(place)}))
        for place, one in enumerate(questions)
        for qa in one["qas"]
    ]
    return Haystack(texts, sample(asked, _XQUAD_QUESTIONS))


def measure_turku(folder: Path, embedder: Embedder) -> list[Row]:
    """Recall of a paraphrase among other sentences."""
    haystack = paraphrases(_json_lines(folder / "dev.jsonl"), _TURKU_SENTENCES)
    found = search(haystack, Vectors(embedder))
    return [recall_row("", most, [haystack], found) for most in (1, 5)]


def paraphrases(pairs: Sequence[Mapping[str, str]], most: int) -> Haystack:
    """The first sentences of pairs that say the same, among every pair's second sentence."""
    seconds = list(dict.fromkeys(pair["txt2"] for pair in pairs))
    ids = {sentence: str(place) for place, sentence in enumerate(seconds)}
    asked = [
        Asked(pair["txt1"], frozenset({ids[pair["txt2"]]}))
        for pair in pairs
        if pair["label"].startswith("4")
    ]
    texts = [Text(ids[sentence], sentence) for sentence in seconds]
    return Haystack(texts, sample(asked, most), asks=False)


# --- sick, name_bench ---------------------------------------------------------------------------


def measure_sick(folder: Path, embedder: Embedder) -> list[Row]:
    """Agreement of the relations with the labels."""
    vectors = Vectors(embedder)
    pairs = [pair for file in sorted(folder.glob("*.tsv")) for pair in labelled_pairs(file)]
    said = [_relation(first, second, vectors) for first, second, _ in pairs]
    return [
        Row(
            f"{relation.value}, {label.lower()}",
            len(pairs),
            agreement(
                [one is relation for one in said], [labelled == label for *_, labelled in pairs]
            ),
        )
        for relation, label in (
            (Relation.CONTRADICTS, "CONTRADICTION"),
            (Relation.CORROBORATES, "ENTAILMENT"),
        )
    ]


def labelled_pairs(file: Path) -> list[tuple[str, str, str]]:
    """First sentence, second sentence, label."""
    heading, *lines = file.read_text(encoding="utf-8").splitlines()
    names = heading.split("\t")
    places = [names.index(name) for name in ("sentence_A", "sentence_B", "entailment_judgment")]
    rows = [line.split("\t") for line in lines]
    return [(row[places[0]], row[places[1]], row[places[2]].strip()) for row in rows]


def _relation(first: str, second: str, vectors: Vectors) -> Relation | None:
    cosine = float(vectors.of_statement(first) @ vectors.of_statement(second))
    return relation_between(first, second, cosine)


def relation_between(earlier: str, later: str, cosine: float) -> Relation | None:
    """How the later statement stands to the earlier one, told by two people of one customer."""
    nearby = [Nearby(_said("earlier", earlier, _DAY_ONE), cosine)]
    said = _said("later", later, _DAY_ONE + timedelta(days=1))
    found = next(iter(related(said, nearby, frozenset(), shipped_model())), None)
    return found.relation if found else None


def _said(name: str, text: str, posted_at: datetime) -> Said:
    """A note of somebody called so, that is one insight."""
    note = Note(
        id=name,
        key=MessageKey(_WORKSPACE, "set", name),
        channel="eval",
        author_id=name,
        author_name=name.title(),
        text=text,
        posted_at=posted_at,
    )
    insight = Insight(
        id=name,
        note_id=name,
        position=0,
        statement=text,
        facets=Facets(KnowledgeType.ABOUT),
        customer_ids=("customer",),
        contacts=(),
        dates=resolve_dates(text, posted_at),
        belief=Belief.UNVERIFIED,
        classified_by="eval",
    )
    return Said(note, insight)


def measure_names(folder: Path, _embedder: Embedder) -> list[Row]:
    """Agreement of what is linked with the labels, for companies and for all but persons."""
    pairs = [pair for file in sorted(folder.glob("*.csv")) for pair in pairs_of(file)]
    companies = [pair for pair in pairs if pair.schema == "Company"]
    return [
        Row(
            measure,
            len(chosen),
            agreement([p.is_linked for p in chosen], [p.is_match for p in chosen]),
        )
        for measure, chosen in (("companies", companies), ("all but persons", pairs))
    ]


# --- the table ----------------------------------------------------------------------------------

_SETS: Mapping[str, Callable[[Path, Embedder], list[Row]]] = {
    "locomo": measure_locomo,
    "sick": measure_sick,
    "xquad": measure_xquad,
    "turku_paraphrase": measure_turku,
    "qmsum": measure_qmsum,
    "name_bench": measure_names,
}


def main() -> None:
    """Print a block of lines for each set as soon as it is measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--only", choices=_SETS, metavar="NAME", help=", ".join(_SETS))
    options = parser.parse_args()
    embedder = LocalEmbedder()
    _say(f"{'set':<16} {'measure':<30} {'of':>5}  {'seconds':>7}  figures")
    for name in [options.only] if options.only else _SETS:
        if (options.folder / name).is_dir():
            started = time.process_time()
            rows = _SETS[name](options.folder / name, embedder)
            _say("\n".join(lines(name, rows, time.process_time() - started)))
        else:
            _say(f"{name:<16} is not in {options.folder}")


def lines(name: str, rows: Sequence[Row], seconds: float) -> list[str]:
    """A set's part of the table; the time it took stands in its first line."""
    times = [f"{seconds:.0f}", *[""] * len(rows)]
    return [
        f"{name:<16} {row.measure:<30} {row.count:>5}  {took:>7}  {_figures(row.figures)}"
        for row, took in zip(rows, times, strict=False)
    ]


def _figures(figures: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:.3f}" for name, value in figures.items())


def _json_lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
