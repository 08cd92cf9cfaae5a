"""Rules over a message: which match, what they do together, and why."""

from typing import Any

import pytest

from gateway.core.contacts import Contact, ContactKind, Contacts
from gateway.core.expressions import TRUTH, compile_expression
from gateway.core.facts import LONGEST_TEXT, Scene, facts_of, vocabulary
from gateway.core.model import Attachment, Automatic, Priority, Role
from gateway.core.rules import ITIL, Level, Occasion, Rule, asked_priority, judge
from tests.core.kit import BEA, NOW, message, policy, ticket

QUEUES = ("support", "network", "hr")
WORDS = vocabulary(QUEUES)


def rule(name: str, when: str = "true", **effects) -> Rule:
    return Rule(name=name, when=compile_expression(when, WORDS, TRUTH), **effects)


def scene(**fields) -> Scene:
    given: dict[str, Any] = {
        "ticket": ticket(),
        "message": message(),
        "policy": policy(),
        "now": NOW,
        "occasion": Occasion.OPEN,
    }
    return Scene(**given | fields)


def judged(*rules: Rule, told: bool = False, **fields):
    facts = facts_of(scene(**fields), WORDS.types)
    return judge(rules, Occasion.OPEN, facts, ITIL, told=told)


def set_by(judgement) -> dict:
    return {e.field: (e.value, e.rule) for e in judgement.effects}


SCAN = Attachment(name="scan.pdf", type="application/pdf", data=b"12345")
TAGGED = policy(
    contacts=Contacts([Contact(match="@example.org", kind=ContactKind.BUSINESS, tags=("vip",))])
)
HELD = [
    ('subject.matches("(?i)FIRE")', {}),
    ('text.contains("fire") && language == ""', {}),
    ('from == "ada@example.org" && requester.domain == "example.org"', {}),
    ('requester.name == "Ada Byron" && !requester.agent && !requester.verified', {}),
    ('requester.kind == "private" && requester.tags.size() == 0', {}),
    ('"vip" in requester.tags && requester.kind == "business"', {"policy": TAGGED}),
    ("requester.verified", {"verified": True}),
    (
        'requester.agent && requester.kind == "internal"',
        {"ticket": ticket(requester=message(BEA).author)},
    ),
    ('headers["x-priority"] == "1"', {"message": message(headers={"x-priority": "1"})}),
    ('"x-priority" in headers == false', {}),
    ("has_attachments", {"message": message(attachments=(SCAN,))}),
    (
        'attachments.exists(a, a.name == "scan.pdf" && a.size == 5)',
        {"message": message(attachments=(SCAN,))},
    ),
    ('automatic == "bulk"', {"message": message(automatic=Automatic.BULK)}),
    ('automatic == "" && list_id == ""', {}),
    ('to == [] && "bea@acme.example" in cc', {"message": message(cc=(message(BEA).author,))}),
    (
        'recipient == "network@acme.example"',
        {"message": message(recipients=("x@y.example", "network+7.abc@acme.example"))},
    ),
    ('recipient == "x@y.example"', {"message": message(recipients=("x@y.example",))}),
    ('role == "participant"', {"role": Role.PARTICIPANT}),
    ('hour == 10 && weekday == "mon"', {}),  # 09:00 UTC in Madrid
    ("open.always && open['always']", {}),
    ('queue == "support" && tier == 1 && priority == "normal" && state == "new"', {}),
    ('assignee == "" && channel == "email" && tags == []', {}),
]


@pytest.mark.parametrize(("when", "fields"), HELD, ids=[when for when, _ in HELD])
def test_what_a_rule_sees(when, fields):
    (hit,) = judged(rule("r", when), **fields).hits
    assert (hit.matched, hit.failed) == (True, "")


def test_a_rule_looks_at_the_beginning_of_an_endless_text():
    long = message(text="x" * (LONGEST_TEXT + 5))
    assert judged(rule("r", f"text.size() == {LONGEST_TEXT}"), message=long).hits[0].matched


def test_later_rules_win_and_tags_add_up():
    judgement = judged(
        rule("one", priority=Priority.HIGH, queue="network", tags=("a", "b")),
        rule("two", 'subject == "no"', priority=Priority.LOW, tags=("never",)),
        rule("three", priority=Priority.URGENT, tags=("c", "a"), tier=2),
    )
    assert set_by(judgement) == {
        "queue": ("network", "one"),
        "priority": (Priority.URGENT, "three"),
        "tier": (2, "three"),
        "tags": (("a", "b", "c"), "three"),
    }
    assert [(h.rule.name, h.matched, h.did) for h in judgement.hits] == [
        ("one", True, ("queue network", "priority high", "tags a, b")),
        ("two", False, ()),
        ("three", True, ("priority urgent", "tier 2", "tags c, a")),
    ]


