"""A Slack to test against: its Web API on loopback, which refuses what the real one refuses."""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.block_kit import problem_with_home, problem_with_message, problem_with_view
from tests.slack_judge import DOCKET, Request

BOT_TOKEN = "xoxb-test"
APP_TOKEN = "xapp-test"
TEAM = "T0ACME"
BOT_USER = "U0EARSHOT"
BOT = "B0EARSHOT"
ALL_SCOPES = (
    "app_mentions:read,assistant:write,channels:history,channels:read,chat:write,commands,"
    "files:read,files:write,groups:history,groups:read,im:history,im:read,im:write,links:read,"
    "links:write,mpim:history,mpim:read,reactions:read,users:read"
)

_Result = TypeVar("_Result")


class LoopThread:
    """An event loop in a thread of its own, as a server has one."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do the work on the loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def close(self) -> None:
        if not self.loop.is_closed():
            self.run(self.loop.shutdown_default_executor())
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
            self.loop.close()


@dataclass(frozen=True)
class ApiCall:
    """A call of a method, or of a response URL (then `method` is its path), and its answer."""

    method: str
    arguments: Mapping[str, Any]
    raw: str
    token: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message_ts(self) -> str:
        """The id of the message that the call posted or updated."""
        return str(self.answer.get("ts") or self.answer.get("message_ts"))


@dataclass(frozen=True)
class Failure:
    """What a method answers instead: an error of Slack's, or an HTTP status."""

    error: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True)
class SharedFile:
    """A file that was put into a conversation, and what is in it."""

    channel: str
    thread: str | None
    name: str
    title: str
    text: str


