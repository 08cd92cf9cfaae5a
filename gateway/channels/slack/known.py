"""What is known beside a payload: who people are, what channels are called, which threads count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from gateway.channels.slack import sorting
from gateway.channels.slack.conversations import Conversations
from gateway.channels.slack.failures import LostError, SlackError
from gateway.channels.slack.identity import Identity
from gateway.channels.slack.keys import Place
from gateway.channels.slack.memory import Threads
from gateway.channels.slack.people import People, Person
from gateway.channels.slack.reading.fields import Table, table, words

_NOT_TOLD = ("id", "picture")
WITHIN = 1.0  # seconds that names may take; Slack waits for three


@dataclass(frozen=True, kw_only=True)
class Known:
    """``me`` is the desk itself; ``direct`` finds somebody's own conversation with it."""

    me: Identity
    people: People
    conversations: Conversations
    threads: Threads
    direct: Callable[[str], Awaitable[Place]]

    @property
    def basics(self) -> dict[str, Any]:
        """What every envelope has."""
        return {"v": 1, "me": self.me.user, "team": self.me.team}

    async def envelope(self, payload: Table, picked: Table | None) -> dict[str, Any]:
        """What is to be known when it is read, as far as it can be told soon."""
        who = sorting.author(payload)
        # What stands around it, such as who it was delivered for, is nobody's words.
        said = [table(payload, "event"), table(payload, "message"), picked or {}]
        ids = [who, words(picked or {}, "user"), *sorting.named(*said)]
        people, channels, direct = await asyncio.gather(
            self.people.among(filter(None, ids), self.me.team, WITHIN),
            self.conversations.names(sorting.named_channels(*said), WITHIN),
            self._conversation_of(payload, who),
        )
        made = self.basics | {"who": {id: _told(person) for id, person in people.items()}}
        if channels:
            made["channels"] = channels
        if direct:
            made["direct"] = direct
        return made | ({"picked": dict(picked)} if picked else {})

    async def _conversation_of(self, payload: Table, who: str) -> str:
        """The person's own conversation with the desk, for what is said outside of it."""
        elsewhere = "command" in payload or words(payload, "type") == "view_submission"
        if not elsewhere or not who:
            return ""
        try:
            place = await asyncio.wait_for(self.direct(who), WITHIN)
        except (SlackError, LostError, TimeoutError):
            return ""
        return place.key

    async def language(self, id: str) -> str:
        """The language in which somebody uses Slack; empty where that cannot be told soon."""
        person = await self._person(id)
        return person.language if person else ""

    async def is_staff(self, id: str) -> bool:
        """Whether they are a full member. Raises LostError where that cannot be told now."""
        person = await self._person(id)
        if person is None:
            raise LostError("nobody can say whether they are a member", maybe=False)
        return person.full

    async def _person(self, id: str) -> Person | None:
        return (await self.people.among([id], self.me.team, WITHIN)).get(id) if id else None


def _told(person: Person) -> dict[str, Any]:
    return {key: value for key, value in asdict(person).items() if key not in _NOT_TOLD and value}
