"""What came of a simulation, ticket by ticket and in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import chain
from zoneinfo import ZoneInfo

from gateway.core.model import Priority
from gateway.core.targets import Target

NIGHT = (22, 7)  # hours of the desk's time zone between which people sleep
REQUESTERS = "(requesters)"
_WORDS = {
    "agenda": "own list",
    "handover": "hand-over",
    "waiting": "asked for their answer",
    "still_open": "still being worked on",
}


class Fate(StrEnum):
    """How one deadline ended."""

    MET = "met"
    MISSED = "missed"
    RUNNING = "running"  # neither, when the archive ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One deadline of a ticket: a target that was started, until it was met or the end.

    A missed one may have been met later; ``priority`` is the ticket's when it ended.
    """

    target: Target
    priority: Priority
    started_at: datetime
    due_at: datetime | None
    fate: Fate
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody would have been told something by the clock, as a notice of a kind.

    ``outside``: a requester; else somebody of the desk, who may be ``on_duty``: in their shift.
    ``ticket`` is None for what is about many: digests, agents' own lists, hand-overs.
    """

    at: datetime
    kind: str
    to: str
    ticket: int | None
    outside: bool = False
    on_duty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One ticket as it would have gone. ``opened_by`` is the same in every run of one archive."""

    opened_by: str
    number: int
    subject: str
    opened_at: datetime
    queue: str
    priority: Priority
    because: tuple[str, ...]
    state: str
    tier: int
    assignee: str | None
    deadlines: tuple[Deadline, ...] = ()
    told: tuple[Told, ...] = ()

    def count(self, fate: Fate) -> int:
        """How many of its deadlines ended like that."""
        return sum(deadline.fate is fate for deadline in self.deadlines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One replay. ``arrivals``: moments of people's messages; ``fates`` of all rows by name.

    ``rounds`` is what was told about many tickets at once.
    """

    name: str
    timezone: str
    stories: tuple[Story, ...]
    arrivals: tuple[datetime, ...] = field(repr=False, default=())
    fates: Mapping[str, int] = field(default_factory=dict)
    missed_raws: int = 0
    rounds: tuple[Told, ...] = ()

    @property
    def first(self) -> datetime | None:
        """When the first message came."""
        return self.arrivals[0] if self.arrivals else None

    @property
    def last(self) -> datetime | None:
        """When the last one came."""
        return self.arrivals[-1] if self.arrivals else None

    @property
    def told(self) -> tuple[Told, ...]:
        """Everything that the clock would have said, in order."""
        every = chain(self.rounds, (t for s in self.stories for t in s.told))
        return tuple(sorted(every, key=lambda t: t.at))

    def by_person(self) -> dict[tuple[str, str], int]:
        """How often the clock would have told whom what, by name; requesters are one."""
        counted = Counter((REQUESTERS if t.outside else t.to, t.kind) for t in self.told)
        return dict(sorted(counted.items()))

    def by_reason(self) -> Counter[tuple[Priority, str]]:
        """How many tickets had which priority in the end, and what rules said so."""
        return Counter((story.priority, "; ".join(story.because)) for story in self.stories)

    def at_night(self) -> Counter[str]:
        """Who would have been woken: told something between 22:00 and 07:00, out of their shift."""
        inside = (t for t in self.told if not t.outside and not t.on_duty)
        return Counter(t.to for t in inside if is_night(t.at, self.timezone))

    def by_fate(self) -> dict[tuple[Target, Priority], Counter[Fate]]:
        """How the deadlines ended, by target and priority."""
        found: dict[tuple[Target, Priority], Counter[Fate]] = {}
        for story in self.stories:
            for one in story.deadlines:
                found.setdefault((one.target, one.priority), Counter())[one.fate] += 1
        return found

    def sums(self) -> dict[str, int]:
        """All of it in sum, by what is counted; the same names in every run."""
        night = sum(self.at_night().values())
        return {
            "messages of people": len(self.arrivals),
            "tickets": len(self.stories),
            **{f"deadlines {fate}": sum(s.count(fate) for s in self.stories) for fate in Fate},
            "told by the clock": len(self.told),
            "of it at night, out of shift": night,
        }

    def load(self) -> Counter[tuple[int, int]]:
        """Messages by weekday (Monday is 0) and hour, in the desk's time zone."""
        return load_of(self.arrivals, self.timezone)


def load_of(moments: Iterable[datetime], timezone: str) -> Counter[tuple[int, int]]:
    """Moments by weekday and hour of a time zone."""
    zone = ZoneInfo(timezone)
    local = (moment.astimezone(zone) for moment in moments)
    return Counter((moment.weekday(), moment.hour) for moment in local)


def words_of(kind: str) -> str:
    """A kind of notice, for people."""
    return _WORDS.get(kind, kind.replace("_", " "))


def is_night(moment: datetime, timezone: str) -> bool:
    """Whether people sleep then."""
    hour = moment.astimezone(ZoneInfo(timezone)).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One ticket that two configs treat differently; None where one of them has no such ticket."""

    one: Story | None
    other: Story | None
    what: tuple[tuple[str, str, str], ...]

    @property
    def story(self) -> Story:
        """The ticket, as the first config that has it sees it."""
        found = self.one or self.other
        assert found is not None  # noqa: S101 - there is no difference about nothing
        return found


def in_sum(one: Run, other: Run) -> tuple[tuple[str, int, int], ...]:
    """What is counted, with the sums of both runs; deadlines by target and priority, too."""
    rows = [(name, ours, other.sums()[name]) for name, ours in one.sums().items()]
    ours, theirs = one.by_fate(), other.by_fate()
    for target, priority in sorted({*ours, *theirs}, key=lambda key: (key[0], _rank(key[1]))):
        key = (target, priority)
        name = f"{target.words}, {priority}: missed"
        missed = (run.get(key, Counter())[Fate.MISSED] for run in (ours, theirs))
        rows.append((name, next(missed), next(missed)))
    return tuple(rows)


def _rank(priority: Priority) -> int:
    return -list(Priority).index(priority)


def compare(one: Run, other: Run) -> tuple[Difference, ...]:
    """What differs between two runs of one archive, ticket by ticket, in the order of opening."""
    ours = {story.opened_by: story for story in one.stories}
    theirs = {story.opened_by: story for story in other.stories}
    found = (_difference(ours.get(k), theirs.get(k)) for k in dict.fromkeys((*ours, *theirs)))
    return tuple(d for d in found if d.what)


def _difference(one: Story | None, other: Story | None) -> Difference:
    if one is None or other is None:
        there = ("ticket", "opened" if one else "none", "opened" if other else "none")
        return Difference(one=one, other=other, what=(there,))
    pairs = zip(_facts(one).items(), _facts(other).values(), strict=True)
    what = tuple((name, ours, theirs) for (name, ours), theirs in pairs if ours != theirs)
    return Difference(one=one, other=other, what=what)


def _facts(story: Story) -> dict[str, str]:
    return {
        "priority": story.priority.value,
        "queue": story.queue,
        "tier": str(story.tier),
        "assignee": story.assignee or "nobody",
        "deadlines met": str(story.count(Fate.MET)),
        "deadlines missed": str(story.count(Fate.MISSED)),
        "told by the clock": str(len(story.told)),
    }
