from __future__ import annotations

import mimetypes
import re
from itertools import islice

from gateway.channels.email.reading.names import safe_name
from gateway.channels.email.reading.transfer import uuencoded
from gateway.core.model import Attachment

_BEGIN = re.compile(r"(?m)^begin [0-7]{3,4} ([^\n]{1,200})\n(?=[M\x20-`])")
_MOST = 50


def without_files(text: str) -> tuple[str, list[Attachment]]:
    """The text without the uuencoded files in it, and the files."""
    if "begin " not in text or "\nend" not in text:
        return text, []
    kept: list[str] = []
    files: list[Attachment] = []
    position = 0
    for match in islice(_BEGIN.finditer(text), _MOST):
        if match.start() < position:
            continue
        found = _file(text, match)
        if found is not None:
            kept.append(text[position : match.start()])
            files.append(found[0])
            position = found[1]
    return ("".join(kept) + text[position:]).strip("\n") if files else text, files


def _file(text: str, match: re.Match[str]) -> tuple[Attachment, int] | None:
    end = text.find("\nend", match.end() - 1)
    if end < 0 or not (body := text[match.end() : end + 4]).isascii():
        return None
    found = uuencoded(body.encode("ascii"), 0)
    if found is None:
        return None
    kind = mimetypes.guess_type(match[1])[0] or "application/octet-stream"
    return Attachment(name=safe_name(match[1], kind), type=kind, data=found[0]), end + 4
