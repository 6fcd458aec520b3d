"""What people are shown of a corpus, to be read as they would: `python -m evals.samples DIR …`.

Plays each company through the handler that chat uses, without a language model, and writes a brief
on ten of its customers, each for the account owner, under docs/samples.
"""

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

from adapters.inline_jobs import InlineJobs
from bot.bootstrap.core import build_handler
from bot.bootstrap.models import load_models
from bot.domain.audience import Audience
from bot.domain.customer import Customer
from bot.evaluation.corpus import Corpus, read_corpus
from bot.evaluation.play import CHANNEL, WORKSPACE, DirectoryRoster, PlayedClock, Player
from bot.handler import Handler
from bot.messages import IncomingMessage, Paragraph, Place, Reply, Span, WayIn
from bot.services.personal_data import masked
from bot.settings import read_settings
from knowledge_store import Store, migrate, open_engine, open_store

_OUT = Path("docs/samples")
_CUSTOMERS = 10
_WORD = re.compile(r"\w+")


def main(folders: list[str]) -> None:
    """One folder of samples for each corpus."""
    settings = read_settings().model_copy(update={"openai_api_key": None})
    models = load_models(settings)
    for folder in map(Path, folders):
        corpus = read_corpus(folder)
        clock = PlayedClock(corpus.notes[0].posted_at)
        with tempfile.TemporaryDirectory() as place:
            engine = open_engine(f"sqlite:///{place}/samples.db")
            migrate(engine)
            store = open_store(engine, InlineJobs(), clock=clock, mask=masked)
            rosters = {CHANNEL: DirectoryRoster(store.directory)}
            handler = build_handler(store, models, rosters, clock)
            player = Player(corpus, handler, store.notes, store.customers, store.directory, clock)
            player.register()
            for _ in player.post():
                pass
            _write_briefs(corpus, handler, store, _OUT / folder.name)
            store.close()


def _write_briefs(corpus: Corpus, handler: Handler, store: Store, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for customer in _most_told_of(store):
        reader = customer.owner_id or corpus.company.employees[0].id
        (reply,) = handler.handle(_asking(customer, reader, corpus))
        name = store.directory.person(WORKSPACE, reader)
        title = f"# /brief {customer.name}, for {name.name if name else reader}\n\n"
        slug = "-".join(_WORD.findall(customer.name.casefold()))
        text = _with_names(as_markdown(reply), corpus)
        (out / f"brief-{slug}.md").write_text(title + text, encoding="utf-8")


def _most_told_of(store: Store) -> list[Customer]:
    operator = Audience.operator(WORKSPACE)
    told = Counter(
        customer_id
        for record in store.notes.all(operator)
        for insight in record.insights
        for customer_id in insight.customer_ids
    )
    found = (store.customers.get(number, operator) for number, _ in told.most_common(_CUSTOMERS))
    return [customer for customer in found if customer]


def _asking(customer: Customer, reader: str, corpus: Corpus) -> IncomingMessage:
    return IncomingMessage(
        place=Place(CHANNEL, WORKSPACE, f"dm-{reader}"),
        message_id=f"brief-{customer.id}",
        author_id=reader,
        text=customer.name,
        sent_at=corpus.notes[-1].posted_at,
        way_in=WayIn.BRIEF_COMMAND,
    )


def _with_names(text: str, corpus: Corpus) -> str:
    """The corpora mention people as Slack writes it, which its adapter undoes."""
    for employee in corpus.company.employees:
        text = text.replace(f"<@{employee.id}>", f"@{employee.name}")
    return text


def as_markdown(reply: Reply) -> str:
    """The reply as one reads it, bold words and sources marked."""
    lines = [
        "".join(map(_span, block.spans)) if isinstance(block, Paragraph) else f"> {block.text}"
        for block in reply.blocks
    ]
    buttons = " ".join(f"`{button.label}`" for button in reply.buttons)
    return "\n\n".join([*lines, *([buttons] if buttons else [])]) + "\n"


def _span(span: Span) -> str:
    return f"**{span.text}**" if span.bold else span.text


if __name__ == "__main__":
    main(sys.argv[1:])
