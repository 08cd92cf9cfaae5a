"""One deadline worked out, with every open interval on the way; no database is touched."""

import pytest

from tests.cli.conftest import CONFIG, Ended, Shell

SLA = """
[[calendars]]
name = "office"
timezone = "Europe/Madrid"
hours = { mon = ["09:00-14:00", "15:00-18:00"], fri = "09:00-15:00", sat = "22:00-06:00" }
holidays = "ES"

[[sla]]
name = "default"
calendar = "office"
first_response = { normal = "8h", urgent = "24h", high = "2bd" }
tier = { 2 = { first_response = { normal = "1h" } } }

[[sla]]
name = "round the clock"
resolution = { normal = "4h" }
"""


@pytest.fixture
def sla(shell: Shell) -> Shell:
    shell.config.write_text(CONFIG + SLA)
    return shell


def ask(shell: Shell, *more: str, **options: str) -> Ended:
    given = {
        "policy": "default",
        "priority": "normal",
        "target": "first_response",
        "from": "2026-01-09T13:00",
    } | options
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    return shell("sla", "due", *words, *more)


def test_the_document(sla: Shell):
    assert ask(sla, "--json").json == {
        "due_at": "2026-01-11T03:00:00Z",
        "from": "2026-01-09T12:00:00Z",
        "policy": "default",
        "priority": "normal",
        "target": "first_response",
        "allowed": "8h",
        "calendar": "office",
        "intervals": [
            {"start": "2026-01-09T12:00:00Z", "end": "2026-01-09T14:00:00Z", "seconds": 7200},
            {"start": "2026-01-10T21:00:00Z", "end": "2026-01-11T03:00:00Z", "seconds": 21600},
        ],
    }


@pytest.mark.parametrize(
    ("options", "due"),
    [
        ({"from": "2026-01-09T12:00:00Z"}, "2026-01-11T03:00:00Z"),
        ({"from": "2026-01-09 07:00:00-05:00"}, "2026-01-11T03:00:00Z"),
        ({"tier": "2"}, "2026-01-09T13:00:00Z"),
        ({"priority": "high"}, "2026-01-12T12:00:00Z"),  # of a Friday, 6h, and of a night, 8h
        ({"policy": "round the clock", "target": "resolution"}, "2026-01-09T16:00:00Z"),
        ({"from": "2026-12-25"}, "2026-12-27T05:00:00Z"),  # Christmas is a Friday
    ],
)
def test_when_it_would_be_due(sla: Shell, options, due):
    asked = ask(sla, "--json", **options)
    assert asked.json["due_at"] == due


def test_the_words_are_those_of_the_config(sla: Shell):
    assert ask(sla, "--json", priority="urgent").json["allowed"] == "24h"


def test_what_people_see_is_in_the_calendars_time_zone(sla: Shell):
    assert ask(sla).out.splitlines() == [
        "first response, normal, by default: due 2026-01-11 04:00",
        "8h of office (Europe/Madrid), from 2026-01-09 13:00",
        "  2026-01-09 13:00 to 2026-01-09 15:00  2h00, so far 2h00",
        "  2026-01-10 22:00 to 2026-01-11 04:00  6h00, so far 8h00",
    ]


def test_where_the_clocks_are_moved_the_offsets_are_told(sla: Shell):
    """Else the three hours from 22:00 to 01:00 would look like a mistake: they are four."""
    sla.config.write_text(
        CONFIG
        + """
[[calendars]]
name = "nights"
timezone = "America/New_York"
hours = { sat = "22:00-06:00" }

[[sla]]
name = "default"
calendar = "nights"
first_response = { normal = "5h" }
"""
    )
    assert ask(sla, **{"from": "2026-10-31T22:00-04:00"}).out.splitlines() == [
        "first response, normal, by default: due 2026-11-01 02:00 -05:00",
        "5h of nights (America/New_York), from 2026-10-31 22:00 -04:00",
        "  2026-10-31 22:00 -04:00 to 2026-11-01 02:00 -05:00  5h00, so far 5h00",
    ]


def test_no_database_is_needed_or_made(sla: Shell):
    database = sla.config.with_name("gateway.db")
    assert ask(sla).status == 0
    assert not database.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"policy": "defualt"}, 'did you mean "default"?'),
        ({"target": "answer"}, "expected one of first_response"),
        ({"target": "resolution"}, 'the policy "default" has no time for resolution'),
        ({"priority": "low"}, 'the policy "default" has no time for first_response'),
        ({"from": "soon"}, 'found "soon", expected a time such as'),
        ({"from": "9999-12-31"}, "out of reach"),
        ({"from": "0001-01-01"}, "out of reach"),
    ],
)
def test_what_is_asked_wrongly_is_exit_2_and_one_line(sla: Shell, options, said):
    done = ask(sla, **options)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1
