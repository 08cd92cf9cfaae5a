import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.expressions import TEXT, Facts, compile_expression
from gateway.core.expressions.prefilter import needed_words
from tests.core.expressions.words import MESSAGE, WORDS, about, made

TRUE = [
    'subject.matches("(?i)outage|down") || "vip" in requester.tags',
    'subject.matches("(?i)OUTAGE")',
    'subject.startsWith("Outage") && !subject.contains("fire")',
    'hour >= 9 && hour < 18 && priority != "high"',
    '"bea@acme.example" in to && to.size() == 2 && size(to) == 2',
    'headers["x-priority"] == "1" && has(headers.missing) == false',
    'attachments.exists(a, a.name.endsWith(".png") && a.size > 1000)',
    "attachments.filter(a, a.size < 10).size() == 0",
    'to.map(t, t.split("@")[1]).all(d, d == "acme.example")',
    'open.office && !open["night-shift"]',
    'now > timestamp("2026-01-01T00:00:00Z") && now.getDayOfWeek() == 1',
    'subject.lowerAscii().trim().replace("outage", "x").indexOf("x") == 0',
    'requester.address.substring(4) == "example.org"',
    "(has_attachments ? 1 : 2) == 1 // and a comment",
    "subject.matches(r'\\bprinter\\b') && to.join(',').contains(',bea')",
    "hour + 1 == 10 && hour % 2 == 1 && -hour < 0 && hour in [8, 9]",
]


@pytest.mark.parametrize("source", TRUE)
def test_what_a_condition_can_say(source):
    outcome = made(source).run(about())
    assert (outcome.failed, outcome.value) == ("", True)


@pytest.mark.parametrize(
    ("source", "because"),
    [
        ('headers["list-id"] == "x"', 'there is no "list-id"'),
        ("to[7] == 'x'", "7"),
        ("hour / (hour - 9) == 1", "ivision by zero"),
        ("int(subject) == 1", "int"),
    ],
)
def test_what_a_message_lacks_is_told_and_raises_nothing(source, because):
    outcome = made(source).run(about())
    assert outcome.value is None
    assert because in outcome.failed


def test_a_text_can_be_made():
    dedupe = compile_expression('subject.replace("RESOLVED", "FIRING")', WORDS, TEXT)
    assert dedupe.run(about(subject="[RESOLVED] disk")).value == "[FIRING] disk"


def test_a_regular_expression_cannot_backtrack():
    assert made(r'subject.matches("(a+)+$")').run(about(subject="a" * 20_000 + "b")).value is False


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            'subject.matches("(?i)fire|smoke") || "gold" in requester.tags',
            'subject.matches("(?i)fire|smoke") was false; "gold" in requester.tags was false',
        ),
        (
            'subject.matches("(?i)outage") || "gold" in requester.tags',
            'subject.matches("(?i)outage") was true',
        ),
        (
            "has_attachments && (hour >= 18 || hour < 8)",
            "hour >= 18 was false (hour is 9); hour < 8 was false (hour is 9)",
        ),
        ('!(priority == "normal")', 'priority == "normal" was true (priority is "normal")'),
        (
            'has_attachments && headers["list-id"] == "x"',
            'headers["list-id"] == "x" could not be told: there is no "list-id"',
        ),
        ("true", "true was true"),
    ],
)
def test_the_part_that_decided_is_named(source, why):
    assert made(source).why(about()) == why


def test_names_say_which_facts_are_needed():
    used = made('to.exists(t, t == requester.address) && subject != "hour"').names
    assert used == {"to", "requester", "subject"}


def test_an_expression_is_used_from_any_thread():
    expression, found = made('subject.matches("outage|Outage")'), []
    thread = threading.Thread(target=lambda: found.append(expression.run(about()).value))
    thread.start()
    thread.join()
    assert found == [True]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?i)Outage|down", ("outage", "down")),
        (r"\bprinters?\b", ("printer",)),
        ("a{100}", ()),
        ("ab{100}cde", ("cde",)),
        ("no|outage", ()),
        (r"\x41bcd", ()),
        ("[a-z|]+foo(bar|baz)", ("foo",)),
        ("[[a]|b]foo", ()),
        ("[]a]foo", ()),
        (r"foo\|bar", ("foo",)),
        ("(?x) f o o # comment", ()),
        ("fo+bar", ("bar",)),
        ("", ()),
    ],
)
def test_words_without_which_nothing_matches(pattern, words):
    assert needed_words(pattern) == words


_PIECES = st.sampled_from(
    r"abc ABC abcd (?i:abc) | ? * + {2} {0,1} [abc] [^a] (abc) (a|bc) . \w \. ^ $ ( ) ] ſ".split()
)


@given(
    st.sampled_from(["", "(?i)"]),
    st.lists(_PIECES, max_size=8).map("".join),
    st.lists(st.sampled_from(["abc", "ABC", "abcd", "ſ", "K", "k", ".", "İ", " "])).map("".join),
)
def test_looking_for_words_first_changes_no_answer(flags, pattern, text):
    plain = 'subject.trim().matches(r"""' + flags + pattern + '""")'
    try:
        expected = made(plain)
    except ValueError:
        return
    gated = made(plain.replace("subject.trim()", "subject"))
    facts = Facts(MESSAGE | {"subject": text.strip()})
    assert gated.run(facts) == expected.run(facts)


@given(st.text(max_size=50))
def test_no_message_makes_it_raise(subject):
    condition = made('int(subject) > 5 || subject.substring(3) == subject.split("")[2]')
    assert condition.run(about(subject=subject)).value in (True, False, None)
