"""The workspace: who is in it, which channels there are, and what was said."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

TEAM = "T0ACME"
BOT_USER = "U0DESK"
BOT = "B0DESK"
APP = "A0DESK"


@dataclass
class User:
    id: str
    name: str
    email: str = ""
    locale: str = "en-US"
    team: str = TEAM
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    confirmed: bool = True
    picture: str = "https://avatars.slack-edge.com/{id}_{size}.png"

    def shape(self, *, locale: bool) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.split()[0].lower(),
            "deleted": self.deleted,
            "real_name": self.name,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_email_confirmed": self.confirmed,
            "updated": 1700000000,
            "profile": {
                "real_name": self.name,
                "display_name": self.name.split()[0],
                "team": self.team,
            },
        }
        for size in (24, 32, 48, 72, 192, 512) if self.picture else ():
            made["profile"][f"image_{size}"] = self.picture.format(id=self.id, size=size)
        if self.is_stranger:
            made["is_stranger"] = True
        if self.email:
            made["profile"]["email"] = self.email
        return made | ({"locale": self.locale} if locale else {})


@dataclass
class Channel:
    """``members`` are user ids. A direct conversation has ``user``, and an id that begins "D"."""

    id: str
    name: str = ""
    private: bool = False
    user: str = ""
    members: set[str] = field(default_factory=set)
    archived: bool = False
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        if self.user:
            return "im"
        return "group" if self.private else "channel"

    def shape(self) -> dict[str, Any]:
        if self.user:
            return {"id": self.id, "is_im": True, "user": self.user, "is_private": True}
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": not self.private,
            "is_group": self.private,
            "is_im": False,
            "is_private": self.private,
            "is_archived": self.archived,
            "is_member": BOT_USER in self.members,
        }

    def thread(self, ts: str) -> list[dict[str, Any]]:
        return [m for m in self.messages.values() if ts in (m["ts"], m.get("thread_ts"))]


class World:
    def __init__(self) -> None:
        self.users: dict[str, User] = {
            BOT_USER: User(BOT_USER, "Help Desk", is_bot=True),
        }
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, bytes] = {}
        self._counter = itertools.count(1)
        self._last = 0

    def new_id(self, letter: str) -> str:
        return f"{letter}{next(self._counter):08X}"

    def new_ts(self) -> str:
        """Never the same twice, and growing."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def add_user(self, user: User) -> User:
        self.users[user.id] = user
        return user

    def add_channel(self, channel: Channel, *members: str) -> Channel:
        channel.members |= {BOT_USER, *members}
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """The conversation of a person with the bot."""
        found = next((c for c in self.channels.values() if c.user == user), None)
        if found is None:
            found = Channel(id=self.new_id("D"), user=user, members={user, BOT_USER})
            self.channels[found.id] = found
        return found

    def add_file(self, name: str, data: bytes, base: str, **more: Any) -> dict[str, Any]:
        id = self.new_id("F")
        url = f"{base}/files-pri/{TEAM}-{id}/download/{name}"
        self.contents[id] = data
        self.files[id] = {
            "id": id,
            "name": name,
            "title": name,
            "mimetype": "image/png" if name.endswith(".png") else "text/plain",
            "size": len(data),
            "mode": "hosted",
            "is_external": False,
            "url_private": url,
            "url_private_download": url,
        } | more
        return self.files[id]
