"""Short lives that each try one thing: what the seeded leaks are held against first."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.teams.references import ConversationReference, Scope
from adapters.teams.roster import TeamsRoster
from bot.messages import Action
from tests.security.walls.company import (
    ANNA,
    BEN,
    CARLA,
    DELTA,
    DESK,
    GUS,
    LOBBY,
    NOVARA,
    PEOPLE,
    PLACES,
    PRICING,
    SALES,
    Company,
)
from tests.stage import CHANNEL

Scenario = Callable[[Company], None]


def leaving(company: Company) -> None:
    company.write(ANNA, PRICING, None)
    company.ask(BEN, None)
    company.come_or_go(BEN, PRICING)
    company.compare()
    company.ask(BEN, None)


def losing_sight(company: Company) -> None:
    company.write(ANNA, PRICING, None)
    company.lose_sight(PRICING)
    company.compare()


def guests(company: Company) -> None:
    company.write(ANNA, SALES, None)
    company.compare()
    company.ask(GUS, None)
    company.look(GUS, DESK)


def becoming_a_guest(company: Company) -> None:
    company.write(ANNA, LOBBY, None)
    company.become(CARLA, "guest")
    company.compare()


def walls(company: Company) -> None:
    company.write(BEN, SALES, NOVARA)
    company.fence(NOVARA, "allow", ANNA)
    company.compare()
    company.compare_lists()
    for person in PEOPLE:
        company.export(person)
        company.open_home(person)
        company.complete(person, "zeph")
        company.name_customer(person, NOVARA)
        company.ask(person, NOVARA)
    for where in PLACES:
        company.share_link(ANNA, where, NOVARA)


def a_wall_where_anybody_may_join(company: Company) -> None:
    """All who are there now are let in, and who comes next may not be."""
    company.write(ANNA, SALES, NOVARA)
    company.fence(NOVARA, "allow", BEN)
    company.fence(NOVARA, "allow", CARLA)
    company.compare()


def a_contributor_kept_out(company: Company) -> None:
    company.write(BEN, SALES, NOVARA)
    company.write(ANNA, SALES, NOVARA)
    company.fence(NOVARA, "deny", BEN)
    company.compare()


def denying(company: Company) -> None:
    company.write(ANNA, SALES, DELTA)
    company.fence(DELTA, "allow", CARLA)
    company.fence(DELTA, "deny", CARLA)
    company.compare()


def importing(company: Company) -> None:
    company.write(ANNA, SALES, NOVARA)
    company.fence(NOVARA, "deny", CARLA)
    company.import_again(NOVARA)
    company.compare()


def a_wall_after_a_look(company: Company) -> None:
    company.write(CARLA, SALES, NOVARA)
    company.fence(NOVARA, "allow", ANNA)
    company.write(CARLA, SALES, NOVARA)


def deleting(company: Company) -> None:
    company.write(ANNA, SALES, None)
    company.delete(1)
    company.compare()
    company.ask(BEN, None)


def sending_late(company: Company) -> None:
    for change in ("leave", "wall", "delete", "standing"):
        company.write(ANNA, PRICING, NOVARA)
        company.ask_then_send(BEN, change, 1)
        company.come_or_go(BEN, PRICING) if change == "leave" else None
    company.name_customer_then_send(CARLA, DELTA)


def reading_along(company: Company) -> None:
    company.write(ANNA, PRICING, None)
    company.write(ANNA, SALES, None)
    company.look(ANNA, LOBBY)
    company.look(ANNA, SALES)


def guessing(company: Company) -> None:
    company.write(ANNA, PRICING, None)
    for number in (1, 2):
        company.press(CARLA, Action.SHOW_NOTE, number)
        company.press(CARLA, Action.UNDO, number)


def knowing_who_knows(company: Company) -> None:
    company.write(ANNA, PRICING, NOVARA)
    company.ask(CARLA, NOVARA)


def among_many(company: Company) -> None:
    company.write(BEN, SALES, NOVARA)
    company.edit(1)  # it has few of the words that are asked for
    for _ in range(30):
        company.write(ANNA, f"dm-{ANNA}", NOVARA)
    before = company.found
    company.ask(CARLA, NOVARA)
    assert company.found > before, "what may be seen is crowded out by what may not"


def a_teams_channel(_: Company) -> None:
    """A standard channel of a team is read by the team, and by nobody else in the tenant."""
    place = ConversationReference(
        conversation_id="19:channel",
        scope=Scope.CHANNEL,
        service_url="https://smba.trafficmanager.net/emea/",
        bot_id="28:bot",
        tenant_id="tenant",
        name="General",
    )
    roster = TeamsRoster(_Team(), _Addresses(place))  # type: ignore[arg-type]
    told = roster.conversation("main", "19:channel")
    assert (told.kind, told.member_ids) == ("private", ("29:anna", "29:gus", "29:sid"))
    standings = [person.standing for person in told.people]
    assert standings == ["member", "guest", "stranger"], CHANNEL


@dataclass
class _Addresses:
    place: ConversationReference

    def conversation(self, _: str) -> ConversationReference:
        return self.place


class _Team:
    def members(self, _: ConversationReference) -> list[dict[str, str]]:
        return [
            {"id": "29:anna", "tenantId": "tenant", "userRole": "user"},
            {"id": "29:gus", "tenantId": "tenant", "userRole": "guest"},
            {"id": "29:sid", "tenantId": "another", "userRole": "user"},
        ]


SCENARIOS: tuple[Scenario, ...] = (
    *(leaving, losing_sight, guests, becoming_a_guest, walls, a_wall_where_anybody_may_join),
    *(a_contributor_kept_out, denying, importing, a_wall_after_a_look, deleting, sending_late),
    *(reading_along, guessing, knowing_who_knows, among_many, a_teams_channel),
)
