"""Signed addresses, marks and notes do not travel on to people outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.addresses import AddressKind
from gateway.core.leaks import internal_left
from gateway.core.scrubbing import scrub
from tests.core.kit import BEA, book, signed

LOOKS = book().looks_ours
TOKEN = signed(AddressKind.PUBLIC, 7, BEA.email)
MARK = "##- Your reply above this line goes to Ada Byron. -##"
PLAIN = "support@acme.example"


@pytest.mark.parametrize(
    "around",
    [
        "{}", "<{}>", "mailto:{}", "({})", "write to {}.", "{},", "[{}](mailto:{})", "={}",
        "--{}--", "_{}_", "*{}*", "a\n{}\nb", "{}@evil.example", "href={}", "'{}'", "x;{};y",
    ],
)  # fmt: skip
@pytest.mark.parametrize("written", [TOKEN, TOKEN.upper(), TOKEN.replace("+", "%2B")])
def test_a_signed_address_is_replaced_wherever_it_stands(around, written):
    clean = scrub(around.replace("{}", written), LOOKS, PLAIN)
    assert TOKEN.split("+")[1].split("@")[0] not in clean.lower()
    assert PLAIN in clean


def test_a_signed_address_that_does_not_verify_goes_all_the_same():
    broken = TOKEN.replace(".", ".a", 1)[: TOKEN.index("@")] + TOKEN[TOKEN.index("@") :]
    assert scrub(broken, LOOKS, PLAIN) == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "", "no address", "ada@example.org", "support@acme.example", "a @ b", "@", "@@@@",
        "support+vip@acme.example", "##- not closed",
    ],
)  # fmt: skip
def test_other_text_stays_as_it_is(text):
    assert scrub(text, LOOKS, PLAIN) == text


@pytest.mark.parametrize("line", [MARK, f"> {MARK}", f"> > {MARK}  ", f"\t{MARK}\r", f"a {MARK} b"])
def test_a_mark_is_taken_out(line):
    assert "##-" not in scrub(f"before\n{line}\nafter", LOOKS, PLAIN)


@given(st.text(alphabet="a@.+ -_7%2bB<>\n", max_size=80), st.text("@.+-_=<> \n", max_size=5))
def test_no_surroundings_hide_a_signed_address(before, glue):
    clean = scrub(f"{before} {glue}{TOKEN}{glue}", LOOKS, PLAIN)
    assert TOKEN not in clean


@pytest.mark.parametrize("text", ["a" * 2_000_000 + "@", "@" * 100_000, "\n" * 300_000 + "##-"])
def test_hostile_text_takes_no_time(text):
    assert scrub(text, LOOKS, PLAIN) == text
    internal_left(text, ["n" * 50], LOOKS)


NOTE = (
    "The customer is behind with three invoices, be careful.\n"
    "Ask Dan about the discount first, please."
)
MANGLED = "All fine.\n> ##- Your reply above\n> this line goes to Ada -##"


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("All fine.", None),
        (f"All fine.\n{MARK}", "the line that marks our notices"),
        (MANGLED, "the line that marks our notices"),
        (f"Write to {TOKEN}", "a reply address of the desk"),
        (f"Hi\n{NOTE}", "the words of a note"),
        ("Hi\n> The customer is behind\n> with three invoices, be careful.", "the words of a note"),
        ("Hi\nAsk Dan about the discount   first, please.", "the words of a note"),
        ("The customer is fine.", None),
    ],
)  # fmt: skip
def test_what_is_left_of_the_inside_in_an_answer(answer, left):
    assert internal_left(answer, [NOTE], LOOKS) == left


def test_a_short_note_is_told_from_chance_by_nobody():
    assert internal_left("Call her back", ["Call her"], LOOKS) is None


def test_an_answer_tried_before_with_a_wrong_command_is_no_note():
    words = "Please switch it off and on again, then tell me."
    tried = f"#resolv\n{words}"
    assert internal_left(words, [], LOOKS, own=[tried]) is None
    assert internal_left(f"Hello\n{words}", [], LOOKS, own=[tried]) == "the words of a note"
