"""Faults of service levels that no table can see alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.core.calendars import ALWAYS
from gateway.core.escalation import ROLES
from gateway.core.nearest import nearest
from gateway.settings.faults import Doubt, Place
from gateway.settings.models import AgentTable, DeskTable, QueueTable
from gateway.settings.policy import DEFAULT_SLA
from gateway.settings.service import CalendarTable, SlaTable
from gateway.settings.waiting_doubts import waiting_doubts
from gateway.settings.weeks import open_minutes, weeks_of

_YEARS = 10  # that an allowance may take, by the hours of its calendar

Numbered = Sequence[tuple[int, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    desk: DeskTable | None
    agents: Sequence[tuple[int, AgentTable]]
    queues: Sequence[tuple[int, QueueTable]]
    calendars: Sequence[tuple[int, CalendarTable]]
    slas: Sequence[tuple[int, SlaTable]]
    rules: Numbered


def service_doubts(made: Mapping[str, Any]) -> Iterator[Doubt]:
    """Whatever does not fit together, of the tables that are right in themselves."""
    parts = _Parts(
        desk=made["desk"],
        agents=_numbered(made, "agents"),
        queues=_numbered(made, "queues"),
        calendars=_numbered(made, "calendars"),
        slas=_numbered(made, "sla"),
        rules=_numbered(made, "rules"),
    )
    yield from _same_names(parts)
    yield from _unknown_calendars(parts)
    yield from _unknown_policies(parts)
    yield from _too_long(parts)
    yield from _nobody_there(parts)
    yield from _told_to_the_desk(parts)
    slas, calendars = [s for _, s in parts.slas], [c for _, c in parts.calendars]
    yield from waiting_doubts(parts.desk, parts.queues, slas, calendars)


def _numbered(made: Mapping[str, Any], key: str) -> Numbered:
    return tuple((n, one) for n, one in enumerate(made.get(key) or ()) if one is not None)


def _same_names(parts: _Parts) -> Iterator[Doubt]:
    for key, tables in (("calendars", parts.calendars), ("sla", parts.slas)):
        first: dict[str, int] = {}
        for n, table in tables:
            if first.setdefault(table.name, n) != n:
                yield Doubt(
                    place=(key, n, "name"),
                    found=f'found "{table.name}", which {key}[{first[table.name] + 1}] has already',
                    expected="another name: a queue has one policy"
                    if key == "sla"
                    else "another name",
                )


def _unknown_calendars(parts: _Parts) -> Iterator[Doubt]:
    known = [ALWAYS, *(c.name for _, c in parts.calendars)]
    named: list[tuple[Place, str]] = [(("sla", n, "calendar"), s.calendar) for n, s in parts.slas]
    named += [(("agents", n, "shift"), a.shift) for n, a in parts.agents if a.shift]
    yield from _unknown(named, known, "calendars")


def _unknown_policies(parts: _Parts) -> Iterator[Doubt]:
    known = [s.name for _, s in parts.slas]
    named: list[tuple[Place, str]] = [
        (("queues", n, "sla"), q.sla) for n, q in parts.queues if q.sla not in ("", DEFAULT_SLA)
    ]
    named += [(("rules", n, "sla"), r.sla) for n, r in parts.rules if r.sla]
    yield from _unknown(named, known, "policies")


def _unknown(named: list[tuple[Place, str]], known: list[str], what: str) -> Iterator[Doubt]:
    shown = ", ".join(f'"{name}"' for name in known)
    for place, name in named:
        if name not in known:
            yield Doubt(
                place=place,
                found=f'found "{name}"',
                expected=f"one of the {what} {shown}" if known else f"no name: there are no {what}",
                hint=nearest(name, known),
            )


def _too_long(parts: _Parts) -> Iterator[Doubt]:
    """Times that no ticket would ever live to see, by the few hours of a calendar."""
    weeks = {c.name: open_minutes(c) for _, c in parts.calendars}
    for n, sla in parts.slas:
        week = weeks.get(sla.calendar, open_minutes(None))
        for target, times in sla.times().items():
            for priority, allowed in times.items():
                if week[0] and weeks_of(allowed, week) > _YEARS * 52:
                    yield Doubt(
                        place=("sla", n, target.value, priority.value),
                        found=f'found "{allowed}", more than {_YEARS} years of "{sla.calendar}"',
                        expected="a shorter time",
                    )


def _nobody_there(parts: _Parts) -> Iterator[Doubt]:
    """Steps that lead to a tier where nobody is; of policies that something uses."""
    tiers = {1, *(a.tier for _, a in parts.agents)}
    used = _used(parts)
    for n, sla in parts.slas:
        climbed: dict[str, int] = {}
        for place, step in enumerate(sla.escalation):
            climbed[step.on] = climbed.get(step.on, 0) + step.raise_tier
            if step.raise_tier and climbed[step.on] >= len(tiers) and sla.name in used:
                yield Doubt(
                    place=("sla", n, "escalation", place, "raise_tier"),
                    found=f"found a step above tier {max(tiers)}, where nobody is",
                    expected="an agent of a higher tier, or a step less that raises it",
                )


def _used(parts: _Parts) -> set[str]:
    queues = {q.sla for _, q in parts.queues} if parts.queues else {DEFAULT_SLA}
    return queues | {rule.sla for _, rule in parts.rules}


def _told_to_the_desk(parts: _Parts) -> Iterator[Doubt]:
    """What the desk would send to itself."""
    own = {address for _, q in parts.queues for address in q.addresses}
    own |= {parts.desk.address} if parts.desk else set()
    for n, sla in parts.slas:
        for place, step in enumerate(sla.escalation):
            for name in step.notify:
                if name not in ROLES and name in own:
                    yield Doubt(
                        place=("sla", n, "escalation", place, "notify"),
                        found=f'found "{name}", an address of the desk',
                        expected="an address of somebody's",
                    )
