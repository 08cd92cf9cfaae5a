"""Numbers that are drawn before their rows are written."""

from gateway.store import numbers
from gateway.store.together import together


def test_a_batch_that_will_take_none_reserves_none(database):
    with database.write() as conn, together(conn):
        numbers.reserve(conn, {})
        first, second = numbers.take(conn, "ticket", 2)
    assert first < second
