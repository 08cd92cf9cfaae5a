"""What an operator writes in CEL: checked when it is read, and never raising afterwards."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.expressions import ExpressionError, Names, checked

NAMES = Names(
    samples={
        "from": "ada@example.org",
        "to": ["support@acme.example"],
        "subject": "Hi",
        "text": "words",
        "headers": {},
        "requester": {"tags": ["vip"]},
    },
    open=frozenset({"headers"}),
)
FACTS = {
    "from": "alerts@acme.example",
    "to": ["support@acme.example", "ops@acme.example"],
    "subject": "[FIRING] disk of db1",
    "text": "df says 99 %",
    "headers": {"x-host": "db1"},
    "requester": {"tags": []},
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('from == "alerts@acme.example"', True),
        ('from.endsWith("@acme.example") && subject.matches("(?i)firing")', True),
        ('"ops@acme.example" in to', True),
        ('to.exists(a, a.startsWith("ops@"))', True),
        ('headers["x-host"] == "db1"', True),
        ('headers["x-other"] == "db1" || text.contains("99")', True),
        ('"x-other" in headers', False),
        ('headers["x-other"] == "db1"', False),
        ('!("vip" in requester.tags)', True),
        ('(subject.matches("a") || text == "b") && from != "c"', False),
        ('subject.split(" ")[2] == "of"', True),
        ('subject.split(" ")[7] == "x"', False),
        ("int(subject) > 5", False),
    ],
)
def test_a_condition_holds_or_does_not(source, expected):
    assert checked(source, NAMES, bool).holds(FACTS) is expected


def test_a_value_is_a_string():
    key = checked('subject.replace("FIRING", "").lowerAscii()', NAMES, str)
    assert key.text(FACTS) == "[] disk of db1"


@pytest.mark.parametrize(
    ("source", "found", "expected", "hint"),
    [
        ('frm == "x"', 'the unknown name "frm"', "one of from, headers", 'did you mean "from"?'),
        ("has(reqester.x)", 'the unknown name "reqester"', "", 'did you mean "requester"?'),
        ('requester.tgs == ["a"]', '"tgs", which there is not', "", 'did you mean "tags"?'),
        ('subject.lowerAsci() == "x"', 'name "lowerAsci"', "", 'did you mean "lowerAscii"?'),
        ('from == "x" && subject.matches("(")', 'the pattern "(": unclosed group', "regular", ""),
        ('to.exists(a, a == "x" && a.matches("["))', 'the pattern "["', "regular", ""),
        ('from == "x" && subject + 1 == "x"', "string + int", "", ""),
        ('from == "x" ? subject > 1 : true', "No such overload", "", ""),
        ("subject.contains(1)", '"contains" with what it does not take', "", ""),
        ('subject.replace(1, "x") == "x"', "must be str, not int", "", ""),
        ("from == 5", "a string compared with a whole number", "two of one kind", ""),
        ("false && (true || from == 5)", "a string compared with", "two of one kind", ""),
        ('headers["X-Host"] == "x"', '"X-Host"', 'a key in lower case: "x-host"', ""),
        ("subject", "one that gives a string", "one that gives true or false", ""),
        ("subject ==", "line 1, character", "CEL", ""),
        ("", "line 1, character 1", "CEL", ""),
        ('subject == "x', "not well-formed", "CEL", ""),
        ("true" + " || true" * 1000, "8004 characters", "at most 4000", ""),
    ],
)
def test_a_mistake_is_found_when_it_is_read(source, found, expected, hint):
    with pytest.raises(ExpressionError) as caught:
        checked(source, NAMES, bool)
    assert found in caught.value.found
    assert expected in caught.value.expected
    assert hint in caught.value.hint


def test_a_pattern_that_hangs_others_takes_no_time():
    condition = checked('text.matches("(a+)+$")', NAMES, bool)
    assert not condition.holds({**FACTS, "text": "a" * 100_000 + "!"})


def test_it_can_be_asked_from_any_thread():
    condition = checked('subject.contains("disk")', NAMES, bool)
    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(condition.holds, [FACTS] * 20))


@given(subject=st.text(max_size=50))
def test_no_words_make_it_raise(subject):
    condition = checked('int(subject) > 5 || subject.matches("^x")', _NUMERIC, bool)
    assert condition.holds({"subject": subject}) in (True, False)


_NUMERIC = Names(samples={"subject": "7"})
