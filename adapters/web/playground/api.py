"""The JSON interface of the page: each call names the person who does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from adapters.web.playground import bodies
from adapters.web.playground.corners import Corners
from adapters.web.playground.parse import has_mention
from adapters.web.playground.platform import ChatPlatform, Refused
from adapters.web.playground.views import (
    BOT_NAME,
    Done,
    PageView,
    Preview,
    StartView,
    page_of,
)
from bot.domain.people import Person
from bot.messages import IncomingMessage, Outgoing

Render: TypeAlias = Callable[[Outgoing], object]
"""Makes of a reply what a platform would be sent: something that JSON can carry."""

RenderSaving: TypeAlias = Callable[[IncomingMessage], object]
"""Makes of what a person wrote the form that saves it, as a platform would be sent it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read. `path` are the ids in its path, `query` what follows the question mark."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> tuple[str, str]:
        """The ids of the conversation and the message that the path names."""
        return self.path["conversation"], self.path["message"]

    @property
    def person_id(self) -> str:
        """Who looks. Raises Refused."""
        if "person" not in self.query:
            raise Refused(HTTPStatus.BAD_REQUEST, "Say who looks: ?person=…")
        return self.query["person"]


class PlaygroundApi:
    """What can be called. Every method blocks on the database."""

    def __init__(
        self,
        platform: ChatPlatform,
        corners: Corners,
        *,
        workspace: str,
        renderers: Mapping[str, Render],
        save_forms: Mapping[str, RenderSaving],
        suggest: Callable[[], tuple[str, ...]],
    ) -> None:
        self._platform = platform
        self._corners = corners
        self._workspace = workspace
        self._renderers = renderers
        self._save_forms = save_forms
        self._suggest = suggest

    def start(self, _: Call) -> StartView:
        """What the page needs before anybody was chosen."""
        return StartView(
            bot_name=BOT_NAME,
            workspace=self._workspace,
            people=self._platform.neighbourhood.people(),
            suggestions=self._suggest(),
            previews=tuple(self._renderers),
        )

    def view(self, call: Call) -> PageView | None:
        """The page for one person; None when nothing is new since the revision they have."""
        if call.query.get("since") == str(self._platform.log.revision):
            return None
        return page_of(self._platform, call.person_id, call.query.get("conversation"))

    def add_person(self, call: Call) -> Person:
        """Register somebody."""
        body = bodies.read_body(call.body, bodies.NewPerson)
        return self._platform.add_person(body.name, body.role)

    def add_channel(self, call: Call) -> Done:
        """Open a channel."""
        body = bodies.read_body(call.body, bodies.NewChannel)
        opened = self._platform.add_channel(
            body.person,
            body.name.removeprefix("#"),
            is_private=body.private,
            members=tuple(body.members),
            listening=body.listening,
        )
        return Done(opened.id)

    def listen(self, call: Call) -> Done:
        """Opt a channel in or out of being listened to."""
        body = bodies.read_body(call.body, bodies.Listening)
        channel_id = call.path["conversation"]
        self._platform.listen(body.person, channel_id, listening=body.listening)
        return Done(channel_id)

    def post(self, call: Call) -> Done:
        """Say something."""
        body = bodies.read_body(call.body, bodies.NewMessage)
        text = body.text
        if body.mention and not has_mention(text):
            text = f"@{BOT_NAME} {text}"
        entry = self._platform.post(
            body.person,
            call.path["conversation"],
            text,
            thread_id=body.thread,
            client_key=body.client_key,
        )
        return Done(entry.id)

    def edit(self, call: Call) -> Done:
        """Change one's own message."""
        body = bodies.read_body(call.body, bodies.ChangedMessage)
        return Done(self._platform.edit(body.person, *call.message, body.text).id)

    def delete(self, call: Call) -> Done:
        """Take back one's own message."""
        body = bodies.read_body(call.body, bodies.ByPerson)
        self._platform.delete(body.person, *call.message)
        return Done(call.path["message"])

    def react(self, call: Call) -> Done:
        """Point at a message, so that the bot keeps it."""
        body = bodies.read_body(call.body, bodies.ByPerson)
        self._platform.save_by_reaction(body.person, *call.message)
        return Done(call.path["message"])

    def press(self, call: Call) -> Done:
        """Press a button."""
        body = bodies.read_body(call.body, bodies.Press)
        self._platform.press(body.person, *call.message, body.button, body.press_id)
        return Done(body.press_id)

    def submit(self, call: Call) -> Done:
        """Submit a form."""
        body = bodies.read_body(call.body, bodies.Submission)
        fields = {name: tuple(values) for name, values in body.fields.items()}
        self._platform.submit(body.person, *call.message, fields, body.press_id)
        return Done(body.press_id)

    def previews(self, call: Call) -> tuple[Preview, ...]:
        """What the other platforms would be sent: a reply, or the form that saves a message."""
        seen = self._platform.sight(call.person_id, *call.message)
        if seen.entry.outgoing is not None:
            return self._looks(seen.entry.outgoing)
        message = self._platform.as_posted(seen)
        return tuple(Preview(name, form(message)) for name, form in self._save_forms.items())

    def _looks(self, outgoing: Outgoing | None) -> tuple[Preview, ...]:
        if outgoing is None:
            raise Refused(HTTPStatus.NOT_FOUND, "There is nothing to show yet.")
        return tuple(Preview(name, render(outgoing)) for name, render in self._renderers.items())

    # --- what one person has for themselves ---------------------------------------------------

    def open_home(self, call: Call) -> Done:
        """Open one's own page."""
        return Done(self._corners.open_home(bodies.read_body(call.body, bodies.ByPerson).person))

    def open_talk(self, call: Call) -> Done:
        """Open one's talk with the bot."""
        return Done(self._corners.open_talk(bodies.read_body(call.body, bodies.ByPerson).person))

    def press_on_home(self, call: Call) -> Done:
        """Press a button on one's own page."""
        body = bodies.read_body(call.body, bodies.HomePress)
        self._corners.press(body.person, body.button, body.version, body.press_id)
        return Done(body.press_id)

    def home_previews(self, call: Call) -> tuple[Preview, ...]:
        """What the other platforms would be sent for one's page."""
        return self._looks(self._corners.of(call.person_id).home)

    def talk_previews(self, call: Call) -> tuple[Preview, ...]:
        """What the other platforms would be sent for what one may ask."""
        return self._looks(self._corners.of(call.person_id).prompts)
