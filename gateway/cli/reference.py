"""The generated pages: run `python -m gateway.cli.reference` in the repository's root."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from gateway.cli.context import CHANNELS
from gateway.cli.main import app
from gateway.cli.rule_reference import rule_reference
from gateway.settings.reference import reference as config_reference
from gateway.settings.starter import Facts, starter

_INTRODUCTION = """\
# Command reference

<!-- Written by `python -m gateway.cli.reference`; a test compares it with the commands. -->

`--config FILE` (else `$GATEWAY_CONFIG`, else `config/gateway.toml`) is taken by every command,
before or after its name. Exit status: 0 done, 1 it failed while running, 2 what was asked for is
wrong. `--json` prints one JSON document on standard output and nothing else there; logs go to
standard error. Times in JSON are UTC; a field that does not apply is `null`.
"""
_WIDTH = 100


def command_reference() -> str:
    """The page about the commands, in Markdown."""
    root = typer.main.get_command(app)
    lines = [_INTRODUCTION.rstrip(), *_section(root, None, "gateway")]
    return "\n".join(lines) + "\n"


def _section(command: Any, parent: Any, path: str) -> Iterator[str]:
    ctx = typer.Context(
        command,
        info_name=path.rpartition(" ")[2],
        parent=parent,
        terminal_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )
    depth = "#" * min(3, len(path.split()) + 1)
    yield from ("", f"{depth} `{path}`", "", "```text", command.get_help(ctx).rstrip(), "```")
    for name in command.list_commands(ctx) if hasattr(command, "list_commands") else ():
        yield from _section(command.get_command(ctx, name), ctx, f"{path} {name}")


def pages() -> dict[Path, str]:
    """Every generated file of the repository, with what belongs into it."""
    return {
        Path("docs/reference/config.md"): config_reference(CHANNELS),
        Path("docs/reference/cli.md"): command_reference(),
        Path("docs/reference/rules.md"): rule_reference(),
        Path("config/gateway.example.toml"): starter(Facts(), CHANNELS),
    }


if __name__ == "__main__":
    for page, text in pages().items():
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        print(f"wrote {page}")
