"""Nothing that the desk signed, and none of its marks, goes on to others."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.scrubbing import scrub

MARK_LINE = "##- Please write your reply above this line -##"

PLAIN = "support@acme.example"
TOKEN = "7.k3v9a2b3c4d5e6f7k3v9a2b3c4d5e6f"
SIGNED = f"support+{TOKEN}@acme.example"


def is_desk(address: str) -> bool:
    return address == SIGNED


def clean(text: str) -> str:
    return scrub(text, is_desk, PLAIN)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (SIGNED, PLAIN),
        (SIGNED.upper(), PLAIN),
        (f"to {SIGNED}, please.", f"to {PLAIN}, please."),
        (f"write to {SIGNED}.", f"write to {PLAIN}."),
        (f"To: Acme <{SIGNED}>", f"To: Acme <{PLAIN}>"),
        (f"[mailto:{SIGNED}]", f"[mailto:{PLAIN}]"),
        (f"{SIGNED};{SIGNED}", f"{PLAIN};{PLAIN}"),
        (f"{SIGNED},{SIGNED}", f"{PLAIN},{PLAIN}"),
        (f"x?to={SIGNED}&x=1", f"x?to={PLAIN}&x=1"),
        (f"a=b=c={SIGNED}", f"a=b=c={PLAIN}"),
        (f"...{SIGNED}...", f"...{PLAIN}..."),
        (f"_{SIGNED}_", f"_{PLAIN}_"),
        (f"*{SIGNED}*", f"*{PLAIN}*"),
        (f"{SIGNED}.Thanks", f"{PLAIN}.Thanks"),
        (f"({SIGNED})", f"({PLAIN})"),
        (f"> {SIGNED}\n>> {SIGNED}", f"> {PLAIN}\n>> {PLAIN}"),
        (f'<a href="mailto:{SIGNED}">{SIGNED}</a>', f'<a href="mailto:{PLAIN}">{PLAIN}</a>'),
        (f'<a href="mailto:support%2B{TOKEN}%40acme.example">', f'<a href="mailto:{PLAIN}">'),
        (f"support&#43;{TOKEN}&#64;acme.example", PLAIN),
        (f"support&#x2b;{TOKEN}&commat;acme.example", PLAIN),
        (f"support+{TOKEN}@acme&#46;example", PLAIN),
        (f"support+\u200b{TOKEN}@\u200bacme.example", PLAIN),
        (f"support+{TOKEN}@acme<wbr>.example", PLAIN),
        ("bob@example.org", "bob@example.org"),
        (PLAIN, PLAIN),
        (f"support+{TOKEN}@other.example", f"support+{TOKEN}@other.example"),
        ("@ @@ a@ @b", "@ @@ a@ @b"),
        ("", ""),
    ],
)
def test_a_signed_address_becomes_the_plain_one(text, left):
    assert clean(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"hello\n{MARK_LINE}\nold", "hello\nold"),
        (f"hello\n> {MARK_LINE}\n> old", "hello\n> old"),
        (f"hello\r\n> > {MARK_LINE}\r\nold", "hello\r\nold"),
        (MARK_LINE, ""),
        (f"{MARK_LINE}\n{MARK_LINE}\nx", "x"),
        (f"text {MARK_LINE} more", "text  more"),
        ("##- Schreiben Sie\n> darüber -##\nold", "old"),
        (f"<p>{MARK_LINE}</p>", "<p></p>"),
        ("##- no end", "##- no end"),
        ("##- " + "x" * 400 + " -##", "##- " + "x" * 400 + " -##"),
        ("## heading -##", "## heading -##"),
    ],
)
def test_marks_go(text, left):
    assert clean(text) == left


@given(
    st.text(alphabet="ab+.@=%&#4;-\n >", max_size=80), st.text(alphabet="ab.=-\n >", max_size=20)
)
def test_whatever_stands_around_it_is_kept(before, after):
    text = f"{before} {SIGNED} {after}"
    assert clean(text) == f"{before} {PLAIN} {after}".replace("\0", "")


@given(st.text(alphabet="a+@.%40&#6;=- \n", max_size=200))
def test_text_without_the_desks_addresses_stays_as_it_is(text):
    assert scrub(text, lambda _address: False, PLAIN) == text


HOSTILE = [
    "a",
    "a.",
    "@",
    "a@",
    "%40",
    "a.@",
    "&#64;",
    "##-",
    "##- ",
    "a\u200b",
    ".-",
    "<wbr>",
    "> ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_with_the_length_and_no_faster(piece):
    def work(length: int) -> float:
        text = piece * (length // len(piece))
        start = time.process_time()
        clean(text)
        return time.process_time() - start

    small = min(work(20_000) for _ in range(3))
    assert work(200_000) < 40 * max(small, 0.001)
