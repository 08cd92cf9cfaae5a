"""The Web API: what each method takes, and what it does. Anything else is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.servers.slack.blocks import WrongError, check_blocks, check_metadata, check_view, need
from tests.servers.slack.world import APP, BOT, BOT_USER, TEAM, Channel, World

Arguments = dict[str, Any]
Check = Callable[[Any], None]


class ApiError(Exception):
    """A refusal by its code."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **more}


def text(most: int = 40_000) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        need(isinstance(value, str) and value, "a string expected")
        if len(value) > most:
            raise ApiError("msg_too_long")

    return check


def flag(value: Any) -> None:
    need(value in (True, False, "true", "false", "1", "0"), "true or false expected")


def number(value: Any) -> None:
    need(str(value).isascii() and str(value).isdigit(), "a number expected")


def ts(value: Any) -> None:
    whole, _, rest = str(value).partition(".")
    need(isinstance(value, str) and whole.isdigit() and rest.isdigit(), "a ts expected")


def files(value: Any) -> None:
    need(isinstance(value, list) and 0 < len(value) <= 10, "1 to 10 files expected")
    need(all(set(f) <= {"id", "title"} and f.get("id") for f in value), "files with id and title")


@dataclass(frozen=True)
class Method:
    """``scopes`` are all needed. ``form``: no JSON is taken."""

    needs: Mapping[str, Check] = field(default_factory=dict)
    takes: Mapping[str, Check] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    form: bool = False


# Slack cuts at 40 000 characters, and asks for no more than this, counted as they are escaped.
RECOMMENDED = 4_000
POST: dict[str, Check] = {"blocks": check_blocks, "thread_ts": ts}
WINDOW: dict[str, Check] = {
    "oldest": ts,
    "latest": ts,
    "limit": number,
    "inclusive": flag,
    "include_all_metadata": flag,
}
METHODS = {
    "auth.test": Method(),
    "apps.connections.open": Method(),
    "chat.postMessage": Method(
        {"channel": text(), "text": text(RECOMMENDED)},
        POST | {"metadata": check_metadata, "unfurl_links": flag, "unfurl_media": flag},
        ("chat:write",),
    ),
    "chat.update": Method(
        {"channel": text(), "ts": ts, "text": text(RECOMMENDED)},
        {"blocks": check_blocks, "metadata": check_metadata},
        ("chat:write",),
    ),
    "chat.postEphemeral": Method(
        {"channel": text(), "user": text(), "text": text(RECOMMENDED)}, POST, ("chat:write",)
    ),
    "chat.delete": Method({"channel": text(), "ts": ts}, {}, ("chat:write",)),
    "conversations.open": Method({"users": text()}, {}, ("im:write",)),
    "conversations.info": Method({"channel": text()}, {}, ("channels:read",), form=True),
    "conversations.members": Method({"channel": text()}, {"limit": number}, (), form=True),
    "conversations.history": Method({"channel": text()}, WINDOW, ("im:history",), form=True),
    "conversations.replies": Method(
        {"channel": text(), "ts": ts}, WINDOW, ("channels:history",), form=True
    ),
    "users.info": Method({"user": text()}, {"include_locale": flag}, ("users:read",), form=True),
    "views.open": Method({"trigger_id": text(), "view": check_view}),
    "views.update": Method({"view_id": text(), "view": check_view}, {"hash": text()}),
    "views.publish": Method({"user_id": text(), "view": check_view}),
    "files.info": Method({"file": text()}, {}, ("files:read",), form=True),
    "files.getUploadURLExternal": Method(
        {"filename": text(), "length": number}, {}, ("files:write",), form=True
    ),
    "files.completeUploadExternal": Method(
        {"files": files}, {"channel_id": text(), "thread_ts": ts}, ("files:write",)
    ),
}


