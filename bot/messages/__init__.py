"""What a channel and the core say to each other.

A channel parses what its platform sends into one of the `Incoming` values and renders a `Reply`
into what its platform shows. Text in a reply is data: the channel escapes all of it.
"""

from bot.messages.incoming import (
    HOME,
    Action,
    ActionTaken,
    Attachment,
    ConversationChanged,
    FileChanged,
    HomeOpened,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Quotation,
    ReactionChanged,
    TalkOpened,
)
from bot.messages.origin import (
    Place,
    WayIn,
)
from bot.messages.replies import (
    Block,
    Button,
    FieldKind,
    Form,
    FormField,
    Home,
    HomeItem,
    HomeSection,
    Option,
    Outgoing,
    Paragraph,
    Quote,
    Reply,
    Span,
    Suggestion,
    Visibility,
)

__all__ = [
    "HOME",
    "Action",
    "ActionTaken",
    "Attachment",
    "Block",
    "Button",
    "ConversationChanged",
    "FieldKind",
    "FileChanged",
    "Form",
    "FormField",
    "Home",
    "HomeItem",
    "HomeOpened",
    "HomeSection",
    "Incoming",
    "IncomingMessage",
    "MessageDeleted",
    "MessageEdited",
    "Option",
    "Outgoing",
    "Paragraph",
    "Place",
    "Quotation",
    "Quote",
    "ReactionChanged",
    "Reply",
    "Span",
    "Suggestion",
    "TalkOpened",
    "Visibility",
    "WayIn",
]
