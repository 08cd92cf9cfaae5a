"""What a reader knows beside the event: who people are, and which channel is the agents'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from gateway.channels.slack.keys import Place
from gateway.channels.slack.reading.fields import table, words
from gateway.core.chat import Where
from gateway.core.model import Party

NAME = "slack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """``room``: the triage channel's id; ``envelope``: what was found out when it came."""

    room: str = ""
    envelope: Mapping[str, Any] = field(default_factory=dict)
    external_id: str = ""

    @property
    def me(self) -> str:
        """The user id of the desk's own bot."""
        return words(self.envelope, "me")

    @property
    def direct(self) -> str:
        """The key of the author's own conversation with the desk, where that is known."""
        return words(self.envelope, "direct")

    def name(self, id: str) -> str:
        """How somebody is called; their id where that is not known."""
        return words(table(self.envelope, "who", id), "name") or id

    def channel_name(self, id: str) -> str:
        """What a channel is called, without the "#"; its id where that is not known."""
        return words(table(self.envelope, "channels"), id) or id

    def party(self, id: str) -> Party:
        """Somebody, as the desk knows people of this network."""
        name = words(table(self.envelope, "who", id), "name")
        return Party(channel=NAME, address=id, name=name)

    def same(self, id: str) -> tuple[Party, ...]:
        """Their mail address, where it is proven to be theirs."""
        mail = words(table(self.envelope, "who", id), "mail")
        return (Party(address=mail, name=self.name(id)),) if mail else ()

    def language(self, id: str) -> str | None:
        """The language in which they use Slack."""
        return words(table(self.envelope, "who", id), "language") or None

    def where(self, channel: str) -> Where:
        """What sort of place a conversation is."""
        if channel and channel == self.room:
            return Where.DESK
        return Where.DIRECT if Place(channel).direct or not channel else Where.COMMON

    def fingerprint(self, *parts: str) -> str:
        """The same for the same thing said, however often and by whatever event it comes."""
        return blake2b("\0".join((NAME, *parts)).encode(), digest_size=16).hexdigest()
