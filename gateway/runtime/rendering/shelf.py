"""Where templates and phrases are: the operator's folder, then the package's."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import structlog

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering import phrases
from gateway.runtime.rendering.files import TemplateFile, TemplateFileError, load
from gateway.runtime.rendering.phrases import FILE, Phrases, PhrasesError, Value

log = structlog.get_logger(__name__)

SHIPPED = Path(__file__).parents[2] / "templates"
LAST = "en"  # the language of what is not there in the reader's
_KNOWN_FILES = {FILE: None} | {f"{kind.value}.txt": kind for kind in NoticeKind}


class Shelf:
    """Reads each file once, when it is first wanted; a broken one of the operator's is logged."""

    def __init__(self, override: Path | None) -> None:
        self.override = override
        self._templates: dict[tuple[str, NoticeKind], tuple[TemplateFile | None, TemplateFile]] = {}
        self._phrases: dict[str, Phrases] = {}

    def templates(
        self, language: str, kind: NoticeKind
    ) -> tuple[TemplateFile | None, TemplateFile]:
        """The operator's template, if there is a sound one, and the package's."""
        found = self._templates.get((language, kind))
        if found is None:
            found = self._templates[language, kind] = self._find(language, kind)
        return found

    def phrases(self, language: str) -> Phrases:
        """The phrases of a language; English where it has none."""
        found = self._phrases.get(language)
        if found is None:
            found = self._phrases[language] = self._merged(language)
        return found

    def check(self) -> list[str]:
        """What is wrong with the operator's folder, a line each."""
        if self.override is None:
            return []
        if not self.override.is_dir():
            return [f"{self.override}: is no folder, expected one with {LAST}/, es/ … in it"]
        return [fault for path in sorted(self.override.iterdir()) for fault in _faults(path)]

    def _find(self, language: str, kind: NoticeKind) -> tuple[TemplateFile | None, TemplateFile]:
        return self._own(language, kind), load(_shipped(language, f"{kind.value}.txt"), kind)

    def _own(self, language: str, kind: NoticeKind) -> TemplateFile | None:
        path = self._own_file(language, f"{kind.value}.txt")
        try:
            return load(path, kind) if path else None
        except TemplateFileError as wrong:
            log.warning("template not used", error=str(wrong))
            return None

    def _merged(self, language: str) -> Phrases:
        shipped = _shipped_phrases(language)
        path = self._own_file(language, FILE)
        try:
            return Phrases(shipped | (phrases.read_override(path, shipped) if path else {}))
        except PhrasesError as wrong:
            log.warning("phrases not used", error=str(wrong))
            return Phrases(shipped)

    def _own_file(self, language: str, name: str) -> Path | None:
        if self.override is None or not language.replace("-", "").isalnum():
            return None
        for folder in _folders(language):
            if (self.override / folder / name).is_file():
                return self.override / folder / name
        return None


def _folders(language: str) -> tuple[str, ...]:
    """``es-MX`` may have a folder of its own, else it is ``es``."""
    return tuple(dict.fromkeys((language, language.partition("-")[0])))


def _shipped(language: str, name: str) -> Path:
    for folder in _folders(language):
        if folder.replace("-", "").isalnum() and (SHIPPED / folder / name).is_file():
            return SHIPPED / folder / name
    return SHIPPED / LAST / name


def _shipped_phrases(language: str) -> dict[str, Value]:
    return phrases.read(_shipped(language, FILE))


def _faults(folder: Path) -> Iterator[str]:
    if folder.name.startswith("."):
        return
    if not folder.is_dir():
        yield f"{folder}: expected a folder named by a language, such as {LAST}"
        return
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and (fault := _fault(path)):
            yield fault


def _fault(path: Path) -> str | None:
    if path.name not in _KNOWN_FILES:
        near = get_close_matches(path.name, _KNOWN_FILES, n=1)
        meant = f", perhaps {near[0]} is meant" if near else f": {', '.join(_KNOWN_FILES)}"
        return f"{path}: no notice is called so{meant}"
    kind = _KNOWN_FILES[path.name]
    try:
        if kind is None:
            phrases.read_override(path, _shipped_phrases(path.parent.name))
        else:
            load(path, kind)
    except (TemplateFileError, PhrasesError) as wrong:
        return str(wrong)
    return None
