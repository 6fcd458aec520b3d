"""What one person has for themselves: their page, and what they are offered to ask."""

from http import HTTPStatus

from adapters.web.playground import parse
from adapters.web.playground.chat_log import Corner
from adapters.web.playground.platform import ChatPlatform, Refused
from bot.domain.people import ConversationKind
from bot.messages import HOME, ActionTaken, Button, HomeOpened, Outgoing, Place, TalkOpened
from bot.ports import Clock, Intake


class Corners:
    """Plays what Slack does about an app's Home tab and its messages tab."""

    def __init__(self, platform: ChatPlatform, intake: Intake, clock: Clock) -> None:
        self._platform = platform
        self._intake = intake
        self._clock = clock

    def of(self, person_id: str) -> Corner:
        """What this person alone has. Raises Refused."""
        return self._platform.log.corner_of(self._platform.person(person_id).id)

    def open_home(self, person_id: str) -> str:
        """Open the person's page; returns the opening's id."""
        opening_id = self._platform.log.new_id()
        self._intake.take(HomeOpened(self._talk_of(person_id), person_id, opening_id))
        return opening_id

    def open_talk(self, person_id: str) -> str:
        """Open the person's talk with the bot; returns the opening's id."""
        opening_id = self._platform.log.new_id()
        self._intake.take(TalkOpened(self._talk_of(person_id), person_id, opening_id))
        return opening_id

    def press(self, person_id: str, button: int, version: int, press_id: str) -> None:
        """Press a button of the person's page, counted from 0, as the page was in this version."""
        place, corner = self._talk_of(person_id), self.of(person_id)
        if corner.home is None or corner.home_version != version:
            raise Refused(HTTPStatus.CONFLICT, "The page has changed; press again.")
        buttons = _buttons_on(corner.home)
        if button >= len(buttons):
            raise Refused(HTTPStatus.NOT_FOUND, "The page has no such button.")
        taken = ActionTaken(
            place=place,
            person_id=person_id,
            action=buttons[button].action,
            value=buttons[button].value,
            press_id=press_id,
            taken_at=self._clock.now(),
            source_message_id=HOME,
            trigger=press_id,
        )
        self._intake.take(taken)

    def _talk_of(self, person_id: str) -> Place:
        person = self._platform.person(person_id)
        for conversation in self._platform.neighbourhood.conversations_of(person.id):
            if conversation.kind is ConversationKind.DIRECT:
                return parse.place_of(conversation, None)
        raise Refused(HTTPStatus.NOT_FOUND, "This person has no talk with the bot.")


def _buttons_on(home: Outgoing) -> tuple[Button, ...]:
    """From top to bottom."""
    sections = home.home.sections if home.home else ()
    items = [item for section in sections for item in section.items]
    return (*home.reply.buttons, *(button for item in items for button in item.buttons))
