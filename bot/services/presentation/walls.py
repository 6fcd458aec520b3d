"""What the bot says of the walls around customers."""

from collections.abc import Callable, Collection, Iterator

from bot.domain.customer import Customer
from bot.domain.wall import Wall
from bot.messages import Paragraph, Reply
from bot.services.presentation.capture import shorten
from bot.services.presentation.words import bold, paragraph

_NAME = 80

NameOf = Callable[[str], str]
"""A person's name by their id."""


def wall(customer: Customer, built: Wall, name_of: NameOf) -> Reply:
    """Who may know of a customer, and how to change it."""
    return Reply((*_who(customer, built, name_of), _how(customer)), names=(customer.id,))


def _who(customer: Customer, built: Wall, name_of: NameOf) -> Iterator[Paragraph]:
    name = bold(customer.name)
    if built.is_closed:
        owner = {customer.owner_id} - {None} - built.denied
        allowed = _named({*built.allowed, *(one for one in owner if one)}, name_of)
        yield paragraph("Only these people see what we know of ", name, f": {allowed or 'nobody'}.")
    else:
        yield paragraph("There is no wall around ", name, ".")
    if built.denied:
        yield paragraph(f"Kept out of it: {_named(built.denied, name_of)}.")


def _how(customer: Customer) -> Paragraph:
    command = f"/earshot wall {customer.name}; allow Anna Berg, Ben Ode; deny Carl Lund; drop Dora"
    return paragraph(f"To change it: {command} – or: off", subdued=True)


def _named(person_ids: Collection[str], name_of: NameOf) -> str:
    return ", ".join(sorted(map(name_of, person_ids)))


def which_customer() -> Reply:
    """A wall without a customer."""
    return Reply((paragraph("Around which customer? For example: /earshot wall Novara"),))


def owners_only(customer: Customer, owner: str) -> Reply:
    """Somebody who may know of the customer, and does not look after it."""
    who = f"{owner}, who looks after it," if owner else "your administrator"
    return Reply(
        (paragraph("Ask ", who, " for a wall around ", bold(customer.name), "."),),
        names=(customer.id,),
    )


def unknown_people(names: Collection[str]) -> Reply:
    """Nobody goes by that name here, or several do. Nothing was changed."""
    shown = ", ".join(f"“{shorten(name, _NAME)}”" for name in names)
    return Reply(
        (
            paragraph(f"I do not know whom you mean by {shown}. Nothing was changed."),
            paragraph("Write their full name, or mention them.", subdued=True),
        )
    )


def not_understood(words: str) -> Reply:
    """Neither allow, deny, drop nor off. Nothing was changed."""
    return Reply(
        (
            paragraph(f"I do not understand “{shorten(words, _NAME)}”. Nothing was changed."),
            paragraph("Try allow, deny or drop with names, or off.", subdued=True),
        )
    )
