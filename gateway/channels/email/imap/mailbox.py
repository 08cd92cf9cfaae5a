"""One folder of a mailbox, watched in a thread of its own for as long as the daemon runs."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from gateway.channels.email.imap.backoff import BackOff
from gateway.channels.email.imap.comparing import compare
from gateway.channels.email.imap.credentials import Credentials
from gateway.channels.email.imap.ledger import Ledger
from gateway.channels.email.imap.meeting import mark_some, meet
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.imap.page import Left
from gateway.channels.email.imap.session import Folder, Session, opened
from gateway.channels.email.imap.stopping import Stop
from gateway.channels.email.imap.taking import AT_ONCE, TOO_LARGE, Accept, Desk, Taker
from gateway.channels.email.imap.telling import Report, Teller
from gateway.channels.email.imap.troubles import (
    LoginError,
    MailboxError,
    NoFolderError,
    RefusedError,
)
from gateway.channels.email.mailbox_settings import After
from gateway.core.ports import IntakeUnavailableError, Notebook, NotebookUnavailableError, Turns

log = structlog.get_logger(__name__)

_IDLE = (9 * 60.0, 14 * 60.0)  # seconds; many servers hang up after half an hour (RFC 2177)
_COMPARE = timedelta(days=1)
_TURN = 10.0  # seconds between looks whose turn it is
_AGAIN = 600.0  # seconds until a refused flag, move or deletion is tried again
_STEADY = 60.0  # seconds after which a connection has done well


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all mailboxes have in common. ``lane_of`` gives the conversation of a raw mail."""

    accept: Accept
    notebook: Notebook
    turns: Turns
    now: Callable[[], datetime]
    lane_of: Callable[[bytes], str]
    report: Report


