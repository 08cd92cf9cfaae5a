"""Service levels in the config: what the core gets, and every contradiction at its place."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.core.model import Priority, State
from gateway.core.targets import SERVICE, Target
from gateway.settings.policy import policy_of
from tests.settings.conftest import Faults, Load

DESK = '[desk]\naddress = "support@acme.example"\n'
OFFICE = (
    '[[calendars]]\nname = "office"\ntimezone = "Europe/Madrid"\n'
    'hours = { mon = ["09:00-14:00", "15:00-18:00"], fri = "22:00-06:00" }\n'
)
SLA = '[[sla]]\nname = "default"\ncalendar = "office"\nfirst_response = { urgent = "30m" }\n'
STEP = '[[sla.escalation]]\non = "first_response"\nat = "due"\nnotify = ["lead"]\n'


def test_all_of_it(read: Load):
    whole = DESK + OFFICE.replace(
        "hours", 'holidays = "es-md"\nclosed_on = ["2026-12-24", 2026-12-31]\nhours'
    )
    whole += SLA + 'resolution = { high = "1d", low = "2bd" }\n'
    whole += 'tier = { 2 = { resolution = { high = "4h" } } }\npaused_in = ["pending"]\n'
    whole += STEP + STEP.replace('"due"', '"due + 1h"') + STEP.replace('"due"', '"80%"')
    policy = policy_of(read(whole).settings)
    sla = policy.slas["default"]
    assert policy.queues[0].sla == "default"
    assert str(sla.allowance(Target.RESOLUTION, Priority.LOW, 1)) == "2bd"
    assert str(sla.allowance(Target.RESOLUTION, Priority.HIGH, 2)) == "4h"
    assert str(sla.allowance(Target.RESOLUTION, Priority.HIGH, 3)) == "1d"
    assert sla.allowance(Target.FIRST_RESPONSE, Priority.LOW, 1) is None
    assert sla.paused_in == frozenset({State.PENDING})
    assert [(s.at, s.share, s.after and s.after.text) for s in sla.steps] == [
        ("due", 1, None),
        ("due+1h", 1, "1h"),
        ("80%", 0.8, None),
    ]
    hours = policy.calendars["office"]
    assert hours.calendar.shifts(date(2026, 1, 5)) == hours.calendar.week[0]
    assert hours.calendar.shifts(date(2026, 12, 24)) == ()
    friday = datetime(2027, 1, 1, 12, tzinfo=UTC)  # New Year's Day: the night does not begin
    assert hours.between(friday, friday + timedelta(days=2)) == timedelta(0)


def test_closed_for_weeks_and_open_on_a_holiday(read: Load):
    days = 'holidays = "ES"\nclosed_on = ["2026-08-03/2026-08-23"]\nopen_on = ["2026-12-07"]\n'
    made = policy_of(read(DESK + OFFICE + days).settings).calendars["office"].calendar
    assert len(made.closed_on) == 21
    assert made.shifts(date(2026, 8, 10)) == ()
    assert made.shifts(date(2026, 12, 7)) == made.week[0]


@pytest.mark.parametrize("region", ["ES-Barcelona", "es-barcelona", "gb-eng", "DE"])
def test_regions_are_known_whatever_their_case(read: Load, region):
    made = policy_of(read(f'{DESK}{OFFICE}holidays = "{region}"\n').settings)
    assert date(2026, 12, 25) in made.calendars["office"].calendar.holidays(2026)


@pytest.mark.parametrize(
    ("queues", "policy"),
    [
        ("", "default"),
        ('[[queues]]\nname = "support"\n', "default"),
        ('[[queues]]\nname = "support"\nsla = ""\n', ""),
        ('[[queues]]\nname = "support"\nsla = "vip"\n', "vip"),
    ],
)
def test_which_policy_a_queue_has(read: Load, queues, policy):
    other = SLA.replace("default", "vip")
    made = policy_of(read(DESK + queues + OFFICE + SLA + other).settings)
    assert made.queues[0].sla == policy


def test_default_need_not_be_there_and_what_nothing_uses_is_legal(read: Load):
    unused = OFFICE + SLA.replace("default", "vip") + STEP + "raise_tier = true\n"
    made = policy_of(read(DESK + unused + '[[queues]]\nname = "a"\nsla = "default"\n').settings)
    assert list(made.slas) == ["vip"]


AGENT = '[[agents]]\nname = "B"\nemail = "b@x.example"\n'

WRONG = [
    ("calendars", OFFICE.replace("mon", "mno"), "calendars[1].hours.mno: found an unknown key"),
    ("calendars", OFFICE.replace("14:00", "25:00"), "found a list, expected a time from 00:00"),
    ("calendars", OFFICE.replace("22:00-06:00", "24:00-06:00"), "expected a start before 24:00"),
    ("calendars", OFFICE.replace("22:00-06:00", "9-5"), 'expected hours such as "09:00-18:00"'),
    ("calendars", '[[calendars]]\nname = "x"\n', 'the calendar "x" is never open'),
    ("calendars", OFFICE.replace("office", "always"), '"always", which is built in'),
    ("calendars", OFFICE + OFFICE, 'calendars[2].name: found "office", which calendars[1] has'),
    ("calendars", OFFICE + 'holidays = "Spain"\n', 'did you mean "ES"?'),
    ("calendars", OFFICE + 'holidays = "ES-MDD"\n', 'did you mean "ES-MD"?'),
    ("calendars", OFFICE + 'closed_on = ["24.12."]\n', "expected days such as"),
    ("calendars", OFFICE + 'closed_on = ["2026-12-24/2026-12-01"]\n', "expected days such as"),
    (
        "calendars",
        OFFICE + 'closed_on = ["2026-12-24"]\nopen_on = ["2026-12-24"]\n',
        "calendars[1].open_on: found 2026-12-24 among closed_on, too",
    ),
    ("sla", SLA, 'sla[1].calendar: found "office", expected one of the calendars "always"'),
    ("sla", OFFICE + SLA.replace("office", "ofice"), 'did you mean "office"?'),
    ("sla", OFFICE + SLA + SLA, "which sla[1] has already, expected another name: a queue has one"),
    ("sla", OFFICE + SLA.replace("30m", "soon"), "sla[1].first_response.urgent: found"),
    ("sla", OFFICE + SLA.replace("30m", "0m"), "sla[1].first_response.urgent: found"),
    ("sla", OFFICE + SLA.replace("30m", "99999d"), "more than 10 years of"),
    ("sla", OFFICE + SLA.replace("30m", "3000bd"), "more than 10 years of"),
    ("sla", OFFICE + SLA + 'paused_in = ["open"]\n', "sla[1].paused_in"),
    ("sla", OFFICE + SLA + "tier = { x = {} }\n", "with tiers from 1 to 9"),
    ("sla", OFFICE + SLA + "tier = { 2 = { reply = {} } }\n", '"reply" is none of'),
    ("step", OFFICE + SLA + STEP.replace("due", "120%"), "sla[1].escalation[1].at"),
    ("step", OFFICE + SLA + STEP.replace("due", "due-1h"), "sla[1].escalation[1].at"),
    ("step", OFFICE + SLA + STEP.replace("lead", "boss"), "sla[1].escalation[1].notify"),
    ("step", OFFICE + SLA + STEP.replace('"lead"', ""), "found a step that does nothing"),
    ("step", OFFICE + SLA + STEP.replace("first_", "next_"), "has no times"),
    ("step", OFFICE + SLA + STEP.replace("lead", "support@acme.example"), "an address of the desk"),
    (
        "step",
        OFFICE + SLA + STEP + "raise_tier = true\n" + AGENT,
        "sla[1].escalation[1].raise_tier: found a step above tier 1, where nobody is",
    ),
    (
        "step",
        OFFICE + SLA + 2 * (STEP + "raise_tier = true\n") + AGENT + "tier = 3\n",
        "sla[1].escalation[2].raise_tier: found a step above tier 3, where nobody is",
    ),
    ("who", AGENT + 'shift = "ofice"\n' + OFFICE, 'agents[1].shift: found "ofice"'),
    ("who", '[[queues]]\nname = "a"\nsla = "vpi"\n' + OFFICE + SLA, 'queues[1].sla: found "vpi"'),
]


@pytest.mark.parametrize(("_what", "config", "said"), WRONG)
def test_what_contradicts_itself_is_told_with_its_place(faults_of: Faults, _what, config, said):
    (told,) = faults_of(DESK + config)
    assert said in told


def test_all_of_it_at_once(faults_of: Faults):
    told = faults_of(
        DESK
        + AGENT
        + 'shift = "night"\n'
        + OFFICE
        + 'holidays = "XX"\n'
        + SLA.replace("office", "offices")
        + STEP.replace('"lead"', "")
        + STEP
        + "raise_tier = true\n"
        + SLA
    )
    assert [line.split(": ")[1] for line in told] == [
        "agents[1].shift",
        "calendars[1].holidays",
        "sla[1].calendar",
        "sla[1].escalation[1].at",
        "sla[1].escalation[2].raise_tier",
        "sla[2].name",
    ]


def test_a_queue_may_say_that_it_is_being_worked_on(read: Load):
    queue = '[[queues]]\nname = "support"\nstill_working = " 75 %"\n'
    policy = policy_of(read(DESK + OFFICE + SLA + queue).settings)
    steps = policy.queues[0].reassuring
    assert [(s.on, s.at, s.share, s.reassures) for s in steps] == [
        (target, "75%", 0.75, True) for target in SERVICE
    ]


@pytest.mark.parametrize("given", ["100%", "due", "2h", "0%", "soon"])
def test_it_is_said_before_and_not_when_it_is_late(faults_of: Faults, given: str):
    queue = f'[[queues]]\nname = "support"\nstill_working = "{given}"\n'
    (told,) = faults_of(DESK + queue)
    assert "expected a share of the time allowed" in told


def test_a_step_may_be_told_off_shift(read: Load):
    policy = policy_of(read(DESK + OFFICE + SLA + STEP + "off_shift = true\n").settings)
    assert [step.off_shift for step in policy.slas["default"].steps] == [True]


def test_contacts_may_have_a_time_zone(read: Load, faults_of: Faults):
    one = '[[contacts]]\nmatch = "@example.org"\ntimezone = "{}"\n'
    policy = policy_of(read(DESK + one.format("America/Lima")).settings)
    assert policy.contacts.of("ada@example.org").timezone == "America/Lima"
    (told,) = faults_of(DESK + one.format("Lima"))
    assert 'found "Lima", expected a time zone such as "Europe/Madrid"' in told
