"""The tables of service levels: calendars, the times allowed, and the ladder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from gateway.core.business_hours import Shift
from gateway.core.calendars import ALWAYS, HOURS_WORDS, WEEKDAYS, parse_shift
from gateway.core.escalation import AT_WORDS, ROLES, parse_at
from gateway.core.model import Priority, State
from gateway.core.targets import ALLOWANCE_WORDS, SERVICE, Allowance, Target
from gateway.settings.faults import Doubt, show
from gateway.settings.holiday_dates import REGION_WORDS, checked_region
from gateway.settings.table import Table
from gateway.settings.types import Flag, Name, TimeZone, Words, is_address

_DAYS_WORDS = 'days such as "2026-12-24", or "2026-08-03/2026-08-21" from the first to the last'
_HOURS_WORDS = f"{HOURS_WORDS}; or a list of them"
_LONGEST_CLOSING = 366  # days of one such range
_TIER_WORDS = 'times by tier, such as { 2 = { resolution = { urgent = "2h" } } }'
_SHARE_WORDS = 'a share of the time allowed below 100% such as "80%", or "" for never'
_NOTIFY_WORDS = '"assignee", "queue", "lead" or a mail address'
Times = Mapping[Target, Mapping[Priority, Allowance]]


def _shifts(given: object) -> tuple[Shift, ...]:
    texts: list[object] = list(given) if isinstance(given, list | tuple) else [given]
    return tuple(_shift(text) for text in texts if text != "")


def _shift(given: object) -> Shift:
    if not isinstance(given, str | Shift):
        raise ValueError(_HOURS_WORDS)  # noqa: TRY004 - pydantic shows the words of this one
    return given if isinstance(given, Shift) else parse_shift(given)


def _days(given: object) -> tuple[date, ...]:
    texts = given if isinstance(given, list | tuple) else [given]
    return tuple(day for text in texts for day in _range(text))


def _range(text: object) -> Iterator[date]:
    """A day, or all of them from the first to the last; TOML has dates of its own."""
    known = isinstance(text, str | date) and not isinstance(text, datetime)
    first, _, last = str(text if known else "").partition("/")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise ValueError(_DAYS_WORDS) from None
    if not 0 <= (end - begin).days < _LONGEST_CLOSING:
        raise ValueError(f"{_DAYS_WORDS}, at most {_LONGEST_CLOSING} of them")
    for n in range((end - begin).days + 1):
        yield begin + timedelta(days=n)


def _allowance(given: object) -> Allowance | None:
    if isinstance(given, Allowance) or given in (None, ""):
        return given or None  # type: ignore[return-value]
    if not isinstance(given, str):
        raise ValueError(ALLOWANCE_WORDS)  # noqa: TRY004 - pydantic shows the words of this one
    return Allowance.parse(given)


def _span(given: str) -> str:
    return Allowance.parse(given).text if given else ""


def _at(given: str) -> str:
    parse_at(given)
    return given.strip().lower().replace(" ", "")


def _share(given: str) -> str:
    bare = given.strip().lower().replace(" ", "")
    if bare and not (bare.endswith("%") and parse_at(bare)[0] < 1):
        raise ValueError(_SHARE_WORDS)
    return bare


def _hears(given: str) -> str:
    word = given.strip().lower()
    if word not in ROLES and not is_address(word):
        raise ValueError(_NOTIFY_WORDS)
    return word


Hours = Annotated[tuple[Shift, ...], BeforeValidator(_shifts), Words("hours", _HOURS_WORDS)]
Days = Annotated[tuple[date, ...], BeforeValidator(_days), Words("days", _DAYS_WORDS)]
Region = Annotated[str, AfterValidator(checked_region), Words("string", REGION_WORDS)]
Allowed = Annotated[
    Allowance | None, BeforeValidator(_allowance), Words("duration", ALLOWANCE_WORDS)
]
Span = Annotated[str, AfterValidator(_span), Words("duration", ALLOWANCE_WORDS)]
At = Annotated[str, AfterValidator(_at), Words("string", AT_WORDS)]
Share = Annotated[str, AfterValidator(_share), Words("string", _SHARE_WORDS)]
Hears = Annotated[str, AfterValidator(_hears), Words("string", _NOTIFY_WORDS)]


class HoursTable(Table):
    """[calendars.hours]: the hours of each weekday; one that is missing is closed."""

    mon: Hours = Field(
        (),
        description='on Mondays: "09:00-18:00", or a list of several',
        examples=[["09:00-14:00", "15:00-18:00"]],
    )
    tue: Hours = Field((), description="on Tuesdays", examples=["09:00-18:00"])
    wed: Hours = Field((), description="on Wednesdays", examples=["09:00-18:00"])
    thu: Hours = Field((), description="on Thursdays", examples=["09:00-18:00"])
    fri: Hours = Field((), description="on Fridays", examples=["09:00-15:00"])
    sat: Hours = Field((), description="on Saturdays")
    sun: Hours = Field((), description='on Sundays; "22:00-06:00" ends on the day after')

    def by_day(self) -> dict[str, tuple[Shift, ...]]:
        """The shifts of each weekday."""
        return {day: getattr(self, day) for day in WEEKDAYS}


class CalendarTable(Table):
    """[[calendars]]: when somebody works. "always" is built in: round the clock, every day."""

    name: Name = Field(description="what policies and shifts call it", examples=["office"])
    timezone: TimeZone = Field("UTC", description="in which its hours are told")
    hours: HoursTable = Field(HoursTable(), description="the hours of each weekday")
    holidays: Region = Field(
        "", description='closed on the public holidays of "ES", or of a region such as "ES-MD"'
    )
    closed_on: Days = Field((), description="more days on which it is closed")
    open_on: Days = Field(
        (),
        description="days on which it is open all the same, with the hours of that weekday, else "
        "of the week's first open day",
    )

    def doubts(self) -> Iterator[Doubt]:
        """Open at no time, open and closed at once, or a name that is taken."""
        if self.name == ALWAYS:
            yield Doubt(
                place=("name",),
                found=f'found "{ALWAYS}", which is built in',
                expected="another name",
            )
        if not any(self.hours.by_day().values()):
            expected = 'hours of one weekday at least, such as { mon = "09:00-18:00" }'
            found = f'the calendar "{self.name}" is never open'
            yield Doubt(place=("hours",), found=found, expected=expected)
        for day in sorted(set(self.closed_on) & set(self.open_on)):
            found = f"found {day} among closed_on, too"
            yield Doubt(place=("open_on",), found=found, expected="a day in one of the two")


class TimesTable(Table):
    """[sla.first_response]: the time allowed by priority; one that is missing has no deadline."""

    urgent: Allowed = Field(
        None,
        description='of urgent ones: "30m", "4h", "1d" (24 open hours), "1bd"',
        examples=["1h"],
    )
    high: Allowed = Field(None, description="of those with priority high", examples=["4h"])
    normal: Allowed = Field(None, description="of those with priority normal", examples=["1d"])
    low: Allowed = Field(None, description="of those with priority low", examples=["2d"])

    def by_priority(self) -> dict[Priority, Allowance]:
        """Those that are given."""
        given = {priority: getattr(self, priority.value) for priority in Priority}
        return {priority: allowed for priority, allowed in given.items() if allowed}


def _tiers(given: object) -> dict[int, Times]:
    if not isinstance(given, Mapping):
        raise ValueError(_TIER_WORDS)  # noqa: TRY004 - pydantic shows the words of this one
    return {_tier(key): _tier_times(value) for key, value in given.items()}


def _tier(key: object) -> int:
    if isinstance(key, int):
        return key
    if not (isinstance(key, str) and key.isascii() and key.isdigit() and 1 <= int(key) <= 9):
        raise ValueError(f"{_TIER_WORDS}, with tiers from 1 to 9: {show(key)} is none")
    return int(key)


def _tier_times(given: object) -> Times:
    if not isinstance(given, Mapping):
        raise ValueError(_TIER_WORDS)  # noqa: TRY004 - pydantic shows the words of this one
    return {_named(Target, target, SERVICE): _by_priority(times) for target, times in given.items()}


def _by_priority(given: object) -> dict[Priority, Allowance]:
    if not isinstance(given, Mapping):
        raise ValueError(_TIER_WORDS)  # noqa: TRY004 - pydantic shows the words of this one
    found = {_named(Priority, p, tuple(Priority)): _allowance(t) for p, t in given.items()}
    return {priority: allowed for priority, allowed in found.items() if allowed}


def _named(kind: Any, word: object, known: tuple[Any, ...]) -> Any:
    if word in known:
        return kind(word)
    names = ", ".join(one.value for one in known)
    raise ValueError(f"{_TIER_WORDS}: {show(word)} is none of {names}")


Tiers = Annotated[
    dict[int, dict[Target, dict[Priority, Allowance]]],
    BeforeValidator(_tiers),
    Words("table", _TIER_WORDS),
]


class StepTable(Table):
    """[[sla.escalation]]: one step of the ladder of the [[sla]] above it."""

    on: Literal["first_response", "next_response", "resolution"] = Field(
        description="which target it watches", examples=["first_response"]
    )
    at: At = Field(
        description='when it comes: "80%" of the time allowed, "due", or "due+1h"',
        examples=["80%"],
    )
    notify: tuple[Hears, ...] = Field(
        (),
        description='who is told: "assignee", "queue", "lead", or an address',
        examples=[["assignee"]],
    )
    raise_tier: Flag = Field(False, description="the ticket goes to the next tier")
    raise_priority: Flag = Field(False, description="the ticket gets the next higher priority")
    reassign: Flag = Field(False, description="the ticket goes back to its queue")
    off_shift: Flag = Field(
        False, description="whom it names hears it off shift, too, not only those who work then"
    )

    def doubts(self) -> Iterator[Doubt]:
        """A step that does nothing."""
        if not (self.notify or self.raise_tier or self.raise_priority or self.reassign):
            expected = "notify, raise_tier, raise_priority or reassign beside it"
            yield Doubt(place=("at",), found="found a step that does nothing", expected=expected)


class SlaTable(Table):
    """[[sla]]: a policy: how soon somebody answers, and a ticket is resolved."""

    name: Name = Field(
        description='what queues and rules call it; "default" needs no naming', examples=["default"]
    )
    calendar: Name = Field(ALWAYS, description="whose open time is counted")
    first_response: TimesTable = Field(
        TimesTable(), description="until an agent's first public answer"
    )
    next_response: TimesTable = Field(
        TimesTable(), description="from the requester's words until an agent's public answer"
    )
    resolution: TimesTable = Field(TimesTable(), description="until the ticket is resolved")
    tier: Tiers = Field(
        {}, description="where a tier has times of its own, counted from the arrival there"
    )
    paused_in: tuple[Literal["pending", "on_hold"], ...] = Field(
        ("pending", "on_hold"), description="states in which the clocks stand still"
    )
    escalation: tuple[StepTable, ...] = Field((), description="the steps of its ladder")

    def times(self) -> Times:
        """The times allowed, for the targets that have any."""
        found = {target: getattr(self, target.value).by_priority() for target in SERVICE}
        return {target: times for target, times in found.items() if times}

    def states(self) -> frozenset[State]:
        """The states in which its clocks stand still."""
        return frozenset(State(state) for state in self.paused_in)

    def doubts(self) -> Iterator[Doubt]:
        """Steps on a target that has no time at any priority."""
        timed = {*self.times(), *(target for times in self.tier.values() for target in times)}
        for n, step in enumerate(self.escalation):
            if Target(step.on) not in timed:
                found = f'found a step on "{step.on}", for which "{self.name}" has no times'
                expected = f"{step.on} among the times of the policy"
                yield Doubt(place=("escalation", n, "on"), found=found, expected=expected)
