"""What the Bot API takes as a value of a parameter. Each check gives the value, or refuses it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.servers.bot_api.refusing import bad

Check = Callable[[str, Any], Any]

_ENTITIES = set(
    "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough"
    " spoiler blockquote expandable_blockquote code pre text_link text_mention custom_emoji".split()
)
_MOST_BUTTONS = 100


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def integer(name: str, given: Any) -> int:
    try:
        return int(str(given))
    except ValueError:
        raise bad(f'invalid parameter "{name}": integer expected') from None


def whole(low: int, high: int) -> Check:
    def check(name: str, given: Any) -> int:
        value = integer(name, given)
        if not low <= value <= high:
            raise bad(f'parameter "{name}" must be from {low} to {high}')
        return value

    return check


def boolean(name: str, given: Any) -> bool:
    if given not in ("true", "True", "false", "False", True, False):
        raise bad(f'invalid parameter "{name}": boolean expected')
    return given in ("true", "True", True)


def text(most: int, *, empty: str = "", long: str = "message is too long") -> Check:
    def check(name: str, given: Any) -> str:
        if not isinstance(given, str):
            raise bad(f'invalid parameter "{name}": text expected')
        if empty and not given.strip():
            raise bad(empty)
        if utf16(given) > most:
            raise bad(long)
        return given

    return check


def chat(name: str, given: Any) -> int:
    if str(given).startswith("@"):
        raise bad("chat not found")
    return integer(name, given)


def document(name: str, given: Any) -> Any:
    """JSON of an array or object."""
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise bad(f"can't parse {name} JSON object") from None


def strings(name: str, given: Any) -> list[str]:
    found = document(name, given)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise bad(f'invalid parameter "{name}": array of strings expected')
    return found


def entities(name: str, given: Any) -> list[dict[str, Any]]:
    found = document(name, given)
    if not isinstance(found, list):
        raise bad(f"can't parse {name}: array expected")
    for one in found:
        if not isinstance(one, dict) or one.get("type") not in _ENTITIES:
            raise bad(f"can't parse entities: unsupported entity {one!r}")
        if any(type(one.get(key)) is not int for key in ("offset", "length")):
            raise bad("can't parse entities: offset and length must be integers")
        _needs(one)
    return found


def _needs(entity: dict[str, Any]) -> None:
    kind = entity["type"]
    if kind == "text_link" and not str(entity.get("url", "")).startswith(
        ("http://", "https://", "mailto:", "tel:")
    ):
        raise bad("can't parse entities: text_link without a URL")
    user = entity.get("user")
    if kind == "text_mention" and (not isinstance(user, dict) or type(user.get("id")) is not int):
        raise bad("can't parse entities: text_mention without a user")


def fitting(said: str, found: list[dict[str, Any]]) -> None:
    """Entities lie within the text, nest, and code holds nothing else."""
    whole_length = utf16(said)
    ends = [(e["offset"], e["offset"] + e["length"], e["type"]) for e in found]
    for start, end, _kind in ends:
        if start < 0 or end <= start or end > whole_length:
            raise bad(f"can't parse entities: entity from {start} to {end} of {whole_length}")
    for n, (start, end, kind) in enumerate(ends):
        for other_start, other_end, other in ends[n + 1 :]:
            if start < other_end and other_start < end:
                _together(kind, other)


def _together(one: str, other: str) -> None:
    both = {one, other}
    if both & {"code", "pre"} and not both & {"blockquote", "expandable_blockquote"}:
        raise bad(f"can't parse entities: {one} and {other} cannot be together")
    if both <= {"blockquote", "expandable_blockquote"}:
        raise bad("can't parse entities: a quote cannot be in a quote")


def keyboard(name: str, given: Any) -> dict[str, Any]:
    found = document(name, given)
    if not isinstance(found, dict):
        raise bad(f"object expected as {name}")
    if "inline_keyboard" not in found:
        if found.get("force_reply") is True:
            return found
        raise bad("unsupported reply markup")
    rows = found["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("field inline_keyboard must be an array of arrays")
    buttons = [button for row in rows for button in row]
    if len(buttons) > _MOST_BUTTONS:
        raise bad("reply markup is too long")
    for button in buttons:
        _button(button)
    return found


def _button(button: Any) -> None:
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad("inline keyboard button text must be non-empty")
    data = button.get("callback_data")
    if not isinstance(data, str) or set(button) - {"text", "callback_data"}:
        raise bad("text buttons are unallowed in the inline keyboard")
    if not 1 <= len(data.encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")


def preview(name: str, given: Any) -> dict[str, Any]:
    found = document(name, given)
    if not isinstance(found, dict) or set(found) - {"is_disabled", "url"}:
        raise bad(f"can't parse {name}")
    return found


_CALLS = re.compile(r"(?<![\w@])@[A-Za-z0-9_]+(?![\w@])")
_COMMANDS = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]+)?(?![\w/<>])")
_COVERS = frozenset({"code", "pre", "text_link", "text_mention"})


def with_found(said: str, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entities of a text: those given, and what Telegram finds in it by itself."""
    covered = [(e["offset"], e["offset"] + e["length"]) for e in given if e["type"] in _COVERS]
    found = []
    for kind, pattern in (("bot_command", _COMMANDS), ("mention", _CALLS)):
        for match in pattern.finditer(said):
            start, end = utf16(said[: match.start()]), utf16(said[: match.end()])
            if not any(start < e and s < end for s, e in covered):
                found.append({"type": kind, "offset": start, "length": end - start})
    return given + found
