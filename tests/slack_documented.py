"""Payloads that nobody recorded, as Slack's documentation shows them, each for our installation.

Sources: docs.slack.dev/reference/events and /reference/interaction-payloads.
"""

from collections.abc import Mapping

from tests.slack_api import BOT, BOT_USER, TEAM
from tests.slack_payloads import (
    ANNA,
    ANOTHER_TEAM,
    DIRECT,
    RECORDED,
    SALES,
    Payload,
    event,
    interaction,
    message,
    view,
)

_IN_MESSAGE = {
    "channel": {"id": SALES, "name": "sales"},
    "container": {
        "type": "message",
        "message_ts": "1795000000.000100",
        "channel_id": SALES,
        "is_ephemeral": True,
    },
    "response_url": "https://hooks.slack.com/actions/T0ACME/1/x",
    "state": {"values": {}},
}
_CHOICE = {"text": {"type": "plain_text", "text": "Novara"}, "value": "c1"}
_ACTION = {"action_id": "link_customer.0", "block_id": "b1", "action_ts": "1795000000.000300"}
_FILE = {"id": "F1", "name": "call.txt", "mimetype": "text/plain", "size": 9, "mode": "hosted"}

_OF_SUBTYPES: Mapping[str, Payload] = {
    "channel_topic": {"topic": "Novara"},
    "channel_purpose": {"purpose": "Novara"},
    "channel_name": {"old_name": "a", "name": "b"},
    "channel_join": {"inviter": "U0BEN"},
    "channel_leave": {},
    "channel_archive": {},
    "channel_posting_permissions": {},
    "group_topic": {"topic": "Novara"},
    "huddle_thread": {"room": {"id": "R1", "participants": [ANNA]}, "no_notifications": True},
    "assistant_app_thread": {"assistant_app_thread": {"title": "New chat", "artifacts": []}},
    "document_mention": {"document_id": "F1"},
    "ekm_access_denied": {},
    "file_comment": {"comment": {"comment": "Novara", "user": ANNA}},
    "message_replied": {"message": {"type": "message", "ts": "1795000000.000100"}},
    "pinned_item": {"item_type": "C"},
    "reminder_add": {},
    "reply_broadcast": {},
    "sh_room_created": {"room": {"id": "R1"}},
    "tombstone": {"user": "USLACKBOT"},
    "of_a_later_version": {"anything": [1, {"a": None}]},
}

_BOTS: Mapping[str, Payload] = {
    "a bot": message("bot_message", bot_id="B0OTHER", username="Helper", user=None),
    "a bot with a user": message(bot_id="B0OTHER", bot_profile={"id": "B0OTHER", "name": "Helper"}),
    "ourselves": message(user=BOT_USER, bot_id=BOT),
    "slackbot": message(user="USLACKBOT"),
    "a bot that mentions us": event(
        "app_mention",
        channel=SALES,
        user="U0OTHERBOT",
        bot_id="B0OTHER",
        ts="1795000000.000200",
        text=f"<@{BOT_USER}> hello",
    ),
    "a bot that edits": message(
        "message_changed",
        message={
            "type": "message",
            "user": "U0OTHERBOT",
            "bot_id": "B0OTHER",
            "ts": "1795000000.000100",
            "text": "after",
            "edited": {"user": "U0OTHERBOT", "ts": "1795000000.000150"},
        },
        previous_message={"type": "message", "ts": "1795000000.000100", "text": "before"},
    ),
}

_STRANGERS: Mapping[str, Payload] = {
    "a stranger in a shared channel": message(
        user="U0CUSTOMER", team=ANOTHER_TEAM, user_team=ANOTHER_TEAM, source_team=ANOTHER_TEAM
    )
    | {"is_ext_shared_channel": True, "context_team_id": ANOTHER_TEAM},
    "a stranger's press": interaction(
        "block_actions", **_IN_MESSAGE, actions=[{**_ACTION, "type": "button", "value": "n1|c1"}]
    )
    | {"user": {"id": "U0CUSTOMER", "team_id": ANOTHER_TEAM}},
}