class Mailbox:
    """Watches one folder. `run` is the thread's; `stop` may be asked by others.

    ``removed``, before that: it is not in the config any more.
    """

    def __init__(
        self,
        options: MailboxOptions,
        credentials: Credentials,
        shared: Shared,
        *,
        back_off: BackOff | None = None,
    ) -> None:
        self.stop = Stop()
        self.removed = False
        self.ended = threading.Event()
        self._options = options
        self._credentials = credentials
        self._shared = shared
        self._back_off = back_off or BackOff()
        self._teller = Teller(options, shared.notebook, shared.now, shared.report)
        self._looked_at_turn = float("-inf")

    def run(self) -> None:
        """Until asked to stop. Whatever fails is tried again."""
        try:
            while not self.stop:
                began = time.monotonic()
                wait = self._visit()
                if time.monotonic() - began > _STEADY:
                    self._back_off.went_well()
                if wait:
                    self.stop.wait(wait)
        finally:
            self._shared.turns.leave(self._options.book)
            self.stop.close()
            self.ended.set()
            if self.removed:
                self._teller.gone()

    @property
    def options(self) -> MailboxOptions:
        """What it is about."""
        return self._options

    def rename(self, name: str) -> None:
        """It stands at another place in the config now."""
        self._options = replace(self._options, name=name)

    def _our_turn(self) -> bool:
        """Asked anew every few seconds: a turn is lost with the database's connection."""
        now = time.monotonic()
        if now - self._looked_at_turn < _TURN:
            return True
        ours = self._shared.turns.take(self._options.book)
        self._looked_at_turn = now if ours else float("-inf")
        return ours

    def _visit(self) -> float:
        """One connection, from beginning to end; how many seconds to wait before the next."""
        try:
            if not self._our_turn():
                return _TURN
            with opened(self._options, self._credentials, self.stop) as session:
                self._serve(session)
        except LoginError as error:
            return self._failed(error.key, error, refused=True)
        except MailboxError as error:
            return self._failed(error.key, error)
        except (IntakeUnavailableError, NotebookUnavailableError) as error:
            return self._failed("", error)
        except Exception as error:
            # A fault of ours, or of a library: this mailbox is tried again, the others go on.
            if not self.stop:
                log.exception("mailbox_fell_over", mailbox=self._options.name)
            return self._failed("", error)
        return 0.0

    def _failed(self, key: str, error: Exception, *, refused: bool = False) -> float:
        if self.stop:
            return 0.0
        wait = self._back_off.after_failure(refused=refused)
        where = f"{self._options.name}.{key}" if key else self._options.name
        log.warning("mailbox_waits", mailbox=where, why=str(error), seconds=round(wait))
        if isinstance(error, MailboxError):
            lasting = isinstance(error, LoginError | NoFolderError)
            todo = f"Look at {where} in the config." if lasting else "It is tried again by itself."
            self._teller.down(str(error), at_once=lasting, what_to_do=todo)
        return wait

    def _serve(self, session: Session) -> None:
        folder = session.select(self._options.folder)
        shared = self._shared
        ledger = meet(session, folder, shared.notebook, self._options, shared.now())
        desk = Desk(
            accept=shared.accept,
            now=shared.now,
            lane_of=shared.lane_of,
            left=self._was_left,
            refused=self._was_refused,
        )
        taker = Taker(session, ledger, folder.validity, self._options, desk)
        tried_owed = float("-inf")
        self._up(session, folder)
        while not self.stop and self._our_turn():
            if time.monotonic() - tried_owed > _AGAIN:
                tried_owed = time.monotonic()
                self._see_to_owed(taker, folder)
            if not self._take_in(session, ledger, taker):
                self._idle_hour(session, ledger)

    def _up(self, session: Session, folder: Folder) -> None:
        log.info("mailbox_ready", mailbox=self._options.name, idle=session.idles)
        self._teller.up()
        if folder.read_only:
            self._not_changed("the server opens the folder for reading alone")

    def _see_to_owed(self, taker: Taker, folder: Folder) -> None:
        if folder.read_only:
            taker.acting = False
        else:
            taker.act_owed()
            if taker.acting:
                self._teller.right("after", "What is taken in is seen to there again.")

    def _take_in(self, session: Session, ledger: Ledger, taker: Taker) -> bool:
        """What is open, then what is new; whether there was anything."""
        found = False
        for uids in ledger.open_uids():
            found = True
            self._take(taker, uids)
        upto = ledger.state.upto
        for uids in session.uids(upto + 1, session.highest()):
            found = True
            self._take(taker, uids)
        return found

    def _take(self, taker: Taker, uids: list[int]) -> None:
        """Batch after batch, until somebody else's turn has come."""
        for start in range(0, len(uids), AT_ONCE):
            if not self.stop and self._our_turn():
                taker.take(uids[start : start + AT_ONCE])

    def _was_refused(self, error: RefusedError) -> None:
        self._not_changed(str(error))

    def _not_changed(self, why: str) -> None:
        options = self._options
        log.warning("mailbox_not_changed", mailbox=options.name, why=why)
        wanted = f'after = "{options.after}"'
        if options.after is After.MOVE:
            wanted += f', move_to = "{options.move_to}"'
        words = f"Mail is taken in, but {wanted} cannot be done there: {why}. It is tried again."
        self._teller.wrong("after", words)

    def _was_left(self, uid: int, left: Left) -> None:
        options = self._options
        log.warning("mail_left", mailbox=options.name, uid=uid, why=left.why, size=left.size)
        if left.why == TOO_LARGE:
            why = (
                f"it has {left.size} octets, and {options.name}.max_message_bytes "
                f"allows {options.max_message_bytes}"
            )
        else:
            why = "the server cannot deliver it"
        words = f'A mail in the folder "{options.folder}" was not taken in: {why} (UID {uid}).'
        self._teller.wrong("mail left", f"{words} It stays there: look at it with a mail client.")

    def _idle_hour(self, session: Session, ledger: Ledger) -> None:
        """Nothing is new: small duties, else wait for news."""
        now = self._shared.now()
        self._see_to_credentials()
        if ledger.state.unmarked > 0:
            mark_some(session, ledger)
        elif now - datetime.fromisoformat(ledger.state.checked_at) > _COMPARE:
            self._compare(session, ledger, now)
        elif session.idles:
            session.wait(random.uniform(*_IDLE))
        elif not self.stop.wait(self._options.poll):
            session.noop()

    def _see_to_credentials(self) -> None:
        """An access token is kept fresh, and what ends soon is told in time."""
        self._credentials.secret()
        if doubt := self._credentials.doubt:
            self._teller.wrong("oauth2", f"Mail is fetched still, but {doubt}.")
        else:
            self._teller.right("oauth2", "A good token was had again.")

    def _compare(self, session: Session, ledger: Ledger, now: datetime) -> None:
        session.noop()  # what others expunged is there for us until we let the server say so
        found = compare(session, ledger, self._options, now.isoformat())
        level = log.warning if found.missed else log.info
        level("mailbox_compared", mailbox=self._options.name, missed=found.missed, gone=found.gone)
        if found.missed:
            counted = "1 mail" if found.missed == 1 else f"{found.missed} mails"
            words = f'{counted} in the folder "{self._options.folder}" had not been taken in.'
            self._teller.wrong("comparison", f"{words} They are taken in now.")
        else:
            self._teller.right("comparison", "Everything there is taken in.")
        if not found.left:
            self._teller.right("mail left", "Nothing is left there any more.")
