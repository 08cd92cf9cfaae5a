"""What a channel needs of the rest of the config, and what is said where that is missing."""

from pathlib import Path

import pytest

from gateway.settings.faults import ConfigError
from gateway.settings.load import load
from gateway.settings.table import Table
from tests.settings.conftest import DESK


class PostedTo(Table):
    """A channel to which its network posts."""

    secret: str = ""

    @property
    def needs_web(self) -> str:
        return "secret" if self.secret else ""


def faults(folder: Path, text: str) -> list[str]:
    path = folder / "gateway.toml"
    path.write_text(DESK + text)
    try:
        load(path, {"chatty": PostedTo}, {})
    except ConfigError as wrong:
        return [str(fault) for fault in wrong.faults]
    return []


def test_a_channel_to_which_its_network_posts_needs_the_web_server(tmp_path: Path):
    (told,) = faults(tmp_path, '[chatty]\nsecret = "s"\n')

    assert "chatty.secret: found it without the table [http], expected [http]" in told


@pytest.mark.parametrize("text", ["[chatty]\n", '[http]\n[chatty]\nsecret = "s"\n'])
def test_no_word_about_it_otherwise(tmp_path: Path, text: str):
    assert faults(tmp_path, text) == []
