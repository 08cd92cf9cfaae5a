"""Erasing one person's words: they go for good, and that they were there stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.core.frozen import replace
from gateway.core.model import Author, EntryKind, Party, Role, Visibility
from gateway.core.policy import Policy
from gateway.core.reasons import Reason, Why
from gateway.store import Connection, belongings, entries, linking, people, tickets
from gateway.store.database import Database
from gateway.store.entries import NewEntry
from gateway.store.forgetting import purge

ERASED = "(erased)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much there was: entries, subjects of tickets, and mails that became no entry."""

    entries: int
    subjects: int
    arrivals: int

    @property
    def any(self) -> bool:
        """Whether there was anything."""
        return bool(self.entries or self.subjects or self.arrivals)


def erase_person(
    database: Database, policy: Policy, address: str, now: Callable[[], datetime]
) -> Erased:
    """Erase what somebody wrote, as far as the desk keeps it.

    They are named by a mail address in lower case, or by an account of a chat as ``channel:id``;
    all accounts that are known to be theirs are meant.

    Their words, files and raw mails, what the desk passed on of them, and the subjects of the
    tickets they asked for. History, numbers and reasons stay. What others wrote is theirs: an
    answer that repeats words keeps them. Safe to repeat after a crash.
    """
    accounts = (a for a in _accounts(database, address) if a not in policy.agents_by_email)
    found = [_erase(database, policy, one, now) for one in accounts]
    erased = Erased(
        entries=sum(one.entries for one in found),
        subjects=sum(one.subjects for one in found),
        arrivals=sum(one.arrivals for one in found),
    )
    if erased.any:
        purge(database)
    return erased


def _accounts(database: Database, named: str) -> list[str]:
    """The addresses of somebody, on whatever network."""
    channel, colon, id = named.partition(":")
    party = Party(channel=channel, address=id) if colon and "@" not in named else None
    first = party or Party(address=named)
    with database.read() as conn:
        known = people.find(conn, first)
        others = linking.accounts_of(conn, [known.contact]) if known and known.linked else ()
    return list(dict.fromkeys((first.address, *(one.address for one in others))))


def _erase(database: Database, policy: Policy, address: str, now: Callable[[], datetime]) -> Erased:
    erased = Erased(
        entries=_entries(database, address, now),
        subjects=_subjects(database, policy, address, now),
        arrivals=_arrivals(database, address, now),
    )
    if erased.any:
        _summaries(database, address)
    return erased


def _entries(database: Database, address: str, now: Callable[[], datetime]) -> int:
    count, after = 0, 0
    while True:
        with database.write() as conn:
            page = belongings.entries_of(conn, address, after)
            count += sum(entries.erase(conn, id, now()) for id in page)
        if not page:
            return count
        after = page[-1]


def _subjects(database: Database, policy: Policy, address: str, now: Callable[[], datetime]) -> int:
    with database.read() as conn:
        numbers = belongings.tickets_of(conn, address)
    erased = 0
    for number in numbers:
        with database.write() as conn:
            erased += _subject(conn, policy, number, now())
    return erased


def _subject(conn: Connection, policy: Policy, number: int, now: datetime) -> bool:
    found = tickets.load(conn, number)
    if found is None or found.subject == ERASED:
        return False
    tickets.save(conn, found, replace(found, subject=ERASED, updated_at=now))
    because = Reason.of(Why.ERASED)
    tombstone = NewEntry(
        ticket=number,
        at=now,
        kind=EntryKind.CHANGE,
        visibility=Visibility.INTERNAL,
        author=Author(name=policy.desk_name, address=policy.desk_address, role=Role.DESK),
        because=str(because),
        because_code=because.code,
        change={"what": "subject", "old": None, "new": ERASED},
    )
    entries.append(conn, [tombstone])
    return True


def _summaries(database: Database, address: str) -> None:
    with database.write() as conn:
        concerned = {*belongings.tickets_of(conn, address), *belongings.written_on(conn, address)}
        belongings.erase_summaries(conn, concerned)


def _arrivals(database: Database, address: str, now: Callable[[], datetime]) -> int:
    with database.read() as conn:
        found = list(belongings.loose_arrivals(conn, address))
    for id in found:
        with database.write() as conn:
            belongings.erase_raw(conn, id, now())
    return len(found)
