"""Delimiter lines are those of a slow and obviously right reader, however many resemble them."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.reading.delimiters import delimiters

LINES = (
    "--b",
    "--b--",
    "--b ",
    "--b--\t ",
    "--bx",
    "--b-",
    "--b -",
    "x--b",
    "",
    "-",
    "x",
    "--b\rx",
)
ENDS = ("\n", "\r\n", "\r", "")


def slowly(raw: bytes) -> list[tuple[int, bool]]:
    """Line by line, where a delimiter stands, and whether it is the last one."""
    found, at = [], 0
    for line in raw.split(b"\n"):
        bare = line.split(b"\r")[0].rstrip(b" \t")
        if bare in (b"--b", b"--b--"):
            found.append((at, bare == b"--b--"))
        at += len(line) + 1
    return found


LINE = st.tuples(st.sampled_from(LINES), st.sampled_from(ENDS)).map("".join)


@given(st.lists(LINE, max_size=12), st.booleans())
def test_the_same_lines_as_a_slow_reader(lines: list[str], many: bool):
    raw = ("--bx\n" * 201 * many + "".join(lines)).encode()
    found = list(delimiters(raw, 0, len(raw), b"b"))
    assert [(one.at, one.last) for one in found] == slowly(raw)
    assert all(raw[one.at : one.after].rstrip(b"\r\n \t-") == b"--b" for one in found)


def test_a_delimiter_after_many_that_resemble_it_still_divides():
    raw = b"--bx\n" * 1_000 + b"--b\nx\n--b--"
    found = list(delimiters(raw, 0, len(raw), b"b"))
    assert [raw[one.after : one.after + 1] for one in found] == [b"x", b""]
