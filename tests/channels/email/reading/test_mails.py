"""Each mail in ``mails/`` is read as the JSON beside it says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.core.model import Message, Party
from tests.channels.email.reading.kit import read

MAILS = sorted((Path(__file__).parent / "mails").glob("*.eml"))


def party(value: Party) -> list[str]:
    return [value.address, value.name]


def bounce(message: Message) -> Any:
    if message.bounce is None:
        return None
    return {
        "recipients": [[r.address, r.status] for r in message.bounce.recipients],
        "temporary": message.bounce.temporary,
        "returned_id": message.bounce.returned_id,
    }


def forwarded(message: Message, expected: Any) -> Any:
    if message.forwarded is None:
        return None
    sent_at = message.forwarded.sent_at
    seen = {
        "author": party(message.forwarded.author),
        "subject": message.forwarded.subject,
        "comment": message.forwarded.comment,
        "full_text": message.forwarded.full_text,
        "key": message.forwarded.key,
        "sent_at": sent_at.isoformat() if sent_at else None,
    }
    return {key: seen[key] for key in expected}


SEEN: dict[str, Callable[[Message], Any]] = {
    "author": lambda m: party(m.author),
    "subject": lambda m: m.subject,
    "sent_at": lambda m: m.sent_at.isoformat() if m.sent_at else None,
    "own_key": lambda m: m.own_key,
    "refers_to": lambda m: list(m.refers_to),
    "to": lambda m: [p.address for p in m.to],
    "recipients": lambda m: list(m.recipients),
    "text": lambda m: m.text,
    "full_text": lambda m: m.full_text,
    "cc": lambda m: [p.address for p in m.cc],
    "remarks": lambda m: [[r.kind, r.about] for r in m.remarks],
    "defects": lambda m: list(m.defects),
    "automatic": lambda m: m.automatic,
    "bounce": bounce,
    "attachments": lambda m: [[a.name, a.type, a.inline] for a in m.attachments],
}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_mail_is_read_as_expected(path: Path):
    expected = json.loads(path.with_suffix(".json").read_text())
    message = read(path.read_bytes())
    assert {key: SEEN[key](message) for key in expected if key in SEEN} == {
        key: value for key, value in expected.items() if key in SEEN
    }
    assert expected.get("text_has", "") in message.text
    assert not [word for word in expected.get("text_lacks", ()) if word in message.text]
    assert expected.get("html_has", "") in (message.html or "")
    assert not [word for word in expected.get("html_lacks", ()) if word in (message.html or "")]
    if "forwarded" in expected:
        assert forwarded(message, expected["forwarded"] or {}) == expected["forwarded"]


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_no_mail_is_given_up(path: Path):
    assert not [d for d in read(path.read_bytes()).defects if d.startswith("not understood")]


UNIX_MAILS = [path for path in MAILS if b"\r" not in path.read_bytes()]


@pytest.mark.parametrize("path", UNIX_MAILS, ids=lambda path: path.stem)
def test_line_ends_make_no_difference(path: Path):
    raw = path.read_bytes()
    lines, crlf = read(raw), read(raw.replace(b"\n", b"\r\n"))
    assert (lines.text, lines.subject, lines.fingerprint) == (
        crlf.text,
        crlf.subject,
        crlf.fingerprint,
    )
