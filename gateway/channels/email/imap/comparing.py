"""The daily comparison of a folder with its ledger: whether anything was missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.channels.email.imap.ledger import Ledger
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.imap.page import UIDS, Page, by_page
from gateway.channels.email.imap.session import WINDOW, Session
from gateway.channels.email.imap.taking import UNREADABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How many mails were in the folder and not in the ledger, and the other way round.

    ``left`` are those that stay there though they were to be taken in.
    """

    missed: int = 0
    gone: int = 0
    left: int = 0


def compare(session: Session, ledger: Ledger, options: MailboxOptions, at: str) -> Difference:
    """Compare, and make the ledger right.

    What was missed is to be taken in, and so is what was left behind for a reason that may not
    hold any longer. What has left the folder is forgotten. ``at`` is the moment, ISO 8601.
    """
    missed = gone = left = 0
    for start in range(0, ledger.state.upto + 1, WINDOW):
        last = min(start + WINDOW - 1, ledger.state.upto)
        there = dict(by_page(next(session.uids(max(start, 1), last), [])))
        noted = dict(ledger.pages(start // UIDS, last // UIDS))
        for number in sorted(there.keys() | noted.keys()):
            page, found = noted.get(number, Page()), there.get(number, set())
            new, old = found - page.all, page.all - found
            again = _to_try_again(page, options) - old
            _mend(ledger, new, old, again)
            missed, gone = missed + len(new), gone + len(old)
            left += len(page.left.keys() - old - again)
    ledger.checked(at)
    return Difference(missed=missed, gone=gone, left=left)


def _mend(ledger: Ledger, new: set[int], old: Iterable[int], again: set[int]) -> None:
    if new or again:
        ledger.opened(new | again)
    if old:
        ledger.gone(old)


def _to_try_again(page: Page, options: MailboxOptions) -> set[int]:
    most = options.max_message_bytes
    return {u for u, left in page.left.items() if left.why == UNREADABLE or left.size <= most}
