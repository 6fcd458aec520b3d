"""The playground with an echoing product behind it, and a browser before it."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from adapters.web.playground.channel import PlaygroundChannel
from tests.contract.drivers_playground import API, page_client
from tests.fakes import FakeClock
from tests.unit.web.stage import EchoProduct, MemoryDirectory


@dataclass
class Page:
    """The page in somebody's browser, and the product behind it."""

    channel: PlaygroundChannel
    product: EchoProduct
    directory: MemoryDirectory
    clock: FakeClock
    browser: TestClient

    def view(self, person: str, conversation: str = "sales") -> dict[str, Any]:
        query = {"person": person, "conversation": conversation}
        return dict(self.browser.get(f"{API}/view", params=query).json())

    def texts(self, person: str, conversation: str = "sales") -> list[str]:
        return [message["text"] for message in self.view(person, conversation)["messages"]]

    def post(
        self, text: str, person: str = "anna", conversation: str = "sales", **more: Any
    ) -> str:
        body = {"person": person, "text": text} | more
        answer = self.browser.post(f"{API}/conversations/{conversation}/messages", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def reply_to(self, text: str, person: str = "anna") -> dict[str, Any]:
        """Mention the bot in #sales, and return its reply as this person sees it."""
        self.post(text, person, mention=True)
        self.product.work()
        return dict(self.view(person)["messages"][-1])


@pytest.fixture
def page() -> Page:
    product, directory, clock = EchoProduct(), MemoryDirectory(), FakeClock()
    channel = PlaygroundChannel(
        intake=product,
        directory=directory,
        clock=clock,
        renderers={"slack": lambda outgoing: {"text": outgoing.reply.plain_text}},
        save_forms={"slack": lambda message: {"saves": message.text}},
        suggestions=("What is new?",),
    )
    product.gateway = channel.gateway
    asyncio.run(channel.start())
    return Page(channel, product, directory, clock, page_client(channel))
