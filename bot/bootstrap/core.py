"""The core over a store and models. Slow packages are imported when they are needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.deliveries import Deliveries, RunAsync
from bot.domain.addresses import CustomerAddresses
from bot.handler import Handler
from bot.intake import GuardedIntake
from bot.ports import (
    AnswerJudge,
    Classifier,
    Clock,
    CustomerOffers,
    Embedder,
    FileSource,
    Gateway,
    JobName,
    LanguageDetector,
    LookUp,
    MessageSource,
    Meter,
    Roster,
    WorkSign,
)
from bot.services.answer_writing import AnswerWriter
from bot.services.attached_text import AttachmentReader
from bot.services.judging import HitJudge
from bot.services.model_privacy import UseOf
from bot.services.moment_cards import MomentCards
from bot.services.places import Places
from bot.services.profiles import ProfileReader
from bot.services.registry import Registries
from bot.services.relations import RelationFinder
from bot.services.understanding import NoteReader
from bot.use_cases.answer import AnswerQuestion
from bot.use_cases.audited_look_up import AuditedLookUp
from bot.use_cases.brief import BriefPeople
from bot.use_cases.capture import Capture
from bot.use_cases.check_form import CheckForm
from bot.use_cases.close_loop import ChooseLoop
from bot.use_cases.correct import Correct
from bot.use_cases.customer_cards import ShowCards
from bot.use_cases.earshot_command import EarshotCommand
from bot.use_cases.follow_files import FollowFiles
from bot.use_cases.forget import Forget
from bot.use_cases.handle_moments import HandleMoments
from bot.use_cases.home import ShowHome
from bot.use_cases.instead import Instead
from bot.use_cases.look_up import Windows
from bot.use_cases.needs import Needs
from bot.use_cases.offer_customers import OfferCustomers
from bot.use_cases.pointing import Pointing
from bot.use_cases.rate import RateAnswer
from bot.use_cases.record_use import RecordUse
from bot.use_cases.share import ShareAnswer
from bot.use_cases.show_customer import ShowCustomer
from bot.use_cases.suggest import Suggest
from bot.use_cases.wall import BuildWall
from bot.use_cases.workflow_step import SaveStep

if TYPE_CHECKING:
    from knowledge_store import Store

WORKSPACE = "main"
"""Where Teams and the Slack of SLACK_BOT_TOKEN share what they know; see `earshot workspaces`."""


@dataclass(frozen=True, slots=True)
class Models:
    """What understands notes and questions.

    `use_of` tells what goes to a remote one; None where there is none.
    """

    classifier: Classifier
    embedder: Embedder
    detector: LanguageDetector
    writer: AnswerWriter | None = None
    judge: AnswerJudge | None = None
    use_of: UseOf | None = None


class Unmetered:
    """Counts nothing: a terminal and an evaluation have no page of figures."""

    def job_ended(self, job: JobName, *, succeeded: bool) -> None:
        """See `bot.ports.Meter`."""

    def note_captured(self, classified_by: str) -> None:
        """See `bot.ports.Meter`."""

    def question_answered(self, *, abstained: bool) -> None:
        """See `bot.ports.Meter`."""


def build_handler(
    store: "Store",
    models: Models,
    rosters: Mapping[str, Roster],
    clock: Clock,
    meter: Meter | None = None,
    *,
    sources: Mapping[str, MessageSource] | None = None,
    files: Mapping[str, FileSource] | None = None,
    addresses: CustomerAddresses | None = None,
) -> Handler:
    """The core over a store and models: what production, evaluation and tests share.

    `sources` gives, by channel name, where messages that somebody points at are read, and `files`
    where files are fetched that come with messages. `addresses` are those of the customers.
    """
    from adapters.documents import SubprocessDocumentReader

    meter, addresses = meter or Unmetered(), addresses or CustomerAddresses()
    sources = sources or {}
    registries = Registries(store.customers, store.directory, store.walls)
    reader = NoteReader(models.classifier, models.embedder, registries)
    places = Places(store.directory, rosters, clock)
    needs = Needs(store.questions, clock)
    forget = Forget(store.erasures, clock)
    cards = MomentCards(store.moments, store.notes, store.retriever, store.directory, places)
    home = ShowHome(store.home, store.notes, registries, places, sources, addresses, clock, cards)
    profiles = ProfileReader(
        store.customers, store.profiles, store.notes, store.questions, store.directory, places
    )
    show_customer = ShowCustomer(store.customers, profiles, addresses)
    relations = RelationFinder(store.notes, store.retriever, registries)
    attachments = AttachmentReader(
        files or {}, SubprocessDocumentReader(), store.attached_files, clock
    )
    capture = Capture(store.notes, reader, registries, places, relations, meter, attachments)
    correct = Correct(store.notes, store.customers, reader, registries, places, relations, clock)
    answer = AnswerQuestion(
        notes=store.notes,
        questions=store.questions,
        retriever=store.retriever,
        embedder=models.embedder,
        judging=HitJudge(models.judge),
        writer=models.writer,
        detector=models.detector,
        registries=registries,
        places=places,
        meter=meter,
    )
    moments = HandleMoments(store.moments, cards, store.customers, store.directory, places, clock)
    return Handler(
        capture=capture,
        correct=correct,
        answer=answer,
        needs=needs,
        instead=Instead(capture, correct, answer, store.questions),
        follow_files=FollowFiles(capture, store.notes, store.attached_files, sources, store.inbox),
        pointing=Pointing(capture, store.notes, store.reactions, sources, places, clock),
        forget=forget,
        rating=RateAnswer(store.questions, store.ratings),
        sharing=ShareAnswer(store.notes, store.questions, store.sharing, places),
        suggest=Suggest(store.notes, store.customers, places),
        command=EarshotCommand(
            store.directory,
            store.customers,
            needs,
            home,
            show_customer,
            BriefPeople(store.customers, store.notes, profiles, addresses, clock),
            forget,
            BuildWall(store.customers, store.walls, store.directory, store.audit),
            places,
            store.audit,
            moments,
            ChooseLoop(store.person_settings, places, clock),
            models.use_of,
        ),
        home=home,
        cards=ShowCards(profiles, places, sources),
        steps=SaveStep(
            capture, correct, store.notes, store.customers, registries, places, sources, addresses
        ),
        windows=Windows(store.notes, store.retriever, registries, places),
        moments=moments,
        uses=RecordUse(store.notes, store.questions, store.sharing, store.uses, cards),
        places=places,
        audit=store.audit,
    )


def build_look_up(store: "Store", rosters: Mapping[str, Roster], clock: Clock) -> LookUp:
    """What a channel asks while a person waits with a window open. It needs no models."""
    registries = Registries(store.customers, store.directory, store.walls)
    places = Places(store.directory, rosters, clock)
    windows = Windows(store.notes, store.retriever, registries, places)
    return AuditedLookUp(windows, store.audit)


def build_customer_offers(
    store: "Store", rosters: Mapping[str, Roster], clock: Clock
) -> CustomerOffers:
    """What a channel asks while somebody types a customer's name. It needs no models."""
    return OfferCustomers(store.customers, Places(store.directory, rosters, clock))


def build_intake(store: "Store") -> GuardedIntake:
    """Where channels hand over what they received."""
    return GuardedIntake(store.inbox, store.directory, store.attached_files)


def build_form_check(store: "Store") -> CheckForm:
    """What channels ask of a form before they take it."""
    return CheckForm(store.customers)


def build_deliveries(
    store: "Store",
    handler: Handler,
    gateways: Mapping[str, Gateway],
    run_async: RunAsync,
    meter: Meter | None = None,
    *,
    clock: Clock | None = None,
    work_signs: Mapping[str, WorkSign] | None = None,
) -> Deliveries:
    """What the engine runs: from the inbox to the outbox, and on to the platforms."""
    from adapters.system_clock import SystemClock

    return Deliveries(
        inbox=store.inbox,
        outbox=store.outbox,
        notes=store.notes,
        walls=store.walls,
        audit=store.audit,
        handler=handler,
        gateways=gateways,
        run_async=run_async,
        meter=meter or Unmetered(),
        clock=clock or SystemClock(),
        work_signs=work_signs,
    )
