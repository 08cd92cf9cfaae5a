"""Transfer encodings are undone by the quick way as by the careful one."""

import base64 as standard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.reading.transfer import _odd_base64, _sound_base64, base64

_SIGNS = st.text(alphabet="ABCxyz019+/=\r\n-_!", max_size=60).map(str.encode)


@given(st.binary(max_size=300))
def test_what_was_encoded_comes_back(data):
    encoded = standard.encodebytes(data).replace(b"\n", b"\r\n")
    assert base64(encoded) == _odd_base64(encoded) == data


@given(_SIGNS)
def test_the_quick_way_gives_what_the_careful_one_does_or_leaves_it_to_that(data):
    quick = _sound_base64(data)
    assert quick is None or quick == _odd_base64(data)


@pytest.mark.parametrize(
    ("data", "octets"),
    [
        (b"QQ==QUI=", b"AAB"),
        (b"QUI", b"AB"),
        (b"QUJD\r\nQ", b"ABC"),
        (b"QQ====", b"A"),
        (b"====", b""),
        (b"", b""),
    ],
)
def test_odd_padding_is_read_on(data, octets):
    assert base64(data) == octets
