from pathlib import Path
from typing import Any

import typer

from gateway.cli.main import Commands, app
from gateway.cli.reference import command_reference

PAGE = Path(__file__).parents[2] / "docs/reference/cli.md"


def names(command: Any, path: str) -> list[str]:
    ctx = typer.Context(command, info_name=path)
    if not hasattr(command, "list_commands"):
        return [path]
    return [
        name
        for sub in command.list_commands(ctx)
        for name in names(command.get_command(ctx, sub), f"{path} {sub}")
    ]


def test_every_command_is_in_the_shipped_page():
    page = PAGE.read_text()
    for name in names(typer.main.get_command(app), "gateway"):
        assert f"### `{name}`" in page or f"## `{name}`" in page, name


def test_the_shipped_page_is_in_step():
    assert PAGE.read_text() == command_reference(), "run `python -m gateway.cli.reference`"


def test_every_command_takes_a_config_and_says_what_it_does():
    root = typer.main.get_command(app)
    for name, row in Commands.table.items():
        assert row.help.endswith((".", "?")), name
    for path in names(root, "gateway"):
        command: Any = root
        for step in path.split()[1:]:
            command = command.get_command(typer.Context(command), step)
        assert command.help, path
        assert "--config" in [option for param in command.params for option in param.opts], path
