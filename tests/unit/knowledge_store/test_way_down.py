"""What a database holds outlasts the way to an older version and back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.people import ConversationKind
from bot.messages import IncomingMessage, Outgoing, Paragraph, Place, Reply, Span, WayIn
from bot.ports import AppInstallation, Grant, OutboxState
from bot.settings import make_key
from knowledge_store.schema import alembic_config, migrate, writing_connection
from tests.contract.stores import OPERATOR, StoreKit, W
from tests.fakes import MONDAY

PLACE = Place("slack", W, "C1", ConversationKind.PRIVATE, "17.1")
REPLY = Reply((Paragraph((Span("Noted"),)),))


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[StoreKit]:
    kit = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    yield kit
    kit.store.close()


def put_out(kit: StoreKit, *names: str) -> None:
    """Replies to one thread, of which only the first may go."""
    inbox = kit.store.inbox
    message = IncomingMessage(PLACE, f"of-{names[0]}", "anna", "Novara", MONDAY, WayIn.MENTION)
    assert inbox.accept(message)
    outgoing = [Outgoing(name, PLACE, person_id="anna", reply=REPLY) for name in names]
    inbox.finish(inbox.waiting()[-1], outgoing)


def down_and_up(kit: StoreKit, revision: str) -> None:
    with writing_connection(kit.store.engine) as connection:
        command.downgrade(alembic_config(connection), revision)
    migrate(kit.store.engine)


@pytest.mark.parametrize("revision", ["0005", "0006", "0007"])
def test_replies_that_wait_are_all_sent_after_the_way_down_and_up(
    kit: StoreKit, revision: str
) -> None:
    """Each for itself, as the older version would; those that are made then wait again."""
    put_out(kit, "a", "b")

    for _ in range(2):
        down_and_up(kit, revision)

    assert sorted(kit.store.outbox.due()) == ["a", "b"]
    put_out(kit, "c", "d")
    assert sorted(kit.store.outbox.due()) == ["a", "b", "c"]
    for name in "abcd":
        assert kit.store.outbox.get(name) is not None
        kit.store.outbox.settle(name, OutboxState.SENT)
    assert kit.store.outbox.due() == []


@pytest.mark.parametrize("revision", ["0005", "0006", "0007"])
def test_customers_are_kept_and_looked_up_after_the_way_down_and_up(
    kit: StoreKit, revision: str
) -> None:
    """Also those whose names share their words with others', or have many."""
    drafts = [
        CustomerDraft("Novara Élan", aliases=("NVR", "novara élan", "Novara & Novara")),
        CustomerDraft("Novara", aliases=("NVR",)),
        CustomerDraft(" ".join("abcdefghijklmnop"), aliases=("'''", "")),
    ]
    kit.store.customers.import_all(W, drafts)
    anybody = Audience.of_person(W, "anna")
    typed = ("nova", "elan", "nvr", "a b", "'''")
    before = {text: kit.store.customers.matching(text, anybody, 5) for text in typed}

    for _ in range(2):
        down_and_up(kit, revision)

    assert {text: kit.store.customers.matching(text, anybody, 5) for text in typed} == before
    assert len(kit.store.customers.all(OPERATOR)) == len(drafts)


def test_who_had_installed_it_installs_it_again_after_the_way_down(kit: StoreKit) -> None:
    """An older version keeps no tokens: none is left behind, and the next one is taken."""
    installations = kit.store.installations([make_key()])
    acme = AppInstallation("T1", "Acme", "U0BOT", Grant("xoxb-secret"), installed_at=MONDAY)
    installations.put(acme, W)

    down_and_up(kit, "0005")

    assert (installations.all(), installations.of_workspace(W)) == ([], None)
    installations.put(replace(acme, installed_at=MONDAY + timedelta(days=1)), W)
    assert [one.grant for one in installations.all()] == [acme.grant]
