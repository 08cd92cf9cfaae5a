"""Template files: read, checked, compiled.

The first line is ``Subject: …``, then an empty line, then the text. A line that is only
``%words%`` or another place becomes a block of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering import variables
from gateway.runtime.rendering.text import clean, unmarked

PLACES = frozenset({"mark", "words", "quote", "facts", "earlier", "list"})
_NEEDED = {
    NoticeKind.CONFIRMATION: (),
    NoticeKind.ANSWER: ("words",),
    NoticeKind.LATE_FILE: (),
    NoticeKind.WAITING: (),
    NoticeKind.RESOLVED: (),
    NoticeKind.STILL_OPEN: (),
    NoticeKind.CARD: ("facts",),
    NoticeKind.SAID: ("words",),
    NoticeKind.HAPPENED: (),
    NoticeKind.WELCOME: (),
    NoticeKind.OVERVIEW: (),
    NoticeKind.HEARD: (),
    NoticeKind.LINK_CODE: (),
    NoticeKind.REPLY: ("mark", "words"),
    NoticeKind.EDITED: ("mark", "words"),
    NoticeKind.STRANGER: ("mark", "words"),
    NoticeKind.COPY: ("mark", "words"),
    NoticeKind.NOTE: ("mark", "words"),
    NoticeKind.HELD_UNPROVEN: (),
}
_LINE = re.compile(r"^[ \t]*%(\w+)%[ \t]*$", re.MULTILINE)
_INLINE = re.compile(r"%(" + "|".join(sorted(PLACES)) + ")%")
# A place, once found, is put between NULs: no value can hold one, so no value can make a place.
_PLACED = re.compile("\x00([a-z]+)\x00")
_TAG = re.compile(r"\{%.*?%\}")
_BLANK = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")


class TemplateFileError(ValueError):
    """A template file that cannot be used: which one, in which line, what is wrong."""


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A compiled template file."""

    path: Path
    subject: Template
    body: Template

    def fill(self, values: Mapping[str, Any]) -> tuple[str, list[str]]:
        """The subject; then text and names of places, in turn, beginning and ending with text.

        Raises jinja2.TemplateError, and whatever an expression of the template raises.
        """
        subject = _rendered(self.subject, values)
        pieces = _PLACED.split(_rendered(self.body, values))
        pieces[::2] = [_tidy(text.strip()) for text in pieces[::2]]
        return " ".join(subject.split()), pieces


def _rendered(template: Template, values: Mapping[str, Any]) -> str:
    """As ``template.render``, which copies the values once more: no template changes them."""
    try:
        context = template.new_context(dict(values), shared=True)
        return "".join(template.root_render_func(context))
    except Exception:
        template.environment.handle_exception()


def _tidy(text: str) -> str:
    return _BLANK.sub("\n\n", text) if "\n" in text else text


def _shown(value: Any) -> Any:
    if isinstance(value, Undefined):
        return value
    return "" if value is None else clean(str(value))


def _shown_in_text(value: Any) -> Any:
    shown = _shown(value)
    return unmarked(shown) if isinstance(shown, str) else shown


class _Environment(ImmutableSandboxedEnvironment):
    """Has no globals such as range(): a template only says things."""

    def make_globals(self, _given: object) -> dict[str, Any]:
        """None. Jinja would gather them anew for each notice, which takes half of the time."""
        return {}


def _environment(finalize: Any) -> _Environment:
    return _Environment(
        autoescape=False,  # plain text; channels escape when they make HTML of it
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_HEADER = _environment(_shown)
_TEXT = _environment(_shown_in_text)


def load(path: Path, kind: NoticeKind) -> TemplateFile:
    """The template in a file, tried with examples. Raises `TemplateFileError`."""
    source = _read(path)
    first, _, rest = source.partition("\n")
    subject = first.removeprefix("Subject:").strip()
    if not first.startswith("Subject:") or not subject:
        raise TemplateFileError(
            f'{path}:1: the first line is {first[:60]!r}, expected "Subject: …"'
        )
    if rest.partition("\n")[0].strip() or not rest.strip():
        raise TemplateFileError(f"{path}:2: expected an empty line below the subject, then text")
    body = _with_places(path, kind, rest)
    _check_names(path, kind, source)
    made = TemplateFile(
        path,
        _compiled(path, _HEADER, subject),
        # An empty line in front, so that errors name the file's own lines.
        _compiled(path, _TEXT, "\n" + body),
    )
    _try(made, kind)
    return made


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig").replace("\r\n", "\n").replace("\x00", "")
    except (OSError, UnicodeError) as wrong:
        raise TemplateFileError(f"{path}: cannot be read: {wrong}") from wrong


def _with_places(path: Path, kind: NoticeKind, text: str) -> str:
    found = set()
    for place in _LINE.finditer(text):
        if place[1] not in PLACES:
            known = ", ".join(f"%{p}%" for p in sorted(PLACES))
            line = _line_of(text, place.start(1))
            raise TemplateFileError(f"{path}:{line}: %{place[1]}% is no place, expected {known}")
        found.add(place[1])
    for needed in _NEEDED.get(kind, ("mark",)):
        if needed not in found:
            raise TemplateFileError(f"{path}: a line %{needed}% is missing")
    placed = _LINE.sub("\x00\\1\x00", text)
    inline = _INLINE.search(placed)
    if inline:
        line = _line_of(placed, inline.start())
        raise TemplateFileError(f"{path}:{line}: {inline[0]} has to stand on a line of its own")
    return "\n".join(_with_its_end(line) for line in placed.split("\n"))


def _with_its_end(line: str) -> str:
    """Keep the line's end, which jinja2 would take off after a tag, unless all of it is tags."""
    text = line.rstrip()
    return f'{text}{{{{ "" }}}}' if text.endswith("%}") and _TAG.sub("", text).strip() else line


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 2  # the subject's line stands before the text


def _compiled(path: Path, environment: ImmutableSandboxedEnvironment, source: str) -> Template:
    try:
        return environment.from_string(source)
    except TemplateError as wrong:
        line = getattr(wrong, "lineno", 1)
        raise TemplateFileError(f"{path}:{line}: {wrong.message}") from wrong


def _check_names(path: Path, kind: NoticeKind, source: str) -> None:
    """Names that no notice of this kind has, told with their lines."""
    try:
        tree = _TEXT.parse(source)
    except TemplateError as wrong:
        line = getattr(wrong, "lineno", 1)
        raise TemplateFileError(f"{path}:{line}: {wrong.message}") from wrong
    names = list(tree.find_all(nodes.Name))
    known = variables.NAMES[kind] | {n.name for n in names if n.ctx != "load"} | {"loop"}
    for name in names:
        if name.name not in known:
            expected = ", ".join(sorted(variables.NAMES[kind]))
            raise TemplateFileError(
                f"{path}:{name.lineno}: there is no {name.name} here, expected one of {expected}"
            )


def _try(made: TemplateFile, kind: NoticeKind) -> None:
    """Fill it with all facts and with none: what fails now would fail later, in the night."""
    for values in (variables.FULL[kind], variables.EMPTY[kind]):
        try:
            made.fill(values)
        except Exception as wrong:
            line = _line_of_failure(wrong)
            raise TemplateFileError(f"{made.path}:{line}: {wrong}") from wrong


def _line_of_failure(wrong: Exception) -> int:
    """The template's line in a traceback that jinja2 has rewritten."""
    line, trace = 1, wrong.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
