"""What mail programs wrap mail in: winmail.dat, signatures, encryption, files among the words."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.reading.calendar import invitation
from gateway.channels.email.reading.secured import smime
from gateway.channels.email.reading.secured.armour import unarmoured
from gateway.channels.email.reading.tnef import unwrapped
from gateway.channels.email.reading.written_out import without_files
from tests.channels.email.reading import wrapping as w


@given(st.binary(max_size=2_000), st.booleans())
def test_what_was_signed_is_taken_out_as_it_was(content: bytes, in_pieces: bool):
    assert smime.signed_content(w.signed(content, in_pieces=in_pieces)) == content


@given(st.binary(max_size=300), st.integers(0, 60), st.integers(0, 255))
def test_broken_signed_data_is_none_or_octets(content: bytes, at: int, octet: int):
    broken = bytearray(w.signed(content))
    broken[at % len(broken)] = octet
    found = smime.signed_content(bytes(broken))
    assert found is None or len(found) <= len(broken)


@given(st.binary(max_size=300))
def test_any_octets_are_no_signed_data_that_raises(data: bytes):
    smime.signed_content(data)
    smime.is_encrypted(data, "")


def test_encrypted_is_told_by_what_it_is_before_by_what_it_says():
    assert smime.is_encrypted(w.enveloped(b""), "")
    assert not smime.is_encrypted(w.signed(b"x"), "enveloped-data")
    assert smime.is_encrypted(b"broken", "enveloped-data")


@given(st.binary(max_size=2_000), st.text(max_size=40))
def test_a_file_in_a_wrapping_comes_out_as_it_was(data: bytes, name: str):
    (file,) = unwrapped(w.tnef(w.file(name, data))).files
    assert file.data == data


@given(st.data())
def test_a_broken_wrapping_is_read_as_far_as_it_goes(data):
    whole = w.tnef(
        w.attribute(1, w.MESSAGE_PROPERTIES, w.properties(w.wide(0x0037, "x"), w.number(3, 4))),
        w.file("a.pdf", b"%PDF"),
        w.attribute(1, w.MESSAGE_PROPERTIES, w.properties(w.octets(0x1009, w.rich_text(RTF)))),
    )
    at = data.draw(st.integers(6, len(whole) - 1))
    broken = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + 4 :]
    assert len(unwrapped(broken).files) <= 1


RTF = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}Gr\'f6\'dfer\par \u128?\uc0\u-10179\u-8704}"


@given(st.binary(max_size=400))
def test_any_rich_text_is_read(rtf: bytes):
    props = w.properties(w.octets(0x1009, w.rich_text(b"{\\rtf1" + rtf)))
    unwrapped(w.tnef(w.attribute(1, w.MESSAGE_PROPERTIES, props)))


def test_repeated_runs_of_rich_text_are_copied():
    # The example of MS-OXRTFCP, section 3.1.1.2: "{\rtf1 WXYZWXYZWXYZWXYZWXYZ}".
    data = bytes.fromhex(
        "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
    )  # fmt: skip
    props = w.properties(w.octets(0x1009, data))
    assert unwrapped(w.tnef(w.attribute(1, w.MESSAGE_PROPERTIES, props))).plain == "WXYZ" * 5


def yencoded(data: bytes) -> bytes:
    out = bytearray()
    for octet in data:
        moved = (octet + 42) % 256
        out += bytes((61, (moved + 64) % 256)) if moved in (0, 10, 13, 61) else bytes((moved,))
    return bytes(out)


@given(st.binary(min_size=1, max_size=500))
def test_yenc_comes_out_as_it_was(data: bytes):
    head = b"=ybegin line=9999 size=%d name=a.bin\r\n" % len(data)
    tail = b"\r\n=yend size=%d crc32=%08x\r\n" % (len(data), zlib.crc32(data))
    defects: list[str] = []
    text, (file,) = without_files(b"before\r\n" + head + yencoded(data) + tail + b"after", defects)
    assert (text, file.data, defects) == (b"before\r\nafter", data, [])


@pytest.mark.parametrize("tail", [b"=yend size=4 crc32=00000000", b"=yend size=5"])
def test_damage_is_told(tail: bytes):
    defects: list[str] = []
    without_files(b"=ybegin line=9 size=4 name=a.bin\n" + yencoded(b"data") + b"\n" + tail, defects)
    assert defects == ["a damaged file among the words: a.bin"]


def test_quoted_armour_stays_a_quote():
    text = "> -----BEGIN PGP SIGNED MESSAGE-----\n> x\n> -----END PGP SIGNATURE-----\n"
    assert unarmoured(text).text == text


def test_armour_without_an_end_stays():
    text = "-----BEGIN PGP MESSAGE-----\nhQ==\n"
    found = unarmoured(text)
    assert (found.text, found.encrypted) == (text, False)


EVENTS = {
    "METHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x\nSUMMARY:S": "Accepted: S",
    "METHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;PARTSTAT=TENTATIVE:a@x\nSUMMARY:S": "Perhaps: S",
    "METHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;PARTSTAT=when:a@x\nSUMMARY:S": "Answer to the invitation",
    "METHOD:REQUEST\nBEGIN:VEVENT\nSTATUS:CANCELLED\nSUMMARY:S": "Cancelled: S",
    "METHOD:PUBLISH\nBEGIN:VEVENT\nSUMMARY:S": "Event: S",
    "METHOD:when\nBEGIN:VEVENT\nSUMMARY:a\\,b\\;c\\\\d\\ne": "Event: a,b;c\\d e",
    "BEGIN:VEVENT\nDTSTART:20260105T100000Z\nDTEND:20260106T100000Z\nSUMMARY:S": (
        "Event: S\nWhen: 2026-01-05 10:00 – 2026-01-06 10:00 (UTC)"
    ),
    "BEGIN:VCALENDAR\nEND:VCALENDAR": "",
}


@pytest.mark.parametrize("ics", EVENTS)
def test_what_an_event_says(ics: str):
    said = invitation(ics, None)
    assert said.startswith(EVENTS[ics])
    assert bool(said) is bool(EVENTS[ics])
