"""The pages, in the languages of the desk. People's words go in escaped."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent / "pages"
_ENGLISH = "en"


class Page(StrEnum):
    """What there is to be shown."""

    HELD = "held"
    RELEASED = "released"
    GONE = "gone"
    REFUSED = "refused"


def page_of(page: Page, wanted: str, **facts: Any) -> str:
    """A page as HTML. ``wanted``: a language, or the header Accept-Language (RFC 9110, 12.5.4)."""
    language = _language(wanted)
    template = _environment().get_template(f"{page.value}.html")
    return template.render(language=language, say=_words()[language], **facts)


def _language(wanted: str) -> str:
    """The first of those that are asked for which there is, English if none."""
    asked = (part.partition(";")[0].strip().lower()[:2] for part in wanted[:200].split(","))
    return next((language for language in asked if language in _words()), _ENGLISH)


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((_FOLDER / "words.toml").read_text("utf-8"))


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
