"""What the desk says: from a notice of the core to a document that channels translate."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from gateway.core.changes import Say
from gateway.core.documents import Block, Document
from gateway.core.model import Body, EntryFact
from gateway.runtime.rendering.blocks import block_of, is_marked, mark
from gateway.runtime.rendering.facts import values_of
from gateway.runtime.rendering.files import TemplateFile
from gateway.runtime.rendering.scene import Scene
from gateway.runtime.rendering.shelf import Shelf
from gateway.runtime.rendering.text import one_line

log = structlog.get_logger(__name__)


class Renderer:
    """Renders notices from the package's templates, and from the operator's before those.

    ``override`` is a folder with ``<language>/<kind>.txt`` in it, or None. ``timezone`` is an
    IANA name. Templates are read when they are first needed, once.
    """

    def __init__(self, override: Path | None, desk_name: str, timezone: str) -> None:
        self._shelf = Shelf(override)
        self._desk = desk_name
        self._zone = ZoneInfo(timezone)

    def __repr__(self) -> str:
        return f"Renderer({self._shelf.override})"

    def render(
        self,
        say: Say,
        *,
        number: int | None,
        words: Body | None,
        earlier: tuple[EntryFact, ...] = (),
        files: tuple[str, ...] = (),
        now: datetime | None = None,
    ) -> Document:
        """The document of a notice.

        ``number`` is the ticket's, None where there is none; ``words`` are those of the entry
        it is about; ``earlier`` entries are quoted where the template shows them, in this
        order; ``files`` are names; ``now`` is what "4 minutes ago" counts from.
        A template of the operator's that fails is logged, and the package's used instead.
        """
        scene = Scene(
            say=say,
            number=number or say.facts.get("number") or 0,
            words=say.body or words,
            earlier=earlier,
            files=files,
            now=now or datetime.now(UTC),
            phrases=self._shelf.phrases(say.language),
            zone=self._zone_of(say),
            desk=self._desk,
        )
        own, shipped = self._shelf.templates(say.language, say.kind)
        if own is None:
            return _document(shipped, scene)
        try:
            return _document(own, scene)
        except Exception as wrong:
            log.warning("template failed", path=str(own.path), error=one_line(wrong))
            return _document(shipped, scene)

    def phrase(self, language: str, name: str) -> str:
        """See `outgoing.Renders`."""
        phrases = self._shelf.phrases(language)
        return phrases.get(name) if phrases.has(name) else name

    def _zone_of(self, say: Say) -> ZoneInfo:
        """The reader's own time zone, where it is known; else the desk's."""
        own = say.facts.get("timezone")
        return ZoneInfo(own) if own else self._zone

    def check(self) -> list[str]:
        """What is wrong with the operator's folder, a line each; empty if nothing is."""
        return self._shelf.check()


def _document(template: TemplateFile, scene: Scene) -> Document:
    values = values_of(scene)
    subject, pieces = template.fill(values)
    blocks: list[Block] = []
    for at, piece in enumerate(pieces):
        if at % 2:
            blocks += block_of(piece, scene, values)
        elif piece:
            blocks.append(Block(kind="text", text=piece))
    return Document(subject=one_line(subject), blocks=_marked(blocks, scene, values))


def _marked(blocks: list[Block], scene: Scene, values: dict[str, object]) -> tuple[Block, ...]:
    """With the mark first, wherever a template has it: what stood above would stay in replies."""
    if not is_marked(scene) or scene.say.to.channel != "email":
        return tuple(blocks)
    return (mark(scene, values), *(b for b in blocks if b.kind != "mark"))
