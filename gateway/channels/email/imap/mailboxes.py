"""All mailboxes of the config: each in its thread, none of them waiting for another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from gateway.channels.email.imap.credentials import Credentials, Password
from gateway.channels.email.imap.mailbox import Mailbox, Shared
from gateway.channels.email.imap.oauth.access import AccessTokens, NoTokens
from gateway.channels.email.imap.oauth.endpoints import endpoints_of
from gateway.channels.email.imap.oauth.sealing import PURPOSE, Seal
from gateway.channels.email.imap.oauth.tokens import TokenBox
from gateway.channels.email.imap.options import MailboxOptions, options_of
from gateway.channels.email.mailbox_settings import Auth, MailboxTable
from gateway.core.addresses import AddressBook
from gateway.core.ports import (
    Accepted,
    Incoming,
    Intake,
    IntakeUnavailableError,
    Notebook,
    Surroundings,
    Trouble,
    Turns,
)

_FINISH = 0.5  # seconds to finish what is under way
_CUT = 0.3  # seconds after the connection was cut
_LOOK = 0.2  # seconds between looks whether who watched a folder before has ended


Box = tuple[MailboxOptions, Credentials]
Tell = Callable[[Trouble], Coroutine[Any, Any, None]]
"""Has the leads told: `core.ports.Door.report`."""


class Mailboxes:
    """Watches mailboxes until cancelled; `renew` has it go on with others."""

    def __init__(
        self,
        boxes: Sequence[Box],
        *,
        notebook: Notebook,
        turns: Turns,
        now: Callable[[], datetime],
        lane_of: Callable[[bytes], str],
    ) -> None:
        self._boxes = boxes
        self._notebook = notebook
        self._turns = turns
        self._now = now
        self._lane_of = lane_of
        self._changed = asyncio.Event()

    def renew(self, boxes: Sequence[Box]) -> None:
        """What is new is watched from now on, what is gone no more; the rest goes on as it is."""
        self._boxes = boxes
        self._changed.set()

    async def run(self, intake: Intake, report: Tell) -> None:
        """Watch them all. Ends within a second of being cancelled."""
        loop = asyncio.get_running_loop()
        shared = Shared(
            accept=partial(_accept, intake, loop),
            notebook=self._notebook,
            turns=self._turns,
            now=self._now,
            lane_of=self._lane_of,
            report=partial(_report, report, loop),
        )
        watchers: list[_Watcher] = []
        try:
            while True:
                self._changed.clear()
                watchers = _renewed(watchers, self._boxes, shared)
                await self._changed.wait()
        finally:
            await _ended(watchers)


@dataclass(eq=False)
class _Watcher:
    """A mailbox and its thread; ``end`` comes when that has ended."""

    box: Mailbox
    keys: Credentials
    end: asyncio.Future[None]
    leaving: bool = False

    def is_for(self, wanted: Box) -> bool:
        options, keys = wanted
        same = replace(self.box.options, name=options.name) == options
        return same and self.keys is keys and not self.leaving


def _renewed(watchers: Sequence[_Watcher], boxes: Sequence[Box], shared: Shared) -> list[_Watcher]:
    """Those who watch from now on, and those who are still leaving."""
    staying = [w for w in watchers if any(map(w.is_for, boxes))]
    books = {options.book for options, _ in boxes}
    leaving = [w for w in watchers if w not in staying and not w.end.done()]
    for one in leaving:
        _leave(one, removed=one.box.options.book not in books)
    return [*(_watched(box, staying, leaving, shared) for box in boxes), *leaving]


def _watched(
    box: Box, staying: Sequence[_Watcher], leaving: Sequence[_Watcher], shared: Shared
) -> _Watcher:
    """Who watches that already, under the name that it has now; else somebody new."""
    for one in staying:
        if one.is_for(box):
            one.box.rename(box[0].name)
            return one
    return _started(box, shared, leaving)


def _leave(watcher: _Watcher, *, removed: bool) -> None:
    """Finish what is under way, and no more."""
    if watcher.leaving:
        return
    watcher.leaving = True
    watcher.box.removed = removed
    watcher.box.stop.ask()
    asyncio.get_running_loop().call_later(_FINISH, watcher.box.stop.cut)


def mailboxes_of(
    boxes: Sequence[Box], around: Surroundings, lane_of: Callable[[bytes], str]
) -> Mailboxes:
    """The mailboxes of a config. Raises LookupError without a notebook to keep their ledgers."""
    if around.notebook is None or around.turns is None:
        raise LookupError("mailboxes need a database to remember what was taken in")
    return Mailboxes(
        boxes,
        notebook=around.notebook,
        turns=around.turns,
        now=around.now,
        lane_of=lane_of,
    )


@dataclass
class Opened:
    """What mailboxes are opened with.

    Folders of one mailbox share its tokens, which stand in the notebook.
    """

    around: Surroundings
    _tokens: list[tuple[MailboxTable, Credentials]] = field(default_factory=list)
    _passwords: dict[tuple[str, str, str], Credentials] = field(default_factory=dict)

    def boxes(self, tables: Sequence[MailboxTable]) -> list[Box]:
        """The mailboxes of a config; the same is opened with the same as the last time."""
        return [(options_of(t, number), self._of(t)) for number, t in enumerate(tables, start=1)]

    def _of(self, table: MailboxTable) -> Credentials:
        if table.auth is Auth.PASSWORD:
            key = (table.host.lower(), table.user, table.password.get_secret_value())
            return self._passwords.setdefault(key, Password(table.password))
        for other, tokens in self._tokens:
            if _same_tokens(table, other):
                return tokens
        made = self._made(table)
        self._tokens.append((table, made))
        return made

    def _made(self, table: MailboxTable) -> Credentials:
        around = self.around
        if around.notebook is None:
            return NoTokens()
        return access_tokens(table, around.notebook, around.book, around.now)


def _same_tokens(one: MailboxTable, other: MailboxTable) -> bool:
    return (one.host.lower(), one.user, one.oauth2) == (
        other.host.lower(),
        other.user,
        other.oauth2,
    )


def access_tokens(
    table: MailboxTable, notebook: Notebook, book: AddressBook, now: Callable[[], datetime]
) -> AccessTokens:
    """The tokens of a mailbox. Raises LookupError where its table has no OAuth2."""
    if table.oauth2 is None:
        raise LookupError("a mailbox without a table oauth2")
    return AccessTokens(
        endpoints_of(table.oauth2),
        token_box(table, notebook, book),
        table.oauth2.refresh_token,
        now,
    )


def token_box(table: MailboxTable, notebook: Notebook, book: AddressBook) -> TokenBox:
    """Where the tokens of a mailbox are kept, sealed with what the desk's secret gives."""
    return TokenBox(notebook, Seal(partial(book.keys_for, PURPOSE)), table.user, table.host)


