"""Our own loop over getUpdates: the offset moves when what is below it is on disk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from gateway.channels.telegram.failures import retry_after, words_of
from gateway.channels.telegram.memory import Book
from gateway.channels.telegram.receiving.backoff import BackOff
from gateway.channels.telegram.receiving.planning import Item, next_offset, plan
from gateway.channels.telegram.receiving.taking import Taker
from gateway.channels.telegram.receiving.telling import Teller
from gateway.channels.telegram.receiving.updates import Update, album_of, id_of
from gateway.channels.telegram.wire import TelegramBot
from gateway.core.ports import IntakeUnavailableError, NotebookUnavailableError, Turns

_WAIT = 20  # seconds that Telegram holds a question open
_QUIET = 1.0  # seconds after which an album does not grow any more
_LOOK = 0.25  # seconds between looks for further parts
_AT_HOME = 2.0  # seconds, while the desk's own disk or database takes nothing: nobody is spared
_TURN = 10.0  # seconds between looks whose turn it is
_REVOKED = 600.0  # seconds until a token that was refused is tried again
log = structlog.get_logger(__name__)


class Poller:
    """Fetches updates until cancelled. ``meet`` says who the bot is, and makes polling possible."""

    def __init__(
        self,
        bot: TelegramBot,
        taker: Taker,
        albums: Book,
        teller: Teller,
        meet: Callable[[], Awaitable[None]],
        turns: Turns | None,
    ) -> None:
        self._bot = bot
        self._taker = taker
        self._albums = albums
        self._teller = teller
        self._meet = meet
        self._turns = turns
        self._back_off = BackOff()
        self._at_home = BackOff(longest=_AT_HOME)
        self._met = False
        self._looked_at_turn = float("-inf")
        self._offset = 0
        self._done: set[int] = set()
        self._grown: dict[str, tuple[int, float]] = {}

    async def run(self) -> None:
        """Until cancelled. Whatever fails is tried again."""
        try:
            while True:
                if wait := await self._round():
                    await asyncio.sleep(wait)
        finally:
            if self._turns is not None:
                self._turns.leave("telegram")

    async def _round(self) -> float:
        """One question to Telegram, and what it brings; seconds to wait before the next."""
        if not await self._our_turn():
            return _TURN
        try:
            if not self._met:
                await self._meet()
                self._met = True
            batch = await self._bot.updates(self._offset, wait=0 if self._grown else _WAIT)
            await self._teller.up()
            await self._take(batch)
        except TelegramError as error:
            return await self._failed(error)
        except (IntakeUnavailableError, NotebookUnavailableError) as away:
            log.warning("telegram_waits", why=str(away))
            return self._at_home.after_failure()
        self._back_off.went_well()
        self._at_home.went_well()
        return _LOOK if self._grown else 0.0

    async def _our_turn(self) -> bool:
        """Asked anew every few seconds: a turn is lost with the database's connection."""
        now = time.monotonic()
        if self._turns is None or now - self._looked_at_turn < _TURN:
            return True
        ours = await asyncio.to_thread(self._turns.take, "telegram")
        self._looked_at_turn = now if ours else float("-inf")
        return ours

    async def _failed(self, error: TelegramError) -> float:
        if isinstance(error, RetryAfter):
            return retry_after(error)
        if isinstance(error, InvalidToken):
            log.error("telegram_token_refused")
            await self._teller.token_refused()
            return _REVOKED
        log.warning("telegram_waits", kind=type(error).__name__, why=words_of(error))
        if isinstance(error, Conflict):
            self._met = False  # it may be a webhook that somebody set
            await self._teller.shared()
        else:
            await self._teller.down(words_of(error))
        return self._back_off.after_failure()

    async def _take(self, batch: Sequence[Update]) -> None:
        """Each conversation in order, and none waits for another."""
        fresh = [update for update in batch if id_of(update) not in self._done]
        names = {album for update in fresh if (album := album_of(update))}
        known = {name: note for name in names if (note := await self._albums.get(name))}
        planned = plan(fresh, known, self._quiet())
        self._note_growth(planned.waiting)
        try:
            await _all(self._in_order(items) for items in planned.ready)
        finally:
            self._offset = next_offset(batch, self._done, self._offset)
            self._done = {id for id in self._done if id >= self._offset}

    async def _in_order(self, items: Sequence[Item]) -> None:
        for item in items:
            await self._taker.take(item)
            self._done.update(item.ids)

    def _quiet(self) -> dict[str, int]:
        now = time.monotonic()
        return {name: n for name, (n, since) in self._grown.items() if now - since >= _QUIET}

    def _note_growth(self, waiting: Mapping[str, int]) -> None:
        now, before = time.monotonic(), self._grown
        self._grown = {
            name: before[name] if name in before and before[name][0] == n else (n, now)
            for name, n in waiting.items()
        }


async def _all(works: Iterable[Awaitable[None]]) -> None:
    """All of them to their end; then the first failure is raised."""
    results = await asyncio.gather(*works, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
