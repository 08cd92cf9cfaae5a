"""Rules, contacts and the matrix: what is right about them, and all that can be wrong."""

from pathlib import Path

import pytest

from gateway.core.contacts import ContactKind
from gateway.core.model import Priority
from gateway.core.rules import Level, Occasion
from gateway.settings.policy import policy_of
from tests.settings.conftest import DESK, Faults, Load

AGENTS = """
[[agents]]
name = "Bea Ruiz"
email = "bea@acme.example"
[[queues]]
name = "support"
[[queues]]
name = "network"
[[calendars]]
name = "office"
hours = { mon = "09:00-18:00" }
"""
RULE = '[[rules]]\nname = "r"\nwhen = "true"\n'


def test_a_rule_has_all_that_was_written(read: Load):
    text = """
[[rules]]
name = "outage"
when = 'subject.matches("(?i)outage|down") || "vip" in requester.tags'
priority = "urgent"
queue = "network"
tags = ["Outage"]
tier = 1
assign = "bea"
on = "reply"
stop = true
"""
    (rule,) = policy_of(read(DESK + AGENTS + text).settings).rules
    assert (rule.name, rule.on, rule.stop) == ("outage", Occasion.REPLY, True)
    assert (rule.priority, rule.queue, rule.tags) == (Priority.URGENT, "network", ("outage",))
    assert (rule.tier, rule.assign) == (1, "bea@acme.example")
    assert rule.when.names == {"subject", "requester"}


def test_empty_effects_change_nothing(read: Load):
    text = (
        RULE + 'priority = ""\nqueue = ""\nassign = ""\nimpact = ""\nurgency = ""\ntags = ["x"]\n'
    )
    (rule,) = policy_of(read(DESK + text).settings).rules
    assert (rule.priority, rule.queue, rule.assign) == (None, "", "")
    assert (rule.impact, rule.urgency) == (None, None)


