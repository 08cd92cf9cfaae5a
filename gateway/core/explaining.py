"""What a decision would do, in plain words, one line for each thing that happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.core import changes as c
from gateway.core.clocks import What
from gateway.core.model import Direction, EntryKind, Party, Priority, Visibility
from gateway.core.promises import Promise
from gateway.core.targets import Target

_SHOWN = frozenset({c.NoticeKind.CARD, c.NoticeKind.SAID, c.NoticeKind.HAPPENED})
_SENT = {
    c.NoticeKind.CONFIRMATION: "a confirmation",
    c.NoticeKind.ANSWER: "the answer",
    c.NoticeKind.LATE_FILE: "the file that its answer went out without",
    c.NoticeKind.WAITING: "a reminder",
    c.NoticeKind.STILL_OPEN: "that it is being worked on",
    c.NoticeKind.RESOLVED: "that it is resolved",
    c.NoticeKind.LINK_CODE: "a code",
}
_TARGETS = {
    Target.WAKE: "come back by itself",
    Target.AUTO_CLOSE: "close by itself",
    Target.PROMISE: "remind of the promise",
    Target.NUDGE: "remind its requester",
    Target.REPEATS: "tell how much was counted",
}


def describe(decision: c.Decision, desk_name: str) -> list[str]:
    """The lines of ``gateway explain``: what would be done, in order, each thing once.

    ``desk_name`` stands for the desk where it does something by itself.
    """
    lines = _lines(decision.changes, decision.ticket, desk_name)
    for other in decision.also:
        lines += _lines(other.changes, other.ticket, desk_name)
    if not any(isinstance(change, c.Say | c.Refuse) for change in decision.changes):
        lines.append("send nothing")
    return list(dict.fromkeys(lines))


def _lines(changes: tuple[c.Change, ...], ticket: int | None, desk_name: str) -> list[str]:
    where = f"ticket {ticket}" if ticket is not None else "it"
    found = (_WORDS[type(change)](change, where, desk_name) for change in changes)
    return [line for line in found if line]


def _open(change: c.Open, _where: str, _desk: str) -> str:
    after = f", following ticket {change.previous}" if change.previous else ""
    priority = "" if change.priority is Priority.NORMAL else f" with priority {change.priority}"
    return f"open a ticket in queue {change.queue}{priority}{after}"


def _append(change: c.Append, where: str, desk: str) -> str:
    if change.held is not None:
        return f"keep the answer for {change.author.name} to look at again: {change.because}"
    if change.kind is EntryKind.NOTICE:
        return f"note on {where}, as {desk}: {change.because}"
    if change.kind is EntryKind.NOTE:
        return f"add a note to {where}: {change.because}"
    if change.direction is Direction.OUT:
        return f"add the public answer of {change.author.name} to {where}"
    inside = " for agents alone" if change.visibility is Visibility.INTERNAL else ""
    return f"add a message to {where}{inside}"


def _alter(change: c.Alter, where: str, _desk: str) -> str:
    return f"set {_FIELDS.get(change.field, change.field)} of {where} to {_value(change.new)}"


_FIELDS = {
    "merged_into": "the ticket that is to take the place",
    "generation": "the count of revocations",
    "leaked": "the agents whose reply address got out",
}


def _value(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Party):
        return _person(value)
    if isinstance(value, Promise):
        return f"an answer by {value.due_at:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, tuple):
        return ", ".join(_value(one) for one in value) or "none"
    return str(value)


def _say(change: c.Say, _where: str, _desk: str) -> str:
    if change.kind in _SHOWN:
        return f"show it to agents in the {change.to.channel} room"
    if change.in_room:
        called = ", ".join(one.shown for one in change.mentions)
        return f"tell {called} in the {change.to.channel} room ({change.kind.value})"
    if change.kind in _SENT:
        what = _SENT[change.kind]
        later = " after the time to take it back" if change.wait else ""
        return f"send {what} to {change.to.address}{later}"
    return f"tell {change.to.shown} ({change.kind.value})"


def _start(change: c.StartDeadline, where: str, _desk: str) -> str:
    if change.target not in _TARGETS:
        return ""  # when a clock is looked at again; what is due is said with the clock
    return f"let {where} {_TARGETS[change.target]} on {change.due_at:%Y-%m-%d %H:%M} UTC"


def _tick(change: c.Tick, where: str, _desk: str) -> str:
    due = {m.target: m.due_at for m in change.marks if m.what in _DUE and m.due_at}
    shown = (f"{target.words} on {at:%Y-%m-%d %H:%M} UTC" for target, at in due.items())
    words = ", ".join(shown)
    return f"make {where} due: {words}" if words else ""


_DUE = frozenset({What.STARTED, What.RESUMED, What.RETARGETED})


def _move(change: c.Move, _where: str, _desk: str) -> str:
    return f"move entry {change.entry} to ticket {change.to}"


def _absorb(change: c.Absorb, where: str, _desk: str) -> str:
    return f"join ticket {change.ticket} with {where}"


def _take_back(change: c.TakeBack, where: str, _desk: str) -> str:
    return f"bring back to {where} what was joined with ticket {change.ticket}"


def _away(change: c.Away, _where: str, _desk: str) -> str:
    if change.back:
        return f"give {change.agent} new tickets again"
    until = f" until {change.until:%Y-%m-%d %H:%M} UTC" if change.until else ""
    return f"give {change.agent} no new tickets{until}"


def _person(party: Party) -> str:
    return f"{party.name} <{party.address}>" if party.name else party.address


def _silent(_change: Any, _where: str, _desk: str) -> str:
    """What only keeps the books."""
    return ""


_WORDS: dict[type[Any], Callable[[Any, str, str], str]] = {
    c.Open: _open,
    c.Append: _append,
    c.Alter: _alter,
    c.Claim: _silent,
    c.Say: _say,
    c.StartDeadline: _start,
    c.StopDeadline: _silent,
    c.Tick: _tick,
    c.Wait: _silent,
    c.Hold: lambda change, _where, _desk: f"hold it: {change.because}",
    c.Drop: lambda change, _where, _desk: f"drop it: {change.because}",
    c.Release: lambda change, _where, _desk: (
        f"let the held message {change.inbox} through: {change.because}"
    ),
    c.Reconsider: lambda change, _where, _desk: (
        f"ask about the held message {change.inbox} again: {change.because}"
    ),
    c.Deliver: lambda change, _where, _desk: (
        f"mark outgoing message {change.outbox_id} as {change.state}: {change.error}"
    ),
    c.Unreachable: lambda change, _where, _desk: (
        f"remember that mail to {change.to.address} comes back: {change.why}"
    ),
    c.Reachable: lambda change, _where, _desk: f"forget that mail to {change.to.address} came back",
    c.Cancel: lambda change, _where, _desk: f"take back the answer (entry {change.entry})",
    c.Settle: lambda change, _where, _desk: f"let go of the held answer (entry {change.entry})",
    c.Move: _move,
    c.Absorb: _absorb,
    c.TakeBack: _take_back,
    c.Away: _away,
    c.Given: _silent,
    c.Verify: lambda change, _where, _desk: f"remember that {change.address} is its owner's",
    c.Link: lambda change, _where, _desk: (
        f"remember that {change.one.address} and {change.other.address} are one person's"
    ),
    c.Challenge: lambda change, _where, _desk: f"send a code to {change.say.to.address}",
    c.Attempt: _silent,
    c.LetGo: lambda change, _where, _desk: f"let what comes next be about no ticket {change.of}",
    c.Revise: lambda change, _where, _desk: f"change entry {change.entry}: {change.because}",
    c.Skip: lambda change, _where, _desk: f"leave out the {change.what}: {change.because}",
    c.Refuse: lambda change, _where, _desk: f"refuse: {'; '.join(change.lines)}",
}
