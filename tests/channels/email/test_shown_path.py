"""How a path of the config is named to whoever runs `gateway check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.channels.email.checking import shown_path


def test_a_path_in_the_current_folder_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "var" / "outgoing") == "var/outgoing"


def test_run_from_the_root_no_path_loses_its_leading_slash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    where = tmp_path.resolve() / "outgoing"
    assert shown_path(where) == str(where)


def test_a_path_elsewhere_is_named_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path.resolve() / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert shown_path(tmp_path / "there") == str(tmp_path.resolve() / "there")
