"""A workspace installs the app in a browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.slack import oauth_pages
from adapters.slack.manifest import SCOPES
from bot.ports import AppInstallation, Grant
from tests.fakes import MONDAY
from tests.several_workspaces import ACME, BOLT, ORG, Several, several_workspaces
from tests.slack_api import Failure
from tests.slack_teams import CLIENT_ID, Owner


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Several]:
    with several_workspaces(tmp_path) as several:
        yield several


# --- on the way to Slack ------------------------------------------------------------------------


def test_the_way_goes_to_slack_with_the_scopes_of_the_manifest(several: Several):
    """And with a state; the address that Slack comes back to is the one of the manifest."""
    answer = several.browser().get("/slack/install")

    url = urlsplit(answer.headers["location"])
    asked = parse_qs(url.query)
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{several.api.url}/oauth/v2/authorize"
    assert asked.keys() == {"client_id", "scope", "state"}
    assert asked["client_id"] == [CLIENT_ID]
    assert asked["scope"][0].split(",") == list(SCOPES)
    assert len(asked["state"][0]) >= 43


def test_the_cookie_is_kept_from_scripts_plain_http_and_other_sites(several: Several):
    """It is not the state, which stands in addresses and so in histories and logs."""
    answer = several.browser().get("/slack/install")

    cookie = answer.headers["set-cookie"]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "max-age=600"} <= attributes
    state = parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]
    assert state not in cookie


def test_every_browser_gets_secrets_of_its_own(several: Several):
    """Nobody can guess the next ones."""
    browsers = [several.browser() for _ in range(3)]
    secrets = {browser.begin() for browser in browsers}
    secrets |= {value for browser in browsers for value in browser.cookies.values()}

    assert len(secrets) == 6


# --- on the way back ----------------------------------------------------------------------------


def test_an_installation_is_stored_and_the_page_says_what_next(several: Several):
    """In the workspace that is the team's own."""
    page = several.install(ACME)

    assert page.status_code == 200
    assert "Acme" in page.text
    assert "/invite @Earshot" in page.text
    served = several.installations.of_workspace(f"slack-{ACME}")
    assert served is not None
    assert served.installation.grant.token in several.api.owners[ACME].tokens
    assert served.installation.url == "https://t0acme.slack.com/"
    assert served.installation.bot_id == f"B0{ACME}"


def test_a_whole_organisation_is_told_that_workspaces_are_to_be_added(several: Several):
    """Slack adds an app to none of them by itself."""
    page = several.install(ORG)

    assert "add it to the workspaces" in page.text
    found = several.installations.get(ORG)
    assert found is not None
    assert found.is_org_wide
    assert several.store.workspaces() == []


def test_the_client_secret_goes_into_no_body_and_no_address(several: Several):
    """Slack takes it in a header."""
    several.install(ACME)

    [call] = several.api.calls_of("oauth.v2.access")
    assert set(call.arguments) == {"code"}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("code={code}&state={state}", 200),
        ("error=access_denied&state={state}", 403),
        ("state={state}", 403),
        ("code={code}", 400),
        ("code={code}&state=", 400),
        ("code={code}&state=forged", 400),
        ("error=access_denied&state=forged", 400),
        ("error=access_denied", 400),
        ("code=never-given&state={state}", 400),
        ("code={code}&state={state}%00", 400),
        ("", 400),
    ],
)
def test_only_a_whole_way_back_installs(several: Several, query: str, status: int):
    """Whatever else comes is a page with what to do, and nothing is stored."""
    browser = several.browser()
    state, code = browser.begin(), several.api.code_for(ACME)

    page = browser.get(f"/slack/oauth_redirect?{query.format(code=code, state=state)}")

    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert bool(several.installations.all()) is (status == 200)


def test_a_state_of_another_browser_installs_nothing(several: Several):
    """Else a link could make somebody finish what a stranger began."""
    begun, other = several.browser(), several.browser()
    state, code = begun.begin(), several.api.code_for(ACME)
    other.begin()

    for browser in (other, several.browser(), begun):  # it is used up by then
        page = browser.get(f"/slack/oauth_redirect?code={code}&state={state}")
        assert page.status_code == 400
    assert several.api.calls_of("oauth.v2.access") == []


