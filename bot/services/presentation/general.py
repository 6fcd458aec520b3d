"""What the bot says of itself, and when something does not work."""

from collections.abc import Sequence

from bot.domain.answer import KnowledgeNeed
from bot.domain.customer import LONGEST_NAME, Customer
from bot.messages import Reply, Visibility
from bot.services.presentation.words import bold, day, label, paragraph


def help_text() -> Reply:
    """What one can do, on one phone screen."""
    return Reply(
        (
            paragraph(bold("Tell me what you hear from customers, ask me what we know.")),
            paragraph("/note Novara wants the reports a week earlier"),
            paragraph("/ask what does Novara think of our reports?"),
            paragraph("Or mention me, or write to me directly."),
            paragraph("/earshot listen on · off: I read along in this channel"),
            paragraph("/earshot customer Novara Pharma; Novara: register a customer with an alias"),
            paragraph("/earshot needs: what we should find out"),
            paragraph("/earshot home: your notes, your customers, and what became of them"),
            paragraph(
                "I save first and show what I understood; Change and Undo are one press away. "
                "You only ever see what was said where you are a member.",
                subdued=True,
            ),
        )
    )


def unknown_command(words: str) -> Reply:
    """A command that does not exist."""
    shown = words[:40]
    return Reply((paragraph(f"I do not know “{shown}”. Try /earshot help."),))


def note_what() -> Reply:
    """A note without words."""
    return Reply(
        (paragraph("What did you hear? For example: /note Novara's budget closes in October"),)
    )


def too_long(characters: int, limit: int) -> Reply:
    """A message that is longer than a note can be."""
    return Reply(
        (
            paragraph(
                f"That is {characters} characters; a note can have {limit}. Please send it in "
                "parts. Nothing was saved."
            ),
        )
    )


def gone() -> Reply:
    """What does not exist and what one may not see look the same."""
    return Reply((paragraph("There is nothing here any more that you can change."),))


def went_wrong(reference: str) -> Reply:
    """Something failed on our side."""
    return Reply(
        (
            paragraph(
                "Something went wrong on our side, and I could not do that. Please try again."
            ),
            paragraph(f"If it happens again, tell your administrator: {reference}", subdued=True),
        )
    )


def listening(*, on: bool) -> Reply:
    """The announcement that everybody in a conversation gets."""
    if on:
        text = (
            "From now on I read along here and keep what is customer knowledge; chatter is not "
            "kept. Whoever may read here can be told of it. /earshot listen off ends it."
        )
    else:
        text = "I no longer read along here. Mention me, or use /note, to have something kept."
    return Reply((paragraph(text),), visibility=Visibility.CONVERSATION)


def listen_where() -> Reply:
    """The bot already reads a direct message."""
    return Reply((paragraph("Here I read everything you write to me. Use this in a channel."),))


def customer_registered(customer: Customer) -> Reply:
    """A customer that was registered in chat."""
    aliases = f" (also {', '.join(customer.aliases)})" if customer.aliases else ""
    return Reply(
        (paragraph("Registered ", bold(customer.name), f"{aliases}, {label(customer.status)}."),)
    )


def customer_name_missing() -> Reply:
    """A customer without a name."""
    return Reply((paragraph("Which one? For example: /earshot customer Novara Pharma; Novara"),))


def customer_name_too_long() -> Reply:
    """A page of text for a name."""
    return Reply(
        (paragraph(f"A name or alias can have {LONGEST_NAME} characters. Nothing was registered."),)
    )


def needs(open_needs: Sequence[KnowledgeNeed]) -> Reply:
    """What we should find out."""
    if not open_needs:
        return Reply((paragraph("No open knowledge needs."),))
    lines = [paragraph(f"• {need.text} ({day(need.asked_at)})") for need in open_needs[:20]]
    return Reply((paragraph(bold("Open knowledge needs")), *lines))
