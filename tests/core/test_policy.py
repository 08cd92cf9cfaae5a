"""What the operator said: which queue, which name, who may see, whom it concerns."""

from dataclasses import replace

import pytest

from gateway.core.policy import Policy
from tests.core.kit import BEA, HR, NETWORK, SUPPORT, policy


def labelled() -> Policy:
    own = replace(NETWORK, addresses=("net@acme.example", "lan@acme.example"), label="Acme Network")
    return policy(queues=(replace(SUPPORT, addresses=()), own, HR))


@pytest.mark.parametrize(
    ("queue", "address", "name"),
    [
        ("network", "net@acme.example", "Acme Network"),
        ("support", "support@acme.example", "Acme Support"),
        ("gone from the config", "support@acme.example", "Acme Support"),
    ],
)
def test_who_a_queues_mail_is_from(queue, address, name):
    rules = labelled()
    assert (rules.sender_address(queue), rules.sender_name(queue)) == (address, name)


@pytest.mark.parametrize(
    ("recipients", "queue"),
    [
        (("lan@acme.example",), "network"),
        (("else@example.org", "net@acme.example"), "network"),
        (("else@example.org",), "support"),
        ((), "support"),
    ],
)
def test_mail_lands_in_the_queue_that_it_was_sent_to_else_in_the_first(recipients, queue):
    assert labelled().queue_for(recipients).name == queue


def test_leads_of_a_queue_come_before_all_others():
    lead_here, lead_there = (
        replace(BEA, email=f"{queue}@acme.example", lead=True, queues=(queue,))
        for queue in ("support", "network")
    )
    rules = policy(agents=(lead_here, lead_there))
    assert rules.leads_of("network") == (lead_there,)
    assert rules.leads_of("hr") == (lead_here, lead_there)
