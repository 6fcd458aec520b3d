"""What the bot says about a note: what it understood, and what can be done about it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.domain.customer import Customer
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
from bot.messages import (
    Action,
    Block,
    Button,
    FieldKind,
    FieldProblem,
    Form,
    FormField,
    Option,
    OptionSource,
    Reply,
)
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
    if len(record.insights) == 1:
        blocks.extend(_only_insight(record.insights[0], name_of, heading))
    else:
        blocks.append(paragraph(f"{heading}: {len(record.insights)} statements"))
        for number, insight in enumerate(record.insights, start=1):
            blocks.extend(_one_of_several(insight, name_of, number))
    buttons = _customer_buttons(record, candidates, unknown_names)
    if candidates:
        blocks.append(paragraph("Which customer do you mean?"))
    elif unknown_names and not record.customer_ids:
        blocks.append(paragraph(f"I do not know {listed(unknown_names)} as a customer yet."))
    buttons.extend(_change_buttons(record.insights))
    buttons.append(Button("Undo", Action.UNDO, record.note.id))
    return Reply(tuple(blocks), tuple(buttons), shows=(record.note.id,))


def _no_insight(record: NoteRecord) -> Reply:
    return Reply(
        (paragraph("I kept your note, but found no customer knowledge in it."),),
        (
            Button("Keep as knowledge", Action.KEEP, record.note.id),
            Button("It was a question", Action.ANSWER_INSTEAD, record.note.id),
            Button("Undo", Action.UNDO, record.note.id),
        ),
        shows=(record.note.id,),
    )


def _only_insight(insight: Insight, name_of: NameOf, heading: str) -> list[Block]:
    names = listed([name_of(customer_id) for customer_id in insight.customer_ids])
    first = f"{heading} for " if names else f"{heading}, not linked to a customer"
    head = paragraph(first, bold(names), _people(insight))
    return [head, paragraph(facet_line(insight.facets)), *_dates(insight)]


def _one_of_several(insight: Insight, name_of: NameOf, number: int) -> list[Block]:
    names = listed([name_of(customer_id) for customer_id in insight.customer_ids])
    head = paragraph(f"{number}. ", bold(names or "No customer"), _people(insight))
    words = paragraph(f"“{shorten(insight.statement, _STATEMENT_CHARACTERS)}”")
    kinds = paragraph(facet_line(insight.facets), subdued=True)
    return [head, words, kinds, *_dates(insight)]


def _people(insight: Insight) -> str:
    return f" · {listed(insight.contacts)}" if insight.contacts else ""


def _dates(insight: Insight) -> list[Block]:
    return [paragraph(date_line(insight.dates), subdued=True)] if insight.dates else []


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
    kept = head[:cut] if cut > characters * 2 // 3 else head
    return f"{kept.rstrip(' .,;:')}…"


def kept_unread(record: NoteRecord) -> Reply:
    """The note is safe though it could not be read."""
    return Reply(
        (
            paragraph("Your note is kept, but I could not read it just now."),
            paragraph("It will be read again at the next reclassification.", subdued=True),
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


def as_own(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Of a message that could not be looked up: whose note it is now, and why."""
    why = paragraph(
        "Kept as your own note, for you alone: I could not look up who wrote this message.",
        subdued=True,
    )
    return tuple(
        replace(reply, blocks=(*reply.blocks, why)) if reply.shows else reply for reply in replies
    )


def only_peoples_words() -> Reply:
    """Somebody pointed at what a program wrote."""
    return Reply(
        (paragraph("Not saved: a bot wrote this message, and I keep only what people say."),)
    )


# --- forms --------------------------------------------------------------------------------------


def change_form(insight: Insight, name_of: NameOf) -> Form:
    """A form with every facet, holding what was understood."""
    chosen = [Option(one, name_of(one)) for one in insight.customer_ids]
    fields = _facet_fields(insight.facets, chosen, insight.contacts)
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
    facets: Facets, customers: Sequence[Option], contacts: Sequence[str]
) -> tuple[FormField, ...]:
    return (
        FormField(
            "customers",
            "Customers",
            FieldKind.CHOICES,
            options=tuple(customers),
            value=tuple(option.value for option in customers),
            hint="Type the first letters of a name or short name",
            source=OptionSource.CUSTOMERS,
            typed_hint="Names, separated by semicolons",
        ),
        FormField(
            "contacts",
            "People at the customer",
            FieldKind.TEXT,
            value=("; ".join(contacts),),
            hint="Names, separated by semicolons",
        ),
        _choice("knowledge_type", "Kind of knowledge", KnowledgeType, facets.knowledge_type),
        _choice("process_stage", "Stage", ProcessStage, facets.process_stage),
        _optional("use_kind", "Kind of use", UseKind, facets.use_kind),
        _optional("signal", "Signal", Signal, facets.signal),
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
            "topics",
            "Topics",
            FieldKind.CHOICES,
            options(Topic),
            tuple(topic.value for topic in facets.topics),
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
            hint="For example: Novara; NVR",
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


def form_reply(form: Form, note_id: str) -> Reply:
    """Opens a form on a note, whose people and names it holds."""
    return Reply((), shows=(note_id,), form=form)


def form_problem(problems: Sequence[FieldProblem], form: Form, note_id: str) -> Reply:
    """What to correct in a form on a note; nothing was saved."""
    lines = tuple(paragraph(problem.text) for problem in problems)
    return Reply((paragraph("Not saved yet:"), *lines), shows=(note_id,), form=form)
