"""No statement on the way of a message walks through a table that grows with every message."""

import importlib
import itertools
import pkgutil
import re
from pathlib import Path

import psycopg
import pytest

import gateway.store
from gateway.store.database import Database
from gateway.store.statements import Prepared, run

# What may be walked through: indexes of what waits, and tables of a handful of rows.
SHORT = {
    "ix_inbox_new",
    "ix_outbox_queued",
    "ix_outbox_sending",
    "ix_wanted_due",
    "ix_deadline_due_at",
    "ix_ticket_load",
    "ix_tally_hour",
    "ix_kept_agent",
}
SMALL_TABLES = {"away", "burst", "meta", "oldest"}  # the last is a page of `raw`


def _statements() -> dict[str, Prepared]:
    found: dict[str, Prepared] = {}
    for module in pkgutil.iter_modules(gateway.store.__path__):
        names = vars(importlib.import_module(f"gateway.store.{module.name}"))
        for name, value in names.items():
            several = value if isinstance(value, list) else [value]
            for place, one in enumerate(several):
                if isinstance(one, Prepared):
                    found[f"{module.name}.{name}" + (f"[{place}]" if place else "")] = one
    return found


STATEMENTS = _statements()


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_finds_its_rows_by_index(sqlite_database, name):
    with sqlite_database.write() as conn:
        sql = STATEMENTS[name].compiled(conn).text
        nothing = (None,) * sql.count("?")
        plan = [row[3] for row in run(conn, f"EXPLAIN QUERY PLAN {sql}", nothing)]
    assert not [step for step in plan if _walks(step)], plan


def _walks(step: str) -> bool:
    if "VIRTUAL TABLE" in step:  # the list that was asked for
        return False
    scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
    if scan:
        return scan[1] not in SMALL_TABLES and scan[2] not in SHORT
    # An index of what is not NULL, from its beginning, is a walk as well.
    search = re.match(r"SEARCH (\w+) USING (?:COVERING )?INDEX (\w+) \(\w+[<>]\?\)", step)
    return bool(search and search[2] not in SHORT)


@pytest.mark.postgres
def test_on_postgresql_no_statement_needs_to_walk_through_a_table(postgres_url):
    """With walking through made dear, the planner does it only where no index would serve."""
    database = Database.open(postgres_url, files=Path("/nonexistent"))
    with database.write() as conn:
        texts = {name: one.compiled(conn).text for name, one in STATEMENTS.items()}
    database.close()
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as driver:
        for way in ("seqscan", "bitmapscan", "mergejoin", "hashjoin"):
            driver.execute(f"SET enable_{way} = off".encode())
        walks = {name: _postgres_walks(driver, sql) for name, sql in texts.items()}
    assert {name: steps for name, steps in walks.items() if steps} == {}


def _postgres_walks(driver: psycopg.Connection, sql: str) -> list[str]:
    places = itertools.count(1)
    asked = re.sub("%s", lambda _: f"${next(places)}", sql).replace("%%", "%")
    plan = [row[0].strip() for row in driver.execute(f"EXPLAIN (GENERIC_PLAN) {asked}".encode())]
    return [
        step for step, below in itertools.pairwise([*plan, ""]) if _is_postgres_walk(step, below)
    ]


def _is_postgres_walk(step: str, below: str) -> bool:
    walked = re.search(r"Seq Scan on (\w+)", step)
    if walked:
        return walked[1] not in SMALL_TABLES
    index = re.search(r"Scan using (\w+)", step)
    return bool(index and index[1] not in SHORT and not below.startswith("Index Cond"))
