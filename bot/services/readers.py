"""For whom something is read when something comes in."""

from bot.messages import (
    ActionTaken,
    HomeOpened,
    Incoming,
    IncomingMessage,
    LinksShared,
    ReactionChanged,
    StepRun,
    TalkOpened,
)


def reader_of(incoming: Incoming) -> str:
    """Who will be answered or whose note it is; empty where that is nobody in particular."""
    match incoming:
        case IncomingMessage(from_outsider=False):
            return incoming.actor_id
        case ActionTaken() | ReactionChanged() | StepRun():
            return incoming.person_id
        case TalkOpened() | HomeOpened() | LinksShared():
            return incoming.person_id
        case _:
            return ""
