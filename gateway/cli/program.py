"""How the command is to be typed by whoever reads what it said."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from gateway.cli.frame import DEFAULT_CONFIG


def command(program: str, config: Path) -> str:
    """The command as it can be typed in another terminal, in the same folder."""
    name = Path(program).name
    if name.endswith(".py"):
        typed = f"{shlex.quote(sys.executable)} -m gateway.cli.main"
    elif shutil.which(name) == program:
        typed = name
    else:
        typed = shlex.quote(program)
    return typed if config == DEFAULT_CONFIG else f"{typed} --config {shlex.quote(str(config))}"
