"""Files that came with a message, or go out with one."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message, or goes out with one.

    ``name`` is safe as a file name; ``type`` is a MIME type in lower case; ``cid`` is the
    Content-ID without angle brackets, by which HTML shows an inline picture. ``infected`` names
    the malware that was found in it: then it is kept, and handed on to nobody. ``digest`` is the
    store's for the data, where it was worked out beforehand.
    """

    name: str
    type: str
    data: bytes = field(repr=False)
    inline: bool = False
    cid: str | None = None
    infected: str = ""
    digest: str = ""

    @property
    def size(self) -> int:
        """Octets."""
        return len(self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A kept attachment, without its octets: ``digest`` finds them in the content store."""

    name: str
    type: str
    size: int
    digest: str
    inline: bool = False
    cid: str | None = None
    infected: str = ""
