"""How a new insight stands to what is known on its customers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audience import Audience
from bot.domain.insight import Facets, Insight, InsightDraft, InsightRelation
from bot.domain.note import MessageKey, Note
from bot.domain.taxonomy import Belief, KnowledgeType, Relation
from bot.messages import WayIn
from bot.ports import Classification
from bot.services.cue_words import CueWords, words_of
from bot.services.dates import resolve_dates
from bot.services.relations.cues import cue_words
from bot.services.relations.features import FEATURES, Nearby, Said, features_of
from bot.services.relations.finder import related
from bot.services.relations.model import shipped_model
from bot.services.relations.opposition import are_opposite
from tests.fakes import MONDAY
from tests.stage import ANNA, BEN, CARLA, PRICING, SALES, WORKSPACE, Stage

ABOUT = Facets(KnowledgeType.ABOUT)
NO_NAMES: frozenset[str] = frozenset()


def said(text: str, *, by: str = ANNA, days: int = 0, thread: str | None = None) -> Said:
    """A note that is one insight, so many days after Monday."""
    posted_at = MONDAY + timedelta(days=days)
    name = f"{by}-{days}"
    key = MessageKey(WORKSPACE, SALES, name)
    note = Note(name, key, "stage", by, by.title(), text, posted_at, thread)
    dates = resolve_dates(text, posted_at)
    insight = Insight(
        name, name, 0, text, ABOUT, ("novara",), (), dates, Belief.UNVERIFIED, "fake/1"
    )
    return Said(note, insight)


def stands(later: Said, *earlier: Said, cosine: float = 0.7) -> list[tuple[Relation, str]]:
    """How the later statement stands to the earlier ones, the nearest first."""
    nearby = [Nearby(one, cosine - place / 10) for place, one in enumerate(earlier)]
    found = related(later, nearby, NO_NAMES, shipped_model())
    return [(one.relation, one.earlier_insight_id) for one in found]


# --- words --------------------------------------------------------------------------------------


def test_a_phrase_may_have_a_gap_and_a_stem_may_go_on():
    """`*` stands for one to three words, or for the end of a word."""
    cues = CueWords(["not * but", "postpon*", "put off"])
    assert cues.found(words_of("It is not the price but the date")) == {"not"}
    assert cues.found(words_of("postponed")) == {"postponed"}
    assert cues.found(words_of("put on")) == set()
    assert cues.found(words_of("not one two three four but")) == set()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("change", "the start was postponed"),
        ("change", "der Termin wurde verschoben"),
        ("change", "kokous siirtyy"),
        ("change", "la reunión se aplazó"),
        ("change", "le lancement est reporté"),
        ("change", "mötet flyttas"),
        ("agreement", "says the same"),
        ("agreement", "auch der Einkauf sagt das"),
        ("denial", "that’s not what I heard"),
        ("negation", "ei koskaan"),
    ],
)
def test_cues_are_known_in_several_languages(kind: str, text: str):
    """People write in their own language, and mix them."""
    assert cue_words()[kind].found(words_of(text))


def test_a_denial_of_the_same_words_is_opposite():
    """One side wants what the other says is not wanted."""
    wanted = "They want returnable crates by spring"
    refused = "They do not want returnable crates, there is no room"
    assert are_opposite(refused, wanted, NO_NAMES)
    assert are_opposite(wanted, refused, NO_NAMES)
    assert not are_opposite(refused, refused, NO_NAMES)


def test_a_negation_of_something_else_is_not_opposite():
    """Half of what both speak of has to be denied."""
    earlier = "They want returnable crates for the calibration units"
    later = "They want returnable crates for calibration units, the price is not important"
    assert not are_opposite(later, earlier, NO_NAMES)


# --- pairs --------------------------------------------------------------------------------------


def test_every_feature_has_a_weight_and_a_name():
    """What is shipped fits what is computed."""
    later, earlier = said("They moved to Lyon", days=2), said("They are in Paris")
    row = features_of(later, [Nearby(earlier, 0.5)], NO_NAMES)
    assert row.shape == (1, len(FEATURES))
    assert shipped_model().weights.shape == (len(FEATURES), len(Relation))


def test_a_new_person_in_a_role_supersedes_the_old_one():
    """Who left is not asked for any more."""
    old = said("Ulrike Stamm is head of procurement, every order goes over her desk")
    new = said("Ulrike Stamm has left. The new head of procurement is Henrik Voss", days=30)
    assert stands(new, old) == [(Relation.SUPERSEDES, "anna-0")]


def test_a_moved_date_supersedes_the_old_one():
    """Also when a colleague heard of it."""
    old = said("The tender goes out on 1 March, says the tender office")
    new = said("The tender is postponed, new date is 11 May says the tender office", by=BEN, days=9)
    assert stands(new, old) == [(Relation.SUPERSEDES, "anna-0")]


def test_a_colleague_who_denies_it_contradicts():
    """Both sides are kept."""
    first = said("Nadia says that they want returnable crates by spring")
    second = said("Colin told me they do not want returnable crates", by=BEN, days=13)
    assert stands(second, first) == [(Relation.CONTRADICTS, "anna-0")]


def test_nobody_contradicts_or_corroborates_themselves():
    """The same words twice from one mouth are not two sources."""
    first = said("they want returnable crates by spring")
    assert stands(said("they do not want returnable crates", days=13), first) == []
    assert stands(said("Same from their buyer, returnable crates by spring", days=13), first) == []


def test_a_colleague_in_the_thread_who_hears_the_same_corroborates():
    """A second source, in few words."""
    first = said("Their trucks wait two hours at the gate, says the plant manager")
    second = said(
        "Same from their warehouse, the trucks wait two hours at the gate",
        by=BEN,
        days=1,
        thread="anna-0",
    )
    assert stands(second, first) == [(Relation.CORROBORATES, "anna-0")]


@pytest.mark.parametrize(
    "text",
    [
        "Their quality people liked the drop test film",
        "They asked for the price list in kroner",
        "The plant manager invited us to the summer party",
    ],
)
def test_what_is_on_another_matter_stands_to_nothing(text: str):
    """Most notes on a customer neither confirm nor replace each other."""
    earlier = [
        said("Ulrike Stamm is head of procurement"),
        said("They fill about 1 800 drums a week", by=BEN, days=2),
    ]
    assert stands(said(text, by=CARLA, days=9), *earlier, cosine=0.45) == []


def test_an_answer_to_a_question_denies_nothing():
    """Nor does it replace it: the question was no statement."""
    asked = said("They ask whether the seals open in the freezer and the bags tear")
    told = said("told them that no seals open in the freezer, no bags tear", by=BEN, days=1)
    answered = replace(told, insight=replace(told.insight, facets=Facets(KnowledgeType.FOR)))
    assert stands(told, asked) == [(Relation.CONTRADICTS, "anna-0")]
    assert stands(answered, asked) == []


# --- in the product -----------------------------------------------------------------------------

OLD = "The head of procurement at Novara is P. Keller"
NEW = "P. Keller has left. The new head of procurement at Novara is R. Aalto"


def beliefs(stage: Stage) -> list[Belief]:
    return [record.insights[0].belief for record in stage.notes()]


def relations(stage: Stage) -> list[InsightRelation]:
    ids = [insight.id for record in stage.notes() for insight in record.insights]
    return stage.store.notes.relations(ids, Audience.operator(WORKSPACE))


def tell_both(stage: Stage) -> None:
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, OLD, ABOUT, where=SALES, message_id="old", way_in=WayIn.MENTION)
    stage.clock.advance(days=30)
    stage.note(ANNA, NEW, ABOUT, where=SALES, message_id="new", way_in=WayIn.MENTION)


def understand(stage: Stage, text: str) -> None:
    """Have the classifier take what is read next for one insight."""
    stage.classifier.answers.append(Classification((InsightDraft(text, ABOUT),), "fake/1"))


def edit(stage: Stage, message_id: str, text: str) -> None:
    understand(stage, text)
    stage.edit(ANNA, message_id, text, where=SALES)


def test_a_captured_note_replaces_what_it_changes(stage: Stage):
    """As soon as it is said, the old state is shown as replaced."""
    tell_both(stage)
    assert beliefs(stage) == [Belief.SUPERSEDED, Belief.UNVERIFIED]


def test_an_edit_of_the_newer_note_takes_its_relations_back(stage: Stage):
    """What was a misunderstanding hides nothing any more."""
    tell_both(stage)
    edit(stage, "new", "Novara liked the film of the drop test")
    assert relations(stage) == []


def test_an_edit_of_the_older_note_is_compared_with_newer_ones(stage: Stage):
    """A corrected spelling stays superseded; other words may become so."""
    tell_both(stage)
    edit(stage, "old", "Novara liked the film of the drop test")
    assert relations(stage) == []
    edit(stage, "old", OLD.replace("desk", "table"))
    assert beliefs(stage) == [Belief.SUPERSEDED, Belief.UNVERIFIED]


def test_a_note_for_another_customer_stands_to_nothing(stage: Stage):
    """Heads of procurement change everywhere."""
    stage.customer("Novara Pharma", "Novara")
    stage.customer("Hollis")
    stage.note(ANNA, OLD, where=SALES)
    stage.note(ANNA, NEW.replace("Novara", "Hollis"), where=SALES)
    assert relations(stage) == []


def test_an_insight_that_is_moved_to_another_customer_leaves_its_relations(stage: Stage):
    """A correction leaves nothing stale behind."""
    tell_both(stage)
    other = stage.customer("Hollis")
    newer = stage.notes()[1].insights[0]
    stage.store.notes.change_insight(
        newer.id,
        facets=newer.facets,
        customer_ids=(other,),
        contacts=(),
        by_person_id=ANNA,
        at=stage.clock.now(),
    )
    assert beliefs(stage) == [Belief.UNVERIFIED, Belief.UNVERIFIED]


def test_what_the_contributor_may_not_see_is_not_compared(stage: Stage):
    """Carla's note says nothing of a note that she cannot read."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, OLD, where=PRICING)
    stage.note(CARLA, NEW, where=SALES)
    assert relations(stage) == []


