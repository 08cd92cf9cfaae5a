"""Files that do something when they are opened, whatever they say that they are."""

from __future__ import annotations

import re
from dataclasses import replace

from gateway.core.model import Attachment, Remark, RemarkKind

# What Windows, macOS and Linux run on a double click.
_ENDINGS = frozenset(
    "ade adp apk app appx bat chm cmd com command cpl desktop dll exe gadget hta inf ins iso jar js"
    " jse jnlp lib lnk mde msc msi msix msp mst pif ps1 ps1xml ps2 psc1 reg scf scr sct sh shb sys"
    " url vb vbe vbs vhd vhdx vxd wsc wsf wsh xll".split()
)
# What people open without a second thought.
_DOCUMENTS = frozenset(
    "pdf doc docx dot odt rtf txt xls xlsx ods csv ppt pptx odp htm html xml jpg jpeg png gif bmp"
    " tif tiff webp svg heic mp3 mp4 avi mov wav eml msg ics zip".split()
)
_BEGINNINGS = (
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe",  # macOS
    b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # macOS for several machines; Java
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a shortcut
)
_SCRIPT = re.compile(rb"\A(?:\xef\xbb\xbf)?#!\s?/")
_LONGEST = 150


def remark_on(file: Attachment) -> Remark | None:
    """What is to be said of a file: that it is a program, and perhaps hides it; else None."""
    about = file.name[:_LONGEST]
    if _ending(file.name) in _ENDINGS:
        return Remark(kind=RemarkKind.PROGRAM, about=about)
    if not _runs(file.data):
        return None
    hides = _ending(file.name) in _DOCUMENTS or file.type.startswith(("image/", "audio/"))
    return Remark(kind=RemarkKind.DISGUISED if hides else RemarkKind.PROGRAM, about=about)


def undisguised(file: Attachment) -> Attachment:
    """The file under a name that does not lie: a program is no document, and runs nowhere."""
    remark = remark_on(file)
    if remark is None or remark.kind is not RemarkKind.DISGUISED:
        return file
    return replace(
        file, name=f"{file.name[: _LONGEST - 4]}.bin", type="application/octet-stream", inline=False
    )


def _ending(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def _runs(data: bytes) -> bool:
    head = data[:64]
    if head.startswith(b"MZ"):
        return len(data) > 64 and b"\0" in head  # the letters alone begin many a text
    return head.startswith(_BEGINNINGS) or _SCRIPT.match(head) is not None
