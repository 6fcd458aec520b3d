"""The rules of who may see what, in a page of plain Python that knows nothing of the product."""

from dataclasses import dataclass, field


@dataclass
class Said:
    """A note. `tokens` are words that stand in nobody else's."""

    message_id: str
    where: str
    author: str
    customer: str | None
    tokens: list[str]
    note_id: str = ""
    is_gone: bool = False


@dataclass
class Fence:
    """The wall around a customer."""

    owner: str
    is_closed: bool = False
    allowed: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)

    def lets_in(self, person: str) -> bool:
        if person in self.denied:
            return False
        return not self.is_closed or person in self.allowed or person == self.owner

    @property
    def is_open_to_anybody(self) -> bool:
        return not self.is_closed and not self.denied


@dataclass
class Rules:
    """What is so. The members of a place are None while they are unknown."""

    members: dict[str, set[str] | None]
    public: set[str]
    standing: dict[str, str]
    fences: dict[str, Fence]
    said: list[Said] = field(default_factory=list)

    def is_ours(self, person: str) -> bool:
        return self.standing.get(person) == "member"

    def is_inside(self, person: str, customer: str | None) -> bool:
        return customer is None or self.fences[customer].lets_in(person)

    def can_read(self, person: str, where: str) -> bool:
        there = self.members[where]
        if there is None or self.standing.get(person) == "deactivated":
            return False
        return person in there or (where in self.public and self.is_ours(person))

    def sees(self, person: str, note: Said) -> bool:
        """One person, in private."""
        if note.is_gone or not self.can_read(person, note.where):
            return False
        return note.author == person or self.is_inside(person, note.customer)

    def all_see(self, where: str, note: Said) -> bool:
        """Everybody who reads along in a place."""
        if note.is_gone:
            return False
        there = self.members[where]
        all_ours = there is not None and all(map(self.is_ours, there))
        is_closed = where not in self.public and bool(there)
        heard = self.members[note.where]
        reads = note.where == where
        reads |= note.where in self.public and heard is not None and all_ours
        reads |= is_closed and heard is not None and (there or set()) <= heard
        return reads and self.all_inside(where, note.customer)

    def all_inside(self, where: str, customer: str | None) -> bool:
        there = self.members[where]
        if customer is None:
            return True
        if where in self.public or not there:
            return self.fences[customer].is_open_to_anybody
        return all(self.is_inside(person, customer) for person in there)

    def knows(self, person: str, customer: str) -> bool:
        """Of a customer as such, in a list or by its name."""
        return self.is_ours(person) and self.fences[customer].lets_in(person)