def check_arguments(method: Method, given: Arguments) -> None:
    missing = [key for key in method.needs if key not in given]
    need(not missing, f"missing {missing}")
    known = {**method.needs, **method.takes}
    for key, value in given.items():
        need(key in known, f"unknown argument {key}")
        try:
            known[key](value)
        except WrongError as wrong:
            if str(wrong) == "msg_blocks_too_long":
                raise ApiError("msg_blocks_too_long") from None
            raise WrongError(f"{key}: {wrong}") from None


class Api:
    """What the methods do to the world. ``base`` is where the server is."""

    def __init__(self, world: World, base: str) -> None:
        self.world = world
        self.base = base
        self.ephemerals: list[Arguments] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.triggers: set[str] = set()
        self.uploads: dict[str, dict[str, Any]] = {}
        self.posted: list[Callable[[Channel, dict[str, Any]], None]] = []

    def do(self, name: str, given: Arguments) -> dict[str, Any]:
        function = getattr(self, "_" + name.replace(".", "_").lower())
        answer: dict[str, Any] = function(given)
        return {"ok": True, **answer}

    def _auth_test(self, _given: Arguments) -> dict[str, Any]:
        return {
            "url": "https://acme.slack.com/",
            "team": "Acme",
            "user": "helpdesk",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
        }

    def channel(self, id: str, *, writing: bool = False) -> Channel:
        found = self.world.channels.get(id)
        if found is None or (found.private and BOT_USER not in found.members):
            raise ApiError("channel_not_found")
        if writing and found.archived:
            raise ApiError("is_archived")
        if writing and BOT_USER not in found.members:
            raise ApiError("not_in_channel")
        return found

    def _chat_postmessage(self, given: Arguments) -> dict[str, Any]:
        channel = self.channel(given["channel"], writing=True)
        message = self.post(channel, given)
        return {"channel": channel.id, "ts": message["ts"], "message": message}

    def post(self, channel: Channel, given: Arguments) -> dict[str, Any]:
        thread = given.get("thread_ts")
        if thread is not None and thread not in channel.messages:
            raise ApiError("thread_not_found")
        message = {
            "type": "message",
            "user": BOT_USER,
            "bot_id": BOT,
            "app_id": APP,
            "team": TEAM,
            "text": given.get("text", ""),
            "ts": self.world.new_ts(),
        }
        message |= {k: given[k] for k in ("blocks", "metadata", "thread_ts", "files") if k in given}
        channel.messages[message["ts"]] = message
        for listener in self.posted:
            listener(channel, message)
        return message

    def _chat_update(self, given: Arguments) -> dict[str, Any]:
        channel = self.channel(given["channel"], writing=True)
        message = channel.messages.get(given["ts"])
        if message is None:
            raise ApiError("message_not_found")
        if message.get("bot_id") != BOT:
            raise ApiError("cant_update_message")
        message |= {k: given[k] for k in ("text", "blocks", "metadata") if k in given}
        message["edited"] = {"user": BOT_USER, "ts": self.world.new_ts()}
        return {"channel": channel.id, "ts": given["ts"], "text": given["text"]}

    def _chat_postephemeral(self, given: Arguments) -> dict[str, Any]:
        channel = self.channel(given["channel"], writing=True)
        if given["user"] not in channel.members:
            raise ApiError("user_not_in_channel")
        self.ephemerals.append(given)
        return {"message_ts": self.world.new_ts()}

    def _chat_delete(self, given: Arguments) -> dict[str, Any]:
        channel = self.channel(given["channel"])
        if channel.messages.pop(given["ts"], None) is None:
            raise ApiError("message_not_found")
        return {"channel": channel.id, "ts": given["ts"]}

    def _conversations_open(self, given: Arguments) -> dict[str, Any]:
        user = self.world.users.get(given["users"])
        if user is None:
            raise ApiError("user_not_found")
        if user.deleted:
            raise ApiError("user_disabled")
        if user.is_bot:
            raise ApiError("cannot_dm_bot")
        return {"channel": {"id": self.world.direct(user.id).id}}

    def _conversations_info(self, given: Arguments) -> dict[str, Any]:
        return {"channel": self.channel(given["channel"]).shape()}

    def _conversations_members(self, given: Arguments) -> dict[str, Any]:
        return {"members": sorted(self.channel(given["channel"]).members)}

    def _conversations_history(self, given: Arguments) -> dict[str, Any]:
        channel = self.channel(given["channel"], writing=True)
        top = [m for m in channel.messages.values() if m.get("thread_ts", m["ts"]) == m["ts"]]
        return {"messages": _window(top, given)[::-1], "has_more": False}

    def _conversations_replies(self, given: Arguments) -> dict[str, Any]:
        channel = self.channel(given["channel"], writing=True)
        asked = channel.messages.get(given["ts"])
        if asked is None:
            raise ApiError("thread_not_found")
        thread = channel.thread(asked.get("thread_ts", asked["ts"]))
        first, rest = thread[:1], thread[1:]
        return {"messages": first + _window(rest, given), "has_more": False}

    def _users_info(self, given: Arguments) -> dict[str, Any]:
        user = self.world.users.get(given["user"])
        if user is None:
            raise ApiError("user_not_found")
        return {"user": user.shape(locale="include_locale" in given)}

    def _views_open(self, given: Arguments) -> dict[str, Any]:
        if given["trigger_id"] not in self.triggers:
            raise ApiError("expired_trigger_id")
        self.triggers.discard(given["trigger_id"])
        return {"view": self._keep(self.world.new_id("V"), given["view"])}

    def _keep(self, id: str, view: dict[str, Any]) -> dict[str, Any]:
        self.views[id] = view | {"id": id, "hash": self.world.new_ts(), "team_id": TEAM}
        return self.views[id]

    def _views_update(self, given: Arguments) -> dict[str, Any]:
        before = self.views.get(given["view_id"])
        if before is None:
            raise ApiError("not_found")
        if given.get("hash", before["hash"]) != before["hash"]:
            raise ApiError("hash_conflict")
        return {"view": self._keep(given["view_id"], given["view"])}

    def _views_publish(self, given: Arguments) -> dict[str, Any]:
        need(given["view"]["type"] == "home", "a home is published")
        if given["user_id"] not in self.world.users:
            raise ApiError("user_not_found")
        self.homes[given["user_id"]] = given["view"]
        return {"view": given["view"]}

    def _files_info(self, given: Arguments) -> dict[str, Any]:
        found = self.world.files.get(given["file"])
        if found is None:
            raise ApiError("file_not_found")
        return {"file": found}

    def _files_getuploadurlexternal(self, given: Arguments) -> dict[str, Any]:
        need(int(given["length"]) > 0, "length of nothing")
        id = self.world.new_id("F")
        name, size = given["filename"], int(given["length"])
        self.uploads[id] = {"id": id, "name": name, "size": size, "data": None}
        return {"upload_url": f"{self.base}/upload/v1/{id}", "file_id": id}

    def _files_completeuploadexternal(self, given: Arguments) -> dict[str, Any]:
        shown = []
        for one in given["files"]:
            upload = self.uploads.get(one["id"])
            if upload is None or upload["data"] is None:
                raise ApiError("file_not_found")
            shown.append({k: upload[k] for k in ("id", "name", "size")} | {"title": one["title"]})
        if "channel_id" in given:
            channel = self.channel(given["channel_id"], writing=True)
            thread = {"thread_ts": given["thread_ts"]} if "thread_ts" in given else {}
            self.post(channel, {"files": shown} | thread)
        return {"files": shown}


def _window(messages: list[dict[str, Any]], given: Arguments) -> list[dict[str, Any]]:
    oldest, latest = float(given.get("oldest", 0)), float(given.get("latest", 1e12))
    inside = "inclusive" in given
    found = [
        message
        for message in messages
        if oldest < float(message["ts"]) < latest
        or (inside and float(message["ts"]) in (oldest, latest))
    ]
    return found[-int(given.get("limit", 100)) :]
