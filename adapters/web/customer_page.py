"""What stands at a customer's address on the web: where to read on, and nothing of the customer.

Nobody is signed in there. So the page is the same to the byte for every id, whether or not there
is such a customer, and for whoever asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.domain.addresses import CUSTOMERS_PATH

_HEADERS = {"X-Robots-Tag": "noindex, nofollow"}
_PAGE = Template(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Earshot</title>
</head>
<body>
<h1>Earshot</h1>
<p>This is a link to a customer. What your company knows of it is told in chat alone, to those who
may know it.</p>
$ways
</body>
</html>
"""
)


@dataclass(frozen=True, slots=True)
class ChatLink:
    """A way into the chat; `label` is what the link says."""

    label: str
    address: str


def chat_links(*, slack_app_id: str | None, teams_app_id: str | None) -> tuple[ChatLink, ...]:
    """Where the bot is in Slack, whichever workspace one is signed in to, and in Teams.

    Sources: docs.slack.dev/interactivity/deep-linking,
    learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams.
    """
    slack = f"https://slack.com/app_redirect?app={slack_app_id}" if slack_app_id else None
    teams = f"https://teams.microsoft.com/l/chat/0/0?users=28:{teams_app_id}"
    return (
        *([ChatLink("Open Earshot in Slack", slack)] if slack else ()),
        *([ChatLink("Open Earshot in Teams", teams)] if teams_app_id else ()),
    )


def customer_routes(links: Sequence[ChatLink]) -> list[Route]:
    """The page for every customer's address."""
    ways = "\n".join(
        f'<p><a href="{escape(link.address)}">{escape(link.label)}</a></p>' for link in links
    )
    page = _PAGE.substitute(ways=ways or "<p>Ask Earshot there: /earshot customer NAME</p>")

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers=_HEADERS)

    return [Route(f"{CUSTOMERS_PATH}/{{customer_id}}", show)]
