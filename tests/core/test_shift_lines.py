"""Lines in answer to a digest: a ticket, and what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.shift_lines import MOST_LINES, shift_lines


def read(text: str) -> list[tuple[int | None, str, str]]:
    return [(line.number, line.command, line.note) for line in shift_lines(text)]


@pytest.mark.parametrize(
    ("line", "number", "command", "note"),
    [
        ("7 bea", 7, "assign bea", ""),
        ("7 bea ruiz", 7, "assign bea ruiz", ""),
        ("7 bea@acme.example", 7, "assign bea@acme.example", ""),
        ("7 nobody", 7, "assign nobody", ""),
        ("9 hold 2d", 9, "hold 2d", ""),
        ("12 urgent", 12, "urgent", ""),
        ("12 Urgent", 12, "Urgent", ""),
        ("12 RESOLVED", 12, "RESOLVED", ""),
        ("#7 bea", 7, "assign bea", ""),
        ("7: bea", 7, "assign bea", ""),
        ("7. bea", 7, "assign bea", ""),
        ("- 7 #close", 7, "#close", ""),
        ("• 7 take", 7, "take", ""),
        ("7 #reslove", 7, "#reslove", ""),
        ("7 note call her first", 7, "", "call her first"),
        ("7 #note: call her first", 7, "", "call her first"),
        ("7 escalate too hot for us", 7, "escalate too hot for us", ""),
        ("7", 7, "", ""),
        ("#7.", 7, "", ""),
        ("Thanks", None, "", ""),
        ("1234567890123 bea", None, "", ""),
        ("٧ bea", None, "", ""),
    ],
)
def test_a_line_says_which_ticket_and_what(
    line: str, number: int | None, command: str, note: str
) -> None:
    assert read(line) == [(number, command, note)]


def test_empty_lines_count_for_nothing_and_order_stays():
    assert read("\r\n9 take\r\n\r\n 7 bea \n") == [(9, "take", ""), (7, "assign bea", "")]


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    lines = shift_lines(text)
    assert len(lines) <= MOST_LINES
    assert all(line.number is None or line.number >= 0 for line in lines)


def test_endless_answers_end():
    assert len(shift_lines("7 bea\n" * 100_000)) == MOST_LINES
    assert len(shift_lines("7 " + "x" * 1_000_000)[0].command) < 400
