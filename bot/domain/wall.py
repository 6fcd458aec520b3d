"""Walls around customers: who may know of one, and of what was heard from it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wall:
    """Who may know of a customer.

    While it `is_closed` only those who are `allowed`, and the customer's owner; else everybody.
    Who is `denied` may not in any case.
    """

    customer_id: str
    is_closed: bool = False
    allowed: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WallChange:
    """What becomes of a wall: steps for people, by id; nobody else on its lists is touched.

    To let somebody in closes it. It stays closed when the last one on its list is dropped, until
    `opens`, which empties both lists.
    """

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    opens: bool = False

    def and_then(self, more: "WallChange") -> "WallChange":
        """Both in one."""
        return WallChange(
            self.allow + more.allow,
            self.deny + more.deny,
            self.drop + more.drop,
            self.opens or more.opens,
        )
