"""Parts of the handbook that are made from the code: run `python -m gateway.cli.handbook`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.core import states
from gateway.core.commands import GRAMMAR, Grammar
from gateway.runtime.rendering import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What stands between two marks of a page is ``made`` from the code."""

    page: Path
    name: str
    source: str
    made: Callable[[], str]

    @property
    def begin(self) -> str:
        """The mark above it."""
        return f"<!-- {self.name}: made from {self.source} by `python -m gateway.cli.handbook` -->"

    @property
    def end(self) -> str:
        """The mark below it."""
        return f"<!-- end of {self.name} -->"

    def within(self, page: str) -> str:
        """The page with this part as it is now. Raises ValueError where a mark is missing."""
        before, begin, rest = page.partition(self.begin)
        _old, end, after = rest.partition(self.end)
        if not (begin and end):
            raise ValueError(f"{self.page} has no marks {self.begin} and {self.end}")
        return f"{before}{begin}\n{self.made()}\n{end}{after}"


def command_table() -> str:
    """Every command of an agent, as a table in Markdown."""
    rows = ["| command | also | what it does |", "|---|---|---|", *map(_row, GRAMMAR)]
    return "\n".join(rows)


def _row(one: Grammar) -> str:
    also = ", ".join(f"`#{alias}`" for alias in one.aliases)
    return f"| `{one.usage}` | {also} | {one.does} |"


PARTS = (
    Part(
        page=Path("docs/agent.md"),
        name="commands",
        source="core/commands.py",
        made=command_table,
    ),
    Part(
        page=Path("docs/how-the-desk-behaves.md"),
        name="states",
        source="core/states.py",
        made=states.as_markdown,
    ),
    Part(
        page=Path("docs/templates.md"),
        name="kinds and variables",
        source="runtime/rendering/tables.py",
        made=lambda: f"\n{tables.as_markdown()}\n",
    ),
)


if __name__ == "__main__":
    for part in PARTS:
        part.page.write_text(part.within(part.page.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"wrote {part.page}")
