"""What the bot says about a note: what it understood, and what can be done about it."""

from collections.abc import Callable, Sequence

from bot.domain.customer import LONGEST_NAME, Customer, CustomerDraft
from bot.domain.insight import Facets, Insight
from bot.domain.note import NoteRecord
from bot.domain.taxonomy import (
    Certainty,
    CustomerStatus,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.messages import Action, Block, Button, FieldKind, Form, FormField, Option, Reply
from bot.services.presentation.words import (
    bold,
    date_line,
    facet_line,
    listed,
    options,
    paragraph,
)

NameOf = Callable[[str], str]
"""From a customer's id to the name a person reads."""

_CANDIDATES_SHOWN = 4
_STATEMENT_CHARACTERS = 160
_NONE = Option("", "None")


def noted(
    record: NoteRecord,
    name_of: NameOf,
    *,
    candidates: Sequence[Customer] = (),
    unknown_names: Sequence[str] = (),
    heading: str = "Noted",
) -> Reply:
    """What was understood of a note, with Change and Undo."""
    if not record.insights:
        return _no_insight(record)
    blocks: list[Block] = []
    for insight in record.insights:
        blocks.extend(_insight_blocks(insight, record, name_of, heading))
    buttons = _customer_buttons(record, candidates, unknown_names)
    if candidates:
        blocks.append(paragraph("Which customer is it on? I linked none of them."))
    elif unknown_names and not record.customer_ids:
        blocks.append(paragraph(f"I do not know {listed(unknown_names)} as a customer yet."))
    buttons.extend(_change_buttons(record.insights))
    buttons.append(Button("Undo", Action.UNDO, record.note.id))
    return Reply(tuple(blocks), tuple(buttons), shows=(record.note.id,))


def _no_insight(record: NoteRecord) -> Reply:
    return Reply(
        (paragraph("I kept your note, but found no customer knowledge in it."),),
        (
            Button("It is customer knowledge", Action.KEEP, record.note.id),
            Button("It was a question", Action.ANSWER_INSTEAD, record.note.id),
            Button("Undo", Action.UNDO, record.note.id),
        ),
        shows=(record.note.id,),
    )


def _insight_blocks(
    insight: Insight, record: NoteRecord, name_of: NameOf, heading: str
) -> list[Block]:
    names = [name_of(customer_id) for customer_id in insight.customer_ids]
    first = f"{heading} for " if names else f"{heading}, not linked to a customer"
    people = f" · {listed(insight.contacts)}" if insight.contacts else ""
    blocks: list[Block] = [paragraph(first, bold(listed(names)), people)]
    if len(record.insights) > 1:
        blocks.append(paragraph(f"“{shorten(insight.statement, _STATEMENT_CHARACTERS)}”"))
    blocks.append(paragraph(facet_line(insight.facets)))
    if insight.dates:
        blocks.append(paragraph(date_line(insight.dates), subdued=True))
    return blocks


def _customer_buttons(
    record: NoteRecord, candidates: Sequence[Customer], unknown_names: Sequence[str]
) -> list[Button]:
    buttons = [
        Button(customer.name, Action.LINK_CUSTOMER, f"{record.note.id}|{customer.id}")
        for customer in candidates[:_CANDIDATES_SHOWN]
    ]
    if not candidates and not record.customer_ids:
        name = shorten(unknown_names[0], 40) if unknown_names else "a customer"
        buttons.append(Button(f"Create {name}", Action.CREATE_CUSTOMER, record.note.id))
    return buttons


def _change_buttons(insights: Sequence[Insight]) -> list[Button]:
    if len(insights) == 1:
        return [Button("Change", Action.CHANGE, insights[0].id)]
    return [
        Button(f"Change {number}", Action.CHANGE, insight.id)
        for number, insight in enumerate(insights, start=1)
    ]


def shorten(text: str, characters: int) -> str:
    """At most so many characters, cut between words where there is one near."""
    text = " ".join(text.split())
    if len(text) <= characters:
        return text
    head = text[: characters - 1]
    cut = head.rfind(" ")
    return f"{head[:cut] if cut > characters * 2 // 3 else head}…"


def kept_unread(record: NoteRecord) -> Reply:
    """The note is safe though it could not be read."""
    return Reply(
        (
            paragraph("Your note is kept, but I could not read it just now."),
            paragraph("It is read again with the next reclassification.", subdued=True),
        ),
        (Button("Undo", Action.UNDO, record.note.id),),
        shows=(record.note.id,),
    )


def undone(note_id: str) -> Reply:
    """The note is hidden; it can come back."""
    return Reply(
        (paragraph("Undone. The note is hidden everywhere."),),
        (Button("Restore", Action.RESTORE, note_id),),
        replaces_source=True,
    )


def reaction_taken_off(note_id: str) -> Reply:
    """The note went with the reaction that had saved it; it can come back."""
    return Reply(
        (paragraph("You took your reaction off, so the note is hidden everywhere."),),
        (Button("Restore", Action.RESTORE, note_id),),
    )


def taken_back_before() -> Reply:
    """Somebody pointed at a note that only somebody else can bring back."""
    return Reply(
        (
            paragraph(
                "Not saved: this message was a note that its author or whoever saved it took back. "
                "They can restore it."
            ),
        )
    )


def only_peoples_words() -> Reply:
    """Somebody pointed at what a program wrote."""
    return Reply(
        (paragraph("Not saved: a bot wrote this message, and I keep only what people say."),)
    )


# --- forms --------------------------------------------------------------------------------------


def change_form(insight: Insight, name_of: NameOf) -> Form:
    """A form with every facet, holding what was understood."""
    names = [name_of(customer_id) for customer_id in insight.customer_ids]
    fields = _facet_fields(insight.facets, names, insight.contacts)
    return Form("Change what I noted", Action.SAVE_CHANGE, insight.id, fields)


def keep_form(note_id: str) -> Form:
    """The same form for a note that was taken for chatter."""
    return Form(
        "Keep as knowledge",
        Action.SAVE_KEPT,
        note_id,
        _facet_fields(Facets(KnowledgeType.ABOUT), (), ()),
    )


def _facet_fields(
    facets: Facets, customer_names: Sequence[str], contacts: Sequence[str]
) -> tuple[FormField, ...]:
    return (
        FormField(
            "customers",
            "Customers",
            FieldKind.TEXT,
            value=("; ".join(customer_names),),
            hint="Names or aliases, with a semicolon between two",
        ),
        _choice("knowledge_type", "Knowledge", KnowledgeType, facets.knowledge_type),
        _choice("process_stage", "Stage", ProcessStage, facets.process_stage),
        _optional("use_kind", "Kind of use", UseKind, facets.use_kind),
        _optional("signal", "Signal", Signal, facets.signal),
        FormField(
            "topics",
            "Topics",
            FieldKind.CHOICES,
            options(Topic),
            tuple(topic.value for topic in facets.topics),
        ),
        _optional("moment", "Moment", Moment, facets.moment),
        _optional("moment_direction", "Direction", MomentDirection, facets.moment_direction),
        _choice("certainty", "Certainty", Certainty, facets.certainty),
        _choice("source", "Source", Source, facets.source),
        FormField(
            "weak_signal",
            "Weak signal",
            FieldKind.CHOICE,
            (Option("no", "No"), Option("yes", "Yes: a hint that looks ahead")),
            ("yes" if facets.weak_signal else "no",),
            required=True,
        ),
        FormField(
            "contacts",
            "People at the customer",
            FieldKind.TEXT,
            value=("; ".join(contacts),),
            hint="Names, with a semicolon between two",
        ),
    )


def _choice(name: str, title: str, values: type, value: object) -> FormField:
    return FormField(name, title, FieldKind.CHOICE, options(values), (str(value),), required=True)


def _optional(name: str, title: str, values: type, value: object) -> FormField:
    chosen = "" if value is None else str(value)
    return FormField(name, title, FieldKind.CHOICE, (_NONE, *options(values)), (chosen,))


def customer_form(note_id: str, name: str) -> Form:
    """A form for a customer that is not registered yet."""
    fields = (
        FormField("name", "Name", FieldKind.TEXT, value=(name,), required=True),
        FormField(
            "aliases",
            "Also called",
            FieldKind.TEXT,
            hint="Short names, with a semicolon between two",
        ),
        FormField(
            "status",
            "Status",
            FieldKind.CHOICE,
            options(CustomerStatus),
            (CustomerStatus.PROSPECT.value,),
            required=True,
        ),
    )
    return Form("Create a customer", Action.SAVE_CUSTOMER, note_id, fields)


def customer_problem(draft: CustomerDraft) -> str | None:
    """Why nobody can be registered under this name; None where somebody can."""
    if not draft.name:
        return "Please give the customer a name."
    if not draft.has_short_names:
        return f"A name or alias can have {LONGEST_NAME} characters; please shorten it."
    return None


def form_reply(form: Form, note_id: str) -> Reply:
    """Opens a form on a note, whose people and names it holds."""
    return Reply((paragraph(form.title),), shows=(note_id,), form=form)


def form_problem(problems: Sequence[str], form: Form, note_id: str) -> Reply:
    """What to correct in a form on a note; nothing was saved."""
    lines = tuple(paragraph(problem) for problem in problems)
    return Reply((paragraph("Not saved yet:"), *lines), shows=(note_id,), form=form)
