"""Input made to hurt: it is read in bounded time, as far as it goes, and nothing is raised."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.reading import read_mail
from gateway.channels.email.reading.html.sanitise import sanitised
from gateway.core.model import Message
from tests.channels.email.reading.kit import read

HEAD = b"From: a@example.org\nTo: s@acme.example\nSubject: x\nMessage-ID: <1@x>\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"


def nested(count: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(count)
    )
    closed = b"".join(b"\n--b%d--\n" % n for n in reversed(range(count)))
    return HEAD + opened + b"\nwords\n" + closed


# Each grows with its argument; reading must grow no faster than a few times that.
GROWING: dict[str, Callable[[int], bytes]] = {
    "quote signs": lambda n: HEAD + b"\n" + b">" * n,
    "quoted lines": lambda n: HEAD + b"\n" + b"> a\n" * (n // 4),
    "attributions": lambda n: HEAD + b"\n" + b"On 5 May 2020 Bob wrote:\n" * (n // 25),
    "header lines": lambda n: HEAD + b"\n" + b"From: a@b.c\n" * (n // 12),
    "colons": lambda n: HEAD + b"\n" + b":" * n,
    "colons on lines": lambda n: HEAD + b"\n" + b"a:\n" * (n // 3),
    "rules": lambda n: HEAD + b"\n" + b"-----\n" * (n // 6),
    "framed attributions": lambda n: HEAD + b"\nx\n" + b"---- Bob wrote\n" * (n // 15),
    "ends of attributions": lambda n: (
        HEAD + b"\nx\n" + b"5 May 2020 10:00 a@b wrote:\n" * (n // 27)
    ),
    "history that is to be read": lambda n: (
        HEAD + b"\nmy answers below\n" + b"On 5 May 2020 10:00 Bob <a@b.c> wrote:\nx\n" * (n // 41)
    ),
    "marks in quotes, answered": lambda n: (
        HEAD + b"\nx\n" + b"> ##- above -##\n" * (n // 16) + b"\n\nyes\n"
    ),
    "halves of marks": lambda n: HEAD + b"\nx\n" + b"##- above\n" * (n // 10),
    "labels": lambda n: HEAD + b"\nx\n" + b"Subject: a\n" * (n // 11),
    "raw fields": lambda n: HEAD + b"\nx\n" + b"From: a@b.c\nTo: x\nSubject: y\n\n" * (n // 28),
    "legal notices": lambda n: HEAD + b"\nx\n" + b"This e-mail is confidential\n\n" * (n // 29),
    "phones": lambda n: HEAD + b"\nx\n" + b"Sent from my iPhone\n" * (n // 20),
    "one long line": lambda n: HEAD + b"\nx\n\nThis e-mail " + b"sent from " * (n // 10),
    "addresses": lambda n: HEAD + b"\nx\nOn 5 May 2020 10:00 " + b"a@b " * (n // 4) + b" wrote:\n",
    "signatures of HTML": lambda n: HTML + b'<div class="gmail_signature">x</div>' * (n // 37),
    "dividers of HTML": lambda n: HTML + b'<hr id="stopSpelling"><p>x</p>' * (n // 31),
    "quotations of HTML": lambda n: HTML + b'<blockquote type="cite">x</blockquote>' * (n // 38),
    "signature marks": lambda n: HEAD + b"\n" + b"-- \n" * (n // 4),
    "spaces": lambda n: HEAD + b"\n" + b" " * n,
    "our marks": lambda n: HEAD + b"\n" + b"##- " * (n // 4),
    "forward banners": lambda n: HEAD + b"\n" + b"-- Forwarded message --\n" * (n // 24),
    "boundaries": lambda n: MIXED + b"--b\n" * (n // 4),
    "nearly boundaries": lambda n: MIXED + b"--bx\n" * (n // 5),
    "unfinished words": lambda n: b"Subject: " + b"=?utf-8?q?a" * (n // 11) + b"\n\nx",
    "brackets": lambda n: b"From: " + b"(" * n + b"\n\nx",
    "quotes in From": lambda n: b"From: " + b'"\\' * (n // 2) + b"\n\nx",
    "references": lambda n: b"References: " + b"<a@b> " * (n // 6) + b"\n\nx",
    "fields": lambda n: b"A: b\n" * (n // 5) + b"\nx",
    "open tags": lambda n: HTML + b"<div>" * (n // 5),
    "open brackets": lambda n: HTML + b"<" * n,
    "comments": lambda n: HTML + b"<!--" * (n // 4),
    "entities": lambda n: HTML + b"&lt;" * (n // 4),
    "uuencoded beginnings": lambda n: HEAD + b"\n" + b"begin 644 a\nM\n" * (n // 14) + b"\nend",
    "bounce words": lambda n: (
        b"From: mailer-daemon@x\nSubject: failure notice\n\n"
        + b"<a@b.example> unknown user\n" * (n // 27)
    ),
}


def seconds(raw: bytes) -> float:
    begin = time.process_time()
    read(raw)
    return time.process_time() - begin


@pytest.mark.parametrize("grow", GROWING.values(), ids=GROWING.keys())
def test_time_grows_with_the_size(grow: Callable[[int], bytes]):
    seconds(grow(1_000))  # what is imported late is there
    small, large = grow(60_000), grow(240_000)
    # Four times the size: sixteen times the time would be quadratic. The floor keeps a machine
    # that is busy with other things from deciding.
    assert min(seconds(large) for _ in range(2)) < 10 * max(seconds(small), 0.02)


def test_a_thousand_nested_parts_end_at_a_depth():
    assert "parts nested deeper than 50" in read(nested(1_000)).defects
    assert read(nested(20)).text == "words"


def test_thirty_thousand_nested_tags_leave_the_words():
    message = read(HTML + b"<div>" * 30_000 + b"words" + b"</div>" * 30_000)
    assert (message.text, message.html) == ("words", None)
    assert "HTML nested deeper than 200" in message.defects


def test_stray_end_tags_hide_no_depth():
    message = read(HTML + b"<div></span>" * 30_000 + b"words")
    assert message.html is None


def test_html_of_megabytes_leaves_the_words():
    message = read(HTML + b"<p>words</p>" * 100_000)
    assert message.html is None
    assert message.text.startswith("words")


def test_thousands_of_parts_are_capped():
    message = read(MIXED + b"--b\nContent-Disposition: attachment; filename=a\n\nx\n" * 10_000)
    assert len(message.attachments) == 500
    assert len({a.name for a in message.attachments}) == 500


def test_nul_octets_are_left_out_everywhere():
    message = read(b"From: A\0da <a@example.org>\nSubject: a\0b\n\nwo\0rds\0")
    assert message.text == "words"
    assert "\0" not in message.subject + message.author.name


def test_lone_surrogates_do_not_reach_the_text():
    message = read(HEAD + b"Content-Type: text/plain; charset=utf-7\n\n+2AA-words")
    message.text.encode("utf-8")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://evil.example/x.gif">',
        '<img src="//evil.example/x.gif">',
        '<img src="data:image/svg+xml;base64,AAAA">',
        '<img srcset="https://evil.example/x.gif 1x">',
        '<a href="javascript:evil()">x</a>',
        '<a href="data:text/html,evil">x</a>',
        '<a href="&#106;avascript:evil()">x</a>',
        '<div style="background:url(https://evil.example)">x</div>',
        "<style>@import 'https://evil.example'</style>",
        '<link rel="stylesheet" href="https://evil.example">',
        '<iframe src="https://evil.example"></iframe>',
        '<form action="https://evil.example"><input></form>',
        '<svg><script href="https://evil.example"/></svg>',
        '<math><mtext><style><img src=x onerror="evil()"></style></mtext></math>',
        '<meta http-equiv="refresh" content="0;url=https://evil.example">',
        '<p onclick="evil()">x</p>',
        '<video src="https://evil.example" autoplay></video>',
        '<table background="https://evil.example"><tr><td>x</td></tr></table>',
    ],
)
def test_nothing_is_run_or_loaded(markup: str):
    clean = sanitised(markup).lower()
    assert "evil" not in clean
    assert "svg" not in clean


def test_small_embedded_picture_and_carried_one_are_shown():
    markup = '<img src="data:image/png;base64,iVBORw0KGgo="><img src="cid:a@b">'
    assert sanitised(markup).count("src=") == 2


MAILS = [p.read_bytes() for p in sorted((Path(__file__).parent / "mails").glob("*.eml"))]
PIECES = [
    b"\r", b"\n\n", b"\0", b"--b\n", b"--b--\n", b"=?utf-8?b?", b"<", b">", b'"', b"\xff\xfe",
    b"=\n",
    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Transfer-Encoding: base64\n",
    b"Content-Type: text/html; charset=utf-16\n", b"charset=iso-2022-kr", b"begin 644 \n",
    b"Content-Type: message/rfc822\n\n", b"From: ", b": ", b"##- x -##\n", b"On 5:00 a@b wrote:\n",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A mail of ours with pieces cut out, put in or swapped."""
    raw = draw(st.sampled_from(MAILS))
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, len(raw)))
        end = min(len(raw), begin + draw(st.integers(0, 40)))
        new = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12), st.just(raw[end:])))
        raw = raw[:begin] + new[:5_000] + raw[end:]
    return raw


