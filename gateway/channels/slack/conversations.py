"""Channels: what they are called, whether they are private, and single messages in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import structlog

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import LostError, SlackError
from gateway.channels.slack.memory import Book
from gateway.channels.slack.reading.fields import Table, table, tables, words
from gateway.core.ports import Notebook

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """``private``: not everybody of the workspace can read it."""

    name: str = ""
    private: bool = True
    member: bool = False


class Conversations:
    """Looks channels up, each once."""

    def __init__(self, web: Web, notebook: Notebook | None) -> None:
        self._web = web
        self._book = Book("slack.channels", notebook)

    async def names(self, ids: Iterable[str], within: float) -> dict[str, str]:
        """What these are called, as far as it can be told within so many seconds."""
        asked = {id: asyncio.create_task(self._noted(id)) for id in dict.fromkeys(ids)}
        if not asked:
            return {}
        done, late = await asyncio.wait(asked.values(), timeout=within)
        for task in late:
            task.cancel()
        found = {id: task.result() for id, task in asked.items() if task in done}
        return {id: one.name for id, one in found.items() if one is not None and one.name}

    async def _noted(self, id: str) -> Conversation | None:
        note = await self._book.get(id)
        if note is not None and note.get("v") == 1:
            return Conversation(**note["what"])
        try:
            return await self.info(id)
        except (SlackError, LostError) as error:
            log.info("slack_channel_unknown", channel=id, error=str(error))
            return None

    async def info(self, id: str) -> Conversation:
        """What it is now: a channel can be made private. Raises SlackError and LostError."""
        said = await self._web.look_up("conversations.info", channel=id)
        found = table(said, "channel")
        what = Conversation(
            name=words(found, "name"),
            private=found.get("is_private") is not False or found.get("is_mpim") is True,
            member=found.get("is_member") is True,
        )
        await self._book.try_to_put({id: {"v": 1, "what": asdict(what)}})
        return what

    async def message(self, channel: str, ts: str) -> Table:
        """One message; empty if it is gone. Raises SlackError and LostError."""
        said = await self._web.look_up(
            "conversations.replies",
            channel=channel,
            ts=ts,
            oldest=ts,
            latest=ts,
            inclusive="true",
            limit="5",
        )
        return next((one for one in tables(said, "messages") if words(one, "ts") == ts), {})