def test_a_way_back_is_gone_once(several: Several):
    """A replay is refused before Slack is asked."""
    browser = several.browser()
    state, code = browser.begin(), several.api.code_for(ACME)
    cookies = dict(browser.cookies)
    assert browser.get(f"/slack/oauth_redirect?code={code}&state={state}").status_code == 200

    browser.cookies = cookies
    again = browser.get(f"/slack/oauth_redirect?code={code}&state={state}")

    assert again.status_code == 400
    assert len(several.api.calls_of("oauth.v2.access")) == 1


def test_the_cookie_is_taken_back_at_the_end(several: Several):
    """However it ended."""
    browser = several.browser()
    browser.begin()
    answer = browser.get("/slack/oauth_redirect?error=access_denied&state=forged")

    assert "max-age=0" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
@pytest.mark.parametrize(
    "failure", [Failure(status=503), Failure("fatal_error"), Failure(status=200, body="<html>")]
)
def test_a_slack_that_is_away_is_said_to_be(several: Several, method: str, failure: Failure):
    """And nothing half is stored."""
    several.api.fail(method, failure)

    page = several.install(ACME)

    assert page.status_code in {400, 503}
    assert "install" in page.text
    assert several.installations.all() == []


def test_an_answer_without_a_bots_token_is_refused(several: Several, monkeypatch):
    """As that of an app without a bot would be."""
    granted = several.api._granted
    monkeypatch.setattr(
        several.api, "_granted", lambda owner: {**granted(owner), "token_type": "user"}
    )

    assert several.install(ACME).status_code == 400
    assert several.installations.all() == []


def test_a_database_that_is_away_is_said_to_be(several: Several, monkeypatch):
    """To whoever begins, and to whoever comes back."""
    browser = several.browser()
    state = browser.begin()
    with several.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE install_states")

    assert several.browser().get("/slack/install").status_code == 503
    assert browser.get(f"/slack/oauth_redirect?code=c&state={state}").status_code == 503


# --- who may ------------------------------------------------------------------------------------


def test_who_may_not_install_is_turned_away_and_their_token_given_back(tmp_path: Path):
    """The settings name who may; a public address is found by anybody."""
    with several_workspaces(tmp_path, allowed=frozenset({ACME})) as several:
        page = several.install(BOLT)

        assert page.status_code == 403
        assert BOLT in page.text
        assert several.installations.all() == []
        assert several.api.owners[BOLT].tokens == set()
        assert several.install(ACME).status_code == 200


# --- what is shown ------------------------------------------------------------------------------

EVIL = '<img src=x onerror="alert(1)">&'


def test_a_team_s_name_is_only_text(several: Several):
    """Anybody can name a team."""
    several.api.add(Owner("T0EVIL", EVIL))

    page = several.install("T0EVIL")

    assert page.status_code == 200
    assert "<img" not in page.text
    assert "&lt;img" in page.text


@pytest.mark.parametrize("is_org_wide", [True, False])
def test_whatever_comes_from_outside_is_escaped_on_every_page(is_org_wide: bool):
    """Slack's codes and ids, too."""
    installation = AppInstallation(EVIL, EVIL, EVIL, Grant("t"), MONDAY, is_org_wide=is_org_wide)
    pages = [
        oauth_pages.installed(installation),
        oauth_pages.not_let_in(installation),
        oauth_pages.refused(EVIL),
    ]

    assert not any("<img" in page or 'onerror="' in page for page in pages)


def test_no_token_and_no_code_is_logged(several: Several, caplog):
    """Whether it went well or not."""
    caplog.set_level("DEBUG")
    several.install(ACME)
    several.api.fail("oauth.v2.access", Failure("invalid_code"))
    several.install(BOLT)

    ours = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("adapters")
    )
    assert "T0ACME has installed" in ours
    for secret in ("xoxb-", "client-secret", "code-"):
        assert secret not in ours
