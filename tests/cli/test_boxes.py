"""`gateway inbox` and `gateway outbox`: what failed is seen, and can be retried."""

from datetime import UTC, datetime

import pytest

from gateway.core.model import Party
from gateway.core.ports import Incoming
from gateway.store import inbox, outbox
from gateway.store.database import Database
from gateway.store.inbox import InboxState
from gateway.store.outbox import NewOutbox, OutboxState
from tests.cli.conftest import Shell

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def arrived(database: Database) -> Database:
    """Message 1 waits, 2 failed, 3 is held, 4 was dropped."""
    fates = [
        (2, InboxState.FAILED, {"error": "it broke"}),
        (3, InboxState.HELD, {"reason": "says it is from bea@acme.example, without proof"}),
        (4, InboxState.DROPPED, {"reason": "our own mail come back"}),
    ]
    with database.write() as conn:
        for n in range(1, 5):
            came = Incoming(channel="email", external_id=str(n), raw=b"x", received_at=AT)
            inbox.accept_many(conn, [came])
        for row, state, why in fates:
            inbox.finish(conn, row, state, now=AT, **why)
    return database


@pytest.fixture
def leaving(database: Database) -> Database:
    """Message 1 is queued, 2 failed, 3 may have gone out."""
    with database.write() as conn:
        for n in range(1, 4):
            new = NewOutbox(
                ticket=None,
                channel="email",
                to=Party(address="ada@example.org", name="Ada"),
                kind="answer",
                message={"v": 1},
                message_id=f"<{n}@acme.example>",
                due_at=AT,
                created_at=AT,
            )
            outbox.enqueue(conn, new)
        outbox.failed(conn, 2, "550 no such user")
        outbox.unknown(conn, 3, "connection lost after DATA")
    return database


def states(database: Database) -> dict[int, InboxState]:
    with database.read() as conn:
        return {row.id: row.state for row in inbox.rows(conn)}


@pytest.mark.parametrize(
    ("flags", "ids"),
    [([], [4, 3, 2, 1]), (["--failed"], [2]), (["--held"], [3]), (["--failed", "--held"], [3, 2])],
)
def test_the_inbox_is_listed(shell: Shell, arrived: Database, flags: list[str], ids: list[int]):
    rows = shell("inbox", "list", "--json", *flags).json
    assert [row["id"] for row in rows] == ids


def test_the_inbox_says_why(shell: Shell, arrived: Database):
    rows = {row["id"]: row for row in shell("inbox", "list", "--json").json}
    assert (rows[2]["state"], rows[2]["error"]) == ("failed", "it broke")
    assert rows[3]["reason"] == "says it is from bea@acme.example, without proof"
    assert (rows[1]["handled_at"], rows[1]["received_at"]) == (None, "2026-01-05T09:00:00Z")
    assert "it broke" in shell("inbox", "list").out


def test_what_failed_or_was_dropped_is_handled_again(shell: Shell, arrived: Database):
    assert shell("inbox", "retry", "2", "4").status == 0
    assert states(arrived)[2] is InboxState.NEW
    assert states(arrived)[4] is InboxState.NEW


@pytest.mark.parametrize(
    ("command", "ids", "said"),
    [
        ("retry", ["2", "1"], "message 1 is new, not failed, dropped or ignored"),
        ("retry", ["2", "99"], "there is no message 99 in the inbox"),
        ("release", ["3", "2"], "message 2 is failed, not held"),
    ],
)
def test_all_or_nothing(shell: Shell, arrived: Database, command: str, ids: list[str], said: str):
    before = states(arrived)
    done = shell("inbox", command, *ids)
    assert done.status == 2
    assert said in done.err
    assert states(arrived) == before


@pytest.mark.parametrize(
    ("flags", "by"), [([], "the operator"), (["--as", "carla"], "carla@acme.example")]
)
def test_a_held_message_is_released_by_somebody(
    shell: Shell, arrived: Database, flags: list[str], by: str
):
    assert shell("inbox", "release", "3", *flags).status == 0
    with arrived.read() as conn:
        row = inbox.get(conn, 3)
    assert row is not None
    assert (row.state, row.released_by) == (InboxState.NEW, by)


def test_the_outbox_is_listed(shell: Shell, leaving: Database):
    rows = shell("outbox", "list", "--json").json
    assert [(row["id"], row["state"]) for row in rows] == [
        *((3, "unknown"), (2, "failed"), (1, "queued"))
    ]
    failed = shell("outbox", "list", "--failed", "--json").json
    assert [(row["id"], row["error"]) for row in failed] == [
        *((3, "connection lost after DATA"), (2, "550 no such user"))
    ]
    assert rows[0]["to"] == {"name": "Ada", "address": "ada@example.org"}
    assert "550 no such user" in shell("outbox", "list").out


def test_what_did_not_go_out_is_sent_again(shell: Shell, leaving: Database):
    assert shell("outbox", "retry", "2", "3").status == 0
    with leaving.read() as conn:
        assert {row.state for row in outbox.rows(conn)} == {OutboxState.QUEUED}


def test_what_waits_anyway_is_not_sent_again(shell: Shell, leaving: Database):
    done = shell("outbox", "retry", "2", "1")
    assert done.status == 2
    assert "message 1 is queued, not failed, bounced or unknown; nothing was done" in done.err
    with leaving.read() as conn:
        row = outbox.get(conn, 2)
    assert row is not None
    assert row.state is OutboxState.FAILED
