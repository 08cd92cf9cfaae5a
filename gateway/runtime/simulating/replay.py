"""A virtual clock that goes from one event to the next, through the desk's own road."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from gateway.core.bursts import Folding
from gateway.core.changes import Say
from gateway.core.deciding import Desk
from gateway.core.documents import Document
from gateway.core.frozen import replace
from gateway.core.model import Body, Message, Party, Proof, Verdict
from gateway.core.policy import Policy
from gateway.core.ports import Incoming
from gateway.core.rounds import Round, rounds_between
from gateway.runtime import desk_events
from gateway.runtime.clock import deadline_came
from gateway.runtime.handling import Handled, Handler, Read
from gateway.runtime.worker import parked
from gateway.store import deadlines, inbox
from gateway.store.inbox import InboxRow
from gateway.store.scratch import ScratchDatabase
from gateway.store.together import together

_SILENCE = timedelta(days=31)
_EVER = timedelta(days=36_500)
_AT_ONCE = 64  # deadlines of one moment that are handled together
log = structlog.get_logger(__name__)
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

    Mail in an agent's name is theirs, and to the desk, too, whomever it names. A copy of what the
    desk sent is taken for the answer of whoever answers first in that queue: archives of a shared
    mailbox hold answers like that.
    """
    policy = desk.policy

    def believed(incoming: Incoming) -> Message:
        message = read(incoming)
        author = message.author.address
        if author in desk.book.plain and message.automatic is None:
            agents = policy.agents_of(policy.queue_for((author,)).name) or policy.agents
            if agents:
                answered = Party(address=agents[0].email, name=agents[0].name)
                message = replace(message, author=answered)
                author = answered.address
        if author in policy.agents_by_email:
            desk_itself = Party(address=policy.desk_address)
            return replace(message, proof=_PROVEN, cc=(*message.cc, desk_itself))
        return message

    return believed


class Stage:
    """A desk that nobody hears of: its database is in a folder that goes with it.

    What happens there goes the way of the daemon's worker, but for the inbox: nothing waits, and
    nobody looks there afterwards.
    """

    def __init__(self, database: ScratchDatabase, handler: Handler) -> None:
        self.now = VirtualClock()
        self.policy = handler.desk.policy
        self._database = database
        self._handler = handler
        self._rows = 0

    def happen(self, arrivals: Sequence[Incoming]) -> list[Handled]:
        """What came in at this moment is handled, in order; what fails is set aside."""
        rows = [self._row(incoming) for incoming in arrivals]
        try:
            with self._database.write() as conn, together(conn):
                known = [(row, self._handler.read(conn, row)) for row in rows]
                self._handler.foresee(conn, [event for _, event in known])
                return [self._handler.handle(conn, row, e, self.now.now) for row, e in known]
        except Exception as problem:
            log.info("batch_taken_apart", error=type(problem).__name__)
            return [self._alone(row) for row in rows]

    def _alone(self, row: InboxRow) -> Handled:
        try:
            with self._database.write() as conn:
                return self._handler.handle(conn, row, self._handler.read(conn, row), self.now.now)
        except Exception:
            log.exception("message_failed", inbox=row.id, channel=row.channel)
            return parked(row)

    def _row(self, incoming: Incoming) -> InboxRow:
        self._rows += 1
        return inbox.fresh(self._rows, replace(incoming, received_at=self.now.now))

    def next_deadline(self) -> datetime | None:
        """When the next deadline is due."""
        with self._database.read() as conn:
            return deadlines.next_due_at(conn)

    def due(self) -> list[Incoming]:
        """The deadlines that have come, as the clock gives them; each just once."""
        with self._database.write() as conn:
            fired = deadlines.fire(conn, now=self.now.now, limit=_AT_ONCE)
        return [deadline_came(row, self.now.now) for row in fired]


@contextmanager
def stage_for(desk: Desk, readers: Mapping[str, Read]) -> Iterator[Stage]:
    """A throwaway desk with the policy of a real one.

    Nothing is folded: it counts what anybody would be told, and there is no round of summaries.
    """
    desk = replace(desk, policy=replace(desk.policy, folding=Folding(most=0)))
    handler = Handler(
        desk=desk,
        readers={name: believing(read, desk) for name, read in readers.items()},
        renderer=Silent(),
        heard=False,
    )
    with TemporaryDirectory(prefix="gateway-simulate-") as name:
        database = ScratchDatabase(Path(name))
        try:
            yield Stage(database, handler)
        finally:
            database.close()


class _Rounds:
    """The digests and hand-overs that are still to come, until a month of silence has gone by."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._coming: Iterator[Round] | None = None
        self._next: Round | None = None
        self._until = datetime.max.replace(tzinfo=UTC)

    @property
    def next(self) -> Round | None:
        """The next one, if it comes before the silence has lasted too long."""
        found = self._next
        return found if found is not None and found.at <= self._until else None

    def take(self) -> None:
        """It has come."""
        self._next = next(self._coming, None) if self._coming else None

    def heard(self, at: datetime) -> None:
        """A message came: from here on, and not in what silence there was before it."""
        if self._coming is None or at > self._until:
            self._coming = rounds_between(self._policy, at, at + _EVER)
            self.take()
        self._until = at + _SILENCE


def play(stage: Stage, arrivals: Iterable[Incoming]) -> Iterator[list[Handled]]:
    """Let everything happen in the order of its moments.

    Messages, and between them deadlines, digests and hand-overs.
    Gives what was done about each message, with what came before it. It ends with the last
    message: what would be due later is left running. After a month without a message there are no
    digests and hand-overs: the archive has a hole there, or a Date is wrong.
    """
    rounds = _Rounds(stage.policy)
    for incoming in arrivals:
        done: list[Handled] = []
        while came := _before(incoming.received_at, stage, rounds):
            done += came
        stage.now.move_to(incoming.received_at)
        done += stage.happen([incoming])
        rounds.heard(stage.now.now)
        yield done


def _before(until: datetime, stage: Stage, rounds: _Rounds) -> list[Handled]:
    """What comes next before a message, handled: deadlines, else a round. Nothing: none comes."""
    due, following = stage.next_deadline(), rounds.next
    if due is not None and due <= until and (following is None or due <= following.at):
        stage.now.move_to(due)
        return stage.happen(stage.due())
    if following is not None and following.at <= until:
        rounds.take()
        stage.now.move_to(following.at)
        return stage.happen([_incoming(following)])
    return []


def _incoming(one: Round) -> Incoming:
    if one.digest is not None:
        return desk_events.of_digest(one.digest, one.at)
    return desk_events.of_handover(one.at, one.at)
