from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gateway.settings.faults import ConfigError
from gateway.settings.load import Loaded, load
from gateway.settings.plugins import Plugins
from gateway.settings.table import for_people

SECTIONS = for_people(Plugins("gateway.channels"))
DESK = '[desk]\naddress = "support@acme.example"\n'
Load = Callable[..., Loaded]
Faults = Callable[..., list[str]]


@pytest.fixture
def read(tmp_path: Path) -> Load:
    """Load a config's text from tmp_path/gateway.toml."""

    def _read(text: str, environ: Mapping[str, str] | None = None) -> Loaded:
        path = tmp_path / "gateway.toml"
        path.write_text(text)
        return load(path, SECTIONS, environ or {})

    return _read


@pytest.fixture
def faults_of(read: Load, tmp_path: Path) -> Faults:
    """The lines that a wrong config is answered with, without the folder."""

    def _faults(text: str, environ: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            read(text, environ)
        assert caught.value.__cause__ is None
        return [line.replace(f"{tmp_path}/", "") for line in str(caught.value).splitlines()]

    return _faults
