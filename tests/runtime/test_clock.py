"""The clock is stopped while one of its jobs runs."""

import asyncio
import logging
import threading
from datetime import timedelta

import pytest

from gateway.runtime.clock import Clock
from gateway.runtime.threads import Threads
from gateway.store.leader import Leader
from tests.runtime.desk import Desk


class SlowLeader(Leader):
    """Answers only when it is let go, so that the clock is caught in the middle of a look."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.database)
        self.asked = threading.Event()
        self.go = threading.Event()

    def lead(self) -> bool:
        self.asked.set()
        self.go.wait(10)
        return False


async def test_stopping_while_it_looks_is_no_failure(desk: Desk, caplog: pytest.LogCaptureFixture):
    leader, threads = SlowLeader(desk), Threads()
    clock = Clock(
        desk.database,
        leader,
        now=desk.clock,
        keep_raw=timedelta(days=90),
        threads=threads,
        on_fired=lambda: None,
        policy=lambda: desk.app.policy,
    )
    with caplog.at_level(logging.WARNING):
        clock.start()
        await asyncio.to_thread(leader.asked.wait, 10)
        clock.close()
        leader.go.set()
        await asyncio.to_thread(threads.close)
        await asyncio.sleep(0)
    assert [r.getMessage() for r in caplog.records if r.name.startswith("apscheduler")] == []
