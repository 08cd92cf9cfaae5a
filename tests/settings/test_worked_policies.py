"""The worked policies of the documentation are right, and their tables are what comes out."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.core.audience import for_step
from gateway.core.model import Party, Priority, Ticket
from gateway.core.policy import Policy
from gateway.core.sla import hours_of
from gateway.core.targets import Target
from gateway.settings.policy import policy_of
from tests.settings.conftest import Load

PAGE = (Path(__file__).parents[2] / "docs" / "rules-and-service-levels.md").read_text("utf-8")
WORKED = PAGE.partition("## Three worked policies")[2]
CONFIGS = re.findall(r"```toml\n(.*?)```", WORKED, re.DOTALL)
SHOP, ROUND = 1, 2


def worked(read: Load, which: int) -> Policy:
    return policy_of(read(f'[desk]\naddress = "desk@acme.example"\n{CONFIGS[which]}').settings)


ZONES = ("Europe/Madrid", "Europe/Rome", "Europe/Madrid")
DUES = """
0 default first_response normal 2026-03-05 11:00 2026-03-06 11:00
0 default first_response normal 2026-03-07 20:00 2026-03-09 18:00
0 default first_response high   2026-08-07 14:00 2026-08-24 12:00
0 default resolution     normal 2026-03-26 10:00 2026-04-06 10:00
1 default first_response high   2026-12-05 12:00 2026-12-07 11:00
1 default first_response urgent 2026-12-07 18:00 2026-12-08 10:00
1 default first_response normal 2026-12-12 15:00 2026-12-13 19:00
1 vip     resolution     urgent 2026-03-29 00:00 2026-03-29 05:00
2 default first_response urgent 2026-01-06 03:00 2026-01-06 03:15
2 default first_response urgent 2026-01-10 12:00 2026-01-10 12:15
2 default resolution     urgent 2026-01-06 03:00 2026-01-06 05:00
"""


@pytest.mark.parametrize("case", DUES.strip().splitlines())
def test_the_tables(read: Load, case: str):
    which, sla, target, priority, day, time, due_day, due_time = case.split()
    policy, zone = worked(read, int(which)), ZONES[int(which)]
    allowed = policy.slas[sla].allowance(Target(target), Priority(priority), 1)
    assert allowed is not None
    hours = hours_of(policy.calendars, policy.slas[sla].calendar)
    begin = _at(f"{day} {time}", zone)
    assert hours.add(begin, allowed.open_time(hours, begin)) == _at(f"{due_day} {due_time}", zone)
    assert re.search(rf"{day} {time}.*\| .*{due_time}", WORKED)  # and the page says so


def _at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("at", "names", "tier", "heard"),
    [
        ("2026-01-06 03:07", ("queue",), 1, ["Mei Tan"]),
        ("2026-01-10 12:07", ("queue",), 1, ["Ana Luna"]),
        ("2026-01-10 12:15", ("queue", "lead", "pager@ops.example"), 1, ["Ana Luna", ""]),
        ("2026-01-06 05:00", ("assignee",), 2, ["Kai Lim"]),
        ("2026-01-06 10:00", ("lead",), 1, ["Bea Ruiz"]),
    ],
)
def test_who_hears_it_round_the_clock(read: Load, at, names, tier, heard):
    moment = _at(at, "Europe/Madrid")
    ticket = Ticket(
        number=7,
        subject="",
        requester=Party(address="ada@example.org"),
        queue="support",
        created_at=moment,
        updated_at=moment,
        tier=tier,
    )
    told = for_step(worked(read, ROUND), ticket, names, moment)
    assert [agent.name for agent in told] == heard


def test_the_shop_gives_vips_a_policy_of_their_own(read: Load):
    assert [queue.sla for queue in worked(read, SHOP).queues] == ["default", "vip"]
