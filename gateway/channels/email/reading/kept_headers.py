"""The fields of a mail that the operator's conditions may look at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gateway.channels.email.reading.headers import Headers

_MOST = 60  # fields
_LONGEST = 500  # characters of one
# What every mail has, what only says how it travelled, and what the message has as facts already.
_LEFT_OUT = re.compile(
    r"from|to|cc|bcc|subject|date|message-id|in-reply-to|references|received|mime-version"
    r"|return-path|delivered-to|x-original-to|envelope-to|authentication-results|received-spf"
    r"|(?:x-google-)?dkim-signature|domainkey-signature|arc-.*|content-.*|resent-.*|autocrypt|face"
    r"|x-face|thread-index|x-received"
)


class KeptHeaders(Mapping[str, str]):
    """The topmost field of each name, decoded, by its name in lower case; at most 60 of them.

    They are decoded when somebody looks at the first one: few desks have such conditions.
    """

    __slots__ = ("_decoded", "_headers")

    def __init__(self, headers: Headers) -> None:
        self._headers = headers
        self._decoded: dict[str, str] | None = None

    def _all(self) -> dict[str, str]:
        if self._decoded is None:
            headers = self._headers
            names = [name for name in headers.names() if not _LEFT_OUT.fullmatch(name)]
            self._decoded = {name: headers.text(name)[:_LONGEST] for name in names[:_MOST]}
        return self._decoded

    def __getitem__(self, name: str) -> str:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
