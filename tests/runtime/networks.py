"""Slack and Telegram as the desk of these tests sees them, read and written by the real channels.

What comes in has the shape that the network sends, and goes through the channel's own reader; what
goes out is put into the network's form, as strictly as its local server takes it. Only the line
between them is missing.
"""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from gateway.channels.slack.reading import ReadOptions
from gateway.channels.slack.reading import read as read_slack
from gateway.channels.slack.sending.documents import posts_of
from gateway.channels.telegram.reading import read as read_telegram
from gateway.channels.telegram.sending.content import content_of
from gateway.channels.telegram.sending.keyboards import keyboard_of
from gateway.core.model import Message
from gateway.core.ports import Incoming, Outbound, Receipt
from tests.runtime.desk import Chat, Desk
from tests.servers.bot_api import values
from tests.servers.slack.blocks import check_blocks
from tests.servers.slack.world import APP, BOT_USER, TEAM

_serial = count(1)


@dataclass
class Slack(Chat):
    """Slack with a channel of agents."""

    name: str = "slack"
    room: str = "C0DESK"
    shown: list[str] = field(default_factory=list)  # what everything looks like there

    def read(self, incoming: Incoming) -> Message:
        return read_slack(incoming, ReadOptions(room=self.room))

    async def send(self, outbound: Outbound) -> Receipt:
        for post in posts_of(outbound, titled=False):
            check_blocks(post.blocks)
            self.shown.append(post.text)
        return await super().send(outbound)

    def key(self, outbound: Outbound) -> str:
        return f"slack:{outbound.to.address}:1700000000.{self.taken.index(outbound):06}"

    thread = key

    def says(self, desk: Desk, text: str, *, by: str, thread: str) -> int:
        """An agent writes below a card; the row of the inbox."""
        _, channel, ts = thread.split(":")
        words = [{"type": "text", "text": text}]
        section = {"type": "rich_text_section", "elements": words}
        event = {
            "type": "message",
            "user": by,
            "team": TEAM,
            "channel": channel,
            "channel_type": "group",
            "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
            "blocks": [{"type": "rich_text", "block_id": "b", "elements": [section]}],
            "ts": f"1700001000.{next(_serial):06}",
            "thread_ts": ts,
            "parent_user_id": BOT_USER,
        }
        payload = {
            "type": "event_callback",
            "event_id": f"Ev{next(_serial)}",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event | {"event_ts": event["ts"]},
        }
        envelope = {"v": 1, "me": BOT_USER, "team": TEAM, "who": {by: {"name": "Bea Ruiz"}}}
        return _accept(desk, self.name, payload, envelope, thread)

    def types(self, desk: Desk, text: str, *, by: str, channel: str = "C9") -> int:
        """Somebody types it behind ``/ticket``, in a channel where others read; the row."""
        payload = {
            "command": "/ticket",
            "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
            "team_id": TEAM,
            "channel_id": channel,
            "user_id": by,
            "api_app_id": APP,
            "trigger_id": f"1.2.{next(_serial)}",
            "is_enterprise_install": "false",
        }
        who = {by: {"name": "Bea Ruiz"}}
        envelope = {"v": 1, "me": BOT_USER, "team": TEAM, "direct": "slack:D1", "who": who}
        return _accept(desk, self.name, payload, envelope, f"slack:{channel}")


@dataclass
class Telegram(Chat):
    """Telegram with a group of agents that has topics."""

    name: str = "telegram"
    topics: bool = True
    room: int = -100

    def read(self, incoming: Incoming) -> Message:
        return read_telegram(incoming)

    async def send(self, outbound: Outbound) -> Receipt:
        for text in content_of(outbound, titled=False).texts:
            values.fitting(text.text, [entity.to_dict() for entity in text.entities])
        keyboard_of(outbound.actions)
        receipt = await super().send(outbound)
        opened = outbound.kind == "card" and not outbound.edits
        return Receipt(keys=(*receipt.keys[:1], self.thread(outbound))) if opened else receipt

    def key(self, outbound: Outbound) -> str:
        return f"telegram:{outbound.to.address}:{self.taken.index(outbound) + 1}"

    def thread(self, outbound: Outbound) -> str:
        return f"telegram:{outbound.to.address}:topic:{self.taken.index(outbound) + 1}"

    def says(self, desk: Desk, text: str, *, by: str, thread: str) -> int:
        """An agent writes in a topic; the row of the inbox."""
        topic = int(thread.rpartition(":")[2])
        chat = {"id": self.room, "type": "supergroup", "title": "Desk", "is_forum": True}
        message = {
            "message_id": 10_000 + next(_serial),
            "from": {"id": int(by), "is_bot": False, "first_name": "Bea", "last_name": "Ruiz"},
            "chat": chat,
            "date": 1_767_600_000,
            "message_thread_id": topic,
            "is_topic_message": True,
            "reply_to_message": {"message_id": topic, "chat": chat, "date": 1},
            "text": text,
        }
        update = {"update_id": next(_serial), "message": message}
        bot = {"id": 99, "username": "acme_desk_bot"}
        envelope = {"v": 1, "bot": bot, "room": self.room}
        return _accept(desk, self.name, update, envelope, thread)


def _accept(desk: Desk, name: str, raw: Any, envelope: dict[str, Any], lane: str) -> int:
    incoming = Incoming(
        channel=name,
        external_id=f"event-of-{name}-{next(_serial)}",
        raw=json.dumps(raw).encode(),
        received_at=desk.clock(),
        envelope=envelope,
        lane=lane,
    )
    return desk.take(incoming)
