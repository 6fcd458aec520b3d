"""The playground as a channel, to be wired like Slack and Teams."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from starlette.routing import BaseRoute

from adapters.web.playground.api import PlaygroundApi, Render, RenderSaving
from adapters.web.playground.chat_log import ChatLog, Entry
from adapters.web.playground.corners import Corners
from adapters.web.playground.directory import DirectoryRoster, Neighbourhood
from adapters.web.playground.gateway import PageGateway
from adapters.web.playground.pages import playground_routes
from adapters.web.playground.platform import ChatPlatform
from adapters.web.playground.views import BOT_NAME
from bot.domain.people import Conversation, Person
from bot.messages import IncomingMessage, WayIn
from bot.ports import Clock, DirectoryStore, Gateway, Intake, Roster

NAME = "playground"


class PlaygroundChannel:
    """One workspace on a page of ours. The chat lives in memory, knowledge in the product."""

    name = NAME

    def __init__(
        self,
        *,
        intake: Intake,
        directory: DirectoryStore,
        clock: Clock,
        workspace: str = NAME,
        base_url: str = "http://127.0.0.1:8080",
        renderers: Mapping[str, Render] | None = None,
        save_forms: Mapping[str, RenderSaving] | None = None,
        suggestions: Sequence[str] = (),
    ) -> None:
        """Put together; nothing is read or written before `start`.

        `renderers` maps a platform's name (`slack`, `teams`) to what makes its payload, and
        `save_forms` to what makes the form that saves a message.
        `suggestions` are questions on what is recalled, shown from then on.
        """
        self._log = ChatLog(clock)
        self._suggestions = tuple(suggestions)
        self._has_history = False
        self._directory = directory
        self._neighbourhood = Neighbourhood(directory, workspace, NAME)
        platform = ChatPlatform(
            intake=intake,
            neighbourhood=self._neighbourhood,
            log=self._log,
            clock=clock,
            base_url=base_url,
        )
        self._platform = platform
        api = PlaygroundApi(
            platform,
            Corners(platform, intake, clock),
            workspace=workspace,
            renderers=renderers or {},
            save_forms=save_forms or {},
            suggest=lambda: self._suggestions if self._has_history else (),
        )
        self.routes: Sequence[BaseRoute] = playground_routes(api)
        self.gateway: Gateway = PageGateway(self._log, directory, clock)
        self.roster: Roster = DirectoryRoster(directory)

    async def start(self, *, receive: bool = True) -> None:  # noqa: ARG002 - the page always does
        """Make sure that there is somebody on the page."""
        await asyncio.to_thread(self._neighbourhood.furnish)

    async def stop(self) -> None:
        """Nothing is held open: the page asks for news by itself."""

    async def check(self) -> str:
        """It is part of the product, so it is there."""
        return "the playground page is open"

    def settle_in(self, people: Iterable[Person], conversations: Iterable[Conversation]) -> None:
        """Register a company: its people, and its conversations with where the bot listens."""
        self._directory.put_people(people)
        for conversation in conversations:
            self._directory.put_conversation(conversation)
            self._directory.set_listening(
                conversation.workspace, conversation.id, listening=conversation.listening
            )
        self._neighbourhood.furnish()

    def with_permalink(self, message: IncomingMessage) -> IncomingMessage:
        """The message with where it can be looked at on the page."""
        place = message.place.conversation_id
        return replace(message, permalink=self._platform.permalink(place, message.message_id))

    def recall(self, messages: Iterable[IncomingMessage]) -> None:
        """Show messages that were said before the process started; nothing is handed over."""
        self._has_history = True
        for message in messages:
            is_mention = message.way_in is WayIn.MENTION
            self._log.put(
                Entry(
                    id=message.message_id,
                    conversation_id=message.place.conversation_id,
                    author_id=message.author_id,
                    text=f"@{BOT_NAME} {message.text}" if is_mention else message.text,
                    at=message.sent_at,
                    thread_id=message.place.thread_id,
                )
            )
