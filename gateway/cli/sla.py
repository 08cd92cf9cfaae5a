"""`gateway sla`: service levels worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from gateway.cli.context import desk_of
from gateway.cli.errors import RefusedError
from gateway.cli.frame import group
from gateway.cli.terminal import instant, line, print_json
from gateway.core.business_hours import Hours, NeverOpenError, Span
from gateway.core.model import Priority
from gateway.core.nearest import nearest
from gateway.core.policy import Policy
from gateway.core.sla import Sla, hours_of
from gateway.core.targets import SERVICE, Allowance, Target

app = group("Service levels, worked out by hand.")

_TARGETS = ", ".join(target.value for target in SERVICE)


@app.callback()
def _group() -> None:
    """Service levels, worked out by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One deadline that is asked for."""

    sla: Sla
    priority: Priority
    target: Target
    tier: int
    start: datetime

    @property
    def allowed(self) -> Allowance:
        """The time allowed. Raises RefusedError where there is none."""
        found = self.sla.allowance(self.target, self.priority, self.tier)
        if found is None:
            what = f"{self.target.value} at priority {self.priority.value}"
            raise RefusedError(f'the policy "{self.sla.name}" has no time for {what}')
        return found


@app.command()
def due(
    ctx: typer.Context,
    policy: Annotated[str, typer.Option(metavar="POLICY", help="the name of an [[sla]]")],
    priority: Annotated[Priority, typer.Option(help="the ticket's priority")],
    target: Annotated[str, typer.Option(metavar="TARGET", help=f"one of {_TARGETS}")],
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="TIME",
            help="when the clock starts; without an offset, in the desk's time zone",
        ),
    ],
    tier: Annotated[int, typer.Option(metavar="N", min=1, max=9, help="the ticket's tier")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """When would it be due, and which open hours are counted on the way? Needs no database."""
    desk = desk_of(ctx).policy
    asked = _Question(
        sla=_sla(desk, policy),
        priority=priority,
        target=_target(target),
        tier=tier,
        start=_moment(start, desk.timezone),
    )
    hours = hours_of(desk.calendars, asked.sla.calendar)
    due_at, spans = _worked_out(asked, hours)
    if as_json:
        return print_json(_shape(asked, due_at, spans))
    return _print(asked, due_at, spans, hours)


def _sla(policy: Policy, wanted: str) -> Sla:
    found = policy.slas.get(wanted)
    if found is None:
        there = ", ".join(policy.slas) or "none"
        hint = nearest(wanted, policy.slas)
        said = f'there is no policy "{line(wanted)}"; {hint} there are: {there}'
        raise RefusedError(said.replace("  ", " "))
    return found


def _target(wanted: str) -> Target:
    word = wanted.strip().lower().replace("-", "_")
    if word not in SERVICE:
        raise RefusedError(f'found "{line(wanted)}" as a target, expected one of {_TARGETS}')
    return Target(word)


def _moment(given: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(given.strip())
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        expected = 'a time such as "2026-01-05T09:00" or "2026-01-05T08:00Z"'
        raise RefusedError(f'found "{line(given)}", expected {expected}') from None


def _worked_out(asked: _Question, hours: Hours) -> tuple[datetime, tuple[Span, ...]]:
    try:
        due_at = hours.add(asked.start, asked.allowed.open_time(hours, asked.start))
    except NeverOpenError as error:
        raise RefusedError(str(error)) from error
    return due_at, hours.spans(asked.start, due_at)


def _shape(asked: _Question, due_at: datetime, spans: tuple[Span, ...]) -> dict[str, Any]:
    return {
        "due_at": instant(due_at),
        "from": instant(asked.start),
        "policy": asked.sla.name,
        "priority": asked.priority.value,
        "target": asked.target.value,
        "allowed": asked.allowed.text,
        "calendar": asked.sla.calendar,
        "intervals": [
            {
                "start": instant(span.start),
                "end": instant(span.end),
                "seconds": span.seconds,
            }
            for span in spans
        ],
    }


def _print(asked: _Question, due_at: datetime, spans: tuple[Span, ...], hours: Hours) -> None:
    """In the calendar's time zone, which is the one that its hours are told in."""
    zone = hours.calendar.timezone
    told = (asked.start, due_at, *(at for span in spans for at in (span.start, span.end)))
    moment = _teller(zone, told)
    what = f"{asked.target.words}, {asked.priority.value}, by {asked.sla.name}"
    print(f"{line(what)}: due {moment(due_at)}")
    print(f"{asked.allowed} of {line(hours.calendar.name)} ({zone}), from {moment(asked.start)}")
    total = 0
    for span in spans:
        total += span.seconds
        start, end = moment(span.start), moment(span.end)
        print(f"  {start} to {end}  {_length(span.seconds)}, so far {_length(total)}")


def _teller(zone: str, told: Iterable[datetime]) -> Callable[[datetime], str]:
    """How moments are told: with the offset from UTC where the clocks are moved between them."""
    here = ZoneInfo(zone)
    if len({at.astimezone(here).utcoffset() for at in told}) > 1:
        return lambda at: _with_offset(at.astimezone(here))
    return lambda at: f"{at.astimezone(here):%Y-%m-%d %H:%M}"


def _with_offset(at: datetime) -> str:
    offset = f"{at:%z}"
    return f"{at:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]}"


def _length(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}h{minutes:02}" + (f"m{left:02}" if left else "")
