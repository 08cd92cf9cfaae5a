"""Logs: one line an event, on standard error, for people on a terminal and JSON elsewhere.

An event has a static name; what varies stands in fields::

    structlog.get_logger().info("accepted", inbox=7, peer=short("bea@acme.example"))

Nothing that somebody wrote belongs into a line: no subject, no text, no whole address.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "human", "json"]
Event = MutableMapping[str, Any]

_ADDRESS = re.compile(r"[^\s<>\"'(),:;\[\]@]+@[^\s<>\"'(),:;\[\]@]+")


def short(address: str) -> str:
    """A mail address (or another network's id) as logs may show it: ``b…@acme.example``."""
    local, at, domain = address.strip().rpartition("@")
    if not at:
        return f"{domain[:1]}…" if domain else ""
    return f"{local[:1]}…@{domain}"


def configure(level: Level = "info", format: Format = "auto", stream: TextIO | None = None) -> None:
    """Set up logging for the process, libraries included (theirs from warnings up).

    ``format`` "auto" is "human" where ``stream`` (standard error if None) is a terminal.
    """
    out = stream or sys.stderr
    human = format == "human" or (format == "auto" and out.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _shorten,
            *([_escape, _renderer(out)] if human else [structlog.processors.JSONRenderer()]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Unfailing(out))),
        cache_logger_on_first_use=False,
    )
    _route_libraries()


class _Unfailing:
    """Writes where it can: a full disk or a closed terminal costs lines of the log, and no more."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # ValueError: it was closed
            self._out.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._out.flush()


def _renderer(out: TextIO) -> structlog.dev.ConsoleRenderer:
    colors = out.isatty() and not os.environ.get("NO_COLOR")
    return structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=0, sort_keys=False)


def _shorten(_logger: object, _method: str, event: Event) -> Event:
    """A net below what callers do by themselves: no whole address gets through."""
    for key, value in event.items():
        if isinstance(value, str) and "@" in value and key != "message_id":
            event[key] = _ADDRESS.sub(lambda match: short(match.group()), value)
    return event


def _escape(_logger: object, _method: str, event: Event) -> Event:
    """No value may steer the terminal or look like a line of its own."""
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            event[key] = _escaped(value, keep="\n" if key == "exception" else "")
    return event


def _escaped(text: str, keep: str) -> str:
    return "".join(
        c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in text
    )


class _Bridge(logging.Handler):
    """What libraries log goes the same way, under one name."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno,
            "library",
            logger=record.name,
            said=record.getMessage(),
            exc_info=record.exc_info,
        )


def _route_libraries() -> None:
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if not isinstance(h, _Bridge)] + [_Bridge()]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
