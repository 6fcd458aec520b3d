"""Who may see which note and know of which customer: the conditions that every read carries.

Of a note three things must hold for every reader: they can read where it was said (the members, or
full members of the workspace where that is public), no wall around one of its customers keeps them
out, and it is not hidden. Whoever is not known counts as a guest, an unknown membership as none.
"""

from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Exists,
    Select,
    and_,
    exists,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.domain.audience import Audience
from bot.domain.people import ConversationKind, Standing
from knowledge_store.tables import (
    ConversationRow,
    CustomerRow,
    CustomerWallRow,
    InsightCustomerRow,
    InsightRow,
    MemberRow,
    NoteRow,
    PersonRow,
    WallEntryRow,
)

# Aliases are costly to make anew for each query.
_SAID, _PLACE = aliased(ConversationRow), aliased(ConversationRow)
_READER, _INSIDER = aliased(MemberRow), aliased(MemberRow)
_PERSON = aliased(PersonRow)
_WALL, _OWNED = aliased(CustomerWallRow), aliased(CustomerRow)
_ENTRY, _LET_IN = aliased(WallEntryRow), aliased(WallEntryRow)
_LINK, _LINKED = aliased(InsightCustomerRow), aliased(InsightRow)


@lru_cache(maxsize=256)  # made of many parts, which costs more than a small query
def may_see(audience: Audience, note: type[NoteRow] = NoteRow) -> ColumnElement[bool]:
    """That every reader of the audience may see the note, and that it is not hidden.

    To be applied before any ranking, counting or limit. `note` may be an alias. Conversations and
    walls are worked out once a query and not once a note.
    """
    # Concatenated, so that no planner takes a wall for the way in and reads all notes behind it.
    # Where an index begins with the workspace, the query asks for it itself.
    shown = and_(note.workspace + "" == audience.workspace, note.hidden_at.is_(None))
    if audience.is_operator:
        return shown
    return and_(shown, _can_be_read_by(audience, note), _is_inside_walls(audience, note))


@lru_cache(maxsize=256)
def may_know(
    audience: Audience,
    workspace: ColumnElement[str] | InstrumentedAttribute[str] = CustomerRow.workspace,
    customer_id: ColumnElement[str] | InstrumentedAttribute[str] = CustomerRow.id,
) -> ColumnElement[bool]:
    """That every reader of the audience may know of a customer, by these columns of its row.

    A list of customers is for full members of the workspace.
    """
    here = workspace == audience.workspace
    if audience.is_operator:
        return here
    return and_(here, _are_ours(audience), customer_id.not_in(walled_off(audience)))


def walled_off(audience: Audience) -> CompoundSelect[str]:
    """The ids of the customers that a wall keeps some reader from. Not for the operator.

    A customer's owner is let in without an entry; being kept out by an entry goes before all else.
    """
    if audience.conversation_id is None:
        person_id = str(audience.person_id)
        someone_shut_out = ~_is_let_in(_LET_IN.person_id == person_id, _OWNED.owner_id == person_id)
        someone_kept_out: ColumnElement[bool] = _ENTRY.person_id == person_id
    else:
        # Anybody may join what is not closed, also somebody who is kept out.
        anybody = ~_is_closed(audience)
        reader_let_in = _is_let_in(
            _LET_IN.person_id == _READER.person_id, _OWNED.owner_id == _READER.person_id
        )
        reader_shut_out = exists().where(_is_reader(audience), ~reader_let_in)
        someone_shut_out = or_(anybody, reader_shut_out)
        readers = select(_READER.person_id).where(_is_reader(audience)).correlate(None)
        someone_kept_out = or_(anybody, _ENTRY.person_id.in_(readers))
    shut = select(_WALL.customer_id).where(_WALL.workspace == audience.workspace, someone_shut_out)
    kept_out = select(_ENTRY.customer_id).where(
        _ENTRY.workspace == audience.workspace, ~_ENTRY.is_allowed, someone_kept_out
    )
    return union_all(shut.correlate(None), kept_out.correlate(None))


# --- where it was said --------------------------------------------------------------------------


def _can_be_read_by(audience: Audience, note: type[NoteRow]) -> ColumnElement[bool]:
    open_to_all_readers = (note.conversation_id + "").in_(_open_conversations(audience))
    if audience.conversation_id is None:
        return open_to_all_readers
    return or_(note.conversation_id == audience.conversation_id, open_to_all_readers)


