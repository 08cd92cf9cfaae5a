"""`gateway rules list`, and rules in `gateway explain`."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell, letter

RULES = """
[[rules]]
name = "outage"
when = 'subject.matches("(?i)outage|down") || "vip" in requester.tags'
priority = "urgent"
tags = ["outage"]

[[rules]]
name = "late"
on = "reply"
when = "hour >= 18"
tier = 2

[[rules]]
name = "from a machine"
when = 'headers["x-host"] == "db1"'
stop = true

[[contacts]]
match = "@vip.example"
tags = ["vip"]
"""


@pytest.fixture
def ruled(desk: Shell) -> Shell:
    with desk.config.open("a") as config:
        config.write(RULES)
    return desk


def test_rules_are_listed_in_order_with_what_was_checked(ruled: Shell):
    first, second, third = ruled("rules", "list", "--json").json
    assert first == {
        "name": "outage",
        "on": "open",
        "when": 'subject.matches("(?i)outage|down") || "vip" in requester.tags',
        "checks": [
            "requester is record",
            "subject is text",
            '"(?i)outage|down" is a regular expression',
            "the condition gives true or false",
        ],
        "sets": {
            "priority": "urgent",
            "queue": None,
            "tags": ["outage"],
            "tier": None,
            "assign": None,
            "sla": None,
            "impact": None,
            "urgency": None,
        },
        "stop": False,
    }
    assert (second["name"], second["on"], second["sets"]["tier"]) == ("late", "reply", 2)
    assert third["stop"] is True


def test_rules_are_shown_to_people(ruled: Shell):
    said = ruled("rules", "list").out
    assert "outage" in said
    assert "priority urgent; tags outage" in said
    assert "requester, subject" in said


def test_impact_and_urgency_of_a_rule_are_shown(desk: Shell):
    with desk.config.open("a") as config:
        config.write('[[rules]]\nname = "all"\nwhen = "true"\nimpact = "high"\nurgency = "low"\n')
        config.write('[[rules]]\nname = "some"\nwhen = "true"\nimpact = "low"\ntags = ["x"]\n')
    first, second = desk("rules", "list").out.splitlines()[1:]
    assert "impact high; urgency low" in first
    assert "impact low; tags x" in second


def test_without_rules_there_is_a_word_about_it(shell: Shell):
    assert "no rules yet" in shell("rules", "list").out
    assert shell("rules", "list", "--json").json == []


def explained(ruled: Shell, tmp_path: Path, **fields: str) -> Shell:
    (tmp_path / "mail.eml").write_bytes(letter(**fields))
    return ruled


def test_explain_shows_all_rules_and_why(ruled: Shell, tmp_path: Path):
    explained(ruled, tmp_path, subject="Mail is DOWN")
    said = ruled("explain", str(tmp_path / "mail.eml"), "--json").json
    assert said["priority"] == "urgent"
    assert said["rules"] == [
        {
            "name": "outage",
            "matched": True,
            "because": 'subject.matches("(?i)outage|down") was true',
            "did": ["priority urgent", "tags outage"],
        },
        {
            "name": "from a machine",
            "matched": False,
            "because": 'headers["x-host"] == "db1" could not be told: there is no "x-host"',
            "did": [],
        },
    ]
    assert "set priority of it to urgent" in said["would"]


def test_explain_tells_people_what_did_not_match(ruled: Shell, tmp_path: Path):
    explained(ruled, tmp_path, X_Host="db2")
    said = ruled("explain", str(tmp_path / "mail.eml")).out
    assert (
        'Rule:     outage did not match (subject.matches("(?i)outage|down") was false; '
        '"vip" in requester.tags was false)' in said
    )
    assert 'from a machine did not match (headers["x-host"] == "db1" was false' in said


def test_explain_knows_contacts_and_headers(ruled: Shell, tmp_path: Path):
    explained(ruled, tmp_path, sender="Eva <eva@shop.vip.example>", X_Host="=?utf-8?q?db1?=")
    rules = ruled("explain", str(tmp_path / "mail.eml"), "--json").json["rules"]
    assert [(r["matched"], r["did"]) for r in rules] == [
        (True, ["priority urgent", "tags outage"]),
        (True, ["stop"]),
    ]


def test_wrong_rules_are_told_all_at_once(desk: Shell):
    with desk.config.open("a") as config:
        config.write('[[rules]]\nname = "a"\nwhen = "subjcet"\n')
        config.write('[[rules]]\nname = "b"\nwhen = \'subject.matches("(")\'\n')
    ended = desk("rules", "list")
    assert ended.status == 2
    first, second = ended.err.splitlines()
    assert 'rules[1].when: rule "a": found the unknown name "subjcet"' in first
    assert 'rules[2].when: rule "b": found a bad regular expression' in second
