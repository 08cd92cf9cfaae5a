"""Whatever happens to a ticket: its clock is where a stopwatch would be that somebody watched."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from gateway.core.clocks import ClockState
from gateway.core.model import Priority, State, Ticket
from gateway.core.sla import due_now, used
from gateway.core.targets import Target
from tests.core.kit import ADA, BEA, MINUTE, NETWORK, NOW, SUPPORT, World, desk
from tests.core.test_sla import CALENDARS, IN_OFFICE, PLAIN, words

ALLOWED = {"urgent": 4 * 60, "high": 8 * 60, "normal": 24 * 60}  # minutes, of both policies
CALENDAR = {"support": "always", "network": "office"}
RUNS = (State.NEW, State.OPEN)
DEEDS = (
    *("pending", "hold", "open", "resolve", "high", "urgent", "normal", "low"),
    *("queue network", "queue support"),
)


@dataclass
class Stopwatch:
    """Looks each minute whether it is open where the ticket is, and counts if it is worked on."""

    minutes: int = 0

    def watch(self, world: World, span: int) -> None:
        ticket = world.tickets[7]
        if ticket.state in RUNS:
            self.minutes += sum(_open(ticket, world, n) for n in range(span))

    def due_in(self, world: World, allowed: int) -> int:
        """Minutes from now until so many are counted, if it goes on as it is."""
        ticket, counted, ahead = world.tickets[7], self.minutes, 0
        while counted < allowed:
            counted += _open(ticket, world, ahead)
            ahead += 1
        return ahead


def _open(ticket: Ticket, world: World, ahead: int) -> bool:
    return CALENDARS[CALENDAR[ticket.queue]].is_open(world.now + ahead * MINUTE)


@pytest.mark.parametrize("seed", range(60))
def test_the_clock_is_where_the_stopwatch_is(seed):
    draw = random.Random(seed)
    queues = (replace(SUPPORT, sla="plain"), replace(NETWORK, sla="in office"))
    slas = {sla.name: sla for sla in (PLAIN, IN_OFFICE)}
    world = World(desk=desk(queues=queues, slas=slas, calendars=CALENDARS))
    world.now = NOW + timedelta(minutes=draw.randrange(3 * 1440))
    world.mail(ADA, "It burns")
    watch = Stopwatch()
    for _ in range(12):
        span = draw.choice((1, 30, 90, 400, 2000))
        watch.watch(world, span)
        world.wait(span * MINUTE)
        _do(world, draw)
        _check(world, watch)


def _do(world: World, draw: random.Random) -> None:
    deed = draw.choice((*DEEDS, "answer", "words"))
    if deed == "words":
        words(world, f"Still burning, {draw.randrange(99)} degrees?")
    elif deed == "answer":
        world.act(BEA, 7, text=f"Number {draw.randrange(99)}.")
    else:
        world.act(BEA, 7, deed)


def _check(world: World, watch: Stopwatch) -> None:
    ticket = world.tickets[7]
    clock = ticket.clocks.of(Target.RESOLUTION)
    assert clock is not None
    assert used(clock, CALENDARS, world.now) == watch.minutes * MINUTE
    assert (clock.state is ClockState.RUNNING) == (ticket.state in RUNS)
    if clock.state is ClockState.MET:  # by what counted then
        return
    allowed, due = ALLOWED.get(ticket.priority.value), due_now(clock, CALENDARS, world.now)
    assert (clock.allowed is None) == (due is None) == (ticket.priority is Priority.LOW)
    if allowed is not None and watch.minutes < allowed:
        assert due == world.now + watch.due_in(world, allowed) * MINUTE
    elif allowed is not None:
        assert due is not None
        assert due <= world.now
