"""How much each agent was told lately: what folding looks at, on the way of every message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, literal_column, select

from gateway.core.bursts import Burst, Sort
from gateway.store.errors import ConflictError
from gateway.store.schema import burst
from gateway.store.statements import InsertRows, Prepared
from gateway.store.together import BURSTS, UNKNOWN, Kind, known, later, learn

Key = tuple[str, Sort]
_EVERY = "bursts"


def every(conn: Connection) -> dict[Key, Burst]:
    """All of them, by the agent's address and the sort. A batch asks once."""
    found = known(conn, _EVERY)
    if found is UNKNOWN:
        found = {(agent, Sort(sort)): _burst(*rest) for agent, sort, *rest in _ALL.aside(conn)}
        learn(conn, {_EVERY: found})
    every: dict[Key, Burst] = found
    return every


def save(conn: Connection, changed: Sequence[tuple[str, Sort, Burst]]) -> None:
    """They stand so from now on.

    Raises `store.errors.ConflictError`, here or where the batch is written, if another process
    told one of these agents something since they were looked at.
    """
    if not changed:
        return
    found = known(conn, _EVERY)
    if found is not UNKNOWN:
        found.update({(agent, sort): after for agent, sort, after in changed})
    later(conn, _SAVED, changed)


def _save(conn: Connection, changed: Sequence[tuple[str, Sort, Burst]]) -> None:
    last = {(agent, sort): after for agent, sort, after in changed}
    # One order everywhere: two processes that tell the same agents never wait in a circle.
    rows = [_row(key, last[key]) for key in sorted(last)]
    if len(_PUT.back(conn, rows)) < len(rows):
        raise ConflictError("another process told the same agent something meanwhile")
    found = known(conn, _EVERY)
    if found is not UNKNOWN:
        for row in rows:
            key = (row["agent"], Sort(row["sort"]))
            found[key] = Burst(
                told=found[key].told, due_at=found[key].due_at, version=row["version"]
            )


def _row(key: Key, after: Burst) -> dict[str, Any]:
    agent, sort = key
    return {
        "agent": agent,
        "sort": sort.value,
        "told": {"v": 1, "at": [moment.timestamp() for moment in after.told]},
        "due_at": after.due_at,
        "version": after.version + 1,
    }


def _burst(told: dict[str, Any], due_at: datetime | None, version: int) -> Burst:
    at = tuple(datetime.fromtimestamp(moment, UTC) for moment in told["at"])
    return Burst(told=at, due_at=due_at, version=version)


_SAVED = Kind(BURSTS, _save)
_ALL = Prepared(select(burst.c.agent, burst.c.sort, burst.c.told, burst.c.due_at, burst.c.version))
_PUT = InsertRows(
    burst,
    returning=("agent",),
    unless_there=("agent", "sort"),
    else_set={
        "told": literal_column("excluded.told"),
        "due_at": literal_column("excluded.due_at"),
        "version": literal_column("excluded.version"),
    },
    only_if=burst.c.version == literal_column("excluded.version") - literal_column("1"),
)
