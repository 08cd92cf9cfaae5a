"""Meeting a folder: for the first time, or again after its UIDs have changed."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from gateway.channels.email.imap.ledger import Ledger, State
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.imap.page import UIDS, by_page, halves, mark_of
from gateway.channels.email.imap.session import Described, Folder, Session
from gateway.channels.email.mailbox_settings import First
from gateway.core.ports import Notebook

log = structlog.get_logger(__name__)

_SKEW = timedelta(minutes=5)  # of the server's clock and ours


def meet(
    session: Session, folder: Folder, notebook: Notebook, options: MailboxOptions, now: datetime
) -> Ledger:
    """The ledger of the folder that is open."""
    kept = Ledger.kept(notebook, options.book)
    if kept is None:
        return _first(session, folder, notebook, options, now)
    if kept.state.validity != folder.validity:
        return _again(session, folder, kept, options)
    return kept


def _first(
    session: Session, folder: Folder, notebook: Notebook, options: MailboxOptions, now: datetime
) -> Ledger:
    """What is not to be taken in is noted down; what comes later is new, whatever its flags.

    The ledger counts once it is whole: a process that dies before begins anew.
    """
    highest = session.highest() if folder.exists else 0
    upto = 0 if options.first is First.ALL else highest
    at = now.isoformat()
    state = State(validity=folder.validity, upto=upto, met_at=at, checked_at=at, unmarked=upto)
    ledger = Ledger(notebook, options.book, state)
    for uids in session.uids(1, upto):
        ledger.known(uids)
    if options.first is First.UNSEEN:
        for uids in session.uids(1, upto, "UNSEEN", "UNDELETED"):
            ledger.opened(uids)
    ledger.found()
    log.info("mailbox_met", mailbox=options.name, first=options.first.value, mails=folder.exists)
    return ledger


class _Signs:
    """Signs of mails, of which a hundred thousand take little room."""

    def __init__(self, signs: Iterable[bytes]) -> None:
        numbers = (int.from_bytes(sign, "big") for sign in signs)
        self._numbers = array("Q", sorted(array("Q", numbers)))

    def __contains__(self, sign: bytes) -> bool:
        number = int.from_bytes(sign, "big")
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number


def _again(session: Session, folder: Folder, old: Ledger, options: MailboxOptions) -> Ledger:
    """The server gave new UIDs (RFC 3501, section 2.3.1.1): mails are told by their marks.

    What no mark tells is new. Where marks are still missing, old mail is treated as at the
    first contact.
    """
    highest = session.highest() if folder.exists else 0
    new = old.draft(replace(old.state, validity=folder.validity, upto=highest, unmarked=0))
    settled, owed = _Signs(_signs(old)), _Signs(_signs(old, owed=True))
    doubtful = old.state.unmarked > 0
    counts = {"known": 0, "new": 0}
    for portion in session.uids(1, highest):
        unseen = _unseen(session, portion) if doubtful else set()
        for _, uids in by_page(portion):
            mails = {mail: mark_of(mail) for mail in session.describe(uids, ids=True)}
            known = {m.uid: mark for m, mark in mails.items() if _is_in(settled, mark)}
            if doubtful:
                others = [m for m in mails if m.uid not in known]
                known |= {m.uid: mails[m] for m in others if _is_old(m, old, options, unseen)}
            fresh = uids - known.keys()
            new.known(known, marks=known)
            new.opened(fresh)
            new.owed(m.uid for m, mark in mails.items() if _is_in(owed, mark))
            counts = {"known": counts["known"] + len(known), "new": counts["new"] + len(fresh)}
    new.found(instead_of=old)
    log.warning("mailbox_renumbered", mailbox=options.name, **counts)
    return new


def _signs(ledger: Ledger, *, owed: bool = False) -> Iterator[bytes]:
    for _, page in ledger.pages():
        for uid, mark in page.marks.items():
            if not owed or uid in page.due:
                yield from halves(mark)


def _is_in(signs: _Signs, mark: bytes) -> bool:
    return any(half in signs for half in halves(mark))


def _unseen(session: Session, portion: list[int]) -> set[int]:
    found = session.uids(portion[0], portion[-1], "UNSEEN")
    return {uid for uids in found for uid in uids}


def _is_old(mail: Described, old: Ledger, options: MailboxOptions, unseen: set[int]) -> bool:
    """Whether it lay there before we came, and would not have been taken in."""
    met_at = datetime.fromisoformat(old.state.met_at)
    if mail.arrived_at is None or mail.arrived_at >= met_at - _SKEW or options.first is First.ALL:
        return False
    return options.first is First.NEW or mail.uid not in unseen


def mark_some(session: Session, ledger: Ledger) -> bool:
    """Note down by what some mails are recognised that lay there at first contact.

    The newest first, a page at a time; whether there are more to come.
    """
    unmarked = ledger.state.unmarked
    while unmarked > 0:
        number = unmarked // UIDS
        page = ledger.page(number)
        unmarked = max(number * UIDS - 1, 0)
        if missing := page.known - page.marks.keys():
            mails = session.describe(missing, ids=True)
            ledger.marked({mail.uid: mark_of(mail) for mail in mails}, unmarked)
            return unmarked > 0
    if ledger.state.unmarked > 0:
        ledger.marked({}, 0)
    return False
