"""Which of the operator's sources a mail is from, and what it says of itself."""

import re

import pytest

from gateway.channels.email.reading.sources import WORDS, SourceRule
from gateway.core.expressions import TEXT, TRUTH, compile_expression
from gateway.core.model import Message, Party
from tests.channels.email.reading.kit import read


def rule(match: str, *, dedupe: str = "", resolves: str = "", **more: object) -> SourceRule:
    return SourceRule(
        name=str(more.pop("name", "alerts")),
        match=compile_expression(match, WORDS, TRUTH),
        dedupe=compile_expression(dedupe, WORDS, TEXT) if dedupe else None,
        resolves=compile_expression(resolves, WORDS, TRUTH) if resolves else None,
        **more,  # type: ignore[arg-type]
    )


ALERTS = rule(
    'from == "alerts@acme.example"',
    dedupe='subject.replace("RESOLVED", "FIRING")',
    resolves='subject.matches("RESOLVED")',
)


def alert(subject: str = "[FIRING] disk", text: str = "full", *headers: str) -> str:
    head = ["From: Alert Manager <alerts@acme.example>", "To: Support <support@acme.example>"]
    return "\n".join([*head, f"Subject: {subject}", *headers]) + f"\n\n{text}\n"


def seen(raw: str, *rules: SourceRule) -> Message:
    return read(raw, sources=rules or (ALERTS,))


def test_repeat_and_recovery_have_one_key():
    first, again, over = (
        seen(alert(s)) for s in ("[FIRING] disk", "[FIRING]  disk ", "[RESOLVED] disk")
    )
    other = seen(alert("[FIRING] cpu"))
    sources = [m.source for m in (first, again, over, other)]
    assert None not in sources
    keys = [s.key for s in sources if s]
    assert keys[0] == keys[1] == keys[2] != keys[3]
    assert [s.resolves for s in sources if s] == [False, False, True, False]
    assert keys[0].startswith("source:")


def test_the_same_subject_of_another_source_is_another_thing():
    other = rule("true", name="other", dedupe="subject")
    mine = rule("true", name="mine", dedupe="subject")
    keys = {seen(alert(), r).source.key for r in (other, mine)}  # type: ignore[union-attr]
    assert len(keys) == 2


def test_other_mail_is_of_no_source():
    assert read("From: ada@example.org\nSubject: x\n\nx", sources=(ALERTS,)).source is None
    assert read(alert()).source is None


def test_the_first_source_that_matches_counts():
    rules = (rule("subject == 'x'", name="a"), rule("true", name="b"), rule("true", name="c"))
    source = seen(alert(), *rules).source
    assert source is not None
    assert source.name == "b"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('name == "Alert Manager"', True),
        ('"support@acme.example" in to && cc.size() == 0', True),
        ('headers["x-alert"] == "7"', True),
        ('headers["x-none"] == "7"', False),
        ('text.contains("full")', True),
        ('reply_to == "noreply@acme.example"', True),
    ],
)
def test_what_conditions_look_at(condition: str, expected: bool):
    raw = alert("a", "full", "X-Alert: 7", "Reply-To: NoReply@acme.example")
    assert (seen(raw, rule(condition)).source is not None) is expected


def test_a_key_that_cannot_be_told_folds_nothing_and_is_noted():
    message = seen(alert(), rule("true", dedupe='headers["x-alert-id"]'))
    assert message.source is not None
    assert message.source.key == ""
    assert any("dedupe gives nothing" in defect for defect in message.defects)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Name: Ada\nE-mail: Ada@Example.org\n", Party(address="ada@example.org")),
        ("E-mail: <ada@example.org> \n", Party(address="ada@example.org")),
        ("E-mail: nobody\nE-mail: bob@example.org", Party(address="bob@example.org")),
        ("no address at all", None),
        ("E-mail: " + "x" * 100_000 + "@example.org", None),
    ],
)
def test_the_person_whom_a_pattern_finds(text: str, person: Party | None):
    message = seen(alert("a", text), rule("true", pattern=re.compile(r"^E-mail: (\S+)")))
    assert message.source is not None
    assert message.source.person == person
    assert message.author.address == "alerts@acme.example"


def test_the_person_in_reply_to():
    form = rule("true", reply_to=True)
    source = seen(alert("a", "b", "Reply-To: Ada Byron <ada@example.org>"), form).source
    assert source is not None
    assert source.person == Party(address="ada@example.org", name="Ada Byron")
    assert any("names no requester" in d for d in seen(alert(), form).defects)