_UNUSED_EVENTS: Mapping[str, Payload] = {
    "shared_channel_invite_received": event(
        "shared_channel_invite_received",
        invite={"id": "I1", "date_created": 1, "inviting_team": {"id": ANOTHER_TEAM}},
        channel={"id": SALES, "name": "sales"},
    ),
    "shared_channel_invite_accepted": event(
        "shared_channel_invite_accepted", invite={"id": "I1"}, accepting_user={"id": "U0NEW"}
    ),
    "channel_shared": event("channel_shared", connected_team_id=ANOTHER_TEAM, channel=SALES),
    "workflow_step_execute": event(
        "workflow_step_execute", callback_id="copy", workflow_step={"inputs": {}, "outputs": []}
    ),
    "function_executed, of another step": event(
        "function_executed",
        function={"id": "Fn1", "callback_id": "another", "type": "app"},
        inputs={"text": "Novara"},
        function_execution_id="Fx1",
        bot_access_token="xwfp-1",
    ),
    "link_shared, not to us": event(
        "link_shared",
        channel=SALES,
        user=ANNA,
        message_ts="1795000000.000100",
        unfurl_id="C.1.2",
        source="conversations_history",
        links=[{"domain": "example.com", "url": "https://example.com/1"}],
    ),
    "app_context_changed": event("app_context_changed", user=ANNA, context={"entities": []}),
    "assistant_thread_context_changed": event(
        "assistant_thread_context_changed",
        assistant_thread={"user_id": ANNA, "channel_id": DIRECT, "thread_ts": "1.2", "context": {}},
    ),
    "app_rate_limited": {
        "type": "app_rate_limited",
        "token": "verification-token",
        "team_id": TEAM,
        "minute_rate_limited": 1_795_000_000,
        "api_app_id": "A0EARSHOT",
    },
}

_UNUSED_INTERACTIONS: Mapping[str, Payload] = {
    "block_suggestion": interaction(
        "block_suggestion", action_id="customer", block_id="customer", value="Nov", view=view()
    ),
    "block_suggestion in a message": interaction(
        "block_suggestion", action_id="x", block_id="b1", value="", **_IN_MESSAGE
    ),
    "view_closed": interaction("view_closed", view=view(), is_cleared=False),
    "dialog_submission": interaction(
        "dialog_submission",
        callback_id="d1",
        submission={"name": "Novara"},
        channel={"id": SALES, "name": "sales"},
        action_ts="1.2",
        state="",
    ),
    "dialog_cancellation": interaction("dialog_cancellation", callback_id="d1", state=""),
    "dialog_suggestion": interaction("dialog_suggestion", callback_id="d1", name="n", value="a"),
    "interactive_message": interaction(
        "interactive_message",
        callback_id="m1",
        actions=[{"name": "undo", "type": "button", "value": "n1"}],
        attachment_id="1",
        is_app_unfurl=False,
        original_message={"type": "message", "text": "x", "ts": "1795000000.000100"},
        **_IN_MESSAGE,
    ),
    "options for an external select": interaction(
        "interactive_message", name="customer", value="Nov", callback_id="m1", **_IN_MESSAGE
    ),
    "workflow_step_edit": interaction(
        "workflow_step_edit", callback_id="copy", workflow_step={"workflow_id": "1"}
    ),
    "an unknown action": interaction(
        "block_actions",
        **_IN_MESSAGE,
        actions=[{**_ACTION, "action_id": "explode.0", "type": "button", "value": "n1"}],
    ),
    "an unknown command": {
        "command": "/weather",
        "text": "Lyon",
        "team_id": TEAM,
        "channel_id": SALES,
        "user_id": ANNA,
        "trigger_id": "1795.1.abc",
    },
}

IGNORED: Mapping[str, Payload] = {
    **{f"message, {kind}": message(kind, **more) for kind, more in _OF_SUBTYPES.items()},
    **_BOTS,
    **_STRANGERS,
    **_UNUSED_EVENTS,
    **_UNUSED_INTERACTIONS,
}
"""What nothing may come of, though it is addressed to our own installation."""

