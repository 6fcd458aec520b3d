"""What a channel and the core say to each other.

A channel parses what its platform sends into one of the `Incoming` values and renders a `Reply`
into what its platform shows. Text in a reply is data: the channel escapes all of it.
"""

from bot.messages.actions import HOME, Action, ActionTaken
from bot.messages.incoming import (
    ConversationChanged,
    FileChanged,
    HomeOpened,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    MessageRestored,
    PersonChanged,
    ReactionChanged,
    TalkOpened,
)
from bot.messages.links import CustomerLink, LinksShared
from bot.messages.origin import (
    Place,
    WayIn,
)
from bot.messages.parts import Attachment, Quotation, ToldOf
from bot.messages.replies import (
    Block,
    Button,
    Card,
    FieldKind,
    FieldProblem,
    Form,
    FormField,
    Home,
    HomeItem,
    HomeSection,
    Option,
    OptionSource,
    Outgoing,
    Paragraph,
    Quote,
    Reply,
    Source,
    Span,
    Suggestion,
    Visibility,
)
from bot.messages.steps import Outcome, StepRun

__all__ = [
    "HOME",
    "Action",
    "ActionTaken",
    "Attachment",
    "Block",
    "Button",
    "Card",
    "ConversationChanged",
    "CustomerLink",
    "FieldKind",
    "FieldProblem",
    "FileChanged",
    "Form",
    "FormField",
    "Home",
    "HomeItem",
    "HomeOpened",
    "HomeSection",
    "Incoming",
    "IncomingMessage",
    "LinksShared",
    "MessageDeleted",
    "MessageEdited",
    "MessageRestored",
    "Option",
    "OptionSource",
    "Outcome",
    "Outgoing",
    "Paragraph",
    "PersonChanged",
    "Place",
    "Quotation",
    "Quote",
    "ReactionChanged",
    "Reply",
    "Source",
    "Span",
    "StepRun",
    "Suggestion",
    "TalkOpened",
    "ToldOf",
    "Visibility",
    "WayIn",
]
