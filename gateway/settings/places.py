"""Where the desk keeps what is beside the database."""

from __future__ import annotations

from pathlib import Path

from gateway.settings.load import Loaded

_SQLITE = "sqlite:///"


def kept_folder(loaded: Loaded) -> Path:
    """The folder of the SQLite file; with PostgreSQL that of the config."""
    url = loaded.settings.database.url.get_secret_value()
    if not url.startswith(_SQLITE):
        return loaded.folder
    return Path(url.partition("?")[0].removeprefix(_SQLITE)).parent


def secret_path(loaded: Loaded) -> Path:
    """Where a secret that was made is kept."""
    return kept_folder(loaded) / "gateway.secret"


def files_folder(loaded: Loaded) -> Path:
    """Where large contents are kept that do not stand in the database (SQLite alone)."""
    return kept_folder(loaded) / "content"
