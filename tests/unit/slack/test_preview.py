"""A reply of another channel can be shown as Slack would show it."""

from adapters.slack.render import preview
from bot.domain.people import ConversationKind
from bot.messages import Action, FieldKind, Form, FormField, Outgoing, Paragraph, Place, Reply, Span


def test_a_form_from_another_channel_has_a_preview():
    """Ids that are not Slack's do not get in the way."""
    form = Form("Change", Action.SAVE_CHANGE, "i1", (FormField("name", "Name", FieldKind.TEXT),))
    place = Place("playground", "main", "sales", ConversationKind.PUBLIC, "017953761")
    reply = Reply((Paragraph((Span("Change"),)),), form=form)
    shown = preview(Outgoing("o1", place, "anna", reply, source_message_id="01795376166328940"))
    assert shown["view"]["callback_id"] == "save_change"
