"""Telling the leads what is wrong with the bot, and when it is over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from gateway.core.ports import Trouble

TOKEN = "telegram.token"  # noqa: S105 - a key of the config
SHARED = "telegram second program"
NETWORK = "telegram"
ROOM = "telegram.agents_chat"
_PATIENCE = timedelta(minutes=10)  # what passes by itself in that time is nobody's business

Report = Callable[[Trouble], Awaitable[None]]


class Teller:
    """Each trouble is told once, until it is over."""

    def __init__(self, report: Report, now: Callable[[], datetime]) -> None:
        self._report = report
        self._now = now
        self._told: set[str] = set()
        self._down_since: datetime | None = None

    async def wrong(self, key: str, words: str) -> None:
        """Something needs a person."""
        if key not in self._told:
            self._told.add(key)
            await self._report(Trouble(channel="telegram", key=key, words=words))

    async def right(self, key: str, words: str) -> None:
        """It is over, if it was told."""
        if key in self._told:
            self._told.discard(key)
            await self._report(Trouble(channel="telegram", key=key, words=words, over=True))

    async def down(self, why: str) -> None:
        """Telegram cannot be reached; told when that has lasted."""
        now = self._now()
        self._down_since = self._down_since or now
        if now - self._down_since >= _PATIENCE:
            since = f"{self._down_since:%Y-%m-%d %H:%M} UTC"
            words = (
                f"Nothing comes from Telegram since {since}: {why}. It is tried again by itself."
            )
            await self.wrong(NETWORK, words)

    async def up(self) -> None:
        """Telegram answers, to us."""
        self._down_since = None
        await self.right(NETWORK, "Telegram can be reached again.")
        await self.right(TOKEN, "Telegram takes the bot's token again.")
        await self.right(SHARED, "No other program takes the bot's messages any more.")

    async def token_refused(self) -> None:
        """The token is none, or was revoked."""
        await self.wrong(
            TOKEN,
            "Telegram does not take the bot's token: it was revoked, or is wrong. Nothing comes in "
            "from Telegram or goes out to it. Get a token from @BotFather (/token), put it where "
            "telegram.token says, and restart the daemon. What people write waits at Telegram for "
            "a day.",
        )

    async def shared(self) -> None:
        """Somebody else polls with the same token."""
        await self.wrong(
            SHARED,
            "Another program fetches messages with the same bot token, so some messages go there "
            "and never come here. Stop that program, or give it a bot of its own. It is tried "
            "again by itself.",
        )
