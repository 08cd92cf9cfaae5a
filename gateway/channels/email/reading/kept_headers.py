"""The fields of a mail that the operator's conditions may look at."""

from __future__ import annotations

import re

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


def kept_headers(headers: Headers) -> dict[str, str]:
    """The topmost field of each name, decoded, by its name in lower case; at most 60 of them."""
    names = [name for name in headers.names() if not _LEFT_OUT.fullmatch(name)]
    return {name: headers.text(name)[:_LONGEST] for name in names[:_MOST]}
