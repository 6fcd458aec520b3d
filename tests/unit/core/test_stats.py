"""What is kept is counted, with how well it was understood and not a word of it."""

import json

from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft
from bot.domain.reading import LABELS
from bot.domain.taxonomy import KnowledgeType
from bot.messages import Button, Reply, WayIn
from bot.ports import Classification
from bot.use_cases.reclassify import Reclassify
from bot.use_cases.stats import Stats, as_json, as_table, stats
from tests.stage import ANNA, BEN, CARLA, PRICING, SALES, WORKSPACE, Stage

OPERATOR = Audience.operator(WORKSPACE)
FROM = Facets(KnowledgeType.FROM)
LATE = "the deviation reports come too late"
OLD, NEW = "fake/1", "fake/2"


def counted(stage: Stage, audience: Audience = OPERATOR) -> Stats:
    store = stage.store
    return stats(
        audience,
        notes=store.notes,
        learning=store.learning,
        questions=store.questions,
        ratings=store.ratings,
    )


def told(
    stage: Stage,
    text: str = LATE,
    *,
    by: str = OLD,
    confidence: float | None = None,
    where: str = SALES,
) -> Reply:
    draft = InsightDraft(text, FROM, confidence=confidence)
    stage.classifier.answers.append(Classification((draft,), by))
    (reply,) = stage.say(ANNA, text, way_in=WayIn.NOTE_COMMAND, where=where)
    return reply


def button(reply: Reply, title: str) -> Button:
    return next(button for button in reply.buttons if button.label == title)


def changed(stage: Stage, reply: Reply, **fields: str | tuple[str, ...]) -> None:
    stage.submit(ANNA, stage.press(ANNA, button(reply, "Change")), **fields)


def test_an_empty_store_counts_nothing_and_divides_by_nothing(stage: Stage):
    """A share of nothing is not zero: nobody was right or wrong yet."""
    empty = counted(stage)
    assert (empty.notes, empty.insights, empty.classifiers) == (0, 0, {})
    assert empty.overall.correction_rate() is None
    assert empty.questions == {"asked": 0, "answered": 0, "abstained": 0}
    assert "–" in as_table(empty)
    assert json.loads(as_json(empty))["overall"]["unsure_share"] is None


def test_what_people_confirm_and_change_counts_for_the_classifier_that_read_it(stage: Stage):
    """Each version by itself, and all together."""
    changed(stage, told(stage, by=OLD), knowledge_type="about", topics=("quality", "price"))
    changed(stage, told(stage, by=OLD))
    told(stage, by=OLD)
    changed(stage, told(stage, by=NEW), knowledge_type="for")
    found = counted(stage)
    old, new = found.classifiers[OLD], found.classifiers[NEW]
    assert list(found.classifiers) == [OLD, NEW]
    assert (old.insights, old.confirmed, old.changed) == (3, 1, 1)
    assert (new.insights, new.confirmed, new.changed) == (1, 0, 1)
    assert old.correction_rate() == old.correction_rate("topics") == 1 / 3
    assert (new.correction_rate("knowledge_type"), new.correction_rate("topics")) == (1, 0)
    assert found.overall.correction_rate("knowledge_type") == 0.5


def test_a_second_change_counts_no_second_time(stage: Stage):
    """What counts is whether the classifier was right in the end."""
    reply = told(stage)
    changed(stage, reply, knowledge_type="about")
    changed(stage, reply, signal="complaint")
    tally = counted(stage).overall
    assert (tally.insights, tally.changed, tally.changed_labels["signal"]) == (1, 1, 1)
    changed(stage, reply, knowledge_type="from", signal="")
    tally = counted(stage).overall
    assert (tally.confirmed, tally.changed) == (1, 0)


def test_an_insight_counts_for_the_classifier_that_read_it_last(stage: Stage):
    """After a better one came, the mistakes of the other are mended."""
    told(stage, by=OLD)
    stage.classifier.answers.append(Classification((InsightDraft(LATE, FROM),), NEW))
    again = Reclassify(stage.store.notes, stage.store.directory, stage.handler.capture)
    again.run(OPERATOR, everything=True)
    assert list(counted(stage).classifiers) == [NEW]


def test_a_customer_that_a_person_chose_counts_as_a_change(stage: Stage):
    """The classifier could not tell which it was."""
    stage.customer("Novara Pharma")
    stage.customer("Novara Foods")
    reply = told(stage, "Novara says the reports come too late")
    stage.press(ANNA, button(reply, "Novara Pharma"))
    assert counted(stage).overall.changed_labels == {"customers": 1}


def test_who_does_not_say_how_sure_it_is_is_not_called_sure(stage: Stage):
    """The share is of the readings that tell."""
    for confidence in (0.49, 0.5, 0.9, None):
        told(stage, confidence=confidence)
    tally = counted(stage).overall
    assert (tally.insights, tally.with_confidence, tally.unsure) == (4, 3, 1)
    assert tally.unsure_share == 1 / 3


