"""Who is there, as Teams tells it; where it tells nothing, nobody is."""

import pytest

from adapters.teams.connector import Connector
from adapters.teams.references import AddressBook, Scope
from adapters.teams.roster import TeamsRoster, standing_of
from adapters.teams.tokens import AccessTokens, login_of
from bot.domain.people import ConversationKind, Standing
from bot.errors import RosterUnavailable
from tests.teams_connector import CONFIG, Answer, FakeConnector, MemoryReferences
from tests.unit.teams.test_gateway import reference

CHANNEL, CHAT, GROUP = "19:sales@thread.tacv2", "a:chat", "19:group@thread.v2"


class Company:
    """Two people, in a channel, a group and a chat."""

    def __init__(self) -> None:
        self.connector = FakeConnector()
        self.connector.people = {"29:anna": "Anna Berg", "29:ben": "Ben Ode"}
        both = ("29:anna", "29:ben")
        self.connector.members = {CHANNEL: both, GROUP: both, CHAT: ("29:anna",)}
        self.references = MemoryReferences()
        addresses = AddressBook(self.references)
        addresses.remember(reference(CHANNEL, Scope.CHANNEL, team_id="19:team"), "29:anna")
        addresses.remember(reference(GROUP, Scope.GROUP, name="Key accounts"), None)
        addresses.remember(reference(CHAT, Scope.PERSONAL), None)
        session = self.connector.session
        connector = Connector(CONFIG, session, AccessTokens(login_of(CONFIG, session)))
        self.roster = TeamsRoster(connector, addresses)


@pytest.fixture
def company() -> Company:
    return Company()


def test_a_channel_is_read_by_its_members_only(company: Company) -> None:
    """A team is not everybody in the tenant."""
    company.connector.teams = {"19:team": [{"id": CHANNEL, "name": "Sales"}]}
    found = company.roster.conversation("main", CHANNEL)
    assert found.kind is ConversationKind.PRIVATE
    assert found.member_ids == ("29:anna", "29:ben")
    assert (found.name, found.channel) == ("Sales", "teams")


def test_the_first_channel_of_a_team_is_called_general(company: Company) -> None:
    """Teams leaves its name out, since clients translate it."""
    company.connector.teams = {"19:team": [{"id": CHANNEL, "name": None}]}
    assert company.roster.conversation("main", CHANNEL).name == "General"


def test_a_group_has_the_name_that_was_heard(company: Company) -> None:
    """There is no call that tells it."""
    found = company.roster.conversation("main", GROUP)
    assert (found.kind, found.name) == (ConversationKind.PRIVATE, "Key accounts")


def test_a_chat_with_the_bot_is_direct(company: Company) -> None:
    """Its one member reads it."""
    found = company.roster.conversation("main", CHAT)
    assert (found.kind, found.member_ids) == (ConversationKind.DIRECT, ("29:anna",))


def test_members_are_read_to_the_last_page(company: Company) -> None:
    """Half a list would hide things from people who may see them."""
    company.connector.answers.extend(
        [
            Answer(200, {"members": [{"id": "29:anna"}], "continuationToken": "2"}),
            Answer(200, {"members": [{"id": "29:ben"}]}),
        ]
    )
    found = company.roster.conversation("main", GROUP)
    assert found.member_ids == ("29:anna", "29:ben")


def test_a_person_is_found_where_they_were_met(company: Company) -> None:
    """Teams knows people by their conversations."""
    found = company.roster.person("main", "29:anna")
    assert (found.id, found.name) == ("29:anna", "Anna Berg")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500),
        Answer(403),
        Answer(200, b"garbage"),
        Answer(200, {"members": "all"}),
        Answer(200, {"members": [{"name": "no id"}]}),
        Answer(200, {"members": [None]}),
    ],
)
def test_an_unclear_answer_means_that_membership_is_unknown(
    company: Company, answer: Answer
) -> None:
    """Unknown is deny."""
    company.connector.answers.append(answer)
    with pytest.raises(RosterUnavailable):
        company.roster.conversation("main", GROUP)


def test_who_and_what_was_never_heard_of_is_unknown(company: Company) -> None:
    """There is no address to ask at."""
    with pytest.raises(RosterUnavailable):
        company.roster.conversation("main", "19:other")
    with pytest.raises(RosterUnavailable):
        company.roster.person("main", "29:other")


def test_a_reference_that_cannot_be_read_is_none(company: Company) -> None:
    """Another version may have written it."""
    company.references.kept["19:old"] = '{"version": 0}'
    with pytest.raises(RosterUnavailable):
        company.roster.conversation("main", "19:old")


@pytest.mark.parametrize(
    ("member", "standing"),
    [
        ({"tenantId": "t", "userRole": "user"}, Standing.MEMBER),
        ({"tenantId": "t", "userRole": "guest"}, Standing.GUEST),
        ({"tenantId": "t", "userRole": "anonymous"}, Standing.GUEST),
        ({"tenantId": "t"}, Standing.UNKNOWN),
        ({"tenantId": "another", "userRole": "user"}, Standing.STRANGER),
        ({"userRole": "user"}, Standing.UNKNOWN),
    ],
)
def test_only_a_user_of_the_tenant_is_a_full_member(member: dict[str, str], standing: Standing):
    """Guests, whom shared channels bring, and whoever is not told of are none."""
    assert standing_of(member, "t") is standing


def test_a_conversation_brings_its_people(company: Company):
    """So that nobody is asked about by themselves."""
    told = company.roster.conversation("main", CHANNEL)
    assert [(one.name, one.standing) for one in told.people] == [
        ("Anna Berg", Standing.MEMBER),
        ("Ben Ode", Standing.MEMBER),
    ]
