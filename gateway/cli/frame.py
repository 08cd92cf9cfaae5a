"""What every command has in common: where the config is, and how commands are found."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import typer
from typer.core import TyperGroup

DEFAULT_CONFIG = Path("config/gateway.toml")
LARGEST = 10**12  # of the numbers that ids and limits may be; a database takes as much


@dataclass(slots=True)
class Frame:
    """The options that every command takes, before or after its name."""

    config: Path | None = None
    debug: bool = False

    @property
    def config_path(self) -> Path:
        """The config file: as given, else `$GATEWAY_CONFIG`, else config/gateway.toml."""
        return self.config or Path(os.environ.get("GATEWAY_CONFIG") or DEFAULT_CONFIG)


def frame_of(ctx: typer.Context) -> Frame:
    """The frame that a command runs in."""
    found = ctx.find_root().obj
    return found if isinstance(found, Frame) else Frame()


@dataclass(frozen=True, slots=True)
class Command:
    """One line of `gateway --help`: the module whose ``app`` it is, and what it does."""

    module: str
    help: str


class LazyGroup(TyperGroup):
    """Commands by a table; a module is imported when its command is called."""

    table: ClassVar[Mapping[str, Command]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # Typer suggests the nearest of these for a name that is wrong.
        self.commands = dict.fromkeys(self.table, cast("Any", None))

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        row = self.table.get(cmd_name)
        if row is None:
            return None
        command = typer.main.get_command(importlib.import_module(row.module).app)
        command.name = cmd_name
        return _with_common_options(command)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.help) for name, row in self.table.items()])


def _with_common_options(command: Any) -> Any:
    """Give a command, or each command of a group, the options that all of them take."""
    for inner in getattr(command, "commands", {}).values():
        _with_common_options(inner)
    if not hasattr(command, "commands"):
        for parameter in command.params:
            _in_plain_words(parameter)
        command.params.extend(_common_options())
    return command


def _in_plain_words(parameter: Any) -> None:
    """Take out of the help what says nothing to a person: Python's types, the largest number."""
    if parameter.param_type_name == "argument":
        shown = parameter.display_name_raw
        parameter.display_type_rich = lambda ctx: None
        parameter._usage_display_name = lambda: shown if parameter.required else f"[{shown}]"
    if getattr(parameter, "max", None) == LARGEST:
        parameter._get_number_range_help_str = lambda: None


def _remember_config(ctx: typer.Context, value: Path | None) -> None:
    if value is not None:
        frame_of(ctx).config = value


def _remember_debug(ctx: typer.Context, value: bool) -> None:
    if value:
        frame_of(ctx).debug = True


CONFIG = typer.Option(
    "--config",
    metavar="FILE",
    callback=_remember_config,
    expose_value=False,
    help="the config, else $GATEWAY_CONFIG, else config/gateway.toml",
)
DEBUG = typer.Option(
    "--debug",
    callback=_remember_debug,
    expose_value=False,
    help="show where an unexpected failure comes from (or GATEWAY_DEBUG=1)",
)


def _common_options() -> list[Any]:
    template = typer.Typer(add_completion=False, rich_markup_mode=None)

    @template.command()
    def _template(
        config: Annotated[Path | None, CONFIG] = None, debug: Annotated[bool, DEBUG] = False
    ) -> None:
        del config, debug

    return [p for p in typer.main.get_command(template).params if p.name in ("config", "debug")]


def group(help: str) -> typer.Typer:
    """An ``app`` of several commands, for a module of this package."""
    return typer.Typer(help=help, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def single() -> typer.Typer:
    """An ``app`` of one command."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)
