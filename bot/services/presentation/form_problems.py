"""What is wrong with a field of a form, said at the field or, where it cannot be, in a reply."""

from bot.domain.customer import LONGEST_NAME, CustomerDraft
from bot.domain.taxonomy import ProcessStage
from bot.messages import FieldProblem
from bot.services.presentation.words import label

_NAME_SHOWN = 80


def unknown_customer(name: str) -> FieldProblem:
    """Nobody is registered under a name that was typed."""
    return FieldProblem(
        "customers",
        f"I know no customer “{_short(name)}”. Check the spelling, or create it first.",
    )


def shared_name(name: str) -> FieldProblem:
    """A short name does not tell whom is meant."""
    return FieldProblem(
        "customers", f"Several customers are called “{_short(name)}”. Use the full name."
    )


def customer_gone() -> FieldProblem:
    """One that was chosen, and is not (or never was) to be seen."""
    return FieldProblem("customers", "A customer you chose is not there. Choose again.")


def too_many_customers(most: int) -> FieldProblem:
    """More than one insight can be on."""
    return FieldProblem("customers", f"Choose at most {most} customers.")


def no_knowledge_type() -> FieldProblem:
    """It cannot be stored without."""
    return FieldProblem("knowledge_type", "Choose what kind of knowledge it is.")


def no_stage() -> FieldProblem:
    """It cannot be stored without."""
    return FieldProblem("process_stage", "Choose a stage.")


def use_without_stage() -> FieldProblem:
    """The stage says that nobody used it yet."""
    stage = label(ProcessStage.UTILIZATION).capitalize()
    return FieldProblem(
        "use_kind", f"A kind of use goes with the stage “{stage}”: choose that, or None here."
    )


def direction_without_moment() -> FieldProblem:
    """Of what, it does not say."""
    return FieldProblem(
        "moment_direction", "A direction goes with a moment: choose one, or None here."
    )


def customer_problem(draft: CustomerDraft) -> FieldProblem | None:
    """Why nobody can be registered under these names; None where somebody can."""
    if not draft.name:
        return FieldProblem("name", "Please give the customer a name.")
    if not draft.has_short_names:
        field = "name" if len(draft.name) > LONGEST_NAME else "aliases"
        return FieldProblem(
            field, f"A name can have at most {LONGEST_NAME} characters; please shorten it."
        )
    return None


def _short(name: str) -> str:
    return name if len(name) <= _NAME_SHOWN else f"{name[: _NAME_SHOWN - 1]}…"
