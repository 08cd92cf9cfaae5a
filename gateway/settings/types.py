"""The kinds of values that a config holds, each with the words that explain it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, SecretStr, Strict, ValidationInfo

_DURATION = re.compile(r"(\d{1,10})(bd|[smhd])", re.ASCII)
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_LONGEST = timedelta(days=36_500)
_LOCAL = r"[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f-\x9f]+"
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_ADDRESS = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_QUEUE = re.compile(r"[\w][\w .-]{0,59}")
_TIME = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_TIME_WORDS = 'a time of day such as "08:30", or "" for none'
_ADDRESS_LIMIT = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of value is called in the reference, and what an error says is expected."""

    kind: str
    expected: str


DURATION_WORDS = 'a duration such as "30s", "15m", "4h", "2d"'
ADDRESS_WORDS = 'a mail address such as "support@acme.example"'


def parse_duration(given: object) -> timedelta:
    """A duration of a config: a whole number and s, m, h or d. Raises ValueError with words."""
    if isinstance(given, timedelta):
        return given
    match = _DURATION.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise ValueError(DURATION_WORDS)
    if match[2] == "bd":
        raise ValueError(f"{DURATION_WORDS}; working days have no meaning here")
    if int(match[1]) > _LONGEST / _UNITS[match[2]]:
        raise ValueError("a duration of at most a hundred years")
    return int(match[1]) * _UNITS[match[2]]


def spell_duration(duration: timedelta) -> str:
    """The shortest spelling that `parse_duration` reads as this duration (whole seconds)."""
    seconds = int(duration.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def is_address(given: str) -> bool:
    """Whether it has the form of a mail address, without quoting (RFC 5321, section 4.1.2)."""
    return len(given) <= _ADDRESS_LIMIT and _ADDRESS.fullmatch(given) is not None


def _address(given: str) -> str:
    if not is_address(given):
        raise ValueError(ADDRESS_WORDS)
    return given.lower()


def _line(given: str) -> str:
    if not given.isprintable() or given != given.strip():
        raise ValueError("one line of text without control characters or space around it")
    return given


def _filled_line(given: str) -> str:
    if not given:
        raise ValueError("a name")
    return _line(given)


def _queue_name(given: str) -> str:
    if not _QUEUE.fullmatch(given):
        raise ValueError("a short name of letters, digits, spaces, dots and hyphens")
    return given


def _timezone(given: str) -> str:
    try:
        ZoneInfo(given)
    except (ValueError, OSError, LookupError):
        raise ValueError('a time zone such as "Europe/Madrid" or "UTC"') from None
    return given


def _zone_or_none(given: str) -> str:
    return _timezone(given) if given else given


def _time_of_day(given: str) -> str:
    found = _TIME.fullmatch(given)
    if given and (found is None or int(found[1]) > 23 or int(found[2]) > 59):
        raise ValueError(_TIME_WORDS)
    return given


def _language(given: str) -> str:
    if given and not _LANGUAGE.fullmatch(given):
        raise ValueError('a language code such as "en" or "pt-BR"')
    return given


def _path(given: object, info: ValidationInfo) -> Path | None:
    if not isinstance(given, str | Path | None) or not str(given).isprintable():
        raise ValueError("a path")
    folder = (info.context or {}).get("folder", Path())
    return folder / given if given else None


def _present(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise ValueError("a file that is there")
    return path


def _wait(given: timedelta) -> timedelta:
    if given < timedelta(seconds=1):
        raise ValueError("at least 1s")
    return given


Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Line = Annotated[str, AfterValidator(_line), Words("string", "one line of text")]
Name = Annotated[str, AfterValidator(_filled_line), Words("string", "a name")]
QueueName = Annotated[str, AfterValidator(_queue_name), Words("string", "the name of a queue")]
Address = Annotated[str, AfterValidator(_address), Words("mail address", ADDRESS_WORDS)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration), Words("duration", DURATION_WORDS)]
TimeZone = Annotated[
    str, AfterValidator(_timezone), Words("time zone", 'a time zone such as "Europe/Madrid"')
]
ZoneOrNone = Annotated[
    str,
    AfterValidator(_zone_or_none),
    Words("time zone", 'a time zone such as "Europe/Madrid", or ""'),
]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day), Words("time", _TIME_WORDS)]
Language = Annotated[
    str, AfterValidator(_language), Words("language", 'a language code such as "en"')
]
Wait = Annotated[Duration, AfterValidator(_wait), Words("duration", DURATION_WORDS)]
PresentFile = Annotated[
    Path | None, BeforeValidator(_path), AfterValidator(_present), Words("path", "a file")
]
FilePath = Annotated[Path | None, BeforeValidator(_path), Words("path", "a path")]
Secret = Annotated[SecretStr, Words("secret", "a secret")]