def check(message: Message) -> None:
    assert not [d for d in message.defects if d.startswith("not understood")]
    shown = [message.text, message.full_text, message.subject, message.html or ""]
    shown += [message.author.name, message.author.address, *message.recipients]
    shown += [a.name for a in message.attachments]
    for text in shown:
        assert "\0" not in text
        text.encode("utf-8")
    assert all("/" not in a.name and a.name[0] != "." for a in message.attachments)


@pytest.mark.fuzz
@given(mutated())
def test_mutated_mail_is_read(raw: bytes):
    check(read(raw, {"from": "", "to": ["s@acme.example"]}))


@pytest.mark.fuzz
@given(st.binary(max_size=2_000))
def test_any_octets_are_read(raw: bytes):
    check(read(raw))


@pytest.mark.fuzz
@given(st.text(max_size=2_000))
def test_any_text_is_read(text: str):
    check(read("From: a@example.org\nContent-Type: text/plain; charset=utf-8\n\n" + text))


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"from": None},
        {"to": "x"},
        {"to": [None, 7]},
        {"peer": []},
        {"from": "\0", "to": ["\0"]},
    ],
)
def test_any_envelope_is_taken(envelope: dict[str, object]):
    assert read(HEAD + b"\nwords", envelope).text == "words"


def test_a_fault_of_ours_loses_no_mail_and_is_logged_without_its_words():
    no_options: Any = None
    with structlog.testing.capture_logs() as lines:
        message = read_mail(HEAD + b"\nsecret words", {"from": "a@example.org"}, no_options)
    assert message.text.endswith("secret words")
    assert message.author.address == "a@example.org"
    (line,) = lines
    assert (line["event"], line["problem"]) == ("mail_not_understood", "AttributeError")
    assert "secret" not in str(line)


