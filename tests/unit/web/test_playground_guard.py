"""Who may talk to the playground."""

import pytest

from tests.contract.drivers_playground import API
from tests.unit.web.conftest import Page

MESSAGES = f"{API}/conversations/sales/messages"
BODY = {"person": "anna", "text": "hello"}


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]", "[::1]:8080"])
def test_this_machine_is_let_in(page: Page, host: str) -> None:
    """The page opens under each name of the loopback address."""
    assert page.browser.get("/playground/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "[::2]", ""]
)
@pytest.mark.parametrize("path", ["/playground/", f"{API}/start", "/playground/static/main.js"])
def test_a_strange_name_is_refused(page: Page, host: str, path: str) -> None:
    """A name that was made to point here (DNS rebinding) opens nothing."""
    assert page.browser.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"x-earshot-playground": ""},
    ],
)
def test_another_site_changes_nothing(page: Page, headers: dict[str, str]) -> None:
    """A post from another origin, or without our script's header, is refused and not taken over."""
    assert page.browser.post(MESSAGES, json=BODY, headers=headers).status_code == 403
    assert page.product.taken == []


def test_our_own_page_is_heard(page: Page) -> None:
    """What a browser sends for our own script passes."""
    headers = {"origin": "http://localhost", "sec-fetch-site": "same-origin"}
    assert page.browser.post(MESSAGES, json=BODY, headers=headers).status_code == 200


def test_the_page_allows_no_inline_script(page: Page) -> None:
    """The policy names our own files only, and the page needs no more than that."""
    answer = page.browser.get("/playground/")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


def test_the_root_leads_to_the_page(page: Page) -> None:
    """The printed address works without the path."""
    answer = page.browser.get("/")
    assert answer.url.path == "/playground/"
    assert "Earshot" in answer.text


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 90_000, 400),
        (b'{"person": "anna", "text": "\\ud800"}', 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"person": "anna"}', 422),
        (b'{"person": 1, "text": "x"}', 422),
        (b'{"person": "../anna", "text": "x"}', 422),
        (b'{"person": "anna", "text": "x", "admin": true}', 422),
    ],
)
def test_a_body_that_does_not_fit_is_answered_clearly(page: Page, raw: bytes, status: int) -> None:
    """Broken and odd bodies get a 4xx that says what is wrong, and reach nobody."""
    answer = page.browser.post(MESSAGES, content=raw)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert page.product.taken == []


def test_too_long_a_message_is_refused(page: Page) -> None:
    """40 000 characters pass, one more does not."""
    assert page.post("x" * 40_000)
    too_long = page.browser.post(MESSAGES, json=BODY | {"text": "x" * 40_001})
    assert too_long.status_code == 422


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_message_is_refused(page: Page, text: str) -> None:
    """There is nothing to send in nothing."""
    answer = page.browser.post(MESSAGES, json=BODY | {"text": text})
    assert (answer.status_code, answer.json()) == (400, {"error": "Write something first."})


def test_an_unknown_command_names_the_known_ones(page: Page) -> None:
    """A mistyped command is not posted for all to read."""
    answer = page.browser.post(MESSAGES, json=BODY | {"text": "/nota Novara is moving"})
    assert answer.status_code == 400
    assert "/note" in answer.json()["error"]
    assert page.texts("ben") == []


@pytest.mark.parametrize("person", ["nobody", "ben"])
def test_a_strangers_conversation_looks_like_none(page: Page, person: str) -> None:
    """Somebody else's direct message answers like one that does not exist, to the byte."""
    url = f"{API}/conversations/{{}}/messages"
    body = {"person": person, "text": "x"}
    theirs = page.browser.post(url.format("dm-anna"), json=body)
    nobodys = page.browser.post(url.format("dm-unknown"), json=body)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
