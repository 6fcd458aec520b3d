"""What the bot says of itself, and when something does not work."""

from collections.abc import Sequence
from typing import Final

from bot.domain.answer import KnowledgeNeed
from bot.domain.customer import LONGEST_NAME, Customer, CustomerDraft
from bot.domain.model_use import ModelUse
from bot.messages import Reply, Visibility
from bot.services.presentation.words import bold, counted, day, label, paragraph


def help_text() -> Reply:
    """What one can do, on one phone screen."""
    return Reply(
        (
            paragraph(bold("Tell me what you hear from customers. Ask me what we know.")),
            paragraph(bold("/note"), " Novara wants the reports a week earlier"),
            paragraph(bold("/ask"), " what does Novara think of our reports?"),
            paragraph(bold("/brief Novara"), " – before you meet them"),
            paragraph(bold("/earshot customer Novara"), " – what we know about it"),
            paragraph(bold("/earshot home"), " – your notes, moments, customers"),
            paragraph(bold("/earshot needs"), " – what we should find out"),
            paragraph(bold("/earshot forget me"), " – delete all that is yours"),
            paragraph(bold("/earshot listen on"), " or ", bold("off"), " – I read along here"),
            paragraph(
                "I save first and show you what I understood: change it or undo it. What was said "
                "in a private channel or to me alone is shown to its members only.",
                subdued=True,
            ),
        )
    )


def unknown_command(words: str) -> Reply:
    """A command that does not exist."""
    shown = words[:40]
    return Reply((paragraph(f"I do not know “{shown}”. Try /earshot help."),))


_MODEL_USES: Final = {
    None: "Nothing you write leaves this server: no remote model is set up.",
    ModelUse.OFF: "Nothing you write goes to a language model outside.",
    ModelUse.REDACTED: "A language model outside reads what you write, without personal data: "
    "phone numbers, addresses, bank accounts, ids, dates of birth and health are masked first.",
    ModelUse.FULL: "A language model outside reads what you write, as you wrote it.",
}


def settings(use: ModelUse | None) -> Reply:
    """What was decided for the workspace; None where there is no remote model."""
    return Reply(
        (
            paragraph(_MODEL_USES[use]),
            paragraph("Others read your notes with personal data masked.", subdued=True),
            paragraph("Whoever runs Earshot can change this: earshot settings.", subdued=True),
        )
    )


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
                f"That is {counted(characters)} characters; a note can have at most "
                f"{counted(limit)}. Please send it in parts. Nothing was saved."
            ),
        )
    )


def gone() -> Reply:
    """What does not exist and what one may not see look the same."""
    return Reply((paragraph("There is nothing here any more for you."),))


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
            "From now on I read along here and keep what is said about customers, not the chatter. "
            "Anyone who may read this channel can find it through me. To stop me: /earshot listen "
            "off"
        )
    else:
        text = "I no longer read along here. Mention me, or use /note, to have something kept."
    return Reply((paragraph(text),), visibility=Visibility.CONVERSATION)


def listen_where() -> Reply:
    """The bot already reads a direct message."""
    return Reply((paragraph("Here I read everything you write to me. Use this in a channel."),))


def customer_registered(customer: Customer | CustomerDraft) -> Reply:
    """A customer that was registered in chat."""
    aliases = f" (also {', '.join(customer.aliases)})" if customer.aliases else ""
    return Reply(
        (
            paragraph(
                "Registered ", bold(customer.name), f"{aliases} as a {label(customer.status)}."
            ),
        )
    )


def customer_name_missing() -> Reply:
    """A customer without a name."""
    return Reply(
        (
            paragraph("Which one? For example: /earshot customer Novara"),
            paragraph(
                "To add one, put its short name after a semicolon: /earshot customer Novara "
                "Pharma; Novara",
                subdued=True,
            ),
        )
    )


def customer_name_too_long() -> Reply:
    """A page of text for a name."""
    return Reply(
        (paragraph(f"A name can have at most {LONGEST_NAME} characters. Nothing was registered."),)
    )


def needs(open_needs: Sequence[KnowledgeNeed]) -> Reply:
    """What we should find out."""
    if not open_needs:
        return Reply((paragraph("No open knowledge needs."),))
    lines = [paragraph(f"• {need.text} ({day(need.asked_at)})") for need in open_needs[:20]]
    return Reply((paragraph(bold("Open knowledge needs")), *lines))
