"""The desk's secret: given, or made once and kept beside the database."""

from __future__ import annotations

import dataclasses
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from gateway.settings.faults import ConfigError, Fault
from gateway.settings.load import Loaded
from gateway.settings.models import LEAST_SECRET
from gateway.settings.places import secret_path


def desk_secret(loaded: Loaded) -> bytes:
    """The secret that signs. Makes and keeps one where none was given (mode 0600).

    Raises `ConfigError` where the kept one cannot be read or written, or is too short.
    """
    given = loaded.settings.desk.secret.get_secret_value()
    return given.encode() if given else _kept(loaded, secret_path(loaded))


def with_secret_for_once(loaded: Loaded) -> Loaded:
    """The same config; where no secret is given or kept, with one that is not kept either."""
    if loaded.settings.desk.secret.get_secret_value() or secret_path(loaded).exists():
        return loaded
    secret = SecretStr(secrets.token_hex(32))
    desk = loaded.settings.desk.model_copy(update={"secret": secret})
    return dataclasses.replace(loaded, settings=loaded.settings.model_copy(update={"desk": desk}))


def _kept(loaded: Loaded, path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        kept = path.read_bytes().strip()
    except OSError as error:
        raise _fault(loaded, f"{path}: {error.strerror}") from None
    if len(kept) < LEAST_SECRET:
        raise _fault(loaded, f"{path} holds {len(kept)} octets, not at least {LEAST_SECRET}")
    return kept


def _make(path: Path) -> None:
    """Write whole or not at all; when another process is quicker, its secret stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        _publish(draft, path)
    finally:
        draft.unlink()


def _publish(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _fault(loaded: Loaded, found: str) -> ConfigError:
    return ConfigError(
        [
            Fault(
                file=loaded.path,
                line=None,
                key="desk.secret",
                found=f"not given, and none can be kept: {found}",
                expected="a secret, or a place to keep one",
            )
        ]
    )
