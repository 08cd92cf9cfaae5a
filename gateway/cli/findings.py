"""What `gateway check` looks at beside the channels: config, secrets, database, people, words."""

from __future__ import annotations

import asyncio
import os
import secrets
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from gateway.channels.email.checking import shown_path
from gateway.channels.email.findings import broken, doubtful, works
from gateway.core.addresses import LOCAL_PART_LIMIT, AddressBook
from gateway.core.policy import Notify, Policy
from gateway.core.ports import Checks, Finding, Notebook, Surroundings
from gateway.settings.faults import ConfigError, Place, spell
from gateway.settings.load import Loaded
from gateway.settings.models import Settings
from gateway.settings.places import kept_folder, secret_path
from gateway.settings.policy import address_book
from gateway.settings.secret import desk_secret
from gateway.settings.table import inner, is_secret

if TYPE_CHECKING:
    from gateway.cli.context import Desk
    from gateway.store.database import Database

_OTHERS = stat.S_IRWXO
_GROUP_WRITES = stat.S_IWGRP


def of_config(loaded: Loaded, policy: Policy) -> Iterator[Finding]:
    """That it could be read, and what is in it."""
    counts = f"{_many(len(policy.agents), 'agent')}, {_many(len(policy.queues), 'queue')}"
    if not loaded.sections:
        said = f"{loaded.path} names no channel, so nothing comes in: add an [email] table"
        yield broken("config", f"{said} ({counts})")
        return
    channels = ", ".join(sorted(loaded.sections))
    yield works("config", f"{loaded.path} is right: {counts}; channels: {channels}")


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def book_of(loaded: Loaded) -> tuple[AddressBook, Finding]:
    """The desk's addresses, and how it stands with the secret that signs them.

    None is made here: whoever checks may be somebody else than whoever runs the daemon.
    """
    path = secret_path(loaded)
    given = bool(loaded.settings.desk.secret.get_secret_value())
    if not given and not path.exists():
        book = address_book(loaded.settings, secrets.token_bytes(32))
        return book, _can_be_made("desk.secret", path)
    try:
        book = address_book(loaded.settings, desk_secret(loaded))
    except ConfigError as error:
        lost = address_book(loaded.settings, secrets.token_bytes(32))
        return lost, broken("desk.secret", "; ".join(fault.found for fault in error.faults))
    if given:
        return book, works("desk.secret", "given")
    kept = works("desk.secret", f"kept in {shown_path(path)}")
    return book, next(_private("desk.secret", path), kept)


def _can_be_made(key: str, path: Path) -> Finding:
    parent = next((p for p in path.parents if p.exists()), path.parent)
    if not os.access(parent, os.W_OK | os.X_OK):
        return broken(
            key, f"{shown_path(path)} is not there, and cannot be made in {shown_path(parent)}"
        )
    return works(key, f"{shown_path(path)} is not there yet; `gateway serve` makes it")


def _private(key: str, path: Path) -> Iterator[Finding]:
    """A finding for a secret that others may read or change."""
    mode = path.stat().st_mode
    if mode & (_OTHERS | _GROUP_WRITES):
        what = f"{shown_path(path)} holds a secret, and has mode {stat.S_IMODE(mode):04o}"
        yield broken(key, f"{what}; expected 0600, or 0640 for a group that may read it")


