"""Two small plots as SVG: bars of met and missed deadlines, and a map of the week's load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape

from gateway.core.model import Priority
from gateway.core.targets import Target
from gateway.runtime.simulating.results import Fate

_COLOURS = {Fate.MET: "#2e7d32", Fate.MISSED: "#c62828", Fate.RUNNING: "#9e9e9e"}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CELL = 22
_LABEL = 210
_BAR = 420


def bars(found: Mapping[tuple[Target, Priority], Counter[Fate]]) -> str:
    """One bar for each target and priority: its deadlines by how they ended."""
    rows = sorted(found.items(), key=lambda item: (item[0][0].value, -_rank(item[0][1])))
    most = max((sum(counts.values()) for _, counts in rows), default=0)
    if not most:
        return "<p>No deadline was started.</p>"
    body = "".join(_bar(n, *key, counts, most) for n, (key, counts) in enumerate(rows))
    body += _legend(len(rows))
    height = (len(rows) + 1) * _CELL + 4
    return _svg(_LABEL + _BAR + 60, height, body, "Deadlines met and missed, by priority")


def _legend(row: int) -> str:
    """What the colours mean."""
    parts = []
    for place, fate in enumerate(Fate):
        left, top = _LABEL + place * 90, row * _CELL + 4
        parts.append(
            f'<rect x="{left}" y="{top}" width="12" height="12" fill="{_COLOURS[fate]}"/>'
            f"{_text(left + 17, top + 11, fate.value)}"
        )
    return "".join(parts)


def _rank(priority: Priority) -> int:
    return list(Priority).index(priority)


def _bar(row: int, target: Target, priority: Priority, counts: Counter[Fate], most: int) -> str:
    top, left = row * _CELL, float(_LABEL)
    parts = [_text(_LABEL - 8, top + 15, f"{target.words}, {priority.value}", anchor="end")]
    for fate in Fate:
        width = _BAR * counts[fate] / most
        if width:
            title = f"<title>{counts[fate]} {fate.value}</title>"
            parts.append(
                f'<rect x="{left:.1f}" y="{top + 3}" width="{width:.1f}" height="{_CELL - 6}" '
                f'fill="{_COLOURS[fate]}">{title}</rect>'
            )
        left += width
    ended = counts[Fate.MET] + counts[Fate.MISSED]
    share = f"{100 * counts[Fate.MET] / ended:.0f} %" if ended else "–"
    parts.append(_text(left + 6, top + 15, share))
    return "".join(parts)


def week(load: Counter[tuple[int, int]]) -> str:
    """A field for each hour of the week, the darker the more messages came in it."""
    most = max(load.values(), default=0)
    if not most:
        return "<p>No message came.</p>"
    hours = "".join(_text(50 + h * _CELL, 14, str(h)) for h in range(0, 24, 3))
    days = "".join(_text(0, 34 + d * _CELL, day) for d, day in enumerate(_DAYS))
    cells = "".join(_field(d, h, load[d, h], most) for d in range(7) for h in range(24))
    return _svg(50 + 24 * _CELL, 22 + 7 * _CELL, hours + days + cells, "Messages by hour of week")


def _field(day: int, hour: int, count: int, most: int) -> str:
    shade = 0.06 + 0.94 * count / most if count else 0.0
    return (
        f'<rect x="{48 + hour * _CELL}" y="{20 + day * _CELL}" width="{_CELL - 2}" '
        f'height="{_CELL - 2}" fill="#1a5fb4" fill-opacity="{shade:.2f}" stroke="#ccc" '
        f'stroke-width=".5"><title>{_DAYS[day]} {hour}:00: {count}</title></rect>'
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(width: float, height: float, body: str, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        f'aria-label="{escape(title)}">{body}</svg>'
    )
