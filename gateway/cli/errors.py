"""How a command ends other than well; the text is for the person at the terminal."""

from __future__ import annotations


class CommandError(Exception):
    """A command that did not do what was asked. ``exit_status`` is what the shell gets."""

    exit_status = 1


class FailedError(CommandError):
    """It failed while running."""


class RefusedError(CommandError):
    """What was asked for is wrong: nothing was done."""

    exit_status = 2
