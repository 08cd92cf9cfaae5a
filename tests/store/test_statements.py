"""Any number of rows in few statements, whatever stands there already."""

import pytest

from gateway.store import content, inbox
from tests.store import made


@pytest.mark.parametrize("count", [1, 5, 63, 64, 65, 150])
def test_as_many_rows_as_there_are(database, count):
    there = [made.incoming(external_id=f"there.{n}") for n in range(0, count, 3)]
    arrivals = [made.incoming(external_id=f"there.{n}", raw=b"%d" % n) for n in range(count)]
    with database.write() as conn:
        first = inbox.accept_many(conn, there)
        accepted = inbox.accept_many(conn, arrivals)
    assert [one.duplicate for one in accepted] == [n % 3 == 0 for n in range(count)]
    assert [one.id for one in accepted if one.duplicate] == [one.id for one in first]
    with database.read() as conn:
        raws = [inbox.get(conn, one.id) for one in accepted if not one.duplicate]
    assert [row.data for row in raws if row] == [b"%d" % n for n in range(count) if n % 3]


def test_values_go_through_their_types_in_every_row(database):
    data = [bytes([n]) * 10 for n in range(70)]
    with database.write() as conn:
        digests = content.put_many(conn, data)
    with database.read() as conn:
        assert [content.get(conn, digest) for digest in digests] == data
