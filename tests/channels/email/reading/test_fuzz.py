"""Mutated mail by the thousands, for as long as it is told to: what must hold of any mail holds.

`make test` does it for half a minute in each of two processes, `make fuzz` for ten minutes. A
failure names the seed and the round by which `mutated(random.Random(f"{seed}/{round}"))` makes the
same mail again. GATEWAY_TEST_SEED, which continuous integration takes from the commit, makes all of
them the same again.
"""

import os
import random
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gateway.channels.email.reading.html.sanitise import sanitised
from gateway.core.model import Message
from tests.channels.email.reading import wrapping as w
from tests.channels.email.reading.kit import read

SECONDS = float(os.environ.get("FUZZ_SECONDS") or 30)
LONGEST_TEXT = 1_200_000
SLOWEST = 5.0  # seconds; the mails here are of some kilobytes

MAILS = [p.read_bytes() for p in sorted((Path(__file__).parent / "mails").glob("*.eml"))]
HTML = b"From: a@example.org\nContent-Type: text/html\n\n"
TNEF = w.tnef(w.file("a.pdf", b"%PDF"), w.attribute(1, w.MESSAGE_PROPERTIES, w.properties()))
PIECES = [
    b"\r", b"\n", b"\n\n", b"\0", b"\xff", b"--b\n", b"--b--\n", b"=?utf-8?b?", b"?=", b"<", b">",
    b'"', b";", b":", b",", b"(", b"@", b"=\n", b"=ybegin line=1 size=1 name=x\n",
    b"\n=yend size=1\n",
    b"begin 644 x\n", b"\nend\n", b"-----BEGIN PGP MESSAGE-----\n", b"BEGIN:VEVENT\n", b"\x1b$B",
    b"+AAA-",
    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: message/rfc822\n\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Type: application/ms-tnef\n\n" + TNEF,
    b"Content-Type: application/pkcs7-mime\n\n" + w.signed(b"\nx"), b"filename*0*=utf-8''%0D%0A../",
    b"<script>alert(1)</script>", b"<img src=x onerror=alert(1)>", b"<svg><style><img src=//evil>",
    b"<a href='java\tscript:x'>", b"<math><mtext><table><mglyph><style><!--",
    b"<div style='display:none'>",
    b"<p style='color:white;background:url(//evil)'>", b"<!--", b"-->",
    b"<noscript><p title='</noscript>",
    b"&#x202e;", b"=E2=80=AE", b"=0D=0ABcc:_x@evil", b"> ", b"##- x -##\n", b"From: ", b"Subject: ",
]  # fmt: skip


def mutated(chance: random.Random) -> bytes:
    """A mail of ours with pieces cut out, put in, doubled and swapped for some of another one."""
    raw = HTML if chance.random() < 0.15 else chance.choice(MAILS)
    for _ in range(chance.randint(1, 10)):
        at = chance.randrange(len(raw) + 1)
        kind = chance.random()
        if kind < 0.35:
            raw = raw[:at] + chance.choice(PIECES) + raw[at:]
        elif kind < 0.5:
            raw = raw[:at] + bytes((chance.randrange(256),)) + raw[at + 1 :]
        elif kind < 0.7:
            raw = raw[:at] + raw[at + chance.randrange(200) :]
        elif kind < 0.85:
            other = chance.choice(MAILS)
            begin = chance.randrange(len(other) + 1)
            raw = raw[:at] + other[begin : begin + chance.randrange(500)] + raw[at:]
        else:
            raw += raw[at : at + chance.randrange(300)] * chance.randint(1, 5)
    return raw


class Seen(HTMLParser):
    """What a browser would run or fetch, by another parser than the one that cleaned."""

    FORBIDDEN = frozenset(
        "script style iframe object embed form input button meta link base svg math video audio"
        " source frame applet template noscript textarea select".split()
    )

    LOADING = ("src", "background", "srcset", "poster", "action", "style")

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.FORBIDDEN:
            self.wrong.append(tag)
        for name, value in attrs:
            bare = re.sub(r"[\x00-\x20]", "", value or "").lower()
            # A scheme is one where the value begins with it; within a title it is a word.
            runs = name.startswith("on") or bare.startswith(("javascript:", "vbscript:"))
            if runs or (name in self.LOADING and not _came_along(name, bare)):
                self.wrong.append(f"{tag} {name}={value}")


def _came_along(name: str, value: str) -> bool:
    return name == "src" and value.startswith(("cid:", "data:image/"))


def check(message: Message) -> None:
    """What must hold of any mail."""
    assert not [d for d in message.defects if d.startswith("not understood")], message.defects
    assert len(message.text) <= LONGEST_TEXT
    assert len(message.full_text) <= LONGEST_TEXT
    for line in header_bound(message):
        assert not set(line) & set("\r\n\0\u2028\u2029\u202e"), line
        line.encode("utf-8")
    for name in (a.name for a in message.attachments):
        assert name
        assert not set(name) & set('/\\\0\n\r:*?"<>|'), name
        assert name[0] != "."
        assert len(name.encode()) <= 220
    names = [a.name.casefold() for a in message.attachments]
    assert len(set(names)) == len(names)
    for text in (message.text, message.full_text, message.html or ""):
        text.encode("utf-8")
        assert "\0" not in text
        assert "\r" not in text
    for text in (message.text, message.full_text):
        assert not re.search("[\ue000-\ue008]", text)
    if message.html:
        harmless(message.html)


def header_bound(message: Message) -> list[str]:
    """What gets into headers of mail that goes out, or names something."""
    parties = [message.author, *message.to, *message.cc]
    if message.forwarded:
        parties.append(message.forwarded.author)
    lines = [p.name for p in parties] + [p.address for p in parties]
    lines += [message.subject, message.message_id or "", message.list_id, *message.refers_to]
    lines += [*message.recipients, *(r.about for r in message.remarks), message.own_key or ""]
    return lines + [a.cid or "" for a in message.attachments]


def harmless(markup: str) -> None:
    seen = Seen()
    seen.feed(markup)
    seen.close()
    assert seen.wrong == []
    assert sanitised(markup) == markup


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", ["one", "two"])
def test_what_must_hold_of_any_mail(seed: str):
    fresh = f"{seed}-{os.environ.get('GATEWAY_TEST_SEED') or time.time_ns()}"
    end, rounds = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        raw = mutated(random.Random(f"{fresh}/{rounds}"))
        begin = time.process_time()
        try:
            check(read(raw, {"from": "", "to": ["s@acme.example"]}))
        except Exception as error:
            raise AssertionError(f"seed {fresh}/{rounds}: {raw[:3_000]!r}") from error
        assert time.process_time() - begin < SLOWEST, f"seed {fresh}/{rounds} is slow"
        rounds += 1
    assert rounds > 10