WRONG = {
    "when = \"subjcet == ''\"": 'rules[1].when: rule "r": found the unknown name "subjcet" at '
    'character 1 (did you mean "subject"?)',
    "when = 'subject > 3'": 'rules[1].when: rule "r": found text > whole number at character 1',
    "when = 'hour'": 'rules[1].when: rule "r": it gives whole number at character 1, expected an '
    "expression that gives true or false",
    "when = 'true && subject.matches(\"(\")'": 'rules[1].when: rule "r": found a bad regular '
    "expression: unclosed group at character 25",
    "when = '''\ntrue ||\n  requester.tgas == []'''": 'rules[1].when: rule "r": found ".tgas" at '
    'character 3 of its line 2 (did you mean "tags"?)',
    "when = 'queue == \"nework\"'": 'rules[1].when: rule "r": found "nework" at character 10, '
    'expected one of "support", "network" (did you mean "network"?)',
    "when = 'true ='": "rules[1].when: rule \"r\": found '=' at character 6",
    "when = ' '": 'rules[1].when: found " ", expected a condition such as',
    'queue = "nework"': 'rules[1].queue: rule "r": found "nework", expected one of the queues '
    '"support", "network" (did you mean "network"?)',
    'assign = "carla"': 'rules[1].assign: rule "r": found "carla", expected one of the agents '
    '"bea@acme.example"',
    "tier = 3": 'rules[1].tier: rule "r": found tier 3, where nobody is, expected one of the '
    "agents' tiers 1",
    'priority = "hot"': 'rules[1].priority: found "hot", expected one of "low", "normal", "high", '
    '"urgent"',
    'impact = "high"\npriority = "low"': 'rules[1].priority: rule "r": found it beside impact',
    'on = "close"': 'rules[1].on: found "close", expected one of "open", "reply"',
    'tags = ["two words"]': 'rules[1].tags[1]: found "two words", expected a word of at most',
    'sla = "gold"': 'rules[1].sla: found "gold"',
    "when = 'open.ofice'": 'rules[1].when: rule "r": found ".ofice" at character 1 (did you mean '
    '"office"?)',
    "prioritty = 'high'": "rules[1].prioritty: found an unknown key (did you mean",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_with_a_rule_is_one_line_with_its_place(faults_of: Faults, text: str):
    rule = RULE.replace('when = "true"\n', "") if text.startswith("when") else RULE
    (line,) = faults_of(DESK + AGENTS + rule + text)
    where, _, said = line.partition(": ")
    assert said.startswith(WRONG[text])
    begins = (DESK + AGENTS + rule).count("\n") + 1
    assert begins <= int(where.removeprefix("gateway.toml:")) <= begins + 1


def test_all_faults_are_told_at_once(faults_of: Faults):
    text = RULE + RULE.replace("true", "subjcet > hour") + 'queue = "x"\n[[contacts]]\nmatch = "x"'
    told = faults_of(DESK + text)
    assert [line.split(": ")[1] for line in told] == [
        "rules[2].name",
        "rules[2].when",
        "rules[2].queue",
        "contacts[1].match",
    ]


def test_a_matrix_is_changed_where_it_is_written(read: Load):
    text = '[priority_matrix]\nhigh = { low = "urgent" }\n'
    matrix = policy_of(read(DESK + text).settings).matrix
    assert matrix[Level.HIGH, Level.LOW] is Priority.URGENT
    assert matrix[Level.HIGH, Level.MEDIUM] is Priority.HIGH
    assert matrix[Level.LOW, Level.LOW] is Priority.LOW


def test_contacts_come_from_the_config_and_from_a_file(read: Load, tmp_path: Path):
    (tmp_path / "people.csv").write_bytes(
        "\ufeffmatch,kind,tags,name\r\n"
        '@big.example,Business,"vip gold",\r\n'
        "\r\n"
        "Ada@Example.org,private,,Ada Byron\r\n".encode()
    )
    text = f'contacts_file = "people.csv"\n{DESK}[[contacts]]\nmatch = "@own.example"\n'
    contacts = policy_of(read(text).settings).contacts
    assert len(contacts) == 3
    assert contacts.of("x@big.example").tags == ("vip", "gold")
    assert contacts.of("ada@example.org").kind is ContactKind.PRIVATE
    assert contacts.of("ada@example.org").name == "Ada Byron"
    assert contacts.of("x@own.example").kind is ContactKind.BUSINESS


def test_semicolons_will_do(read: Load, tmp_path: Path):
    (tmp_path / "people.csv").write_text("match;kind;tags\n@big.example;internal;a b\n")
    contacts = policy_of(read(f'contacts_file = "people.csv"\n{DESK}').settings).contacts
    assert contacts.of("x@big.example").tags == ("a", "b")


FILES = {
    "kind,tags\nprivate,\n": ["people.csv:1: found no column match, expected a first line such as"],
    "match,knd\n": ['people.csv:1: found the unknown column "knd", expected one of match'],
    "match,kind\nx,private\n@b.example,vip\n": [
        'people.csv:2: match: found "x", expected a mail address, or "@" and a domain',
        'people.csv:3: kind: found "vip", expected one of "private", "business", "internal"',
    ],
    "match\n@b.example\n\n@B.example\n": [
        'people.csv:4: match: found "@b.example", which line 2 has already'
    ],
    "match\n@own.example\n": [
        'people.csv:2: match: found "@own.example", which the config has already'
    ],
    "match\na@b.example,private\n": ["people.csv:2: found 2 values, expected at most 1: match"],
    'match\n"@b.exam\n': ["people.csv:2: not CSV"],
    "match,tags\n,vip\n": ["people.csv:2: match: not given, expected a mail address"],
    "": ["people.csv:1: found no column match"],
}


@pytest.mark.parametrize("text", FILES)
def test_what_is_wrong_with_the_file_has_its_line_there(
    faults_of: Faults, tmp_path: Path, text: str
):
    (tmp_path / "people.csv").write_text(text)
    own = '[[contacts]]\nmatch = "@own.example"\n'
    told = faults_of(f'contacts_file = "people.csv"\n{DESK}{own}')
    assert len(told) == len(FILES[text])
    for line, said in zip(told, FILES[text], strict=True):
        assert line.startswith(said)


def test_a_file_that_is_not_there_is_a_fault(faults_of: Faults):
    (line,) = faults_of(f'contacts_file = "people.csv"\n{DESK}')
    assert (
        line == "people.csv: cannot be read: No such file or directory, expected a file of contacts"
    )
