"""A desk with a long past: tickets and messages written in bulk, past the gateway."""

import contextlib
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from gateway.store.database import Database
from gateway.store.search import words_of
from tests.benchmarks.mails import SUPPORT, Maker

MESSAGES_OF_A_TICKET = 10 / 3
COMMON, MIDDLING, RARE = "printer", "quixotic", "zyzzyva"  # in most, in 1 %, in 5 messages
_MIDDLING_EVERY = 100
_RARE = 5
_TEXTS = 2_000
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
_NOTICE = '{"v":1,"sender":{},"document":{},"text":"' + "x" * 400 + '"}'

Row = tuple[Any, ...]
Write = Callable[[str, tuple[str, ...], Iterable[Row]], None]


def tickets_of(messages: int) -> int:
    return max(int(messages / MESSAGES_OF_A_TICKET), 1)


def message_id(number: int) -> str:
    """The Message-ID of a seeded message, without brackets."""
    return f"{random.Random(number).getrandbits(96):024x}@seed.example"


def requester(ticket: int) -> str:
    return f"person{ticket}@seed{ticket % 997}.example"


def seed(database: Database, messages: int) -> None:
    """Write so many messages, on 0.3 times as many tickets, all of them handled and answered."""
    with bulk(database) as write:
        past = _Past(messages)
        for table, names, rows in past.tables():
            write(table, tuple(names.split()), rows)
        for table, names, rows in past.search(database.dialect):
            write(table, tuple(names.split()), rows)


class _Past:
    """The rows of each table."""

    def __init__(self, messages: int) -> None:
        self._messages = messages
        self._tickets = tickets_of(messages)
        maker = Maker(9)
        self._texts = [maker.text(5) for _ in range(_TEXTS)]
        rare = random.Random(3).sample(range(messages), min(_RARE, messages))
        self._rare = frozenset(rare)

    def tables(self) -> Iterator[tuple[str, str, Iterable[Row]]]:
        yield "contact", "id name created_at", self._contacts()
        yield "identity", "id channel address name contact first_seen", self._identities()
        yield (
            "ticket",
            "number subject requester_address requester_name requester_channel queue created_at"
            " updated_at state priority tier assignee language channel root generation version"
            " more",
            self._ticket_rows(),
        )
        yield (
            "inbox",
            "id channel external_id received_at due_at envelope lane live state attempts ticket"
            " entry handled_at",
            self._inbox(),
        )
        yield (
            "entry",
            "id ticket at kind visibility direction channel author_address author_name"
            " author_role author_channel because because_code message_id inbox",
            self._entries(),
        )
        yield "body", "entry title text full_text", self._bodies()
        yield "thread_key", "key ticket entry position sent", self._keys()
        yield (
            "outbox",
            "id ticket entry channel to_address to_name kind lane state attempts due_at"
            " created_at sent_at message message_id automatic",
            self._outbox(),
        )

    def search(self, dialect: str) -> Iterator[tuple[str, str, Iterable[Row]]]:
        if dialect == "sqlite":
            yield "search_public", "rowid words", self._words(" ".join)
        else:
            # The text form of a tsvector: words that hold no quote, sorted by whoever reads it.
            yield "search_public", "entry words", self._words(_as_tsvector)

    def text(self, number: int) -> str:
        """The text of a message, with the words that the search looks for."""
        more = f" {MIDDLING}" if number % _MIDDLING_EVERY == 7 else ""
        more += f" {RARE}" if number - 1 in self._rare else ""
        common = f" {COMMON}" if number % 2 else ""
        return f"{self._texts[number % _TEXTS]}{common}{more}"

    def _words(self, joined: Callable[[list[str]], str]) -> Iterator[Row]:
        for number in self._numbers():
            yield number, joined(words_of(self.text(number)))

    def _numbers(self) -> range:
        return range(1, self._messages + 1)

    def _ticket_numbers(self) -> range:
        return range(1, self._tickets + 1)

    def _ticket_of(self, number: int) -> int:
        return (number - 1) % self._tickets + 1

    def _at(self, number: int) -> str:
        share = timedelta(days=700) * (number / self._messages)
        return time_text(_BEGAN + share)

    def _contacts(self) -> Iterator[Row]:
        for number in self._ticket_numbers():
            yield number, f"Person {number}", self._at(number)

    def _identities(self) -> Iterator[Row]:
        for number in self._ticket_numbers():
            name = f"Person {number}"
            yield number, "email", requester(number), name, number, self._at(number)

    def _ticket_rows(self) -> Iterator[Row]:
        more = '{"v":1,"tags":[],"participants":[],"watchers":[],"leaked":[]}'
        states = ("closed", "closed", "closed", "resolved", "open", "new", "pending")
        for number in self._ticket_numbers():
            at = self._at(number)
            yield (
                *(number, f"Trouble number {number}", requester(number), f"Person {number}"),
                *("email", "support", at, at, states[number % 7], "normal", 1),
                *("bea@acme.example" if number % 3 else None, "en", "email"),
                *(f"mail:{message_id(number)}", 0, 1, more),
            )

    def _inbox(self) -> Iterator[Row]:
        envelope = f'{{"v":1,"source":"smtp","to":["{SUPPORT}"]}}'
        for number in self._numbers():
            at = self._at(number)
            yield (
                *(number, "email", f"{number:012x}", at, at, envelope),
                *(message_id(self._ticket_of(number)), True, "done", 0),
                *(self._ticket_of(number), number, at),
            )

    def _entries(self) -> Iterator[Row]:
        for number in self._numbers():
            ticket = self._ticket_of(number)
            yield (
                *(number, ticket, self._at(number), "message", "public", "in", "email"),
                *(requester(ticket), f"Person {ticket}", "requester", "email"),
                *("a new ticket", "new", f"<{message_id(number)}>", number),
            )

    def _bodies(self) -> Iterator[Row]:
        for number in self._numbers():
            text = self.text(number)
            yield number, f"Trouble number {self._ticket_of(number)}", text, text

    def _keys(self) -> list[Row]:
        """In the order of the keys, which is the table's: quicker, and the same in the end."""
        rows = []
        for number in self._numbers():
            ticket, own = self._ticket_of(number), message_id(number)
            rows.append((f"mail:{own}", ticket, number, 0, False))
            rows.append((f"same:{number:06x}{own[:24]}", ticket, number, 0, False))
        return sorted(rows)

    def _outbox(self) -> Iterator[Row]:
        for number in self._ticket_numbers():
            at, to = self._at(number), "bea@acme.example"
            yield (
                *(number, number, number, "email", to, "Bea Ruiz", "new_ticket"),
                *(f"{number}:{to}", "sent", 1, at, at, at, _NOTICE),
                *(f"<{number:024x}@acme.example>", True),
            )