USED: Mapping[str, Payload] = {
    "message": message(),
    "message in a direct message": message(channel=DIRECT, channel_type="im", text="Novara"),
    "message with a file": message("file_share", files=[_FILE], upload=False),
    "message in a thread": message("thread_broadcast", thread_ts="1795000000.000100", root={}),
    "message in a group": message(channel="G0GROUP", channel_type="mpim"),
    "message with rich text": message(
        blocks=[{"type": "rich_text", "elements": []}],
        attachments=[{"is_share": True, "author_id": "U0BEN", "text": "Lyon", "fallback": "Lyon"}],
        client_msg_id="a-b",
        metadata={"event_type": "x", "event_payload": {}},
    ),
    "message of a colleague in a shared channel": message() | {"is_ext_shared_channel": True},
    "an edit": message(
        "message_changed",
        message={
            "type": "message",
            "user": ANNA,
            "ts": "1795000000.000100",
            "text": "after",
            "edited": {"user": ANNA, "ts": "1795000000.000150"},
        },
        previous_message={"type": "message", "user": ANNA, "ts": "1795000000.000100", "text": "x"},
    ),
    "a deletion": message(
        "message_deleted",
        deleted_ts="1795000000.000100",
        previous_message={"type": "message", "user": ANNA, "ts": "1795000000.000100", "text": "x"},
    ),
    "a channel becomes private": message("channel_convert_to_private"),
    "a reaction": event(
        "reaction_added",
        user=ANNA,
        reaction="ear",
        item={"type": "message", "channel": SALES, "ts": "1795000000.000100"},
        item_user="U0BEN",
    ),
    "a step of a workflow": event(
        "function_executed",
        function={"id": "Fn1", "callback_id": "save_note", "type": "app"},
        inputs={"text": "Novara", "person": {"id": ANNA, "secret": "s"}, "channel": SALES},
        function_execution_id="Fx1",
        bot_access_token="xwfp-1",
    ),
    "app_home_opened": event(
        "app_home_opened", user=ANNA, channel=DIRECT, tab="home", view=view("home")
    ),
    "user_change": event(
        "user_change",
        user={"id": ANNA, "team_id": TEAM, "name": "anna", "profile": {}, "is_restricted": True},
    ),
    "team_join": event("team_join", user={"id": "U0NEW", "team_id": TEAM, "name": "new"}),
    "channel_rename": event("channel_rename", channel={"id": SALES, "name": "emea", "created": 1}),
    "a press": interaction(
        "block_actions", **_IN_MESSAGE, actions=[{**_ACTION, "type": "button", "value": "n1|c1"}]
    ),
    "a choice from a menu": interaction(
        "block_actions",
        **_IN_MESSAGE,
        actions=[{**_ACTION, "type": "static_select", "selected_option": _CHOICE}],
    ),
    "a form": interaction("view_submission", view=view(), response_urls=[]),
    "a new note": interaction(
        "view_submission",
        view={**view("new_note"), "state": {"values": {"text": {"text": {"value": "Novara"}}}}},
    ),
    "a global shortcut": interaction("shortcut", callback_id="new_note", action_ts="1.2"),
    "a shortcut on a message": interaction(
        "message_action",
        callback_id="save_message",
        channel={"id": SALES, "name": "sales"},
        message_ts="1795000000.000100",
        message={"type": "message", "user": "U0BEN", "ts": "1795000000.000100", "text": "Novara"},
    ),
    "a command in an organisation": {
        "token": "verification-token",
        "command": "/note",
        "text": "Novara closes its site in Lyon",
        "team_id": TEAM,
        "team_domain": "acme",
        "enterprise_id": "E0ACME",
        "enterprise_name": "Acme Group",
        "is_enterprise_install": "false",
        "channel_id": SALES,
        "channel_name": "sales",
        "user_id": ANNA,
        "user_name": "anna",
        "api_app_id": "A0EARSHOT",
        "response_url": "https://hooks.slack.com/commands/T0ACME/1/x",
        "trigger_id": "1795.1.abc",
    },
}
"""What something may come of, as our own installation is sent it."""

REVOCATIONS: Mapping[str, Payload] = {
    "app_uninstalled": event("app_uninstalled"),
    "tokens_revoked": event("tokens_revoked", tokens={"oauth": [ANNA], "bot": [BOT_USER]}),
    "tokens_revoked, of a person": event("tokens_revoked", tokens={"oauth": [ANNA], "bot": []}),
}

ALL: Mapping[str, Payload] = {**RECORDED, **IGNORED, **USED, **REVOCATIONS}
