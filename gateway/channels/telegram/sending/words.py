"""The few words that the channel itself says, in every language of the desk."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def _all() -> Mapping[str, Mapping[str, str]]:
    text = files("gateway.channels.telegram").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


def words_for(language: str | None) -> Mapping[str, str]:
    """The words of a language such as ``pt-BR``; English where they are missing."""
    known = _all()
    return known.get((language or "").partition("-")[0].lower(), known["en"])
