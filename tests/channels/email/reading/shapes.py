"""Mails of 25 MB made to hurt; `python -m tests.channels.email.reading.shapes NAME` reads one.

It prints the seconds of processor time, and by how many times its size memory grew.
"""

import base64
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gateway.channels.email.reading import ReadOptions, read_mail
from tests.channels.email.reading import wrapping as w

SIZE = 25 * 1024 * 1024
HEAD = b"From: a@example.org\nTo: s@acme.example\nSubject: x\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
HTML = HEAD + b"Content-Type: text/html\n\n"


def filled(head: bytes, piece: bytes, tail: bytes = b"") -> bytes:
    return head + piece * ((SIZE - len(head) - len(tail)) // len(piece)) + tail


def encoded(kind: bytes, data: bytes) -> bytes:
    head = b"Content-Type: %s\nContent-Transfer-Encoding: base64\n\n" % kind
    return HEAD + head + base64.encodebytes(data)[:SIZE]


def rendered() -> bytes:
    part = b"--b\nContent-Type: text/html\n\n" + b"<p>word <b>bold</b></p>\n" * 600
    return filled(MIXED, part)


def several(kind: bytes, data: bytes) -> bytes:
    part = b"--b\nContent-Type: %s\nContent-Transfer-Encoding: base64\n\n" % kind
    return filled(MIXED, part + base64.encodebytes(data))


def rich(rtf: bytes) -> bytes:
    return w.tnef(w.attribute(1, w.MESSAGE_PROPERTIES, w.properties(w.octets(0x1009, rtf))))


def bomb() -> bytes:
    return struct.pack("<IIII", 0, 2**31, 0x75465A4C, 0) + b"\xff" + b"\x0c\xff" * 120_000


def inside_each_other(count: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(count)
    )
    return filled(HEAD + opened + b"\n", b"x y\n")


def signed_each_other(count: int) -> bytes:
    data = b"x" * (SIZE - 100_000)
    for _ in range(count):
        data = w.signed(b"Content-Type: application/pkcs7-mime\n\n" + data)
    return HEAD + b"Content-Type: application/pkcs7-mime\n\n" + data


SHAPES: dict[str, Callable[[], bytes]] = {
    "one line": lambda: filled(HEAD + b"\n", b"x"),
    "empty lines": lambda: filled(HEAD + b"\n", b"\n"),
    "base64": lambda: encoded(b"application/pdf", b"q" * (SIZE * 3 // 4)),
    "base64 of paddings": lambda: filled(
        HEAD + b"Content-Transfer-Encoding: base64\n\n", b"YQ==\n"
    ),
    "quoted-printable": lambda: filled(
        HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n", b"=41"
    ),
    "blanks behind soft breaks": lambda: filled(
        HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n", b"= \n"
    ),
    "header": lambda: filled(HEAD, b"X-A: b\n"),
    "one field": lambda: filled(HEAD + b"X-A: ", b"x"),
    "folds": lambda: filled(HEAD, b" y\n"),
    "parts": lambda: filled(MIXED, b"--b\nContent-Disposition: attachment; filename=f\n\nx\n"),
    "nearly boundaries": lambda: filled(MIXED, b"--bx\n"),
    "ends of parts": lambda: filled(MIXED + b"--b\n\nx\n", b"--b--\n"),
    "nested parts": lambda: inside_each_other(45),
    "tags": lambda: filled(HTML, b"<div>"),
    "brackets": lambda: filled(HTML, b"<"),
    "entities": lambda: filled(HTML, b"&#x1F600;"),
    "attributes": lambda: filled(HTML + b"<p ", b"a=b "),
    "styles": lambda: filled(HTML + b"<style>", b".a{display:none}"),
    "many HTML parts": rendered,
    "quoted lines": lambda: filled(HEAD + b"\n", b"> a\n"),
    "attributions": lambda: filled(HEAD + b"\n", b"On 5 May 2020 Bob <b@x.example> wrote:\n"),
    "encoded words": lambda: filled(b"Subject: ", b"=?utf-8?q?a?= ", b"\n\nx"),
    "addresses": lambda: filled(b"From: ", b'"Ada" <a@x.example>, ', b"\n\nx"),
    "dates": lambda: filled(HEAD + b"Date: ", b"1 ", b"\n\nx"),
    "commas": lambda: filled(b"To: ", b",", b"\n\nx"),
    "uuencoded": lambda: filled(HEAD + b"\nbegin 644 a\n", b"M\n", b"\nend\n"),
    "yEnc": lambda: filled(HEAD + b"\n=ybegin line=1 size=1 name=a\n", b"=}" * 2 + b"a" * 90),
    "armour": lambda: filled(HEAD + b"\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n"),
    "calendar": lambda: filled(HEAD + b"Content-Type: text/calendar\n\n", b"BEGIN:VEVENT\n"),
    "winmail of attributes": lambda: encoded(
        b"application/ms-tnef", w.tnef(w.attribute(1, 0x8005, b"\0") * (SIZE // 17))
    ),
    "winmail that expands": lambda: several(b"application/ms-tnef", rich(bomb())),
    "winmail of rich text": lambda: several(
        b"application/ms-tnef", rich(w.rich_text(b"{\\rtf1 " + b"\\par{}" * 38_000))
    ),
    "signed again and again": lambda: signed_each_other(100),
    "signed in pieces": lambda: (
        HEAD
        + b"Content-Type: application/pkcs7-mime\n\n"
        + w.endless(0x30, w.SIGNED, w.endless(0xA0, b"\x04\x01x" * (SIZE // 3)))
    ),
    "Japanese": lambda: filled(
        HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\n\n", b"\x1b$B-!"
    ),
}


def main(name: str) -> None:
    read_mail(HTML + b"<p style='color:red'>warm</p>", {}, ReadOptions())
    raw = SHAPES[name]()
    Path("/proc/self/clear_refs").write_text("5")  # what making the mail took does not count
    before = _peak()
    begin = time.process_time()
    read_mail(raw, {}, ReadOptions())
    print(time.process_time() - begin, (_peak() - before) / len(raw))


def _peak() -> int:
    """The most memory that was in use, in octets."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    main(sys.argv[1])