def test_a_note_that_comes_late_is_older_all_the_same(stage: Stage):
    """What counts is when it was said, not when it was read."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, NEW, ABOUT, where=SALES)
    newer = stage.notes()[0]
    message = stage.message(ANNA, OLD, where=SALES, way_in=WayIn.MENTION)
    understand(stage, OLD)
    stage.handler.handle(replace(message, sent_at=newer.note.posted_at - timedelta(days=30)))
    assert [(one.insight_id, one.relation) for one in relations(stage)] == [
        (newer.insights[0].id, Relation.SUPERSEDES)
    ]


# --- neighbours ---------------------------------------------------------------------------------


def test_neighbours_are_on_the_same_customer_in_other_notes(stage: Stage):
    """Nearest first, within what the audience may see."""
    tell_both(stage)
    stage.customer("Hollis")
    stage.note(ANNA, "Hollis has a new head of procurement", where=SALES)
    stage.note(ANNA, "Novara pays late", where=PRICING)
    newer = stage.notes()[1].insights[0]

    def beside(person: str) -> list[str]:
        audience = Audience.of_person(WORKSPACE, person)
        return [h.note.text for h in stage.store.retriever.beside(newer.id, audience, 10)]

    assert beside(ANNA) == [OLD, "Novara pays late"]
    assert beside(CARLA) == [OLD]


def test_an_insight_on_no_customer_has_no_neighbours(stage: Stage):
    """Nothing says that it is on the same matter as another one."""
    stage.note(ANNA, "The market is down", where=SALES)
    stage.note(ANNA, "The market is down again", where=SALES)
    own = stage.notes()[1].insights[0]
    audience = Audience.of_person(WORKSPACE, ANNA)
    assert stage.store.retriever.beside(own.id, audience, 10) == []
