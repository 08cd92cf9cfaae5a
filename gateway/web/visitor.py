"""Looking at a desk's pages from outside, as `gateway check` does."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
_PATIENCE = 3.0  # seconds


def answers_as_a_desk(host: str, port: int) -> bool:
    """Whether a daemon's pages are served at this address."""
    door = HTTPConnection(_ANY.get(host, host), port, timeout=_PATIENCE)
    try:
        door.request("GET", "/healthz")
        answer = door.getresponse()
        return answer.status == 200 and answer.read(100) == b"ok\n"
    except (OSError, HTTPException):
        return False
    finally:
        door.close()