def _open_conversations(audience: Audience) -> Select[str]:
    """The conversations that every reader may read; one that is not known is not among them."""
    readers_are_in = (
        _has_member(audience.workspace, str(audience.person_id))
        if audience.conversation_id is None
        else _has_every_member_of(audience)
    )
    is_public = and_(_SAID.kind == ConversationKind.PUBLIC, _SAID.members_known)
    readable = or_(and_(is_public, _are_ours(audience)), readers_are_in)
    statement = select(_SAID.id).where(_SAID.workspace == audience.workspace, readable)
    return statement.correlate(None)


def _are_ours(audience: Audience) -> ColumnElement[bool]:
    """That no reader is a guest, a stranger or unknown, and all readers are known."""
    workspace = audience.workspace
    if audience.conversation_id is None:
        return _has_standing(workspace, _PERSON.id == str(audience.person_id), Standing.MEMBER)
    is_ours = _has_standing(workspace, _PERSON.id == _READER.person_id, Standing.MEMBER)
    others = exists().where(_is_reader(audience), ~is_ours.correlate(_READER))
    return and_(_is_known(audience), ~others)


def _has_standing(workspace: str, whose: ColumnElement[bool], standing: Standing) -> Exists:
    return exists().where(_PERSON.workspace == workspace, whose, _PERSON.standing == standing)


def _has_member(workspace: str, person_id: str) -> ColumnElement[bool]:
    """Platforms keep who was deactivated in their lists of members."""
    is_in = exists().where(
        _INSIDER.workspace == _SAID.workspace,
        _INSIDER.conversation_id == _SAID.id,
        _INSIDER.person_id == person_id,
    )
    return and_(is_in, ~_has_standing(workspace, _PERSON.id == person_id, Standing.DEACTIVATED))


def _has_every_member_of(audience: Audience) -> ColumnElement[bool]:
    """Never so for a public place, which anybody may join, nor where its members are unknown."""
    may_read_too = (
        exists()
        .where(
            _INSIDER.workspace == _SAID.workspace,
            _INSIDER.conversation_id == _SAID.id,
            _INSIDER.person_id == _READER.person_id,
        )
        .correlate(_SAID, _READER)
    )
    outsiders = exists().where(_is_reader(audience), ~may_read_too).correlate(_SAID)
    return and_(_is_closed(audience), ~outsiders)


def _is_reader(audience: Audience) -> ColumnElement[bool]:
    return and_(
        _READER.workspace == audience.workspace, _READER.conversation_id == audience.conversation_id
    )


def _is_known(audience: Audience) -> ColumnElement[bool]:
    place = (_PLACE.workspace == audience.workspace, _PLACE.id == audience.conversation_id)
    return exists().where(*place, _PLACE.members_known)


def _is_closed(audience: Audience) -> ColumnElement[bool]:
    """That nobody reads there but its members, of whom there are some and all are known."""
    place = (_PLACE.workspace == audience.workspace, _PLACE.id == audience.conversation_id)
    is_closed = (_PLACE.kind != ConversationKind.PUBLIC, _PLACE.members_known)
    return and_(exists().where(*place, *is_closed), exists().where(_is_reader(audience)))


# --- walls --------------------------------------------------------------------------------------


def _is_inside_walls(audience: Audience, note: type[NoteRow]) -> ColumnElement[bool]:
    """That none of the note's customers is walled off; who wrote it keeps seeing it."""
    behind_walls = (
        select(_LINKED.note_id)
        .join(_LINK, _LINK.insight_number == _LINKED.number)
        .where(_LINK.customer_id.in_(walled_off(audience)))
        .correlate(None)
    )
    is_inside = note.id.not_in(behind_walls)
    if audience.person_id is None:
        return is_inside
    return or_(note.author_id == audience.person_id, is_inside)


def _is_let_in(by_entry: ColumnElement[bool], as_owner: ColumnElement[bool]) -> ColumnElement[bool]:
    entry = exists().where(_LET_IN.customer_id == _WALL.customer_id, _LET_IN.is_allowed, by_entry)
    owner = exists().where(_OWNED.id == _WALL.customer_id, as_owner)
    return or_(entry.correlate(_WALL, _READER), owner.correlate(_WALL, _READER))