class FakeSlackApi:
    """Knows the conversations and users it was given, and remembers every call."""

    def __init__(self, loop: LoopThread) -> None:
        self.loop = loop
        self.calls: list[ApiCall] = []
        self._heard = threading.Condition()
        self.conversations: dict[str, dict[str, Any]] = {}
        self.members: dict[str, list[str]] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, web.Response | bytes] = {}
        self.file_requests: list[tuple[str, str]] = []
        self.unfurls: dict[tuple[str, str], dict[str, Any]] = {}
        self.upload_host = ""
        self.uploads: dict[str, tuple[str, int]] = {}
        self.uploaded: dict[str, bytes] = {}
        self.shared_files: list[SharedFile] = []
        self.running_steps: set[str] = set()
        self.scopes = ALL_SCOPES
        self.page = 2
        self.is_agent = True
        self.has_home_tab = True
        self.homes: dict[str, dict[str, Any]] = {}
        self.prompts: dict[tuple[str, str | None], list[dict[str, str]]] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        self.used_response_urls: set[str] = set()
        self.socket_envelopes: list[dict[str, Any]] = []
        self.socket_answers: list[dict[str, Any]] = []
        self._failures: dict[str, list[Failure]] = {}
        self._triggers: set[str] = set()
        self._posted: set[tuple[str, str]] = set()
        self._count = 0
        self._runner: web.AppRunner | None = None
        self._at_close: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self.url = ""
        loop.run(self._serve())

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_post("/api/{method}", self._handle_judged)
        app.router.add_get("/api/{method}", self._handle_judged)
        app.router.add_post("/response/{id}", self._handle_response_url)
        app.router.add_get("/{folder:files-(?:pri|tmb)}/{path:.*}", self._handle_file)
        app.router.add_post("/upload/{id}", self._handle_upload)
        app.router.add_get("/socket", self._handle_socket)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    @property
    def base_url(self) -> str:
        return f"{self.url}/api/"

    def fail(self, method: str, *failures: Failure) -> None:
        """Let the next calls of the method fail, one failure a call."""
        self._failures.setdefault(method, []).extend(failures)

    def calls_of(self, *methods: str) -> list[ApiCall]:
        return [call for call in self.calls if call.method in methods]

    def wait_for_calls(self, method: str, count: int) -> None:
        """Wait until the method was called so often: for what nobody else waits for."""
        with self._heard:
            assert self._heard.wait_for(lambda: len(self.calls_of(method)) >= count, timeout=20)

    def _remember(self, call: ApiCall) -> None:
        with self._heard:
            self.calls.append(call)
            self._heard.notify_all()

    def at_close(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do this before the server goes away."""
        self._at_close.append(work)

    def close(self) -> None:
        """Stop what was started against it, then the server, then the loop."""
        for work in self._at_close:
            self.loop.run(work())
        self._at_close.clear()
        if self._runner is not None:
            self.loop.run(self._runner.cleanup())
            self._runner = None
        self.loop.close()

    # --- serving --------------------------------------------------------------------------------

    async def _handle_judged(self, request: web.Request) -> web.Response:
        """Every call is judged, whatever a Slack of some test's own makes of it."""
        arguments = _arguments(request, await request.text())
        DOCKET.add(Request(request.match_info["method"], arguments, _is_json(request)))
        return await self._handle(request)

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        raw = await request.text()
        arguments = _arguments(request, raw)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._failures.get(method):
            self._remember(ApiCall(method, arguments, raw, token))
            return _failed(self._failures[method].pop(0))
        answer = self._answer(method, arguments, token)
        self._remember(ApiCall(method, arguments, raw, token, answer))
        headers = {"x-oauth-scopes": self.scopes} if method == "auth.test" else {}
        return web.json_response({"ok": "error" not in answer, **answer}, headers=headers)

    def _answer(self, method: str, arguments: Mapping[str, Any], token: str) -> dict[str, Any]:
        expected = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if token != expected:
            return {"error": "invalid_auth"}
        answers = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.unfurl": self._unfurl,
            "views.open": self._open_view,
            "views.publish": self._publish_view,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": self._info,
            "conversations.members": self._members,
            "conversations.open": self._open_direct,
            "files.info": self._file,
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._complete_upload,
            "functions.completeSuccess": self._complete_step,
            "functions.completeError": self._complete_step,
            "users.info": self._user,
            "users.list": self._list_users,
            "apps.connections.open": self._connect,
            "assistant.threads.setSuggestedPrompts": self._suggest,
            "assistant.threads.setStatus": self._set_status,
        }
        return answers[method](arguments)

    def _auth_test(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "url": "https://acme.slack.com/",
            "team": "Acme",
            "user": "earshot",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
        }

    def _post(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        refusal = self._refusal(arguments)
        if refusal is not None:
            return refusal
        ts = self.next_ts()
        self._posted.add((arguments["channel"], ts))
        return {"channel": arguments["channel"], "ts": ts}

    def _post_ephemeral(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if arguments["user"] not in self.members.get(arguments["channel"], []):
            return {"error": "user_not_in_channel"}
        return self._refusal(arguments) or {"message_ts": self.next_ts()}

    def _update(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if (arguments["channel"], arguments["ts"]) not in self._posted:
            return {"error": "message_not_found"}
        refusal = self._refusal(arguments)
        return refusal or {"channel": arguments["channel"], "ts": arguments["ts"]}

    def _refusal(self, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        if arguments["channel"] not in self.conversations:
            return {"error": "channel_not_found"}
        if not arguments.get("text"):
            return {"error": "no_text"}
        problem = problem_with_message(arguments.get("text"), arguments.get("blocks", []))
        return {"error": problem} if problem else None

    def _publish_view(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if not self.has_home_tab:
            return {"error": "not_enabled"}
        if arguments["user_id"] not in self.users:
            return {"error": "user_not_found"}
        problem = problem_with_home(arguments["view"])
        if problem:
            return {"error": problem}
        self.homes[arguments["user_id"]] = arguments["view"]
        return {"view": {"id": f"VHOME{arguments['user_id']}"}}

    def _unfurl(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """In a message that stands there."""
        key = (arguments["channel"], arguments["ts"])
        if key not in self.messages:
            return {"error": "cannot_find_message"}
        for unfurl in arguments["unfurls"].values():
            if problem_with_message("…", unfurl["blocks"]):
                return {"error": "cannot_parse_attachment"}
        self.unfurls[key] = arguments["unfurls"]
        return {}

    def _upload_url(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        file_id = f"F0UP{len(self.uploads)}"
        self.uploads[file_id] = (arguments["filename"], int(arguments["length"]))
        return {
            "upload_url": f"{self.upload_host or self.url}/upload/{file_id}",
            "file_id": file_id,
        }

    async def _handle_upload(self, request: web.Request) -> web.Response:
        content = await request.read()
        assert "Authorization" not in request.headers, "the address itself is the permission"
        self.calls.append(ApiCall(request.path, {}, ""))
        if self._failures.get("upload"):
            return _failed(self._failures["upload"].pop(0))
        file_id = request.match_info["id"]
        if len(content) != self.uploads[file_id][1]:
            return web.Response(status=400)
        self.uploaded[file_id] = content
        return web.Response(text=f"OK - {len(content)}")

    def _complete_upload(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        (file,) = json.loads(arguments["files"])
        if file["id"] not in self.uploaded:
            return {"error": "file_not_found"}
        channel = arguments["channel_id"]
        if channel not in self.conversations:
            return {"error": "channel_not_found"}
        name, _ = self.uploads[file["id"]]
        text = self.uploaded.pop(file["id"]).decode()
        thread = arguments.get("thread_ts")
        self.shared_files.append(SharedFile(channel, thread, name, file["title"], text))
        return {"files": [{"id": file["id"]}]}

    def _complete_step(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        run_id = arguments["function_execution_id"]
        if run_id not in self.running_steps:
            return {"error": "execution_not_in_running_state"}
        self.running_steps.discard(run_id)
        return {}

    def _open_view(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        trigger = arguments["trigger_id"]
        if trigger in self._triggers:
            return {"error": "exchanged_trigger_id"}
        problem = problem_with_view(arguments["view"])
        if problem:
            return {"error": problem}
        self._triggers.add(trigger)
        return {"view": {"id": "V1"}}

    def _info(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        conversation = self.conversations.get(arguments["channel"])
        return {"channel": conversation} if conversation else {"error": "channel_not_found"}

    def _history(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Replies in threads are not in it, unless they were also sent to the channel."""
        refusal = self._refused_reading(arguments["channel"])
        if refusal is not None:
            return refusal
        return {"messages": [m for m in self._between(arguments) if not _is_only_in_thread(m)]}

    def _replies(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The thread of any of its messages, whose first message comes first."""
        channel, ts = arguments["channel"], arguments["ts"]
        refusal = self._refused_reading(channel)
        if refusal is not None:
            return refusal
        if (channel, ts) not in self.messages:
            return {"error": "thread_not_found"}
        first = self.messages[channel, ts].get("thread_ts", ts)
        thread = [m for m in self._between(arguments) if m.get("thread_ts", m["ts"]) == first]
        begin = [m for (c, t), m in self.messages.items() if (c, t) == (channel, first)]
        return {"messages": begin + [m for m in thread if m["ts"] != first]}

    def _between(self, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
        oldest, latest = float(arguments["oldest"]), float(arguments["latest"])
        here = [m for (channel, _), m in self.messages.items() if channel == arguments["channel"]]
        is_inclusive = str(arguments.get("inclusive", "0")) in {"1", "True", "true"}
        return [
            message
            for message in here
            if oldest < float(message["ts"]) < latest
            or (is_inclusive and float(message["ts"]) in (oldest, latest))
        ]

    def _refused_reading(self, channel: str) -> dict[str, Any] | None:
        if channel not in self.conversations:
            return {"error": "channel_not_found"}
        if BOT_USER not in self.members.get(channel, []):
            is_open = self.conversations[channel].get("is_private") is False
            return {"error": "not_in_channel" if is_open else "channel_not_found"}
        return None

    def _members(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        everybody = self.members.get(arguments["channel"], [])
        return self._page_of("members", everybody, arguments)

    def _list_users(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        users = [{"team_id": TEAM, **user} for user in self.users.values()]
        return self._page_of("members", users, arguments)

    def _page_of(self, name: str, items: list[Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
        start = int(arguments.get("cursor") or 0)
        end = start + self.page
        cursor = str(end) if end < len(items) else ""
        return {name: items[start:end], "response_metadata": {"next_cursor": cursor}}

    def _open_direct(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        direct = f"D{arguments['users'][1:]}"
        self.conversations.setdefault(direct, {"id": direct, "is_im": True})
        return {"channel": {"id": direct}}

    def put_file(self, name: str, content: bytes, **more: Any) -> dict[str, Any]:
        """Keep a file; returns what Slack tells of it in a message, in the form that it has."""
        file_id = f"F0{len(self.files)}"
        path = f"/files-pri/{TEAM}-{file_id}/download/{name}"
        self.contents[path] = content
        file = {
            "id": file_id,
            "name": name,
            "title": name,
            "mimetype": "text/plain",
            "mode": "hosted",
            "is_external": False,
            "size": len(content),
            "url_private": f"{self.url}/files-pri/{TEAM}-{file_id}/{name}",
            "url_private_download": f"{self.url}{path}",
            **more,
        }
        self.files[file_id] = file
        return file

    def _file(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if "files:read" not in self.scopes:
            return {"error": "missing_scope"}
        file = self.files.get(arguments["file"])
        if file is None:
            return {"error": "file_not_found"}
        return {"error": "file_deleted"} if file["mode"] == "tombstone" else {"file": file}

    async def _handle_file(self, request: web.Request) -> web.StreamResponse:
        """The content to whoever has the token; others are sent to a page for logging in."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.file_requests.append((request.path, token))
        if self._failures.get(request.path):
            return _failed(self._failures[request.path].pop(0))
        content = self.contents.get(request.path)
        if content is None:
            return web.Response(status=404)
        if token != BOT_TOKEN:
            return web.Response(status=302, headers={"Location": f"{self.url}/login"})
        if isinstance(content, bytes):
            return web.Response(body=content, content_type="application/octet-stream")
        return content

    def _user(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        user = self.users.get(arguments["user"])
        return {"user": {"team_id": TEAM, **user}} if user else {"error": "user_not_found"}

    def _suggest(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        thread = arguments.get("thread_ts")
        if "assistant:write" not in self.scopes:
            return {"error": "missing_scope"}
        if arguments["channel_id"] not in self.conversations:
            return {"error": "channel_not_found"}
        if thread is None and not self.is_agent:
            return {"error": "not_agent_app"}
        prompts = arguments["prompts"]
        if not 1 <= len(prompts) <= 4 or any(set(p) != {"title", "message"} for p in prompts):
            return {"error": "invalid_arguments"}
        if thread is None or not self.is_agent:  # an agent's with a thread are dropped silently
            self.prompts[arguments["channel_id"], thread] = prompts
        return {}

    def _set_status(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if arguments["channel_id"] not in self.conversations:
            return {"error": "channel_not_found"}
        if not re.fullmatch(r"[0-9]+\.[0-9]+", arguments["thread_ts"]):
            return {"error": "invalid_thread_ts"}
        self.statuses[arguments["channel_id"], arguments["thread_ts"]] = arguments["status"]
        return {}

    def _connect(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"url": f"{self.url.replace('http', 'ws')}/socket"}

    async def _handle_response_url(self, request: web.Request) -> web.Response:
        raw = await request.text()
        DOCKET.add(Request(request.path, json.loads(raw), is_json=True))
        self.calls.append(ApiCall(request.path, json.loads(raw), raw))
        if self._failures.get(request.path):
            return _failed(self._failures[request.path].pop(0))
        if request.path in self.used_response_urls:
            return web.Response(status=404, text="used_url")
        return web.Response(text="ok")

    async def _handle_socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello"})
        for envelope in self.socket_envelopes:
            await socket.send_json(envelope)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self.socket_answers.append(json.loads(message.data))
        return socket

    def next_ts(self) -> str:
        self._count += 1
        return f"1795000000.{self._count:06d}"


def _arguments(request: web.Request, raw: str) -> dict[str, Any]:
    if _is_json(request):
        return dict(json.loads(raw))
    return {**request.query, **dict(parse_qsl(raw))}


def _is_json(request: web.Request) -> bool:
    return request.content_type == "application/json"


def _is_only_in_thread(message: Mapping[str, Any]) -> bool:
    is_reply = message.get("thread_ts", message["ts"]) != message["ts"]
    return is_reply and message.get("subtype") != "thread_broadcast"


def _failed(failure: Failure) -> web.Response:
    if failure.body is not None:
        return web.Response(
            status=failure.status,
            headers=dict(failure.headers),
            text=failure.body,
            content_type="text/html",
        )
    body = {"ok": False, "error": failure.error}
    return web.json_response(body, status=failure.status, headers=dict(failure.headers))
