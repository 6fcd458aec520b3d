"""The page at a customer's address: it leads to the chat, and tells nothing to whoever asks."""

import pytest
from starlette.testclient import TestClient

from adapters.web.app import create_app
from adapters.web.customer_page import ChatLink, chat_links, customer_routes
from adapters.web.metrics import Metrics


def client(*links: ChatLink) -> TestClient:
    metrics = Metrics()
    app = create_app(customer_routes(links), readiness=dict, metrics=metrics)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("customer_id", ["c1", "0" * 32, "%3Cscript%3E", "..", "é", "c1?a=<b>"])
def test_it_is_the_same_for_every_id(customer_id: str):
    """To the byte: it knows of no customer."""
    page = client()

    one = page.get("/customers/somebody")
    other = page.get(f"/customers/{customer_id}")

    assert one.status_code == 200
    if other.status_code == 200:
        assert other.content == one.content
        headers = (dict(answer.headers) for answer in (one, other))
        assert next(headers) == next(headers)
    else:
        assert customer_id == ".."  # which is no address of a customer


def test_it_says_what_it_is_and_where_to_read_on():
    """In Slack and in Teams, as far as they are known."""
    links = chat_links(slack_app_id="A0123", teams_app_id="0aa-1")

    page = client(*links).get("/customers/c1")

    assert "This is a link to a customer." in page.text
    assert 'href="https://slack.com/app_redirect?app=A0123"' in page.text
    assert 'href="https://teams.microsoft.com/l/chat/0/0?users=28:0aa-1"' in page.text
    assert "c1" not in page.text


def test_without_an_app_to_lead_to_it_says_what_to_type():
    """Nobody stands before a closed door."""
    assert chat_links(slack_app_id=None, teams_app_id=None) == ()
    assert "/earshot customer NAME" in client().get("/customers/c1").text


def test_no_search_engine_keeps_it_and_nothing_runs_in_it():
    """It is for people with a link."""
    page = client().get("/customers/c1")

    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_can_only_be_read(method: str):
    """There is nothing to change."""
    assert client().request(method, "/customers/c1").status_code == 405
