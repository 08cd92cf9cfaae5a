"""What a command works with: the config, the database, the people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.frame import frame_of
from gateway.core.nearest import nearest
from gateway.core.policy import Agent, Policy
from gateway.settings.configured import Configured
from gateway.settings.load import load
from gateway.settings.places import files_folder
from gateway.settings.plugins import Plugins

if TYPE_CHECKING:
    from gateway.store.database import Database

CHANNELS = Plugins("gateway.channels")


@dataclass(frozen=True)
class Desk(Configured):
    """The desk as its config describes it, and its database where a command needs it."""

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database, open and up to date. Raises FailedError where it cannot be opened."""
        from gateway.store.database import Database
        from gateway.store.errors import StoreError

        url = self.loaded.settings.database.url.get_secret_value()
        try:
            database = Database.open(url, files=files_folder(self.loaded))
        except (StoreError, OSError) as error:
            raise FailedError(str(error)) from error
        try:
            yield database
        except StoreError as error:
            raise FailedError(str(error)) from error
        finally:
            database.close()


def desk_of(ctx: typer.Context) -> Desk:
    """The desk of the config that the command was given. Raises `ConfigError`.

    From here on only warnings are logged, on standard error; the daemon sets up its own.
    """
    from gateway import logs

    frame = frame_of(ctx)
    loaded = load(frame.config_path, CHANNELS, os.environ)
    logs.configure("debug" if frame.debug else "warning", loaded.settings.log.format.value)
    return Desk(loaded)


def agent_of(policy: Policy, wanted: str) -> Agent:
    """The agent with an address or a unique name, case aside.

    Raises RefusedError that says who there is.
    """
    asked = wanted.strip().casefold()
    if asked in policy.agents_by_email:
        return policy.agents_by_email[asked]
    found = [a for a in policy.agents if a.name.casefold() == asked]
    found = found or [a for a in policy.agents if asked in a.name.casefold().split()]
    if len(found) == 1:
        return found[0]
    raise RefusedError(_nobody(policy, wanted, found))


def _nobody(policy: Policy, wanted: str, found: list[Agent]) -> str:
    people = ", ".join(f"{a.name} <{a.email}>" for a in found or policy.agents)
    if found:
        return f'"{wanted}" may be any of {people}: give the address'
    hint = nearest(wanted, [*policy.agents_by_email, *(a.name for a in policy.agents)])
    return f'there is no agent "{wanted}"; {hint} there are: {people}'.replace("  ", " ")
