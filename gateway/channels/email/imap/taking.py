"""Taking mails in: accepted first, then the ledger, then the mailbox, then the ledger again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

import structlog

from gateway.channels.email.imap.ledger import Ledger
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.imap.page import Left, mark_of
from gateway.channels.email.imap.session import Described, Session, message_id_in
from gateway.channels.email.imap.troubles import RefusedError
from gateway.channels.email.mailbox_settings import After
from gateway.core.ports import Incoming

log = structlog.get_logger(__name__)

AT_ONCE = 50  # mails that are asked for together: a command line stays short (RFC 2683, 3.2.1.5)
_OCTETS_AT_ONCE = 4_000_000
_HEADER = 65_536  # octets in which a Message-ID is looked for

TOO_LARGE = "too large"
UNREADABLE = "unreadable"

# Of all mailboxes one at a time holds more than a batch: large mails add up.
_large = Lock()

Accept = Callable[[Sequence[Incoming]], None]
"""Returns after all of them are on disk. Raises IntakeUnavailableError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a mailbox needs of the desk.

    ``lane_of`` gives the conversation of a raw mail. ``left`` hears of a mail that stays where it
    is, ``refused`` that mails cannot be flagged, moved or deleted.
    """

    accept: Accept
    now: Callable[[], datetime]
    lane_of: Callable[[bytes], str]
    left: Callable[[int, Left], None]
    refused: Callable[[RefusedError], None]


class Taker:
    """Takes in what it is told to, of one open folder.

    Whatever breaks in between is made good at the next try: a mail that was accepted and not
    noted down is accepted again under the same id, which changes nothing.
    """

    def __init__(
        self, session: Session, ledger: Ledger, validity: int, options: MailboxOptions, desk: Desk
    ) -> None:
        self._session = session
        self._ledger = ledger
        self._validity = validity
        self._options = options
        self._desk = desk
        self.acting = True  # False: mails that are taken in are left as they are, for now

    def take(self, uids: Sequence[int]) -> None:
        """Take in the mails with these UIDs, at most `AT_ONCE`, ascending."""
        described = {mail.uid: mail for mail in self._session.describe(uids)}
        if missing := set(uids) - described.keys():
            self._not_delivered(dict.fromkeys(missing, 0))
        most = self._options.max_message_bytes
        small = [mail for mail in described.values() if mail.size <= most]
        for mail in described.values():
            if mail.size > most:
                self._leave(mail.uid, Left(why=TOO_LARGE, size=mail.size))
        for group in _groups(small):
            if sum(mail.size for mail in group) > _OCTETS_AT_ONCE:
                with _large:
                    self._group(group)
            else:
                self._group(group)

    def _group(self, group: Sequence[Described]) -> None:
        raws = self._fetched(group)
        mails = [mail for mail in group if mail.uid in raws]
        if mails:
            self._desk.accept([self._incoming(mail, raws[mail.uid]) for mail in mails])
            marks = {mail.uid: mark_of(_with_id(mail, raws[mail.uid])) for mail in mails}
            self._ledger.taken(marks, left={})
            log.debug("mail_fetched", mailbox=self._options.name, count=len(mails))
            if self.acting:
                self._act_or_owe(list(marks))
        if missing := {mail.uid: mail.size for mail in group if mail.uid not in raws}:
            self._not_delivered(missing)

    def _fetched(self, group: Sequence[Described]) -> dict[int, bytes]:
        """Their octets; where the server refuses them together, one by one."""
        try:
            return self._session.bodies([mail.uid for mail in group])
        except RefusedError:
            if len(group) == 1:
                return {}
        return {uid: raw for mail in group for uid, raw in self._fetched([mail]).items()}

    def _not_delivered(self, sizes: Mapping[int, int]) -> None:
        """Somebody was faster and took them away, or the server cannot read them."""
        there = self._session.there(sizes.keys())
        if gone := sizes.keys() - there:
            self._ledger.taken({}, left={}, gone=gone)
        for uid in sorted(there):
            self._leave(uid, Left(why=UNREADABLE, size=sizes[uid]))

    def _leave(self, uid: int, left: Left) -> None:
        self._ledger.taken({}, left={uid: left})
        self._desk.left(uid, left)

    def _incoming(self, mail: Described, raw: bytes) -> Incoming:
        envelope: dict[str, object] = {"v": 1, "source": "imap"}
        if self._options.address:
            envelope["mailbox"] = self._options.address
        if mail.arrived_at is not None:
            envelope["arrived_at"] = mail.arrived_at.isoformat()
        return Incoming(
            channel="email",
            external_id=self._options.external_id(self._validity, mail.uid),
            raw=raw,
            received_at=self._desk.now(),
            envelope=envelope,
            lane=self._lane(raw),
        )

    def _lane(self, raw: bytes) -> str:
        """A mail that cannot be put into a lane is kept all the same, in none."""
        try:
            return self._desk.lane_of(raw)
        except Exception:
            log.exception("lane_unknown", size=len(raw))
            return ""

    # What becomes of it in the mailbox.

    def _act_or_owe(self, uids: Collection[int]) -> None:
        """What cannot be flagged or moved keeps nobody from taking in more."""
        try:
            self._act(uids)
        except RefusedError as error:
            self.acting = False
            self._desk.refused(error)

    def _act(self, uids: Collection[int]) -> None:
        gone = False
        if self._options.after is After.MOVE:
            gone = self._session.move(uids, self._options.move_to)
        elif self._options.after is After.DELETE:
            gone = self._session.delete(uids)
        else:
            self._session.mark_seen(uids)
        self._ledger.done(uids, gone=gone)

    def act_owed(self) -> None:
        """Flag, move or delete what was left undone and is still there."""
        self.acting = True
        for uids in self._ledger.owed_uids():
            there = self._session.there(uids)
            if gone := set(uids) - there:
                self._ledger.gone(gone)
            if there and self.acting:
                self._act_or_owe(sorted(there))


def _groups(mails: Sequence[Described]) -> Iterator[list[Described]]:
    """Neighbours that are not too many octets together; a large one alone."""
    group: list[Described] = []
    octets = 0
    for mail in mails:
        if group and octets + mail.size > _OCTETS_AT_ONCE:
            yield group
            group, octets = [], 0
        group.append(mail)
        octets += mail.size
    if group:
        yield group


def _with_id(mail: Described, raw: bytes) -> Described:
    beginning = raw[:_HEADER]
    header = beginning.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    return replace(mail, message_id=message_id_in(header))
