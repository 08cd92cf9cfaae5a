"""Before a mail is accepted, it is scanned; what was found goes along in its envelope."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import structlog

from gateway.channels.email.reading import ReadOptions, read_mail
from gateway.channels.email.reading.scanned import digest_of
from gateway.channels.email.scanning.clamd import Clamd, ScanError
from gateway.core.ports import Accepted, Door, Incoming, Trouble

log = structlog.get_logger(__name__)
_MOST_FILES = 50
_AT_ONCE = 4  # a clamd has a few threads, and each mail is in memory
_KEY = "email.scan"


class ScanningIntake:
    """A door in front of another one. A scanner that is away keeps no mail from coming in."""

    def __init__(self, behind: Door, clamd: Clamd) -> None:
        self._behind = behind
        self._clamd = clamd
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._away = False

    async def accept(self, incoming: Incoming) -> Accepted:
        """See `core.ports.Intake`."""
        async with self._places:
            facts = await self._facts(incoming.raw)
        envelope = {**incoming.envelope, "scan": facts}
        return await self._behind.accept(replace(incoming, envelope=envelope))

    async def report(self, trouble: Trouble) -> None:
        """See `core.ports.Door`."""
        await self._behind.report(trouble)

    async def _facts(self, raw: bytes) -> dict[str, Any]:
        """What `reading.scanned` reads: ``state``, what was ``found``, and in which ``files``."""
        try:
            found = await self._clamd.scan(raw)
        except ScanError as error:
            log.warning("mail_not_scanned", clamd=self._clamd.place, why=str(error))
            await self._tell(str(error))
            return {"state": "unscanned"}
        if self._away:
            await self._tell("")
        if not found:
            return {"state": "clean"}
        log.warning("malware_found", found=found)
        return {"state": "infected", "found": found, "files": await self._files(raw)}

    async def _tell(self, problem: str) -> None:
        """Have the leads know that mail comes in unscanned, or, without a problem, no longer."""
        self._away = bool(problem)
        words = (
            f"The malware scanner at {self._clamd.place} does not do its work: {problem}. Mail is "
            "taken in without being scanned, and says so."
            if problem
            else f"The malware scanner at {self._clamd.place} answers again."
        )
        await self.report(Trouble(channel="email", key=_KEY, words=words, over=not problem))

    async def _files(self, raw: bytes) -> dict[str, str]:
        """The infected files by their digest; none if that cannot be told: then all of them are."""
        message = await asyncio.to_thread(read_mail, raw, {}, ReadOptions())
        infected: dict[str, str] = {}
        if len(message.attachments) > _MOST_FILES:
            return {}
        try:
            for file in message.attachments:
                if found := await self._clamd.scan(file.data):
                    infected[digest_of(file.data)] = found
        except ScanError as error:
            log.warning("files_not_scanned", clamd=self._clamd.place, why=str(error))
            return {}
        return infected
