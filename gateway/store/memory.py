"""What the desk remembers of itself: a value by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from gateway.store.schema import meta
from gateway.store.statements import Prepared, upsert


def recall(conn: Connection, key: str) -> Any:
    """What was kept under a name; None for nothing."""
    row = _RECALL.first(conn, b_key=key)
    return row[0] if row else None


def keep(conn: Connection, key: str, value: Any) -> None:
    """Keep a value that JSON can hold under a name, in the place of what was there."""
    _KEEP.do(conn, b_key=key, b_value=value)


_RECALL = Prepared(select(meta.c.value).where(meta.c.key == bindparam("b_key")))
_KEEP = Prepared(
    lambda dialect: (
        upsert(dialect, meta)
        .values(key=bindparam("b_key"), value=bindparam("b_value", type_=meta.c.value.type))
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"value": bindparam("b_value", type_=meta.c.value.type)},
        )
    )
)
