"""What of a batch is taken in now: tables."""

from typing import Any

import pytest

from gateway.channels.telegram.receiving.planning import next_offset, plan


def update(id: int, chat: int = 1, group: str = "") -> dict[str, Any]:
    album = {"media_group_id": group} if group else {}
    return {"update_id": id, "message": {"message_id": id, "chat": {"id": chat}} | album}


def planned(batch: Any, known: Any = None, quiet: Any = None) -> Any:
    made = plan(batch, known or {}, quiet or {})
    return [[(item.ids, item.album, item.after) for item in items] for items in made.ready]


A1, A2, A3 = update(1, group="a"), update(2, group="a"), update(3, group="a")
NOTE = {"v": 1, "parts": [1, 2], "first": "telegram:1:1"}


@pytest.mark.parametrize(
    ("batch", "known", "quiet", "ready"),
    [
        ([], {}, {}, []),
        ([update(1), update(2)], {}, {}, [[((1,), "", ""), ((2,), "", "")]]),
        ([update(1), update(2, chat=2)], {}, {}, [[((1,), "", "")], [((2,), "", "")]]),
        # an album waits until it has not grown for a while
        ([A1, A2], {}, {}, []),
        ([A1, A2], {}, {"1:a": 1}, []),
        ([A1, A2], {}, {"1:a": 2}, [[((1, 2), "1:a", "")]]),
        # what follows it in its chat shows that it is whole, elsewhere it shows nothing
        ([A1, A2, update(3)], {}, {}, [[((1, 2), "1:a", ""), ((3,), "", "")]]),
        ([A1, A2, update(3, chat=2)], {}, {}, [[((3,), "", "")]]),
        ([update(0), A1], {}, {}, [[((0,), "", "")]]),
        ([A1, update(2, group="b")], {}, {}, [[((1,), "1:a", "")]]),
        # it was noted before: those parts are it, others came late
        ([A1, A2], {"1:a": NOTE}, {}, [[((1, 2), "1:a", "")]]),
        ([A1, A2, A3], {"1:a": NOTE}, {}, [[((1, 2), "1:a", ""), ((3,), "", "telegram:1:1")]]),
        ([A3], {"1:a": NOTE}, {}, [[((3,), "", "telegram:1:1")]]),
    ],
)
def test_albums_are_one_message_and_the_order_is_kept(batch, known, quiet, ready):
    assert planned(batch, known, quiet) == ready


@pytest.mark.parametrize(
    ("ids", "done", "before", "offset"),
    [
        ([], set(), 5, 5),
        ([5, 6], {5, 6}, 5, 7),
        ([5, 6, 7], {5, 7}, 5, 6),
        ([5, 6], set(), 5, 5),
        ([5, 6], {6}, 0, 5),
    ],
)
def test_the_offset_is_the_first_that_is_not_taken_in(ids, done, before, offset):
    assert next_offset([update(id) for id in ids], done, before) == offset
