from __future__ import annotations

import mimetypes

from gateway.channels.email.reading.names import safe_name
from gateway.core.model import Attachment

_LARGEST = 32 * 1024 * 1024
_MOST = 200


def files_in_tnef(data: bytes, defects: list[str]) -> list[Attachment]:
    """The files inside a winmail.dat (MS-OXTNEF); none, with a defect noted, if it is broken."""
    if len(data) > _LARGEST:
        defects.append("winmail.dat of more than 32 MB: kept as it is")
        return []
    from tnefparse import TNEF

    try:
        return [_file(one) for one in TNEF(data, do_checksum=False).attachments[:_MOST]]
    except Exception as error:
        # An old parser on hostile octets: it may raise anything, and the file is kept whole.
        defects.append(f"winmail.dat that cannot be read: {type(error).__name__}")
        return []


def _file(one: object) -> Attachment:
    name = getattr(one, "long_filename", None)
    claimed = name() if callable(name) else getattr(one, "name", "")
    if isinstance(claimed, bytes):
        claimed = claimed.decode("utf-8", "replace")
    kind = mimetypes.guess_type(str(claimed))[0] or "application/octet-stream"
    return Attachment(
        name=safe_name(str(claimed or "").rstrip("\x00"), kind),
        type=kind,
        data=bytes(getattr(one, "data", b"") or b""),
    )