def _started(of: Box, shared: Shared, leaving: Sequence[_Watcher]) -> _Watcher:
    """A thread of the daemon's kind: one that hangs in the system does not keep us from ending.

    Who watched the same folder before ends first.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    options, keys = of
    box = Mailbox(options, keys, shared)
    before = [w.box.ended for w in leaving if w.box.options.book == options.book]

    def tell() -> None:
        if not ended.done():
            ended.set_result(None)

    def run() -> None:
        try:
            while not box.stop and not all(one.wait(_LOOK) for one in before):
                pass
            box.run()
        finally:
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell)

    threading.Thread(target=run, name="mailbox", daemon=True).start()
    return _Watcher(box=box, keys=keys, end=ended)


async def _ended(watchers: Sequence[_Watcher]) -> None:
    for watcher in watchers:
        watcher.box.stop.ask()
    pending = [watcher.end for watcher in watchers if not watcher.end.done()]
    for seconds in (_FINISH, _CUT):
        if pending:
            await asyncio.wait(pending, timeout=seconds)
        for watcher in watchers:
            watcher.box.stop.cut()


def _accept(intake: Intake, loop: asyncio.AbstractEventLoop, mails: Sequence[Incoming]) -> None:
    """Called in a mailbox's thread; the mails of a batch share a commit."""
    if loop.is_closed():
        raise IntakeUnavailableError("the gateway is stopping")
    waiting: list[Future[Accepted]] = [
        asyncio.run_coroutine_threadsafe(intake.accept(mail), loop) for mail in mails
    ]
    problems = [problem for future in waiting if (problem := future.exception()) is not None]
    if problems:
        raise problems[0]


def _report(report: Tell, loop: asyncio.AbstractEventLoop, trouble: Trouble) -> None:
    """The same for what the leads are told; nobody waits for it."""
    if not loop.is_closed():
        asyncio.run_coroutine_threadsafe(report(trouble), loop)
