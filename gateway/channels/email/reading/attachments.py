from __future__ import annotations

import re
from dataclasses import replace

from gateway.channels.email.reading.bodies import Bodies, FilePart
from gateway.channels.email.reading.headers import read_headers
from gateway.channels.email.reading.names import ending_of, safe_name, unique_name
from gateway.channels.email.reading.programs import remark_on, undisguised
from gateway.core.model import Attachment

_MOST = 500
_CID = re.compile(r"cid:([^\"'\s>)]{1,250})", re.IGNORECASE)


def attachments_of(bodies: Bodies, markup: str | None, defects: list[str]) -> list[Attachment]:
    """The files of a message under safe names, pictures that its HTML shows told apart."""
    files = bodies.files
    shown = {match.lower() for match in _CID.findall(markup)} if markup and files else set()
    found: list[Attachment] = []
    for file in files[:_MOST]:
        found.append(file if isinstance(file, Attachment) else _attachment(file, shown))
    if len(files) > _MOST:
        defects.append(f"more than {_MOST} attachments: the rest is in the raw mail only")
    bodies.remarks.extend(remark for file in found if (remark := remark_on(file)))
    return _named_apart([undisguised(file) for file in found])


def _attachment(file: FilePart, shown: set[str]) -> Attachment:
    part = file.part
    data = part.content()
    cid = file.cid
    inline = part.type.startswith("image/") and (
        file.disposition == "inline" or (cid is not None and cid.lower() in shown)
    )
    if file.disposition == "attachment" and not (cid and cid.lower() in shown):
        inline = False
    name = file.name or _name_of_message(part.type, data)
    return Attachment(
        name=_with_ending(safe_name(name, part.type), part.type),
        type=part.type,
        data=data,
        inline=inline,
        cid=cid,
    )


def _name_of_message(kind: str, data: bytes) -> str:
    """The subject of a message that came as a file without a name."""
    if kind not in ("message/rfc822", "message/global"):
        return ""
    subject = read_headers(data, 0, min(len(data), 65_536))[0].text("subject")
    return f"{subject[:100]}.eml" if subject else "message.eml"


def _with_ending(name: str, kind: str) -> str:
    if kind == "message/rfc822" and not name.lower().endswith(".eml"):
        return f"{name[:145]}.eml"
    if "." not in name and kind != "application/octet-stream":
        return name + ending_of(kind)
    return name


def _named_apart(found: list[Attachment]) -> list[Attachment]:
    taken: set[str] = set()
    return [replace(one, name=unique_name(one.name, taken)) for one in found]
