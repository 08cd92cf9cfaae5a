"""Where a message ends, and what of it is kept."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.listening.data import IncomingData
from gateway.channels.email.listening.limits import MemoryBudget
from tests.channels.email.listening.desk import open_desk

# What is sent after DATA, before the end; what is kept of it. None of it ends the message.
KEPT = [
    (b"", b""),
    (b"\r\n", b"\r\n"),
    (b"one\r\n", b"one\r\n"),
    (b"..\r\n", b".\r\n"),
    (b"...\r\n", b"..\r\n"),
    (b".x\r\n", b"x\r\n"),
    (b"a\r\n..b\r\n", b"a\r\n.b\r\n"),
    (b"a.b\r\n", b"a.b\r\n"),
    (b"nul \x00 here\r\n", b"nul \x00 here\r\n"),
    (bytes(range(128, 256)) + b"\r\n", bytes(range(128, 256)) + b"\r\n"),
    # no smuggling: a dot between anything but two CR LF is text
    (b"a\n.\nMAIL FROM:<x@y>\r\n", b"a\r\n.\r\nMAIL FROM:<x@y>\r\n"),
    (b"a\n.\r\nMAIL FROM:<x@y>\r\n", b"a\r\n.\r\nMAIL FROM:<x@y>\r\n"),
    (b"a\r\n.\nMAIL FROM:<x@y>\r\n", b"a\r\n\r\nMAIL FROM:<x@y>\r\n"),
    (b"a\r.\rMAIL FROM:<x@y>\r\n", b"a\r.\rMAIL FROM:<x@y>\r\n"),
    (b"a\r.\r\nMAIL FROM:<x@y>\r\n", b"a\r.\r\nMAIL FROM:<x@y>\r\n"),
    (b"a\r\n.\rMAIL FROM:<x@y>\r\n", b"a\r\n\rMAIL FROM:<x@y>\r\n"),
    (b"a\n\n.\n\nMAIL FROM:<x@y>\r\n", b"a\r\n\r\n.\r\n\r\nMAIL FROM:<x@y>\r\n"),
    (b"a\r\n.\r\r\nMAIL FROM:<x@y>\r\n", b"a\r\n\r\r\nMAIL FROM:<x@y>\r\n"),
    (b"a\r\n\x00.\r\nMAIL FROM:<x@y>\r\n", b"a\r\n\x00.\r\nMAIL FROM:<x@y>\r\n"),
    (b"a\r\n.\x00\r\nMAIL FROM:<x@y>\r\n", b"a\r\n\x00\r\nMAIL FROM:<x@y>\r\n"),
    (b".\nb\r\n", b"\r\nb\r\n"),
    (b"\n.\r\nb\r\n", b"\r\n.\r\nb\r\n"),
    (b"bare\nline feeds\n\r\n", b"bare\r\nline feeds\r\n\r\n"),
    (b"bare\rreturns\r\r\n", b"bare\rreturns\r\r\n"),
]


@pytest.mark.parametrize(("sent", "kept"), KEPT)
async def test_only_a_dot_between_two_crlf_ends_a_message(sent: bytes, kept: bytes):
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.begin()
        await talk.send(sent + b".\r\nNOOP\r\n")
        assert [r[:3] for r in await talk.replies(2)] == ["250", "250"]
        assert desk.inbox.bodies == [kept]


def received(blocks: list[bytes], limit: int = 10_000) -> tuple[bytes, bytes]:
    """What is kept of these blocks, and what came after the end."""
    with MemoryBudget(limit).share() as share:
        data = IncomingData(limit=limit, share=share)
        for number, block in enumerate(blocks):
            rest = data.feed(block)
            if rest is not None:
                return data.take(b""), rest + b"".join(blocks[number + 1 :])
    raise AssertionError("the message has no end")


def line_by_line(octets: bytes) -> tuple[bytes, bytes]:
    """The same, slow and plain."""
    lines = octets.split(b"\r\n")
    end = lines.index(b".")
    text = b"".join(line.removeprefix(b".") + b"\r\n" for line in lines[:end])
    lone = text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return lone, b"\r\n".join(lines[end + 1 :])


hostile = st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n", b"\r\n.", b"\0"])).map(
    b"".join
)


@pytest.mark.fuzz
@given(text=hostile, after=hostile, cuts=st.lists(st.integers(0, 60)))
def test_blocks_may_be_cut_anywhere(text: bytes, after: bytes, cuts: list[int]):
    octets = text + b"\r\n.\r\n" + after
    places = sorted({min(cut, len(octets)) for cut in cuts} | {0, len(octets)})
    blocks = [octets[a:b] for a, b in pairwise(places)]
    assert received(blocks) == line_by_line(octets)


@pytest.mark.parametrize("size", [100, 101])
def test_the_limit_is_exact(size: int):
    with MemoryBudget(1000).share() as share:
        data = IncomingData(limit=100, share=share)
        assert data.feed(b"x" * (size - 2) + b"\r\n.\r\nrest") == b"rest"
        assert (data.refusal is None) == (size == 100)
        assert len(data.take(b"")) == (100 if size == 100 else 0)