def test_a_later_rule_sees_what_an_earlier_one_set():
    judgement = judged(
        rule("one", queue="network", tags=("a",)),
        rule("two", 'queue == "network" && "a" in tags', priority=Priority.HIGH),
    )
    assert set_by(judgement)["priority"] == (Priority.HIGH, "two")


def test_stop_ends_it():
    judgement = judged(
        rule("one", "false", stop=True),
        rule("two", stop=True, priority=Priority.LOW),
        rule("three", priority=Priority.HIGH),
    )
    assert set_by(judgement)["priority"] == (Priority.LOW, "two")
    last = judgement.hits[-1]
    assert (last.matched, last.because) == (False, 'not looked at: "two" was the last one')


def test_impact_and_urgency_of_different_rules_give_a_priority():
    judgement = judged(
        rule("reach", impact=Level.HIGH),
        rule("need", urgency=Level.MEDIUM),
    )
    assert set_by(judgement) == {"priority": (Priority.HIGH, "need")}
    assert [h.did for h in judgement.hits] == [
        ("impact high, urgency not known",),
        ("impact high, urgency medium: priority high",),
    ]


@pytest.mark.parametrize("rules", [("matrix", "plain"), ("plain", "matrix")])
def test_of_a_priority_and_a_matrix_the_later_wins(rules):
    known = {
        "matrix": rule("matrix", impact=Level.LOW, urgency=Level.LOW),
        "plain": rule("plain", priority=Priority.URGENT),
    }
    wins = {"matrix": Priority.LOW, "plain": Priority.URGENT}[rules[-1]]
    assert set_by(judged(*(known[r] for r in rules)))["priority"] == (wins, rules[-1])


def test_a_rule_that_cannot_be_told_did_not_match_and_says_so():
    judgement = judged(
        rule("header", 'headers["x-nope"] == "1"', priority=Priority.HIGH),
        rule("next", tags=("t",)),
        told=True,
    )
    first, second = judgement.hits
    assert not first.matched
    assert first.failed == 'there is no "x-nope"'
    assert 'could not be told: there is no "x-nope"' in first.because
    assert second.matched


def test_rules_of_another_occasion_are_not_looked_at():
    assert judged(rule("r", on=Occasion.REPLY)).hits == ()


def test_the_whole_table_of_itil_is_there():
    assert {(i, u) for i in Level for u in Level} == set(ITIL)


CONTACTS = Contacts(
    [
        Contact(match="@big.example", tags=("vip",), language="it"),
        Contact(match="@lab.big.example", kind=ContactKind.INTERNAL, tags=("lab",)),
        Contact(
            match="ada@lab.big.example", kind=ContactKind.PRIVATE, tags=("vip", "ada"), name="A"
        ),
    ]
)


@pytest.mark.parametrize(
    ("address", "kind", "tags", "language"),
    [
        ("bob@big.example", ContactKind.BUSINESS, ("vip",), "it"),
        ("bob@a.b.big.example", ContactKind.BUSINESS, ("vip",), "it"),
        ("bob@lab.big.example", ContactKind.INTERNAL, ("lab", "vip"), "it"),
        ("ada@lab.big.example", ContactKind.PRIVATE, ("vip", "ada", "lab"), "it"),
        ("bob@notbig.example", ContactKind.PRIVATE, (), ""),
        ("", ContactKind.PRIVATE, (), ""),
    ],
)
def test_the_nearest_line_says_who_somebody_is_and_tags_add_up(address, kind, tags, language):
    known = CONTACTS.of(address)
    assert (known.kind, known.tags, known.language) == (kind, tags, language)


def test_every_fact_has_an_example_that_is_right():
    for fact in WORDS.facts:
        compile_expression(fact.example, WORDS, TRUTH)
        assert fact.description, fact.name


@pytest.mark.parametrize(
    ("answers", "priority"),
    [
        ({"urgency": "high", "impact": "high"}, Priority.URGENT),
        ({"urgency": "high"}, Priority.HIGH),
        ({"impact": "low"}, Priority.LOW),
        ({"urgency": "low", "impact": "high"}, Priority.NORMAL),
        ({"urgency": "now!", "impact": ""}, None),
        ({"x-priority": "high"}, None),
        ({}, None),
    ],
)
def test_answers_of_a_form_come_to_a_priority(answers, priority):
    assert asked_priority(answers, ITIL) == priority
