"""How long requesters are waited for: the desk's, a queue's own, and what contradicts itself."""

import pytest

from gateway.core.policy import Queue
from gateway.settings.policy import policy_of
from tests.settings.conftest import DESK, Faults, Load

AT_REMIND = "gateway.toml:3: desk.remind_requester: "
AT_RESOLVE = "gateway.toml:3: desk.resolve_unanswered: "
ONE = """
[desk]
address = "support@acme.example"
{desk}

[[queues]]
name = "support"
{queue}
"""


def queue_of(read: Load, desk: str = "", queue: str = "") -> Queue:
    return policy_of(read(ONE.format(desk=desk, queue=queue)).settings).queues[0]


def times(queue: Queue) -> list[str]:
    patience = queue.patience
    return [str(a) for a in patience.reminders] + [str(patience.resolve)]


def test_without_a_word_it_is_patient(read: Load):
    assert times(queue_of(read)) == ["2bd", "5bd", "8bd"]


def test_a_queue_has_its_own(read: Load):
    assert times(queue_of(read, queue='remind_requester = ["1d"]')) == ["1d", "8bd"]
    assert times(queue_of(read, queue='resolve_unanswered = "9bd"')) == ["2bd", "5bd", "9bd"]
    assert times(queue_of(read, queue='resolve_unanswered = ""')) == ["2bd", "5bd", "None"]


@pytest.mark.parametrize("where", ["desk", "queue"])
def test_nobody_is_reminded_and_nobody_given_up(read: Load, where: str):
    assert times(queue_of(read, **{where: "remind_requester = []"})) == ["None"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            'remind_requester = ["5bd", "2bd"]',
            AT_REMIND + 'found "2bd" after "5bd", expected each reminder '
            "later than the one before: all count from the beginning",
        ),
        (
            'remind_requester = ["1d", "24h"]',
            AT_REMIND + 'found "24h" after "1d", expected each reminder '
            "later than the one before: all count from the beginning",
        ),
        (
            'remind_requester = ["2bd", "8bd"]',
            'gateway.toml:1: desk.resolve_unanswered: found "8bd", and a reminder at "8bd", when '
            "it is resolved, expected a time after the last of remind_requester",
        ),
        (
            'resolve_unanswered = "2h"',
            AT_RESOLVE + 'found "2h", and a reminder at "5bd", when it '
            "is resolved, expected a time after the last of remind_requester",
        ),
        (
            'resolve_unanswered = "400bd"',
            AT_RESOLVE + 'found "400bd", more than a year of the '
            "hours that count here, expected a shorter time",
        ),
        (
            'remind_requester = ["soon"]',
            'gateway.toml:3: desk.remind_requester[1]: found "soon", expected a time such as '
            '"30m", "4h", "2d" (of 24 open hours each) or "1bd" (working days)',
        ),
    ],
)
def test_steps_in_no_order_are_told(faults_of: Faults, keys: str, said: str):
    assert faults_of(DESK + keys) == [said]


def test_a_queue_that_gives_up_without_a_reminder(faults_of: Faults):
    queue = '[[queues]]\nname = "a"\nremind_requester = []\nresolve_unanswered = "8bd"\n'
    assert faults_of(DESK + queue) == [
        'gateway.toml:6: queues[1].resolve_unanswered: found "8bd" without a reminder before it, '
        "expected remind_requester beside it, or no resolve_unanswered"
    ]


CONTRADICTS = """
remind_requester = ["3bd"]
resolve_unanswered = "2bd"

[[agents]]
name = "Bea"
email = "bea@acme.example"

[[queues]]
name = "support"
sla = "gold"

[[queues]]
name = "support"
sla = "silver"

[[sla]]
name = "gold"
resolution = { urgent = "4h" }

[[sla.escalation]]
on = "resolution"
at = "due"
raise_tier = true

[[sla]]
name = "gold"
resolution = { urgent = "2h" }
"""


def test_all_that_contradicts_itself_is_told_at_once(faults_of: Faults):
    """Two policies for one queue, a tier where nobody is, a step after the one that ends it."""
    assert [line.partition(": found")[0] for line in faults_of(DESK + CONTRADICTS)] == [
        "gateway.toml:5: desk.resolve_unanswered",
        "gateway.toml:16: queues[2].name",
        "gateway.toml:17: queues[2].sla",
        "gateway.toml:26: sla[1].escalation[1].raise_tier",
        "gateway.toml:29: sla[2].name",
    ]
