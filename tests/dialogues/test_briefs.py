"""What a person is told before they meet a customer."""

from bot.domain.insight import Facets, InsightRelation
from bot.domain.taxonomy import (
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Relation,
    Signal,
    Topic,
    UseKind,
)
from bot.messages import Reply, WayIn
from tests.stage import ANNA, BEN, CARLA, PRICING, SALES, Stage

COMPLAINT = Facets(KnowledgeType.FROM, signal=Signal.COMPLAINT)


def brief(stage: Stage, person: str, name: str = "Novara") -> Reply:
    (reply,) = stage.say(person, name, way_in=WayIn.BRIEF_COMMAND)
    return reply


def lines(reply: Reply) -> list[str]:
    return reply.plain_text.splitlines()


def novara(stage: Stage, *contacts: str) -> None:
    stage.customer("Novara Pharma", "Novara", owner=ANNA, contacts=contacts)


def test_an_open_complaint_comes_first_and_warns_against_selling(stage: Stage):
    """Whatever else is known, and in nobody's way once something was done about it."""
    novara(stage)
    stage.note(BEN, "Novara's new plant opens in May", Facets(KnowledgeType.ABOUT), where=SALES)
    stage.note(BEN, "Novara says the reports come too late", COMPLAINT, where=SALES)

    told = brief(stage, ANNA).plain_text
    assert "Don't sell on this visit" in told
    assert told.index("reports come too late") < told.index("new plant opens")


def test_a_complaint_that_was_acted_on_is_not_open(stage: Stage):
    """The stage utilization says that something was done."""
    novara(stage)
    done = Facets(
        KnowledgeType.FROM,
        ProcessStage.UTILIZATION,
        UseKind.ACTION_ORIENTED,
        signal=Signal.COMPLAINT,
    )
    stage.note(BEN, "After Novara's complaint we now send the reports weekly", done)
    assert "Don't sell" not in brief(stage, ANNA).plain_text


def test_each_line_carries_its_source(stage: Stage):
    """A number that links to the note, who wrote it and when."""
    novara(stage)
    stage.note(BEN, "Novara says the reports come too late", COMPLAINT, where=SALES)
    reply = brief(stage, ANNA)
    assert "• Novara says the reports come too late [1] Ben, 9 Nov 2026" in lines(reply)
    links = [span.href for block in reply.blocks for span in block.spans if span.text == "[1]"]
    assert links == [f"https://chat.example/{SALES}"]
    assert [source.number for source in reply.sources] == [1]


def test_what_the_reader_may_not_see_is_not_in_it(stage: Stage):
    """Nor does the reply differ from one where it was never said."""
    novara(stage)
    brief(stage, ANNA)  # so that the owner's name is known
    before = brief(stage, CARLA)
    stage.note(ANNA, "Novara will cut our price by a tenth", COMPLAINT, where=PRICING)
    assert brief(stage, CARLA) == before
    assert "a tenth" in brief(stage, BEN).plain_text


def test_both_sides_of_a_dispute_are_told_together(stage: Stage):
    """And nowhere else in the brief."""
    novara(stage)
    first, second = "Novara decides alone", "Novara decides in a committee"
    stage.note(ANNA, first, Facets(KnowledgeType.ABOUT), where=SALES)
    stage.note(BEN, second, Facets(KnowledgeType.ABOUT), where=SALES)
    earlier, later = (record.insights[0].id for record in stage.notes())
    stage.store.notes.relate([InsightRelation(later, Relation.CONTRADICTS, earlier)])

    told = lines(brief(stage, CARLA))
    at = told.index("In dispute, both sides")
    assert sorted(line.split(" (")[0] for line in told[at + 1 : at + 3]) == [
        f"• {first}",
        f"• {second}",
    ]
    assert sum(first in line for line in told) == 1


def test_what_only_says_it_again_takes_no_second_line(stage: Stage):
    """The one that was told first is marked as corroborated."""
    novara(stage)
    stage.note(ANNA, "Novara finds our reports late", COMPLAINT, where=SALES)
    stage.note(BEN, "heard the same of Novara's reports", COMPLAINT, where=SALES)
    earlier, later = (record.insights[0].id for record in stage.notes())
    stage.store.notes.relate([InsightRelation(later, Relation.CORROBORATES, earlier)])
    told = brief(stage, CARLA).plain_text
    assert "Novara finds our reports late (corroborated)" in told
    assert "heard the same" not in told


