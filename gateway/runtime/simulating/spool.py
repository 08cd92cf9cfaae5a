"""Messages put in the order of their moments, on disk: an archive may be larger than memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile

from gateway.core.frozen import replace
from gateway.core.ports import Incoming


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a message lies, with all of it but its octets."""

    at: datetime
    start: int
    size: int
    incoming: Incoming


class Spool:
    """Write once, then read as often as wanted."""

    def __init__(self) -> None:
        self._file = TemporaryFile(prefix="gateway-simulate-")  # noqa: SIM115 - closed by close()
        self._places: list[_Place] = []
        self._known: set[tuple[str, str]] = set()
        self._sorted = True

    def __len__(self) -> int:
        return len(self._places)

    def add(self, arrivals: Iterable[Incoming]) -> Iterator[int]:
        """Put messages in; the count as it grows. The same external id twice is there once."""
        for incoming in arrivals:
            if (known := (incoming.channel, incoming.external_id)) not in self._known:
                self._known.add(known)
                self._write(incoming)
            yield len(self)

    def _write(self, incoming: Incoming) -> None:
        start = self._file.tell()
        self._file.write(incoming.raw)
        self._places.append(
            _Place(
                at=incoming.received_at,
                start=start,
                size=len(incoming.raw),
                incoming=replace(incoming, raw=b""),
            )
        )
        self._sorted = False

    def __iter__(self) -> Iterator[Incoming]:
        """Earliest first; of one moment, as they were put in."""
        if not self._sorted:
            self._places.sort(key=lambda place: place.at)
            self._sorted = True
        for place in self._places:
            self._file.seek(place.start)
            yield replace(place.incoming, raw=self._file.read(place.size))

    def close(self) -> None:
        """Let go of the disk."""
        self._file.close()
