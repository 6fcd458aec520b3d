"""What a form says of customers, whichever way a channel has them chosen."""

import pytest

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.messages import ActionTaken, FieldKind, Place
from bot.services.form_reading import InsightForm, read_insight_form
from bot.services.presentation.capture import keep_form
from bot.use_cases.check_form import CheckForm
from tests.stage import ANNA, CHANNEL, WORKSPACE, Stage, one_of_us

FACETS = {"knowledge_type": ("about",), "process_stage": ("storage",)}


def read(stage: Stage, *customers: str) -> InsightForm:
    audience = Audience.of_person(WORKSPACE, ANNA)
    stage.store.directory.put_people([one_of_us(ANNA)])
    return read_insight_form(FACETS | {"customers": customers}, stage.store.customers, audience)


def test_customers_come_as_ids_or_as_names_with_semicolons(stage: Stage):
    """Each once, in the order given."""
    novara, elan = stage.customer("Novara Pharma", "NVR"), stage.customer("Élan")
    assert read(stage, novara, elan).customer_ids == (novara, elan)
    assert read(stage, "elan; nvr ;; Novara Pharma").customer_ids == (elan, novara)
    assert read(stage).customer_ids == ()


def test_a_name_that_two_share_is_nobodys(stage: Stage):
    """To take one of them would be a guess."""
    stage.customer("Acme Foods", "Acme")
    stage.customer("Acme Steel", "Acme")
    (problem,) = read(stage, "Acme").problems
    assert "Several customers are called “Acme”" in problem.text


@pytest.mark.parametrize("value", ["f" * 32, "Nowhere Ltd", "x" * 5_000])
def test_who_is_not_there_is_a_problem_of_the_field(stage: Stage, value: str):
    """Said in few words, however long what a client sent is."""
    (problem,) = read(stage, value).problems
    assert problem.field == "customers"
    assert len(problem.text) < 200


def test_a_channel_that_cannot_look_up_shows_names_to_type(stage: Stage):
    """What is typed there is linked when the form is submitted."""
    field = next(f for f in keep_form("n1").as_typed.fields if f.name == "customers")
    assert (field.kind, field.source, field.options) == (FieldKind.TEXT, None, ())
    assert "semicolon" in field.hint


def test_a_form_on_a_customer_shows_its_name_where_it_is_typed(stage: Stage):
    """Never an id, and left alone it says the same again."""
    novara = stage.customer("Novara Pharma")
    (reply,) = stage.note(ANNA, "Novara Pharma complains that deliveries come late")
    opened = stage.press(ANNA, next(b for b in reply.buttons if b.label == "Change"))
    assert opened.form is not None
    field = next(f for f in opened.form.fields if f.name == "customers")
    assert field.value == (novara,)
    assert field.as_typed.value == ("Novara Pharma",)
    assert read(stage, *field.as_typed.value).customer_ids == (novara,)


def test_a_check_finds_what_saving_would(stage: Stage):
    """They read the form alike, so that nothing passes the one and fails the other."""
    (reply,) = stage.note(ANNA, "Novara complains that deliveries come late")
    opened = stage.press(ANNA, next(b for b in reply.buttons if b.label == "Change"))
    answer = stage.submit(ANNA, opened, customers="Nowhere", moment_direction="threat")
    assert opened.form is not None
    fields = {field.name: field.value for field in opened.form.fields}
    taken = ActionTaken(
        place=Place(CHANNEL, WORKSPACE, "dm-anna"),
        person_id=ANNA,
        action=opened.form.action,
        value=opened.form.value,
        press_id="p",
        taken_at=stage.clock.now(),
        fields=fields | {"customers": ("Nowhere",), "moment_direction": ("threat",)},
    )
    found = CheckForm(stage.store.customers).problems(taken)
    assert [p.field for p in found] == ["customers", "moment_direction"]
    assert all(p.text in answer.plain_text for p in found)


def test_a_workspace_does_not_know_the_customers_of_another(stage: Stage):
    """By no name and no id."""
    theirs = stage.store.customers.create("another", CustomerDraft("Secret AG", ("SAG",)))
    for value in (theirs.id, "Secret AG", "sag"):
        form = read(stage, value)
        assert form.customer_ids == ()
        assert len(form.problems) == 1