def of_keys(
    loaded: Loaded, sections: Mapping[str, type[BaseModel]], environ: Mapping[str, str]
) -> Iterator[Finding]:
    """Keys as they are written: secrets that others may read, variables that are not set."""
    data = tomllib.loads(loaded.path.read_text(encoding="utf-8"))
    keys = list(_keys(Settings, data, ()))
    for name in loaded.sections:
        keys += _keys(sections[name], data[name], (name,))
    for key in keys:
        name = spell(key.place)
        if key.way == "env" and not environ.get(key.value):
            said = f'the variable "{key.value}" is not set, so the default counts'
            yield doubtful(name, said)
        elif key.way == "file" and key.secret and key.value:
            yield from _private(name, loaded.folder / key.value)
        elif not key.way and key.secret and _hides(name, key.value):
            yield from _private(name, loaded.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """A string key as it is written. ``way``: env, file, or empty for a value on the spot."""

    place: Place
    way: str
    value: str
    secret: bool


def _keys(model: type[BaseModel], data: Any, place: Place) -> Iterator[_Key]:
    tables = data if isinstance(data, list) else [data]
    for n, table in enumerate(tables):
        here = (*place, n) if isinstance(data, list) else place
        for key, value in table.items():
            stem, way = _parted(key) if key not in model.model_fields else (key, "")
            field = model.model_fields.get(stem)
            held = inner(field) if field else None
            if held is not None:
                yield from _keys(held.model, value, (*here, key))
            elif field is not None and isinstance(value, str):
                secret = is_secret(field)
                yield _Key(place=(*here, key), way=way, value=value, secret=secret)


def _parted(key: str) -> tuple[str, str]:
    stem, _, way = key.rpartition("_")
    return (stem, way) if way in ("env", "file") else (key, "")


def _hides(name: str, value: str) -> bool:
    """A database without a password in its URL is no secret."""
    return bool(value) and (name != "database.url" or "@" in value)


def of_database(desk: Desk) -> Iterator[Finding]:
    """Open it, bring it up to date as every command does, and write without keeping anything."""
    from gateway.cli.errors import CommandError

    path = _file_of(desk.loaded)
    if path is not None and not path.exists():
        yield _can_be_made("database.url", path)
        return
    try:
        with desk.database() as database:
            _try_to_write(database)
            yield works("database.url", _described(database))
    except (CommandError, OSError) as error:
        yield broken("database.url", str(error))


def _file_of(loaded: Loaded) -> Path | None:
    url = loaded.settings.database.url.get_secret_value()
    if not url.startswith("sqlite:///"):
        return None
    return kept_folder(loaded) / Path(url.partition("?")[0]).name


def _try_to_write(database: Database) -> None:
    from gateway.cli.errors import FailedError
    from gateway.store import people
    from gateway.store.errors import is_temporary

    try:
        with database.rehearsal() as conn:
            people.count(conn, [("check", "gateway check")], 0)
    except Exception as error:
        if not is_temporary(error):
            raise
        raise FailedError(f"cannot be written: {getattr(error, 'orig', error)}") from error


def _described(database: Database) -> str:
    from gateway.store.migrate import HEAD

    what = shown_path(database.path) if database.path else database.url.render_as_string()
    return f"{what} opens and can be written; schema {HEAD}"


def of_people(policy: Policy) -> Iterator[Finding]:
    """Queues whose tickets nobody would hear of, and agents who would hear of none."""
    if not policy.agents:
        yield doubtful("agents", "there are none yet, so nobody answers: add an [[agents]] table")
        return
    for n, queue in enumerate(policy.queues, start=1):
        key = f"queues[{n}]"
        if queue.notify is Notify.QUEUE and not policy.agents_of(queue.name):
            leads = ", ".join(a.name for a in policy.leads_of(queue.name))
            hears = f"its tickets go to {leads}" if leads else "nobody hears of its tickets"
            yield doubtful(key, f'the queue "{queue.name}" has no agents: {hears}')
        if queue.notify is Notify.LEAD and not policy.leads_of(queue.name):
            yield doubtful(f"{key}.notify", f'"lead", and there is no lead for "{queue.name}"')
        if not queue.addresses:
            yield doubtful(f"{key}.addresses", f'no mail arrives for "{queue.name}"')
    for n, agent in enumerate(policy.agents, start=1):
        if not agent.queues:
            said = f"{agent.name} is in no queue: every queue is restricted to others"
            yield doubtful(f"agents[{n}].queues", said)


def of_addresses(policy: Policy, book: AddressBook) -> Iterator[Finding]:
    """How long signed addresses get; the config would be refused if one were too long."""
    longest = max((book.longest(queue.name) for queue in policy.queues), key=len)
    local = len(longest.rpartition("@")[0].encode())
    said = f"the longest has {local} of {LOCAL_PART_LIMIT} octets before the @"
    yield works("desk.reply_address", said)


def of_templates(desk: Desk) -> Iterator[Finding]:
    """The operator's own wording."""
    from gateway.runtime.rendering.renderer import Renderer

    table = desk.loaded.settings.desk
    if table.templates is None:
        yield works("desk.templates", "none of your own: the package's are used")
        return
    faults = Renderer(table.templates, table.name, table.timezone).check()
    for fault in faults:
        yield broken("desk.templates", fault)
    if not faults:
        yield works("desk.templates", f"{shown_path(table.templates)} is right")


def of_pages(loaded: Loaded) -> Iterator[Finding]:
    """Health, metrics and links: whether their port is free, or a desk answers there."""
    table = loaded.settings.http
    if table is None:
        return
    from gateway.channels.email.checking import in_the_way
    from gateway.core.ports import CannotListenError
    from gateway.web.server import KEY, bind
    from gateway.web.visitor import answers_as_a_desk

    where = f"{table.host}:{table.port}"
    if answers_as_a_desk(table.host, table.port):
        yield works(KEY, f"a desk answers at http://{where}/healthz")
    else:
        try:
            for one in bind(table.host, table.port):
                one.close()
            yield works(KEY, f"{where} is free; no daemon runs")
        except CannotListenError as error:
            yield broken(KEY, f"cannot listen at {where}: {in_the_way(error)}")
    if not table.public_url:
        yield doubtful(f"{KEY}.public_url", "not given, so mails hold no links")
    elif table.public_url.startswith("http://"):
        yield doubtful(f"{KEY}.public_url", "links in clear: whoever listens in can follow them")


def of_channels(desk: Desk, book: AddressBook) -> list[Finding]:
    """What each channel finds about itself; with its notebook, where there is a database."""
    from gateway.cli.errors import CommandError
    from gateway.store.notebook import StoredNotebook

    path = _file_of(desk.loaded)
    if path is None or path.exists():
        try:
            with desk.database() as database:
                return asyncio.run(_of_channels(desk.loaded, book, StoredNotebook(database)))
        except (CommandError, OSError):
            pass  # said where the database was looked at
    return asyncio.run(_of_channels(desk.loaded, book, None))


async def _of_channels(
    loaded: Loaded, book: AddressBook, notebook: Notebook | None
) -> list[Finding]:
    from gateway.app import PLUGINS

    around = Surroundings(book=book, now=lambda: datetime.now(UTC), notebook=notebook)
    found: list[Finding] = []
    for name, section in loaded.sections.items():
        try:
            channel = PLUGINS.module(name).build(section, around)
        except (OSError, ValueError) as error:
            found.append(broken(name, f"cannot be built: {error}"))
            continue
        if isinstance(channel, Checks):
            found += await channel.check()
    return found
