"""What every CustomerStore has to do."""

import pytest

from bot.domain.audience import Audience
from bot.domain.customer import Contact, CustomerDraft
from bot.domain.taxonomy import CustomerStatus
from knowledge_store import Store
from tests.contract.stores import W

ANYBODY = Audience.of_person(W, "cleo")
NOVARA = CustomerDraft(
    name="Novara GmbH",
    aliases=("Novara", "NVR"),
    owner_id="anna",
    segment="pharma",
    industry="vials",
    status=CustomerStatus.PROSPECT,
    contacts=(Contact("P. Keller", "procurement"), Contact("R. Moss")),
)


def test_a_customer_is_found_again_whole(store: Store) -> None:
    """By its id and among all, which come by name."""
    novara = store.customers.create(W, NOVARA)
    alba = store.customers.create(W, CustomerDraft("alba"))
    assert store.customers.get(novara.id, ANYBODY) == novara
    assert store.customers.all(ANYBODY) == (alba, novara)
    assert (novara.aliases, novara.owner_id, novara.status) == (
        ("Novara", "NVR"),
        "anna",
        CustomerStatus.PROSPECT,
    )
    assert (novara.segment, novara.industry, novara.contacts) == (
        "pharma",
        "vials",
        NOVARA.contacts,
    )


@pytest.mark.parametrize("name", ["Novara GmbH", "novara gmbh", " NOVARA  GmbH ", "Ｎovara GmbH"])
def test_an_equal_name_gives_the_customer_that_exists(store: Store, name: str) -> None:
    """Unchanged, whatever the case, the spaces and the width of the letters."""
    first = store.customers.create(W, NOVARA)
    assert store.customers.create(W, CustomerDraft(name, segment="other")) == first
    assert len(store.customers.all(ANYBODY)) == 1


def test_workspaces_do_not_share_customers(store: Store) -> None:
    """An equal name there is another customer, and its id leads nowhere here."""
    here = store.customers.create(W, NOVARA)
    there = store.customers.create("workspace-2", NOVARA)
    assert here.id != there.id
    assert store.customers.get(there.id, ANYBODY) is None
    assert store.customers.get(there.id, Audience.operator(W)) is None
    assert store.customers.all(ANYBODY) == (here,)
    assert store.customers.get("unknown", ANYBODY) is None


def test_an_import_counts_what_is_new_and_what_changed(store: Store) -> None:
    """The same file again changes nothing."""
    store.customers.create(W, CustomerDraft("Novara GmbH", segment="food"))
    drafts = [NOVARA, CustomerDraft("Hollis"), CustomerDraft("Alba")]
    assert store.customers.import_all(W, drafts) == (2, 1)
    assert store.customers.import_all(W, drafts) == (0, 0)
    novara = next(c for c in store.customers.all(ANYBODY) if c.name == "Novara GmbH")
    assert (novara.segment, novara.contacts) == ("pharma", NOVARA.contacts)


def test_what_an_import_leaves_empty_stays(store: Store) -> None:
    """A file without a column takes nothing away; a contact gets its new role."""
    store.customers.create(W, NOVARA)
    draft = CustomerDraft("Novara GmbH", contacts=(Contact("p. keller", "CEO"), Contact("New")))
    assert store.customers.import_all(W, [draft]) == (0, 1)
    novara = store.customers.all(ANYBODY)[0]
    assert (novara.aliases, novara.owner_id, novara.segment) == (
        NOVARA.aliases,
        "anna",
        "pharma",
    )
    assert novara.contacts == (Contact("P. Keller", "CEO"), Contact("R. Moss"), Contact("New"))


def test_an_import_with_a_name_twice_makes_one_customer(store: Store) -> None:
    """The later row changes the earlier."""
    drafts = [CustomerDraft("Hollis"), CustomerDraft("HOLLIS", segment="print")]
    assert store.customers.import_all(W, drafts) == (1, 1)
    assert store.customers.all(ANYBODY)[0].segment == "print"


def test_contacts_are_added_once(store: Store) -> None:
    """One whose name is there keeps its role."""
    novara = store.customers.create(W, NOVARA)
    new = Contact("Q. Adair", "quality")
    for _ in range(2):
        store.customers.add_contacts(novara.id, [Contact("p. keller", "user"), new])
    found = store.customers.get(novara.id, ANYBODY)
    assert found is not None
    assert found.contacts == (*NOVARA.contacts, new)
    store.customers.add_contacts("unknown", [new])


def test_the_revision_changes_with_each_change_and_with_nothing_else(store: Store) -> None:
    """What is derived from the customers can be kept until then."""
    revisions = [store.customers.revision(W)]

    def changes() -> bool:
        revisions.append(store.customers.revision(W))
        return revisions[-1] not in revisions[:-1]

    novara = store.customers.create(W, NOVARA)
    assert changes()
    store.customers.add_contacts(novara.id, [Contact("New")])
    assert changes()
    store.customers.import_all(W, [CustomerDraft("Novara GmbH", segment="food")])
    assert changes()
    store.customers.create(W, NOVARA)
    store.customers.add_contacts(novara.id, [Contact("new")])
    store.customers.import_all(W, [CustomerDraft("Novara GmbH", segment="food")])
    store.customers.create("workspace-2", NOVARA)
    assert not changes()
