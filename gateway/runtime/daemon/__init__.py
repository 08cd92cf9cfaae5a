"""Everything that runs, together: channels, worker, postman, clock; and how it stops."""

from gateway.runtime.daemon.parts import Part
from gateway.runtime.daemon.process import Daemon

__all__ = ["Daemon", "Part"]
