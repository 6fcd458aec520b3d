"""What every CustomerStore has to do."""

import pytest

from bot.domain.audience import Audience
from bot.domain.customer import Contact, Customer, CustomerDraft
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


# --- looked up by what is typed -----------------------------------------------------------------


def names(found: tuple[Customer, ...]) -> list[str]:
    """In the order in which they are offered."""
    return [customer.name for customer in found]


def has_customers(store: Store, *drafts: CustomerDraft | str) -> None:
    """Register them."""
    store.customers.import_all(W, [CustomerDraft(d) if isinstance(d, str) else d for d in drafts])


def test_what_is_typed_may_begin_any_word_and_the_best_comes_first(store: Store) -> None:
    """The whole name, then the beginning of a name, of an alias, of a later word, of one there."""
    has_customers(
        store,
        CustomerDraft("Zeta", aliases=("Big Nova",)),
        "Old Nova Ltd",
        CustomerDraft("Alpha", aliases=("Novation",)),
        "Novara",
        "Nova",
        "Supernova",
    )
    found = names(store.customers.matching("nova", ANYBODY, 10))
    assert found == ["Nova", "Novara", "Alpha", "Old Nova Ltd", "Zeta"]
    assert names(store.customers.matching("nova", ANYBODY, 2)) == ["Nova", "Novara"]


def test_a_whole_alias_comes_before_the_beginning_of_a_name(store: Store) -> None:
    """Who types it in full means it."""
    has_customers(store, NOVARA, "NVR Holdings")
    assert names(store.customers.matching("nvr", ANYBODY, 10)) == ["Novara GmbH", "NVR Holdings"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("societe gen", "Société Générale"),
        ("SOCIÉTÉ", "Societe Anonyme"),
        ("strasse", "Straße 7"),
        ("lodz", "Łódź Glass"),
        ("obrien", "O’Brien & Sons"),
        ("o'brien & s", "OBrien Sons"),
        ("Ｎｏｖ", "Novara"),
        ("sons brien", "Brien of Sons"),
        ("   novara   glas", "Novara-Glas"),
        ("서울", "서울 유리"),
        ("&", "&"),
        ("100", "100% Glass"),
    ],
)
def test_case_accents_width_and_punctuation_make_no_difference(
    store: Store, typed: str, name: str
) -> None:
    """Neither in what is typed nor in the name; several words may come in any order."""
    has_customers(store, "Another", name)
    assert names(store.customers.matching(typed, ANYBODY, 10)) == [name]


@pytest.mark.parametrize("typed", ["ovara", "novara x", "%", "_", "novara\x00x", "x" * 9999])
def test_what_begins_no_word_matches_nobody(store: Store, typed: str) -> None:
    """Nor do the signs that databases read as patterns."""
    has_customers(store, "Novara")
    assert store.customers.matching(typed, ANYBODY, 10) == ()


def test_nothing_typed_matches_all_by_name(store: Store) -> None:
    """As many as are asked for."""
    has_customers(store, "Hollis", "Élan", "Alba")
    assert names(store.customers.matching("", ANYBODY, 2)) == ["Alba", "Élan"]


def test_a_customer_whose_names_begin_alike_is_offered_once(store: Store) -> None:
    """And does not take the place of others."""
    has_customers(store, CustomerDraft("Nova", aliases=("Nova 1", "Nova 2", "Nova 3")), "Novara")
    assert names(store.customers.matching("nov", ANYBODY, 2)) == ["Nova", "Novara"]


def test_what_is_looked_up_follows_a_change_of_the_names(store: Store) -> None:
    """A new alias is found; what is taken away is not."""
    has_customers(store, NOVARA)
    has_customers(store, CustomerDraft("NOVARA gmbh", aliases=("Nova Glass",)))
    assert names(store.customers.matching("nova gl", ANYBODY, 10)) == ["NOVARA gmbh"]
    assert store.customers.matching("nvr", ANYBODY, 10) == ()


def test_customers_of_another_workspace_are_never_offered(store: Store) -> None:
    """However well the name fits."""
    store.customers.create("workspace-2", NOVARA)
    assert store.customers.matching("Novara", ANYBODY, 10) == ()
    assert store.customers.matching("", ANYBODY, 10) == ()
    assert store.customers.matching("gmbh novara", ANYBODY, 10) == ()
    assert store.customers.named("Novara", ANYBODY) == ()


def test_a_name_goes_before_an_alias_and_a_shared_alias_is_several_customers(store: Store) -> None:
    """Whoever asks decides what to make of that."""
    has_customers(
        store,
        CustomerDraft("Société Nova", aliases=("NV",)),
        CustomerDraft("Hollis", aliases=("Societe Nova", "nv")),
    )
    assert names(store.customers.named("societe nova", ANYBODY)) == ["Société Nova"]
    assert sorted(names(store.customers.named("Nv", ANYBODY))) == ["Hollis", "Société Nova"]
    assert store.customers.named("Societe", ANYBODY) == ()
    assert store.customers.named("", ANYBODY) == ()
