"""Piece by piece is as in one step, wherever a piece ends."""

import base64 as standard
import binascii
import random

import pytest

from gateway.channels.email import pieces
from gateway.channels.email.reading import fingerprint, transfer
from gateway.channels.email.reading.parts import read_parts

SIGNS = b"ab \r\n=-"


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    for module in (pieces, transfer, fingerprint):
        monkeypatch.setattr(module, "PIECE", 8)


def samples(signs: bytes = SIGNS) -> list[bytes]:
    chance = random.Random(1)
    return [bytes(chance.choices(signs, k=chance.randint(0, 40))) for _ in range(200)]


@pytest.mark.parametrize("sample", [b"", *samples()])
def test_the_same_as_in_one_step(sample):
    end = len(sample) * 2 // 3
    assert b"".join(pieces.pieces(sample, 2, end)) == sample[2:end]
    assert pieces.gathered(pieces.pieces(bytearray(sample))) == sample
    assert pieces.cut(sample, 3, end) == sample[3:end]
    assert pieces.find(sample, b"\r\n-", 1, end) == sample.find(b"\r\n-", 1, end)
    assert pieces.find(sample, b"ab") == sample.find(b"ab")
    assert pieces.count(sample, b"\r\n", end) == sample.count(b"\r\n", 0, end)
    assert pieces.end_of_text(sample) == len(sample.rstrip())


@pytest.mark.parametrize("sample", samples())
def test_lines_are_never_divided(sample):
    lines = list(pieces.pieces_of_lines(sample))
    assert b"".join(lines) == sample
    assert all(line.endswith(b"\n") for line in lines[:-1])


@pytest.mark.parametrize("sample", samples(bytes(range(256))))
def test_transfer_encodings_are_undone_in_pieces(sample):
    lines = standard.encodebytes(sample).replace(b"\n", b"\r\n")
    assert transfer.base64(lines) == sample
    quoted = binascii.b2a_qp(sample, istext=False)
    assert transfer.decoded(quoted, "quoted-printable") == sample


@pytest.mark.parametrize("sample", samples())
def test_line_ends_and_what_is_empty_below_make_no_difference_to_the_fingerprint(sample):
    unix = sample.replace(b"\r", b"")
    assert fingerprinted(unix) == fingerprinted(unix.replace(b"\n", b"\r\n") + b" \r\n")
    assert fingerprinted(unix + b"a") != fingerprinted(unix + b"b")


def fingerprinted(body: bytes) -> str:
    root, _ = read_parts(b"Subject: pieces\r\n\r\n" + body)
    return fingerprint.fingerprint_of(root.headers, root.leaves(), "")