@pytest.mark.parametrize(
    "unseen",
    [
        "<template>#close</template>",
        '<div style="display:none">#close</div>',
        "<!-- #close -->",
        "<script>#close</script>",
        "<title>#close</title>",
    ],
)
def test_what_nobody_sees_is_no_text(unseen):
    message = read(HEAD + f"Content-Type: text/html\n\n{unseen}<p>words</p>".encode())
    assert message.text == "words"


_PART = b"--b\nContent-Type: text/plain\n\n" + b"word " * 190_000 + b"\n"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"\nbegin 644 x\n" * 100_000,
        MIXED + _PART * 8 + b"--b--\n",
        HTML + b"<p>word word</p>\n" * 200_000,
    ],
    ids=["as if files were written out in it", "many parts", "HTML"],
)
def test_of_words_without_end_the_beginning_is_shown_and_all_is_a_file(raw):
    message = read(raw)
    assert 50_000 < len(message.full_text) <= 100_000
    assert len(message.text) <= 100_000
    (file,) = message.attachments
    assert file.type == "text/plain"
    assert file.size > 1_000_000


def test_so_it_is_with_a_message_that_is_passed_on():
    inside = b"--b\nContent-Type: message/rfc822\n\n" + HEAD + b"\nbegin 644 x\n" * 100_000
    forwarded = read(MIXED + inside + b"\n--b--\n").forwarded
    assert forwarded is not None
    assert len(forwarded.full_text) == 100_000


def test_more_html_than_anybody_reads_says_so_and_keeps_plain_words_behind_it():
    page = b"--b\nContent-Type: text/html\n\n" + b"<p>word</p>\n" * 80_000
    message = read(MIXED + page * 11 + b"--b\nContent-Type: text/plain\n\nlast words\n")
    assert "more HTML than anybody reads: the rest is in the raw mail only" in message.defects
    assert "last words" in message.attachments[-1].data.decode()


SIGNS = "".join(map(chr, range(0xE000, 0xE009)))
WITH_SIGNS = {
    "plain": f"Hello {SIGNS}\ue007all of it",
    "number": "Hello &#xE007; all of it",
    "decimal": "Hello &#57351 all of it",
    "number within a number": "Hello &#&#xe007;xe007;all of it",
}


@pytest.mark.parametrize("name", WITH_SIGNS)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_signs_of_our_own_that_come_with_a_mail_hide_nothing(name: str, kind: str):
    text = WITH_SIGNS[name]
    message = read(f"From: a@x.org\nContent-Type: text/{kind}; charset=utf-8\n\n{text}\n")
    assert not set(SIGNS) & set(message.text + message.full_text)
    assert "all of it" in message.text
    if kind == "plain" and name != "plain":
        assert message.text == text


def test_a_blank_line_at_the_top_of_preformatted_text_stays():
    markup = '<pre dir="ltr">\n\nwords</pre>'
    assert sanitised(markup) == markup == sanitised(sanitised(markup))


def test_what_was_sanitised_is_not_moved_about_by_the_next_parser():
    markup = '<a>x</p><table><tr><td>y</td></tr>\nz</a><a href="https://ok.example/">b</a></p>'
    clean = sanitised(markup)
    assert sanitised(clean) == clean
    assert ">b</a>" in clean
