"""Values survive both databases, and what neither can hold is made harmless."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, select

from gateway.store.database import Database
from gateway.store.schema import away, meta
from gateway.store.statements import Prepared, upsert
from gateway.store.types import clean, dump_json

_PUT = Prepared(
    lambda dialect: (
        upsert(dialect, meta)
        .values(key=bindparam("b_key"), value=bindparam("b_value"))
        .on_conflict_do_update(index_elements=["key"], set_={"value": bindparam("b_value")})
    )
)
_GET = Prepared(select(meta.c.value).where(meta.c.key == bindparam("b_key")))
_PUT_TIME = Prepared(
    lambda dialect: (
        upsert(dialect, away)
        .values(agent=bindparam("b_agent"), until=bindparam("b_until"))
        .on_conflict_do_update(index_elements=["agent"], set_={"until": bindparam("b_until")})
    )
)
_TIMES_IN_ORDER = Prepared(select(away.c.agent, away.c.until).order_by(away.c.until))

text = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
documents = st.recursive(
    st.booleans() | numbers | text | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)
moments = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 - the zone is drawn beside it
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.timezones() | st.just(UTC) | st.just(timezone(timedelta(hours=14))),
)


def _there_and_back(database: Database, value: Any) -> Any:
    with database.write() as conn:
        _PUT.do(conn, b_key="k", b_value=value)
        return _GET.all(conn, b_key="k")[0][0]


@given(value=documents.filter(lambda value: value is not None))
def test_json_comes_back_as_it_went(property_database, value):
    assert _there_and_back(property_database, value) == value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("\udcff", "?"),
        ({"\x00": ["\ud800", "😀"]}, {"\ufffd": ["?", "😀"]}),
        ("\\u0000 \\ud800", "\\u0000 \\ud800"),
    ],
)
def test_json_that_a_database_refuses_is_made_harmless(database, value, kept):
    assert _there_and_back(database, value) == kept


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_is_no_json_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        dump_json(value)


@given(value=st.text())
def test_cleaned_text_can_be_encoded_and_stays_as_it_is(value):
    cleaned = clean(value)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned == clean(cleaned)


@given(several=st.lists(moments, min_size=1, max_size=4))
def test_times_come_back_in_utc_and_in_order(property_database, several):
    with property_database.write() as conn:
        for place, moment in enumerate(several):
            _PUT_TIME.do(conn, b_agent=str(place), b_until=moment)
        rows = _TIMES_IN_ORDER.all(conn)
    found = {agent: until for agent, until in rows if int(agent) < len(several)}
    assert found == {str(n): moment.astimezone(UTC) for n, moment in enumerate(several)}
    assert all(until.tzinfo is UTC for until in found.values())
    assert [until for _, until in rows] == sorted(until for _, until in rows)


def test_a_time_without_a_zone_is_refused(database):
    naive = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - the very mistake
    with database.write() as conn, pytest.raises(ValueError, match="needs a time zone"):
        _PUT_TIME.do(conn, b_agent="a", b_until=naive)
