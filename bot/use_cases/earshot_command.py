"""`/earshot …`: a word for each thing that is not a note or a question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.audit import AuditEntry, AuditEvent
from bot.domain.customer import CustomerDraft
from bot.domain.people import ConversationKind
from bot.messages import IncomingMessage, Reply
from bot.ports import AuditLog, CustomerStore, DirectoryStore
from bot.services.model_privacy import UseOf
from bot.services.places import Places
from bot.services.presentation import forget as say_forget
from bot.services.presentation import general
from bot.use_cases.brief import BriefPeople
from bot.use_cases.close_loop import ChooseLoop
from bot.use_cases.forget import Forget
from bot.use_cases.handle_moments import HandleMoments
from bot.use_cases.home import ShowHome
from bot.use_cases.needs import Needs
from bot.use_cases.show_customer import ShowCustomer
from bot.use_cases.wall import BuildWall


@dataclass(frozen=True, slots=True)
class EarshotCommand:
    """One command with a word for each thing that is not a note or a question."""

    directory: DirectoryStore
    customers: CustomerStore
    needs: Needs
    home: ShowHome
    show_customer: ShowCustomer
    brief: BriefPeople
    forget: Forget
    wall: BuildWall
    places: Places
    audit: AuditLog
    moments: HandleMoments
    loop: ChooseLoop
    use_of: UseOf | None

    def run(self, message: IncomingMessage) -> Reply:
        """Do what the words ask for, or say what they could ask for."""
        word, _, rest = message.text.strip().partition(" ")
        who = (message.place.workspace, message.actor_id)
        wish = rest.strip()
        runs: Mapping[str, Callable[[], Reply]] = {
            "": general.help_text,
            "help": general.help_text,
            "listen": lambda: self._listen(message, wish.casefold()),
            "customer": lambda: self._customer(message, rest),
            "wall": lambda: self.wall.build(message, rest),
            "needs": lambda: self.needs.show(*who),
            "brief": lambda: self.brief.asked(message, wish),
            "forget": lambda: self._forget(message, wish.casefold()),
            "moments": lambda: self.moments.show(message, wish),
            "mine": lambda: self.home.mine(*who),
            "loop": lambda: self.loop.choose(message, wish),
            "settings": lambda: self._settings(message.place.workspace),
            "home": lambda: self.home.in_chat(*who),
        }
        run = runs.get(word.casefold())
        return run() if run else general.unknown_command(message.text.strip())

    def _settings(self, workspace: str) -> Reply:
        return general.settings(self.use_of(workspace) if self.use_of else None)

    def _forget(self, message: IncomingMessage, whom: str) -> Reply:
        if whom != "me":
            return say_forget.what()
        return self.forget.offer(message.place.workspace, message.actor_id)

    def _listen(self, message: IncomingMessage, wish: str) -> Reply:
        if wish not in {"on", "off"}:
            return general.unknown_command(message.text.strip())
        conversation = self.places.conversation(message.place)
        if conversation.kind is ConversationKind.DIRECT:
            return general.listen_where()
        on = wish == "on"
        self.directory.set_listening(conversation.workspace, conversation.id, listening=on)
        told = f"listen {wish}:{conversation.id}"
        self.audit.record(
            AuditEntry(conversation.workspace, AuditEvent.SETTINGS_CHANGED, message.actor_id, told)
        )
        return general.listening(on=on)

    def _customer(self, message: IncomingMessage, words: str) -> Reply:
        """Show one; with a semicolon, after which aliases may stand, register one."""
        name, *aliases = [part.strip() for part in words.split(";") if part.strip()] or [""]
        if not name:
            return general.customer_name_missing()
        if ";" not in words:
            return self.show_customer.show(message, name)
        draft = CustomerDraft(name=name, aliases=tuple(aliases), owner_id=message.actor_id)
        if not draft.has_short_names:
            return general.customer_name_too_long()
        registered = self.customers.create(message.place.workspace, draft)
        audience = Audience.of_person(message.place.workspace, message.actor_id)
        # One that is there behind a wall looks as if it had just been made.
        is_theirs = self.customers.get(registered.id, audience) is not None
        return general.customer_registered(registered if is_theirs else draft)
