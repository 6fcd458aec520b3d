"""The demonstration company is whole, and stays the same company each day."""

from datetime import timedelta

from bot.demo import DemoCompany, load_demo
from tests.fakes import MONDAY


def _load(days_later: int = 0) -> DemoCompany:
    now = MONDAY + timedelta(days=days_later)
    return load_demo(workspace="w", channel="playground", now=now)


def test_everybody_and_everything_that_is_named_exists() -> None:
    """Authors, members, owners, customers and threads point at something."""
    company = _load()
    people = {person.id for person in company.people}
    customers = {customer.name for customer in company.customers}
    messages = {message.message_id: message for message in company.messages}
    assert {m.author_id for m in company.messages} <= people
    assert {customer.owner_id for customer in company.customers} <= people
    assert set(company.customer_names.values()) <= customers
    for conversation in company.conversations:
        assert set(conversation.member_ids or ()) <= people
    for message in company.messages:
        parent = messages.get(message.place.thread_id or "")
        assert message.place.thread_id is None or parent is not None
        assert parent is None or parent.place.conversation_id == message.place.conversation_id


def test_only_members_speak_in_a_private_channel() -> None:
    """What is said there is by those who can read it."""
    company = _load()
    members = {c.id: c.member_ids or () for c in company.conversations}
    assert all(m.author_id in members[m.place.conversation_id] for m in company.messages)


def test_messages_are_in_the_order_they_were_said() -> None:
    """Times and ids grow together, on working days only."""
    messages = _load().messages
    assert [m.sent_at for m in messages] == sorted(m.sent_at for m in messages)
    assert [m.message_id for m in messages] == sorted({m.message_id for m in messages})
    assert all(m.sent_at.weekday() < 5 for m in messages)
    assert messages[-1].sent_at < MONDAY


def test_loading_again_another_day_gives_the_same_messages() -> None:
    """Keys and texts stay, so that nothing is stored twice."""
    first, later = _load().messages, _load(days_later=3).messages
    assert [(m.key, m.text) for m in first] == [(m.key, m.text) for m in later]


def test_there_is_something_to_ask() -> None:
    """Six questions are suggested."""
    assert len(_load().questions) == 6
