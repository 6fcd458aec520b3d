"""`/earshot wall CUSTOMER; allow …; deny …; drop …; off`: who may know of a customer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.audit import AuditEntry, AuditEvent
from bot.domain.customer import LONGEST_NAME, Customer
from bot.domain.people import Person
from bot.domain.wall import WallChange
from bot.messages import IncomingMessage, Reply
from bot.ports import AuditLog, CustomerStore, DirectoryStore, WallStore
from bot.services.presentation import customers as say_customers
from bot.services.presentation import walls as say


@dataclass(frozen=True, slots=True)
class BuildWall:
    """For whoever looks after the customer; to those kept out it is no customer at all."""

    customers: CustomerStore
    walls: WallStore
    directory: DirectoryStore
    audit: AuditLog

    def build(self, message: IncomingMessage, words: str) -> Reply:
        """Show a wall, or change it first."""
        name, *steps = [part.strip() for part in words.split(";")]
        if not name:
            return say.which_customer()
        audience = Audience.of_person(message.place.workspace, message.actor_id)
        customer = self._customer(name, audience)
        if customer is None:
            return say_customers.unknown(name)
        if customer.owner_id != message.actor_id:
            return say.owners_only(customer, self._owner_name(customer))
        return self._changed(customer, audience, [step for step in steps if step])

    def _customer(self, name: str, audience: Audience) -> Customer | None:
        found = self.customers.named(name, audience) if len(name) <= LONGEST_NAME else ()
        return found[0] if len(found) == 1 else None

    def _owner_name(self, customer: Customer) -> str:
        owner_id = customer.owner_id
        owner = self.directory.person(customer.workspace, owner_id) if owner_id else None
        return owner.name if owner else ""

    def _changed(self, customer: Customer, audience: Audience, steps: Sequence[str]) -> Reply:
        people = People(self.directory.people(customer.workspace))
        change = WallChange()
        for step in steps:
            verb, _, listed = step.partition(" ")
            named = [one.strip() for one in listed.split(",") if one.strip()]
            if unknown := [one for one in named if people.find(one) is None]:
                return say.unknown_people(unknown)
            ids = tuple(found for one in named if (found := people.find(one)))
            more = _change(verb.casefold(), ids)
            if more is None:
                return say.not_understood(step)
            change = change.and_then(more)
        built = self.walls.wall(customer.id, audience)
        if steps:
            built = self.walls.change(customer.id, change, audience)
            self._record(customer, audience)
        if built is None:
            return say_customers.unknown(customer.name)
        return say.wall(customer, built, people.name_of)

    def _record(self, customer: Customer, audience: Audience) -> None:
        actor = str(audience.person_id)
        self.audit.record(
            AuditEntry(customer.workspace, AuditEvent.WALL_CHANGED, actor, customer.id)
        )


def _change(verb: str, person_ids: tuple[str, ...]) -> WallChange | None:
    match verb, bool(person_ids):
        case "allow", True:
            return WallChange(allow=person_ids)
        case "deny", True:
            return WallChange(deny=person_ids)
        case "drop", True:
            return WallChange(drop=person_ids)
        case "off", False:
            return WallChange(opens=True)
        case _:
            return None


class People:
    """Our people by what somebody writes of one: an id, a mention, or a whole name."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._names = {person.id: person.name for person in people}
        self._ids: dict[str, list[str]] = {}
        for person_id, name in self._names.items():
            self._ids.setdefault(_same(name), []).append(person_id)

    def find(self, written: str) -> str | None:
        """Their id; None for nobody, and where several have the name."""
        word = written.removeprefix("@")
        if word in self._names:
            return word
        found = self._ids.get(_same(word), [])
        return found[0] if len(found) == 1 else None

    def name_of(self, person_id: str) -> str:
        """Their name; somebody we have not met yet has only an id."""
        return self._names.get(person_id) or "somebody I have not met yet"


def _same(name: str) -> str:
    return " ".join(name.casefold().split())
