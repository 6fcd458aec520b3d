"""`/earshot …`: help, listening, customers, needs."""

from dataclasses import dataclass

from bot.domain.customer import CustomerDraft
from bot.domain.people import ConversationKind
from bot.messages import IncomingMessage, Reply
from bot.ports import CustomerStore, DirectoryStore
from bot.services.places import Places
from bot.services.presentation import general
from bot.use_cases.home import ShowHome
from bot.use_cases.needs import Needs
from bot.use_cases.show_customer import ShowCustomer


@dataclass(frozen=True, slots=True)
class EarshotCommand:
    """One command with a word for each thing that is not a note or a question."""

    directory: DirectoryStore
    customers: CustomerStore
    needs: Needs
    home: ShowHome
    show_customer: ShowCustomer
    places: Places

    def run(self, message: IncomingMessage) -> Reply:
        """Do what the words ask for, or say what they could ask for."""
        word, _, rest = message.text.strip().partition(" ")
        match word.casefold():
            case "" | "help":
                return general.help_text()
            case "listen":
                return self._listen(message, rest.strip().casefold())
            case "customer":
                return self._customer(message, rest)
            case "needs":
                return self.needs.show(message.place.workspace, message.actor_id)
            case "home":
                return self.home.in_chat(message.place.workspace, message.actor_id)
            case _:
                return general.unknown_command(message.text.strip())

    def _listen(self, message: IncomingMessage, wish: str) -> Reply:
        if wish not in {"on", "off"}:
            return general.unknown_command(message.text.strip())
        conversation = self.places.conversation(message.place)
        if conversation.kind is ConversationKind.DIRECT:
            return general.listen_where()
        on = wish == "on"
        self.directory.set_listening(conversation.workspace, conversation.id, listening=on)
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
        return general.customer_registered(self.customers.create(message.place.workspace, draft))
