"""Attachments: each is uploaded by itself, then all are shown in one message."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import LostError, SlackError
from gateway.channels.slack.keys import Place
from gateway.channels.slack.sending.rich import escaped
from gateway.core.model import Attachment
from gateway.core.ports import Outbound

_LARGEST = 1024**3  # octets; Slack takes no more
_AT_ONCE = 10  # files in one message
_REFUSED = {
    "file_uploads_disabled": "the workspace lets nobody upload files",
    "file_uploads_except_images_disabled": "the workspace lets nobody upload files but pictures",
    "storage_limit_reached": "the workspace's room for files is full",
    "file_upload_size_restricted": "the workspace does not take files as large as this",
    "blocked_file_type": "the workspace does not take files of this kind",
    "missing_scope": "the app may not upload files: install it anew",
}
log = structlog.get_logger(__name__)


class Uploads:
    """Uploads what goes along with a message, and names what could not."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def send(self, outbound: Outbound, place: Place, *, again: bool) -> str:
        """Show the attachments below a post; a remark on those that could not go along.

        Raises SlackError and LostError for what may pass: then all is tried again, and ``again``
        says to look first for those that are there already.
        """
        files = [file for file in outbound.attachments if not file.infected]
        there = await self._there(outbound, place) if files and again else frozenset()
        uploaded, missing = [], []
        for file in files:
            if (file.name, file.size) in there:
                continue
            try:
                uploaded.append({"id": await self._upload(file), "title": file.name})
            except _NotTakenError as refused:
                missing.append(f"{file.name}: {refused}")
        for at in range(0, len(uploaded), _AT_ONCE):
            await self._web.call(
                "files.completeUploadExternal",
                files=uploaded[at : at + _AT_ONCE],
                channel_id=place.channel,
                thread_ts=place.ts or None,
            )
        if missing:
            await self._say(place, missing)
        return "; ".join(f"not attached: {one}" for one in missing)

    async def _upload(self, file: Attachment) -> str:
        """Upload one file, as yet shown to nobody; its id. Raises _NotTakenError."""
        if not 0 < file.size <= _LARGEST:
            raise _NotTakenError("it is empty" if not file.size else "Slack takes 1 GB at most")
        try:
            said = await self._web.call(
                "files.getUploadURLExternal", filename=file.name, length=str(file.size)
            )
        except SlackError as error:
            if error.code not in _REFUSED:
                raise
            raise _NotTakenError(_REFUSED[error.code]) from None
        await self._put(str(said.get("upload_url", "")), file.data)
        return str(said.get("file_id", ""))

    async def _put(self, url: str, data: bytes) -> None:
        """Hand the octets over. The address itself is the permission: no token goes along."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise LostError("Slack named no place to upload to", maybe=False)
        try:
            async with self._web.session().post(url, data=data, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise LostError(f"the upload was answered {answer.status}", maybe=False)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise LostError(f"the upload failed ({type(error).__name__})", maybe=False) from None

    async def _there(self, outbound: Outbound, place: Place) -> frozenset[tuple[str, int]]:
        """The files that are shown there already, by name and size."""
        method = "conversations.replies" if place.ts else "conversations.history"
        said = await self._web.look_up(
            method,
            channel=place.channel,
            ts=place.ts or None,
            limit="100",
            oldest=f"{outbound.created_at.timestamp() - 60:.6f}",
        )
        messages: Any = said.get("messages")
        return frozenset(
            (str(file.get("name")), int(file.get("size") or 0))
            for message in (messages if isinstance(messages, list) else [])
            if message.get("bot_id")
            for file in message.get("files") or []
        )

    async def _say(self, place: Place, missing: list[str]) -> None:
        text = "\n".join(f"Not attached: {one}" for one in missing)
        try:
            await self._web.call(
                "chat.postMessage",
                channel=place.channel,
                thread_ts=place.ts or None,
                text=escaped(text),
            )
        except (SlackError, LostError) as error:
            log.warning("slack_missing_files_unnamed", error=str(error))


class _NotTakenError(Exception):
    """Slack does not take this file; the text says why."""