def time_text(moment: datetime) -> str:
    """As both databases read it: PostgreSQL's session is in UTC."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _as_tsvector(words: list[str]) -> str:
    return " ".join(f"'{word}'" for word in words)


@contextlib.contextmanager
def bulk(database: Database) -> Iterator[Write]:
    """What writes rows of a table in bulk, past the gateway."""
    if database.dialect == "sqlite":
        with _bulk_sqlite(database) as write:
            yield write
    else:
        with _bulk_postgresql(database) as write:
            yield write


@contextlib.contextmanager
def _bulk_sqlite(database: Database) -> Iterator[Write]:
    conn = sqlite3.connect(str(database.path))
    conn.execute("PRAGMA synchronous = OFF")
    conn.execute("PRAGMA cache_size = -500000")

    def write(table: str, names: tuple[str, ...], rows: Iterable[Row]) -> None:
        marks = ", ".join("?" * len(names))
        conn.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
        conn.commit()

    try:
        yield write
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        conn.close()


@contextlib.contextmanager
def _bulk_postgresql(database: Database) -> Iterator[Write]:
    with psycopg.connect(_dsn(database), autocommit=True) as conn:
        conn.execute("SET synchronous_commit = off")
        conn.execute("SET TIME ZONE 'UTC'")
        conn.execute("SET maintenance_work_mem = '256MB'")

        def write(table: str, names: tuple[str, ...], rows: Iterable[Row]) -> None:
            with _without_indexes(conn, table):
                with conn.cursor() as cursor:
                    target = f"COPY {table} ({', '.join(names)}) FROM STDIN"
                    with cursor.copy(target) as copy:
                        for row in rows:
                            copy.write_row(row)
                _follow_on(conn, table, names[0])

        yield write
        conn.execute("VACUUM (ANALYZE)")
        conn.execute("CHECKPOINT")


@contextlib.contextmanager
def _without_indexes(conn: "psycopg.Connection[Any]", table: str) -> Iterator[None]:
    """The search's own index is made at the end: word by word it would take ten times as long."""
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef LIKE %s"
    found = conn.execute(query, (table, "%USING gin%")).fetchall()
    for name, _ in found:
        conn.execute(f"DROP INDEX {name}")
    yield
    for _, definition in found:
        conn.execute(definition)


def _follow_on(conn: "psycopg.Connection[Any]", table: str, key: str) -> None:
    """New rows are numbered from here on."""
    query = "SELECT pg_get_serial_sequence(%s, %s)"
    try:
        row = conn.execute(query, (table, key)).fetchone()
    except psycopg.Error:
        return
    if row and row[0]:
        newest = f"SELECT setval('{row[0]}', (SELECT max({key}) FROM {table}))"
        conn.execute(newest)


def _dsn(database: Database) -> str:
    url = database.url
    return f"dbname={url.database} user={url.username} host={url.query['host']}"
