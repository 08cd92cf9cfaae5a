"""The terminal that a process was started on, if it was started on one."""

from __future__ import annotations

import os
from collections.abc import Callable

_STANDARD = (0, 1, 2)


def terminal_is_gone() -> Callable[[], bool]:
    """Tells from now on whether the terminal that there is now has been closed.

    It never is where there is none: for a service, or in a container.
    """
    there = [number for number in _STANDARD if os.isatty(number)]
    return lambda: bool(there) and not any(map(os.isatty, there))
