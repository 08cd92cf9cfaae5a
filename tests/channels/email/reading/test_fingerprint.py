import base64

import pytest

from tests.channels.email.reading.kit import read

HEAD = "From: Ada <ada@example.org>\nDate: Mon, 5 Jan 2026 09:00:00 +0100\nSubject: A long one\n"
ID = "Message-ID: <1@example.org>\n"
FIRST = f"{HEAD}{ID}\nGrüße\n"

SAME = {
    "other trace headers": f"Received: from x\nX-Spam: no\nDelivered-To: b@x\n{FIRST}",
    "line ends": FIRST.replace("\n", "\r\n"),
    "folded": FIRST.replace("A long one", "A long\n one"),
    "transfer encoding": f"{HEAD}{ID}Content-Transfer-Encoding: base64\n\n"
    + base64.encodebytes("Grüße\n".encode()).decode(),
    "a blank line at the end": FIRST + "\n",
}
OTHER = {
    "other words": FIRST.replace("Grüße", "Grüsse"),
    "another subject": FIRST.replace("A long", "A short"),
    "another author": FIRST.replace("ada@", "eve@"),
    "another date": FIRST.replace("09:00:00", "09:00:01"),
    "another id": FIRST.replace("<1@", "<2@"),
    "an attachment more": (
        f"{HEAD}{ID}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nGrüße\n"
        "--b\nContent-Type: image/png\n\nx\n--b--\n"
    ),
}


@pytest.mark.parametrize("raw", SAME.values(), ids=SAME.keys())
def test_same_mail_by_another_way(raw: str):
    assert read(raw).fingerprint == read(FIRST).fingerprint


@pytest.mark.parametrize("raw", OTHER.values(), ids=OTHER.keys())
def test_any_other_mail_differs(raw: str):
    assert read(raw).fingerprint != read(FIRST).fingerprint


def test_without_an_id_the_envelope_counts():
    raw = f"{HEAD}\nx"
    one, two = ({"from": f"{name}@example.org"} for name in ("one", "two"))
    assert read(raw, one).fingerprint != read(raw, two).fingerprint
    assert read(FIRST, one).fingerprint == read(FIRST, two).fingerprint


@pytest.mark.parametrize("before", range(4))
def test_a_long_mail_is_the_same_wherever_its_pieces_are_cut(before: int):
    lines = "x" * before + "\n" + "Gone through in pieces.\n" * 100_000
    bare = f"{HEAD}{ID}\n{lines}"
    assert read(bare).fingerprint == read(bare.replace("\n", "\r\n")).fingerprint
    assert read(bare).fingerprint != read(bare + "More.\n").fingerprint
