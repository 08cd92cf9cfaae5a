from __future__ import annotations

import contextlib
import socket
import threading


class Stop:
    """Asks a thread to end, and wakes it wherever it waits.

    The thread alone uses a connection; ``cut`` only ends it underneath, which every blocking
    read then notices.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._read, self._write = socket.socketpair()
        self._socket: socket.socket | None = None

    def __bool__(self) -> bool:
        return self._event.is_set()

    def fileno(self) -> int:
        """Readable once it was asked for."""
        return self._read.fileno()

    def ask(self) -> None:
        """End soon."""
        self._event.set()
        with contextlib.suppress(OSError):
            self._write.send(b"!")

    def wait(self, seconds: float) -> bool:
        """Sleep; whether it was asked for meanwhile."""
        return self._event.wait(seconds)

    def watch(self, connection: socket.socket | None) -> None:
        """The connection that the thread may be waiting on."""
        self._socket = connection

    def cut(self) -> None:
        """End the connection under the thread's hands."""
        connection = self._socket
        if connection is not None:
            with contextlib.suppress(OSError):
                # Not the TLS object's own shutdown(), which is no other thread's to call.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of what waking needs."""
        self._read.close()
        self._write.close()
