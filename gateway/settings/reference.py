"""The reference of the config, written from the models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.settings.models import Settings, TopKeys
from gateway.settings.starter import default_of, toml
from gateway.settings.table import NotYet, Table, for_people, inner, words_of

_INTRODUCTION = """\
# Config reference

<!-- Written by `python -m gateway.cli.reference`; a test compares it with the models. -->

One TOML file: `--config FILE`, else `$GATEWAY_CONFIG`, else `config/gateway.toml`.
`gateway init` writes a commented one, `gateway check` tests it.
All faults are told at once, each with its line, and a wrong key with the nearest right one.

- **Strings from elsewhere.** Any string key `K` may be given as `K_env = "NAME"` (an environment
  variable) or `K_file = "PATH"` (a file; space around its content is left out), so that no secret
  needs to stand in the file. A `K_env` whose variable is not set or is empty means *not given*,
  except for a password that a configured service needs: that is a fault.
- **Durations** are strings of a whole number and a unit: `"30s"`, `"15m"`, `"4h"`, `"2d"`.
- **Paths** count from the folder of the config file.
- **Mail addresses** are compared without regard to case.
- In messages, `agents[1].email` is the `email` of the first `[[agents]]` table.
"""


def reference(sections: Mapping[str, type[BaseModel]]) -> str:
    """The page, in Markdown. ``sections``: the model of each channel's table, by name."""
    sections = for_people(sections)
    lines = [_INTRODUCTION.rstrip(), "", "## Above all tables", ""]
    lines += ["| key | type | default | |", "|---|---|---|---|"]
    lines += [_row(name, field) for name, field in TopKeys.model_fields.items()]
    for name, field in Settings.model_fields.items():
        lines += _of_field(name, field)
    for name, model in sections.items():
        lines += _of_table(name, model, f"[{name}]")
    lines += _refused(sections)
    return "\n".join(lines) + "\n"


def _of_field(name: str, field: FieldInfo) -> Iterator[str]:
    held = inner(field)
    if held is not None:
        yield from _of_table(name, held.model, f"[[{name}]]" if held.many else f"[{name}]")


def _of_table(name: str, model: type[BaseModel], heading: str) -> Iterator[str]:
    purpose = (model.__doc__ or "").strip().partition(": ")[2]
    yield from ("", f"## `{heading}`", "", purpose[:1].upper() + purpose[1:], "")
    yield from ("| key | type | default | |", "|---|---|---|---|")
    tables = {key: field for key, field in model.model_fields.items() if inner(field)}
    for key, field in model.model_fields.items():
        if key not in tables:
            yield _row(key, field)
    for key, field in tables.items():
        yield from _of_field(f"{name}.{key}", field)


def _row(key: str, field: FieldInfo) -> str:
    default = "must be given" if field.is_required() else f"`{toml(default_of(field))}`"
    words = words_of(field)
    kind = words.expected if words.kind == "choice" else words.kind
    cells = (f"`{key}`", kind, default, field.description or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _refused(sections: Mapping[str, type[BaseModel]]) -> Iterator[str]:
    names = [f"`{row.key}`" for row in Settings.not_yet if row.key not in sections]
    for name, field in Settings.model_fields.items():
        held = inner(field)
        names += _rows_of(name, held.model) if held else ()
    for name, model in sections.items():
        names += _rows_of(name, model)
    if names:
        yield from ("", "## Not in this version", "")
        yield "These keys are known and refused, unless their value asks for nothing:"
        yield ", ".join(names) + "."


def _rows_of(name: str, model: type[BaseModel]) -> Iterable[str]:
    rows: tuple[NotYet, ...] = model.not_yet if issubclass(model, Table) else ()
    return (f"`{name}.{row.key}`" for row in rows)
