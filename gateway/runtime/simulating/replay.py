"""A virtual clock that goes from one event to the next, through the desk's own road."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.core.bursts import Folding
from gateway.core.changes import Say
from gateway.core.deciding import Desk
from gateway.core.documents import Document
from gateway.core.model import Body, Message, Party, Proof, Verdict
from gateway.core.ports import Incoming
from gateway.runtime.clock import Clock
from gateway.runtime.handling import Handled, Handler, Read
from gateway.runtime.threads import Threads
from gateway.runtime.worker import Worker
from gateway.store import inbox
from gateway.store.database import Database
from gateway.store.leader import Leader
from gateway.store.scratch import ScratchDatabase

_FOR_EVER = timedelta(days=36_500)
_PROVEN = Proof(spf=Verdict.PASS, dkim=Verdict.PASS, dmarc=Verdict.PASS)


class VirtualClock:
    """A clock that stands still until it is moved, and never goes back."""

    def __init__(self) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, moment: datetime) -> None:
        """Go on to a moment, if it is later."""
        self.now = max(self.now, moment)


class Silent:
    """Renders nothing: a simulation counts who is told, not in which words."""

    def render(
        self,
        say: Say,
        *,
        number: int | None,
        words: Body | None,
        files: tuple[str, ...] = (),
        now: datetime | None = None,
    ) -> Document:
        """An empty document."""
        del say, number, words, files, now
        return Document(subject="", blocks=())

    def phrase(self, language: str, name: str) -> str:
        """Its name."""
        del language
        return name


def believing(read: Read, desk: Desk) -> Read:
    """A reader for archives, in which nobody forges and signed addresses are of another time.

    Mail in an agent's name is theirs. A copy of what the desk sent is taken for the answer of
    whoever answers first in that queue: archives of a shared mailbox hold answers like that.
    """
    policy = desk.policy

    def believed(incoming: Incoming) -> Message:
        message = read(incoming)
        author = message.author.address
        if author in desk.book.plain and message.automatic is None:
            agents = policy.agents_of(policy.queue_for((author,)).name) or policy.agents
            if agents:
                answered = Party(address=agents[0].email, name=agents[0].name)
                return replace(message, author=answered, proof=_PROVEN)
        if author in policy.agents_by_email:
            return replace(message, proof=_PROVEN)
        return message

    return believed


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A desk that nobody hears of: its database is in a folder that goes with it."""

    database: Database
    now: VirtualClock
    worker: Worker
    clock: Clock


@contextmanager
def stage_for(desk: Desk, readers: Mapping[str, Read]) -> Iterator[Stage]:
    """A throwaway desk with the policy of a real one.

    Nothing is folded: it counts what anybody would be told, and there is no round of summaries.
    """
    desk = replace(desk, policy=replace(desk.policy, folding=Folding(most=0)))
    now = VirtualClock()
    handler = Handler(
        desk=desk,
        readers={name: believing(read, desk) for name, read in readers.items()},
        renderer=Silent(),
        heard=False,
    )
    with TemporaryDirectory(prefix="gateway-simulate-") as name, Threads(1) as threads:
        database = ScratchDatabase(Path(name))
        leader = Leader(database)
        clock = Clock(
            database,
            leader,
            now=now,
            keep_raw=_FOR_EVER,
            threads=threads,
            on_fired=lambda: None,
            policy=lambda: desk.policy,
        )
        try:
            worker = Worker(database, handler, now=now, careful=0)
            yield Stage(database=database, now=now, worker=worker, clock=clock)
        finally:
            leader.close()
            database.close()


def play(stage: Stage, arrivals: Iterable[Incoming]) -> Iterator[list[Handled]]:
    """Let everything happen in the order of its moments: messages, and deadlines between them.

    Gives what was done about each message, with the deadlines before it. It ends with the last
    message: what would be due later is left running.
    """
    upcoming: datetime | None = None
    for incoming in arrivals:
        done: list[Handled] = []
        while upcoming is not None and upcoming <= incoming.received_at:
            stage.now.move_to(upcoming)
            _, upcoming = stage.clock.fire_due()
            done += stage.worker.drain()
            _, upcoming = stage.clock.fire_due()
        stage.now.move_to(incoming.received_at)
        with stage.database.write() as conn:
            inbox.accept_many(conn, [replace(incoming, received_at=stage.now.now)])
        done += stage.worker.drain()
        _, upcoming = stage.clock.fire_due()
        yield done
