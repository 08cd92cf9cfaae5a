"""All mailboxes of the config: each in its thread, none of them waiting for another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
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


Tell = Callable[[Trouble], Coroutine[Any, Any, None]]
"""Has the leads told: `core.ports.Door.report`."""


class Mailboxes:
    """Watches the mailboxes until cancelled."""

    def __init__(
        self,
        boxes: Sequence[tuple[MailboxOptions, Credentials]],
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
        boxes = [Mailbox(options, keys, shared) for options, keys in self._boxes]
        ends = [_started(box, loop) for box in boxes]
        try:
            await asyncio.wait(ends)
        finally:
            await _ended(boxes, ends)


def mailboxes_of(
    tables: Sequence[MailboxTable], around: Surroundings, lane_of: Callable[[bytes], str]
) -> Mailboxes:
    """The mailboxes of a config. Raises LookupError without a notebook to keep their ledgers."""
    if around.notebook is None or around.turns is None:
        raise LookupError("mailboxes need a database to remember what was taken in")
    return Mailboxes(
        with_credentials(tables, around),
        notebook=around.notebook,
        turns=around.turns,
        now=around.now,
        lane_of=lane_of,
    )


def with_credentials(
    tables: Sequence[MailboxTable], around: Surroundings
) -> list[tuple[MailboxOptions, Credentials]]:
    """The mailboxes of a config, each with what it is opened with.

    Folders of one mailbox share its tokens, which stand in the notebook.
    """
    shared: dict[tuple[str, str], Credentials] = {}
    found: list[tuple[MailboxOptions, Credentials]] = []
    for number, table in enumerate(tables, start=1):
        key = (table.host.lower(), table.user)
        if table.auth is Auth.PASSWORD:
            keys: Credentials = Password(table.password)
        elif around.notebook is None:
            keys = NoTokens()
        else:
            tokens = access_tokens(table, around.notebook, around.book, around.now)
            keys = shared.setdefault(key, tokens)
        found.append((options_of(table, number), keys))
    return found


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


def _started(box: Mailbox, loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
    """A thread of the daemon's kind: one that hangs in the system does not keep us from ending."""
    ended: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not ended.done():
            ended.set_result(None)

    def run() -> None:
        try:
            box.run()
        finally:
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell)

    threading.Thread(target=run, name="mailbox", daemon=True).start()
    return ended


async def _ended(boxes: Sequence[Mailbox], ends: Sequence[asyncio.Future[None]]) -> None:
    for box in boxes:
        box.stop.ask()
    pending = [end for end in ends if not end.done()]
    for seconds in (_FINISH, _CUT):
        if pending:
            await asyncio.wait(pending, timeout=seconds)
        for box in boxes:
            box.stop.cut()


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
