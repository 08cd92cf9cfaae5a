"""Folders synced for several deliveries at once."""

from __future__ import annotations

import os
import threading
from pathlib import Path


class SharedSync:
    """Syncs one folder; those who ask while it is being synced share the next time.

    Each sync keeps the disk from everybody else, the database's commits among them. Safe in any
    thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counting, self._syncing = threading.Lock(), threading.Lock()
        self.asked = self._served = 0  # how often, and up to which of them

    def sync(self) -> None:
        """Return when what is in the folder now will survive a power loss. Raises OSError."""
        with self._counting:
            self.asked += 1
            mine = self.asked
        with self._syncing:
            if self._served >= mine:
                return
            with self._counting:
                served = self.asked
            _sync(self._folder)
            self._served = served


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