def test_what_was_superseded_is_not_told(stage: Stage):
    """A brief tells what holds now."""
    novara(stage)
    stage.note(ANNA, "Novara's audit is on Monday", Facets(KnowledgeType.ABOUT), where=SALES)
    stage.note(BEN, "Novara's audit moved to Friday", Facets(KnowledgeType.ABOUT), where=SALES)
    earlier, later = (record.insights[0].id for record in stage.notes())
    stage.store.notes.relate([InsightRelation(later, Relation.SUPERSEDES, earlier)])
    told = brief(stage, CARLA).plain_text
    assert "Friday" in told
    assert "Monday" not in told


def test_how_they_choose_is_told_in_their_own_order(stage: Stage):
    """Criteria as the latest first-hand statement ranks them."""
    novara(stage)
    on_it = Facets(KnowledgeType.ABOUT, topics=(Topic.DECISION_PROCESS,))
    stage.note(BEN, "Novara picks on quality first, then delivery, price comes last", on_it)
    rumour = Facets(
        KnowledgeType.ABOUT, topics=(Topic.DECISION_PROCESS,), certainty=Certainty.HEARSAY
    )
    stage.note(BEN, "heard that at Novara price beats quality", rumour)
    told = brief(stage, BEN).plain_text
    assert "1. quality and compliance 2. delivery performance 3. price" in told


def test_a_promise_of_ours_is_told_and_one_of_theirs_is_not(stage: Stage):
    """Only what we said that we would do."""
    novara(stage)
    stage.note(BEN, "I promised Novara's buyer the stability data", Facets(KnowledgeType.FOR))
    stage.note(BEN, "Novara promise more volume than they order", Facets(KnowledgeType.ABOUT))
    told = lines(brief(stage, BEN))
    at = told.index("What we promised")
    assert "stability data" in told[at + 1]
    assert not any("more volume" in line for line in told[at + 1 : at + 2])


def test_a_moment_is_told_with_its_direction(stage: Stage):
    """As far as it is not half a year old."""
    novara(stage)
    facets = Facets(
        KnowledgeType.ABOUT,
        moment=Moment.OWNERSHIP_CHANGE,
        moment_direction=MomentDirection.THREAT,
    )
    stage.note(BEN, "Novara is being sold to Carvine", facets)
    assert "(ownership change: threat)" in brief(stage, BEN).plain_text
    stage.clock.advance(days=200)
    assert "ownership change" not in brief(stage, BEN).plain_text


def test_who_speaks_with_whom_is_told_with_its_shape(stage: Stage):
    """From the contacts that first-hand notes name."""
    novara(stage, "Petra Keller")
    about = Facets(KnowledgeType.ABOUT)
    stage.note(BEN, "Petra Keller plans a new line", about, contacts=["Petra Keller"], where=SALES)
    told = brief(stage, BEN).plain_text
    assert "One to one" in told
    assert "Ben with Petra Keller" in told
    stage.note(ANNA, "Petra Keller is on leave", about, contacts=["Petra Keller"], where=SALES)
    assert "One on many" in brief(stage, ANNA).plain_text


def test_gaps_are_named_with_what_to_ask(stage: Stage):
    """Topics of the profile on which nothing current is known."""
    novara(stage)
    stage.note(
        BEN, "Novara's budget is set in May", Facets(KnowledgeType.ABOUT, topics=(Topic.FINANCE,))
    )
    told = brief(stage, BEN).plain_text
    assert "Nothing of the last year on decision process, needs" in told
    assert "finance" not in told
    assert told.count("• Ask:") == 2


def test_it_fits_on_a_screen_however_much_is_known(stage: Stage):
    """With a way to the rest."""
    novara(stage)
    for number in range(40):
        stage.note(BEN, f"Novara complains about delivery {number} " + "at length " * 40, COMPLAINT)
    reply = brief(stage, BEN)
    assert len(reply.plain_text) < 3_000
    assert lines(reply)[-1] == "Everything: /earshot customer Novara Pharma"


def test_an_unknown_name_is_said_to_be_unknown(stage: Stage):
    """Beside no name at all, and a name that several carry."""
    stage.customer("Novara Pharma")
    stage.customer("Novara Foods")
    assert "do not know “Acme” as a customer" in brief(stage, ANNA, "Acme").plain_text
    assert "Whom are you going to meet?" in brief(stage, ANNA, "").plain_text
    assert "/brief Novara Foods" in brief(stage, ANNA, "Novara").plain_text


def test_a_brief_asked_for_in_words_is_a_brief(stage: Stage):
    """And a note that begins with the word is a note."""
    novara(stage)
    (reply,) = stage.say(ANNA, "brief me on Novara")
    assert "Brief on Novara Pharma" in reply.plain_text
    (noted,) = stage.note(ANNA, "Brief call with Novara, all fine", way_in=WayIn.DIRECT)
    assert "Noted" in noted.plain_text
