"""The customers of a workspace, by the names people use."""

import pytest

from bot.domain.customer import Customer, CustomerDraft
from bot.domain.people import Person
from bot.services.customer_linking import CustomerLinker, LinkContext
from bot.services.registry import Registries, Registry
from tests.stage import WORKSPACE, Stage

CUSTOMERS = (
    Customer("c1", "w", "Novara Pharma", ("Novara", "NOV")),
    Customer("c2", "w", "Acme AI", ("Acme",)),
    Customer("c3", "w", "Acme Foods", ("Acme",)),
    Customer("c4", "w", "Nov", ()),
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(CUSTOMERS, CustomerLinker(CUSTOMERS, []))


@pytest.fixture
def registries(stage: Stage) -> Registries:
    return Registries(stage.store.customers, stage.store.directory, stage.store.walls)


def linked(registries: Registries, name: str) -> tuple[str, ...]:
    """The customers that are recognised in a note with this name."""
    return registries.of(WORKSPACE).linker.link(f"{name} wants a price", LinkContext()).customer_ids


def test_an_id_is_never_shown(registry: Registry):
    """Not even of a customer that is not there any more."""
    assert registry.named("c1") == "Novara Pharma"
    assert "c99" not in registry.named("c99")


def test_customers_come_in_the_order_of_their_ids_as_given(registry: Registry):
    """One that is not there any more is left out."""
    assert [c.name for c in registry.all_of(["c3", "c99", "c1"])] == ["Acme Foods", "Novara Pharma"]


def test_nothing_is_built_anew_while_nothing_changed(registries: Registries):
    """Building the linker for thousands of customers takes time."""
    assert registries.of(WORKSPACE) is registries.of(WORKSPACE)


def test_a_new_customer_is_recognised_at_once(stage: Stage, registries: Registries):
    """In the next message."""
    assert linked(registries, "Novara") == ()
    stage.customer("Novara")
    assert linked(registries, "Novara")


def test_a_customer_that_was_changed_is_recognised_by_its_new_alias(
    stage: Stage, registries: Registries
):
    """An import may change one without adding any."""
    stage.customer("Novara Pharma")
    registries.of(WORKSPACE)
    stage.store.customers.import_all(WORKSPACE, [CustomerDraft("Novara Pharma", ("NVP",))])
    assert linked(registries, "NVP")


def test_a_new_colleague_is_not_taken_for_a_customer_s_contact(
    stage: Stage, registries: Registries
):
    """Two people can have one name; ours is nobody's contact."""
    stage.customer("Novara Pharma", contacts=["Dana Whitlock"])
    text = "Dana Whitlock will call the plant"
    before = registries.of(WORKSPACE).linker.link(text, LinkContext()).contacts
    stage.store.directory.put_people([Person("u9", WORKSPACE, "Dana Whitlock")])
    after = registries.of(WORKSPACE).linker.link(text, LinkContext()).contacts
    assert (before, after) == (("Dana Whitlock",), ())


def test_workspaces_do_not_know_each_other_s_customers(stage: Stage, registries: Registries):
    """A name of one firm is no name of another."""
    stage.customer("Novara")
    assert registries.of("another").customers == ()
    assert registries.of(WORKSPACE).customers
