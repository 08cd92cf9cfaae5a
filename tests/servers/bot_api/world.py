"""Who and what there is on this Telegram: people, groups, messages, files, updates."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Person:
    id: int
    first_name: str
    last_name: str = ""
    language: str = "en"
    username: str = ""
    started: bool = True  # has written to the bot
    blocked: bool = False
    gone: bool = False

    def json(self) -> Json:
        said: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        named = {"last_name": self.last_name, "username": self.username}
        return said | {k: v for k, v in named.items() if v} | {"language_code": self.language}


@dataclass(slots=True, kw_only=True)
class Group:
    id: int
    title: str = "Agents"
    type: str = "supergroup"
    is_forum: bool = True
    bot: str = "administrator"  # the bot's status in it
    manages_topics: bool = True
    moved_to: int = 0
    topics: dict[int, Json] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)

    def json(self) -> Json:
        forum = {"is_forum": True} if self.is_forum else {}
        return {"id": self.id, "type": self.type, "title": self.title} | forum


class World:
    """Safe in any thread. What people do becomes an update for the bot."""

    def __init__(self, *, id: int, username: str) -> None:
        self.lock = threading.RLock()
        self.bot: Json = {
            "id": id,
            "is_bot": True,
            "first_name": "Acme Support",
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
        }
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.files: dict[str, bytes] = {}
        self.updates: list[Json] = []
        self.answered: list[Json] = []  # presses, as the bot answered them
        self.left: list[int] = []
        self.on_update: Callable[[], None] = lambda: None
        self._ids = 0
        self._update_id = 100_000

    # --- what there is

    def person(self, first_name: str = "Ada", **more: Any) -> Person:
        with self.lock:
            id = more.pop("id", 4_000 + len(self.people))
            self.people[id] = Person(id=id, first_name=first_name, **more)
            return self.people[id]

    def group(self, id: int = -1_001_234, **more: Any) -> Group:
        with self.lock:
            self.groups[id] = Group(id=id, **more)
            return self.groups[id]

    def file(self, data: bytes, *, id: str = "") -> str:
        with self.lock:
            id = id or f"file-{len(self.files)}"
            self.files[id] = data
            return id

    def next_id(self) -> int:
        with self.lock:
            self._ids += 1
            return self._ids

    def chat(self, id: int) -> Json:
        if id in self.groups:
            return self.groups[id].json()
        person = self.people[id].json()
        named = {k: person[k] for k in ("first_name", "last_name", "username") if k in person}
        return {"id": id, "type": "private"} | named

    # --- what people do

    def update(self, **held: Any) -> Json:
        """Anything at all comes to the bot."""
        with self.lock:
            self._update_id += 1
            made = {"update_id": self._update_id, **held}
            self.updates.append(made)
        self.on_update()
        return made

    def says(
        self,
        who: Person,
        text: str = "",
        *,
        chat: int = 0,
        topic: int = 0,
        reply_to: int = 0,
        **more: Any,
    ) -> Json:
        """Somebody writes: to the bot, or in a group. ``more`` are further fields."""
        with self.lock:
            message = self.message(chat or who.id, who.json(), topic=topic, reply_to=reply_to)
            message |= ({"text": text} if text else {}) | more
            self.messages[message["chat"]["id"], message["message_id"]] = message
            self.update(message=message)
            return message

    def message(self, chat: int, sender: Json, *, topic: int = 0, reply_to: int = 0) -> Json:
        message: Json = {
            "message_id": self.next_id(),
            "from": sender,
            "chat": self.chat(chat),
            "date": int(time.time()),
        }
        if topic:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        if reply_to:
            message["reply_to_message"] = self.messages[chat, reply_to]
        elif topic:
            message["reply_to_message"] = {"message_id": topic, "chat": self.chat(chat), "date": 1}
        return message

    def edits(self, message: Json, text: str) -> Json:
        """Whoever wrote a message changes it."""
        with self.lock:
            message |= {"text": text, "edit_date": int(time.time()) + 1}
            message.pop("entities", None)
            self.update(edited_message=dict(message))
            return message

    def presses(self, who: Person, message: Json, label: str) -> Json:
        """Somebody presses a button of a message of the bot's."""
        with self.lock:
            rows = message["reply_markup"]["inline_keyboard"]
            data = next(b["callback_data"] for row in rows for b in row if label in b["text"])
            query = {"id": str(self.next_id()), "from": who.json(), "message": message}
            return self.update(callback_query=query | {"chat_instance": "1", "data": data})

    def member(self, chat: int, status: str, *, by: Person, before: str = "member") -> Json:
        """The bot is taken in, made an admin, thrown out or blocked."""
        with self.lock:
            if chat in self.groups:
                self.groups[chat].bot = status
            elif chat in self.people:
                self.people[chat].blocked = status == "kicked"
            return self.update(
                my_chat_member={
                    "chat": self.chat(chat),
                    "from": by.json(),
                    "date": int(time.time()),
                    "old_chat_member": {"user": self.bot, "status": before},
                    "new_chat_member": {"user": self.bot, "status": status},
                }
            )

    def moves(self, group: Group, to: int) -> Group:
        """A group becomes a supergroup."""
        with self.lock:
            new = self.group(to, title=group.title)
            group.moved_to = to
            sender = {"id": 1, "is_bot": False, "first_name": "Owner"}
            message = self.message(group.id, sender) | {"migrate_to_chat_id": to}
            self.update(message=message)
            return new

    # --- what can be seen

    def in_chat(self, chat: int, topic: int = 0) -> list[Json]:
        """What the bot said there, oldest first."""
        with self.lock:
            return [
                message
                for (where, _), message in sorted(self.messages.items())
                if where == chat
                and message["from"]["id"] == self.bot["id"]
                and message.get("message_thread_id", 0) == topic
            ]

    def texts(self, chat: int, topic: int = 0) -> list[str]:
        return [m.get("text") or m.get("caption") or "" for m in self.in_chat(chat, topic)]
