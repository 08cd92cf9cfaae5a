"""Where something is said: a thread, a channel, or a person's own conversation with the desk."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import SlackError
from gateway.channels.slack.keys import Place, place_of
from gateway.channels.slack.memory import Book
from gateway.core.ports import Notebook, Outbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``place`` with its thread, if any; ``talk`` is where the conversation's thread is noted."""

    place: Place
    talk: str = ""


class Places:
    """Finds out where, and remembers the threads that the desk itself began with somebody."""

    def __init__(self, web: Web, notebook: Notebook | None, room: str) -> None:
        self._web = web
        self._room = room
        self._direct = Book("slack.direct", notebook)
        self._talks = Book("slack.talks", notebook)

    async def target(self, outbound: Outbound) -> Target:
        """Where it goes. Raises SlackError and LostError: somebody may not be reachable."""
        if outbound.place and (place := place_of(outbound.place)) is not None:
            return Target(place=place)
        person = outbound.to.address
        if person == self._room:
            return Target(place=Place(self._room))
        # What an agent said in the room is among the keys; nobody outside reads along there.
        keys = (place_of(key) for key in outbound.thread)
        known = [place for place in keys if place is not None and place.channel != self._room]
        common = next((place for place in known if not place.direct), None)
        if common is not None and not (known and known[0].direct):
            return Target(place=common)
        return await self._private(outbound, known)

    async def _private(self, outbound: Outbound, known: list[Place]) -> Target:
        own = await self.direct(outbound.to.address)
        here = next((place for place in known if place.channel == own.channel), None)
        if here is not None:
            return Target(place=here)
        if outbound.ticket is None:
            return Target(place=own)
        talk = f"{outbound.ticket}:{outbound.to.address}"
        note = await self._talks.get(talk)
        if note is not None and note.get("channel") == own.channel:
            return Target(place=Place(own.channel, str(note["ts"])))
        return Target(place=own, talk=talk)

    def is_of_a_person(self, outbound: Outbound, target: Target) -> bool:
        """Whether somebody can be told elsewhere what was to be said below a message there."""
        return bool(target.place.ts) and self._room not in (
            target.place.channel,
            outbound.to.address,
        )

    async def instead(self, outbound: Outbound) -> Target:
        """Where somebody is told what has no thread any more: at the end of their own chat."""
        own = await self.direct(outbound.to.address)
        talk = f"{outbound.ticket}:{outbound.to.address}" if outbound.ticket is not None else ""
        return Target(place=own, talk=talk)

    async def direct(self, person: str) -> Place:
        """Somebody's own conversation with the desk. Raises SlackError and LostError."""
        note = await self._direct.get(person)
        if note is not None:
            return Place(str(note["channel"]))
        said = await self._web.look_up("conversations.open", users=person)
        channel = said.get("channel")
        id = channel.get("id") if isinstance(channel, dict) else None
        if not isinstance(id, str):
            raise SlackError("channel_not_found")
        await self._direct.try_to_put({person: {"v": 1, "channel": id}})
        return Place(id)

    async def began(self, target: Target, ts: str) -> None:
        """The first post of a conversation went out: what follows goes below it."""
        if target.talk:
            note = {"v": 1, "channel": target.place.channel, "ts": ts}
            await self._talks.try_to_put({target.talk: note})
