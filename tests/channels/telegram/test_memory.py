"""What the channel remembers, and for how long."""

from datetime import timedelta

import pytest

from gateway.channels.telegram.memory import Book
from tests.channels.telegram.kit import NOON, Memory


async def test_notes_are_found_by_a_later_process_until_they_are_old():
    notebook, now = Memory(), [NOON]
    book = Book("telegram.sent", notebook, lambda: now[0])
    await book.put("1", {"x": 1})
    now[0] += timedelta(days=20)
    await book.put("2", {"x": 2})
    later = Book("telegram.sent", notebook, lambda: now[0])
    assert (await later.get("1") or {})["x"] == 1
    now[0] += timedelta(days=11)
    await later.tidy()
    assert set(notebook.books["telegram.sent"]) == {"2"}


async def test_what_has_to_be_known_for_good_is_kept():
    notebook = Memory()
    book = Book("telegram.topics", notebook, lambda: NOON, keep=None)
    await book.put("1", {"x": 1})
    await Book("telegram.topics", notebook, lambda: NOON + timedelta(days=999), keep=None).tidy()
    assert set(notebook.books["telegram.topics"]) == {"1"}


@pytest.mark.parametrize("notes", [0, 1, 1_000, 1_001])
async def test_tidying_sees_every_page(notes: int):
    notebook = Memory()
    notebook.write("telegram.sent", {str(n): {"v": 1, "on": "2020-01-01"} for n in range(notes)})
    await Book("telegram.sent", notebook, lambda: NOON).tidy()
    assert notebook.books["telegram.sent"] == {}
