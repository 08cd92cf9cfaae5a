"""What a decision says of time: deadlines, and the ledger of the ticket's clocks."""

from __future__ import annotations

from gateway.core import changes as c
from gateway.core.frozen import replace
from gateway.runtime.applying.work import Handlers, Work
from gateway.store import deadlines, ledger
from gateway.store.deadlines import Due


def write_times(work: Work) -> None:
    """One statement for what is due, one for what is not any more, one for the ledger."""
    if not work.dues and not work.marks:
        return
    number = work.needs_ticket().number
    ledger.append(work.conn, number, work.marks)
    stops = [due for due in work.dues.values() if isinstance(due, c.StopDeadline)]
    starts = [due for due in work.dues.values() if isinstance(due, c.StartDeadline)]
    if stops:
        targets = [stop.target.value for stop in stops]
        deadlines.stop(work.conn, number, targets, str(stops[0].because))
    deadlines.start(
        work.conn,
        number,
        [Due(target=s.target.value, due_at=s.due_at, because=str(s.because)) for s in starts],
    )


def _due(work: Work, change: c.StartDeadline | c.StopDeadline) -> None:
    work.dues[change.target] = change


def _tick(work: Work, change: c.Tick) -> None:
    work.ticket = replace(work.needs_ticket(), clocks=change.clocks)
    work.marks += change.marks


def _wait(work: Work, change: c.Wait) -> None:
    work.ticket = replace(work.needs_ticket(), waiting=change.waiting)


HANDLERS: Handlers = {
    c.StartDeadline: _due,
    c.StopDeadline: _due,
    c.Tick: _tick,
    c.Wait: _wait,
}
