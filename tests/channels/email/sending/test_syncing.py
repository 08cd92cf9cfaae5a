import os
import threading

import pytest

from gateway.channels.email.sending.syncing import SharedSync


@pytest.fixture
def slow(monkeypatch):
    """The first sync waits to be let go; how many there were."""
    syncs, begun, go_on = [], threading.Event(), threading.Event()
    real = os.fsync

    def fsync(handle: int) -> None:
        syncs.append(handle)
        begun.set()
        assert go_on.wait(10)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return syncs, begun, go_on


def test_who_comes_while_it_is_being_synced_is_served_by_the_next_one(tmp_path, slow):
    syncs, begun, go_on = slow
    folder = SharedSync(tmp_path)
    first = threading.Thread(target=folder.sync)
    first.start()
    assert begun.wait(10)
    others = [threading.Thread(target=folder.sync) for _ in range(8)]
    for other in others:
        other.start()
    while folder.asked < 9:
        os.sched_yield()
    go_on.set()
    for thread in (first, *others):
        thread.join(10)
    assert len(syncs) == 2, "the one under way does not count for those who came after its begin"


def test_one_after_the_other_each_is_synced(tmp_path, slow):
    syncs, _, go_on = slow
    go_on.set()
    folder = SharedSync(tmp_path)
    folder.sync()
    folder.sync()
    assert len(syncs) == 2


def test_a_folder_that_is_gone_fails_for_each_who_asked(tmp_path):
    folder = SharedSync(tmp_path / "gone")
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            folder.sync()
