import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.expressions import ExpressionError, Trouble
from tests.core.expressions.words import made, troubles

WRONG = {
    "subjcet == 'x'": '0: found the unknown name "subjcet"',
    "requester.tgas == []": '0: found ".tgas"',
    "open.offce": '0: found ".offce"',
    'open["night"]': '0: found ".night"',
    "subject.foo": '0: found ".foo" behind a value of type text',
    "subject > 3": "0: found text > whole number",
    "hour == '9'": "0: found whole number == text",
    "hour": "0: it gives whole number",
    "subject && true": "0: found text beside &&",
    "!subject": "0: found ! before text",
    "-subject == 'x'": "0: found - before text",
    "subject.matches(3)": "16: found whole number in matches(…)",
    'subject.matches("(")': "16: found a bad regular expression: unclosed group",
    "subject.matches(requester.address)": "16: found a regular expression that is made up",
    "subject.contains()": "0: found contains(…) with 0 values",
    "subject.contians('x')": '0: found ".contians(…)" behind a value of type text',
    "matches(subject)": '0: found the unknown function "matches"',
    'priority == "hihg"': '12: found "hihg"',
    'priority in ["low", "hihg"]': '20: found "hihg"',
    'headers["X-Host"] == "x"': '8: found "X-Host"',
    "to == 'x'": "0: found list of text == text",
    "3 in to": "0: found whole number in list of text",
    "'x' in subject": "7: found text behind in",
    "to['x'] == 'x'": "3: found text in brackets",
    "hour[0] == 1": "0: found brackets behind a value of type whole number",
    "to.exists(t, t > 3)": "13: found text > whole number",
    "to.exists(hour, true)": '10: found "hour", which means something',
    "to.exists(t)": "0: found exists(…)",
    "subject.exists(t, true)": '0: found ".exists(…)" behind a value of type text',
    "has(subject)": "0: found has(…)",
    "true ? 1 : 2": "0: it gives whole number",
    "(true ? 1 : 'x') == 1": "0: found whole number ?: text",
    "hour ? true : false": "0: found whole number before ?",
    "[1, 'x'].size() == 2": "4: found text",
    "hour + 'x' == 'y'": "0: found whole number + text",
    "": "0: found the end",
    "subject ==": "10: found the end",
    "subject == 'x": "11: found a quotation mark without its end",
    "subject = 'x'": "8: found '='",
    "subject and true": "8: found and",
    r'subject.matches("\d")': r"16: found \d in a text",
    "(((true)": "8: found the end",
    "subject.": "8: found the end",
    "x{a: 1} == 1": "1: found {",
    "in": "0: found in",
    "3 / hour == $": "12: found '$'",
}


@pytest.mark.parametrize("source", WRONG)
def test_what_is_wrong_is_said_with_its_place(source):
    assert troubles(source)[0] == WRONG[source]


def test_all_that_is_wrong_is_said_at_once():
    assert len(troubles('subjcet == "x" || hour == "9" || subject.matches("[")')) == 3


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ('requester.tgas == [""]', "tags"),
        ("subjcet == ''", "subject"),
        ("subject.lowerAsci() == ''", "lowerAscii"),
        ("has(reqester.tags)", "requester"),
        ("open.offce", "office"),
        ('priority == "hihg"', "high"),
    ],
)
def test_what_may_be_meant_is_said(source, meant):
    with pytest.raises(ExpressionError) as caught:
        made(source)
    assert [t.hint for t in caught.value.troubles] == [f'did you mean "{meant}"?']


@pytest.mark.parametrize(
    "source",
    [
        "(" * 3000 + "true" + ")" * 3000,
        "!" * 3000 + "true",
        "[" * 3000,
        " || ".join(["true"] * 600),
        "to" + ".x" * 1500,
        "true" + " " * 5000,
        "a" * 4000,
        "to.exists(a, to.exists(b, to.exists(c, a == b)))",
        'subject.matches("' + "(a{1000}){1000}" + '")',
        'subject.matches("' + "(" * 1000 + ")" * 1000 + '")',
    ],
)
def test_endless_expressions_are_refused(source):
    assert troubles(source)


@given(
    st.lists(
        st.sampled_from(
            "subject hour to true . ( ) [ ] { } ' \" == && || ! - ? : , in 3 1.5 matches exists "
            "a \\ /* // \n r' 0x".split(" ")
        ),
        max_size=20,
    ).map(" ".join)
    | st.text(max_size=40)
)
def test_any_words_are_an_expression_or_a_trouble(source):
    for trouble in _all_of(source):
        assert trouble.found
        assert 0 <= trouble.at <= len(source)


def _all_of(source: str) -> tuple[Trouble, ...]:
    try:
        made(source)
    except ExpressionError as error:
        return error.troubles
    return ()
