"""Who may see which note, as a condition that every read of knowledge carries."""

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from bot.domain.audience import Audience
from bot.domain.people import ConversationKind
from knowledge_store.tables import ConversationRow, MemberRow, NoteRow

# Aliases are costly to make anew for each query.
_PLACE = aliased(ConversationRow)
_READER, _INSIDER = aliased(MemberRow), aliased(MemberRow)


def may_see(audience: Audience, note: type[NoteRow] = NoteRow) -> ColumnElement[bool]:
    """That every reader of the audience may see the note, and that it is not hidden.

    To be applied before any ranking, counting or limit. `note` may be an alias. The conversations
    are worked out once a query and not once a note.
    """
    # Concatenated, so that no planner takes a wall for the way in and reads all notes behind it.
    # Where an index begins with the workspace, the query asks for it itself.
    shown = and_(note.workspace + "" == audience.workspace, note.hidden_at.is_(None))
    if audience.is_operator:
        return shown
    open_to_all_readers = (note.conversation_id + "").in_(_open_conversations(audience))
    if audience.conversation_id is None:
        return and_(shown, open_to_all_readers)
    said_here = note.conversation_id == audience.conversation_id
    return and_(shown, or_(said_here, open_to_all_readers))


def _open_conversations(audience: Audience) -> Select[str]:
    """The conversations that every reader may read; one that is not known is not among them."""
    is_public = ConversationRow.kind == ConversationKind.PUBLIC
    readers_are_in = (
        _has_member(str(audience.person_id))
        if audience.conversation_id is None
        else _has_every_member_of(audience)
    )
    return select(ConversationRow.id).where(
        ConversationRow.workspace == audience.workspace, or_(is_public, readers_are_in)
    )


def _has_member(person_id: str) -> ColumnElement[bool]:
    return exists().where(
        MemberRow.workspace == ConversationRow.workspace,
        MemberRow.conversation_id == ConversationRow.id,
        MemberRow.person_id == person_id,
    )


def _has_every_member_of(audience: Audience) -> ColumnElement[bool]:
    """Never so for a public place, which anybody may join, nor where its members are unknown."""
    place_is_closed = exists().where(
        _PLACE.workspace == audience.workspace,
        _PLACE.id == audience.conversation_id,
        _PLACE.kind != ConversationKind.PUBLIC,
        _PLACE.members_known,
    )
    may_read_too = (
        exists()
        .where(
            _INSIDER.workspace == ConversationRow.workspace,
            _INSIDER.conversation_id == ConversationRow.id,
            _INSIDER.person_id == _READER.person_id,
        )
        .correlate(ConversationRow, _READER)
    )
    is_reader = and_(
        _READER.workspace == audience.workspace, _READER.conversation_id == audience.conversation_id
    )
    outsiders = exists().where(is_reader, ~may_read_too).correlate(ConversationRow)
    return and_(place_is_closed, exists().where(is_reader), ~outsiders)
