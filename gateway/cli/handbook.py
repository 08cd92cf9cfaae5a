"""Parts of the handbook that are made from the code: run `python -m gateway.cli.handbook`."""

from __future__ import annotations

from pathlib import Path

from gateway.core.commands import GRAMMAR, Grammar

PAGE = Path("docs/agent.md")
BEGIN = "<!-- commands: made from core/commands.py by `python -m gateway.cli.handbook` -->"
END = "<!-- end of commands -->"


def command_table() -> str:
    """Every command of an agent, as a table in Markdown."""
    rows = ["| command | also | what it does |", "|---|---|---|", *map(_row, GRAMMAR)]
    return "\n".join(rows)


def _row(one: Grammar) -> str:
    also = ", ".join(f"`#{alias}`" for alias in one.aliases)
    return f"| `{one.usage}` | {also} | {one.does} |"


def with_table(page: str) -> str:
    """A page with the table as it is now between its marks. Raises ValueError without them."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{command_table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE}")