def test_a_change_does_not_make_the_reading_any_surer(stage: Stage):
    """How sure the classifier was is kept, though the insight is a person's now."""
    changed(stage, told(stage, confidence=0.2), knowledge_type="about")
    assert counted(stage).overall.unsure == 1


def test_what_was_taken_for_chatter_and_kept_counts_by_itself(stage: Stage):
    """No classifier read it, so that none was right or wrong on its labels."""
    (reply,) = stage.say(ANNA, LATE, way_in=WayIn.NOTE_COMMAND, where=SALES)
    form = stage.press(ANNA, button(reply, "Keep as knowledge"))
    stage.submit(ANNA, form, knowledge_type="from")
    found = counted(stage)
    assert (found.insights, found.kept_by_people, found.overall.insights) == (1, 1, 0)


def test_questions_count_by_whether_anything_was_cited(stage: Stage):
    """Saying that nobody has told us is an abstention."""
    told(stage)
    stage.ask(BEN, "what of late deviation reports?")
    stage.ask(CARLA, "who is the zookeeper of Atlantis?")
    everybody = {"asked": 2, "answered": 1, "abstained": 1}
    assert counted(stage).questions == everybody
    bens = counted(stage, Audience.of_person(WORKSPACE, BEN)).questions
    assert bens == {"asked": 1, "answered": 1, "abstained": 0}


def test_ratings_count_by_the_last_press(stage: Stage):
    """Who found an answer good and then bad found it bad."""
    told(stage)
    first = stage.ask(BEN, "what of late deviation reports?")
    second = stage.ask(CARLA, "who is the zookeeper of Atlantis?")
    stage.press(BEN, button(first, "👍 Helpful"))
    stage.press(CARLA, button(second, "👍 Helpful"))
    stage.clock.advance(seconds=1)
    stage.press(BEN, button(first, "👎 Not helpful"))
    found = counted(stage)
    assert found.ratings == {"good": 1, "bad": 1}
    assert counted(stage, Audience.of_person(WORKSPACE, BEN)).ratings == {"good": 0, "bad": 1}
    assert json.loads(as_json(found))["ratings"] == found.ratings
    rows = {" ".join(line.split()) for line in as_table(found).splitlines()}
    assert rows >= {"rated helpful 1", "rated not helpful 1"}


def test_what_was_undone_or_is_for_others_counts_nowhere(stage: Stage):
    """Not the note, not its insights, not their corrections."""
    changed(stage, told(stage, where=PRICING), knowledge_type="about")
    stage.press(ANNA, button(told(stage), "Undo"))
    found = {
        who: (seen.notes, seen.insights, seen.overall.changed)
        for who in (BEN, CARLA)
        for seen in [counted(stage, Audience.of_person(WORKSPACE, who))]
    }
    assert found == {BEN: (1, 1, 1), CARLA: (0, 0, 0)}


def test_the_table_has_a_column_for_each_classifier_and_one_for_all(stage: Stage):
    """Long names are broken where they are built together; every row lines up."""
    changed(stage, told(stage, by="openai/gpt-5-mini/classify_note.v1"), knowledge_type="about")
    told(stage, by="local/2026-11", confidence=0.3)
    stage.ask(BEN, "who is the zookeeper of Atlantis?")
    lines = as_table(counted(stage)).splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["openai"],
        ["local", "gpt-5-mini"],
        ["2026-11", "classify_note.v1", "all"],
    ]
    rows = {" ".join(line.split()) for line in lines}
    assert rows >= {
        "notes 2",
        "read by a classifier 1 1 2",
        "unsure (confidence below 50%) 100% – 100%",
        "correction rate 0% 100% 50%",
        "knowledge type 0% 100% 50%",
        "abstained 1",
    }
    assert len({len(line) for line in lines[2:]}) == 1


def test_neither_form_shows_a_word_of_a_note_or_a_question(stage: Stage):
    """Figures may be shown to people who may not see the notes."""
    stage.customer("Novara Pharma", "Novara")
    changed(stage, told(stage, f"Novara says {LATE}"), contacts="P. Keller")
    answer = stage.ask(BEN, "does Novara pay?")
    stage.submit(BEN, stage.press(BEN, button(answer, "👎 Not helpful")), remark="zebra")
    shown = as_table(counted(stage)) + as_json(counted(stage))
    for word in ("Novara", "deviation", "Keller", "pay", "zebra", ANNA, BEN, SALES):
        assert word not in shown


def test_the_object_holds_what_the_table_shows(stage: Stage):
    """For whoever draws a curve of it."""
    changed(stage, told(stage, confidence=0.4), knowledge_type="about")
    tree = json.loads(as_json(counted(stage)))
    (classifier,) = tree["classifiers"]
    assert (tree["notes"], tree["insights"], tree["kept_by_people"]) == (1, 1, 0)
    assert classifier.pop("classified_by") == OLD
    assert classifier == tree["overall"]
    assert (classifier["changed"], classifier["unsure"], classifier["unsure_share"]) == (1, 1, 1)
    assert tuple(classifier["correction_rate_by_label"]) == LABELS
    assert classifier["correction_rate_by_label"]["knowledge_type"] == 1
