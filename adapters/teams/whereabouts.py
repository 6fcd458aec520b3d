"""Where in Teams something happened, and who did it. Pure."""

from urllib.parse import quote

from adapters.teams.activity import Activity, ActivityInvalid
from adapters.teams.references import Scope
from bot.domain.people import ConversationKind
from bot.messages import Place

CHANNEL = "teams"


def place_of(
    activity: Activity,
    workspace: str,
    *,
    message_id: str | None = None,
    thread_id: str | None = None,
) -> Place:
    """Where a message stands: the one with this id, or else what the activity itself is."""
    conversation_id, root = conversation_of(activity)
    return Place(
        channel=CHANNEL,
        workspace=workspace,
        conversation_id=conversation_id,
        # A channel is read by its team, which is not everybody in the tenant.
        kind=ConversationKind.DIRECT
        if scope_of(activity) is Scope.PERSONAL
        else ConversationKind.PRIVATE,
        thread_id=thread_id or (root if root != (message_id or activity.id) else None),
    )


def conversation_of(activity: Activity) -> tuple[str, str | None]:
    """The conversation and the id of its thread's first message.

    What happens to a channel as such is told in its team's conversation.
    """
    conversation_id, _, root = activity.conversation.id.partition(";messageid=")
    told = activity.channel_data.channel if activity.channel_data else None
    if activity.type in {"conversationUpdate", "installationUpdate"} and told and told.id:
        conversation_id = told.id
    return conversation_id, root or None


def scope_of(activity: Activity) -> Scope:
    """The kind of conversation."""
    try:
        return Scope(activity.conversation.conversation_type or "")
    except ValueError:
        return Scope.GROUP  # taking an unknown kind for a shared one leaks nothing


def conversation_name(activity: Activity) -> str:
    """What people call it, empty where the activity does not tell."""
    channel = activity.channel_data.channel if activity.channel_data else None
    return (channel.name if channel else None) or activity.conversation.name or ""


def is_by_bot(activity: Activity) -> bool:
    """Whether a bot did it: this one or another."""
    sender = activity.sender
    if sender is None:
        return False
    is_self = activity.recipient is not None and sender.id == activity.recipient.id
    return is_self or sender.role == "bot" or sender.id.startswith("28:")


def event_of(activity: Activity) -> str | None:
    """Which of several events of one type it is."""
    return activity.channel_data.event_type if activity.channel_data else None


def id_of(activity: Activity) -> str:
    """The activity's id; raises ActivityInvalid where it has none."""
    if activity.id is None:
        raise ActivityInvalid("id: is missing")
    return activity.id


def permalink_of(activity: Activity, message_id: str) -> str | None:
    """A link that opens a message of the conversation; chats with the bot have none."""
    conversation_id, root = conversation_of(activity)
    link = f"https://teams.microsoft.com/l/message/{_quoted(conversation_id)}/{_quoted(message_id)}"
    match scope_of(activity):
        case Scope.CHANNEL:
            tenant = min(activity.tenants, default="")
            return f"{link}?tenantId={_quoted(tenant)}&parentMessageId={_quoted(root)}"
        case Scope.GROUP:
            return link + "?context=" + _quoted('{"contextType":"chat"}')
        case _:
            return None


def _quoted(text: str | None) -> str:
    return quote(text or "", safe="")
