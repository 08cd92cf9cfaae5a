"""What Slack takes as blocks, views and metadata; raises with what is wrong."""

import json
from collections.abc import Callable
from typing import Any

Table = dict[str, Any]


class WrongError(Exception):
    """What is wrong with an argument."""


def need(fine: object, said: str) -> None:
    if not fine:
        raise WrongError(said)


def check_text(text: Any, most: int, *, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> None:
    need(isinstance(text, dict), "text object expected")
    need(text.get("type") in kinds, f"text of type {text.get('type')}")
    need(isinstance(text.get("text"), str) and 0 < len(text["text"]) <= most, f"text over {most}")
    need(set(text) <= {"type", "text", "emoji", "verbatim"}, f"text with {sorted(text)}")
    need("emoji" not in text or text["type"] == "plain_text", "emoji in mrkdwn")


def plain(text: Any, most: int) -> None:
    check_text(text, most, kinds=("plain_text",))


def only(stored: Table, *keys: str) -> None:
    more = set(stored) - {"type", "block_id", "action_id", *keys}
    need(not more, f"{stored.get('type')} with {sorted(more)}")


def check_blocks(blocks: Any, most: int = 50, *, view: bool = False) -> None:
    need(isinstance(blocks, list) and 0 < len(blocks) <= most, "1 to 50 blocks expected")
    ids = [b["block_id"] for b in blocks if isinstance(b, dict) and "block_id" in b]
    need(len(set(ids)) == len(ids), "block_id twice")
    for block in blocks:
        need(isinstance(block, dict), "a block is no object")
        kind = block.get("type")
        need(kind in BLOCKS and (view or kind != "input"), f"block of type {kind}")
        need(len(block.get("block_id", "x")) <= 255, "block_id too long")
        BLOCKS[kind](block)
    total = sum(_length(block) for block in blocks)
    need(view or total <= 13_200, "msg_blocks_too_long")


def _length(stored: Any) -> int:
    if isinstance(stored, dict):
        own = len(stored["text"]) if isinstance(stored.get("text"), str) else 0
        return own + sum(_length(v) for v in stored.values())
    return sum(map(_length, stored)) if isinstance(stored, list) else 0


def section(block: Table) -> None:
    only(block, "text", "fields", "accessory")
    need("text" in block or "fields" in block, "empty section")
    if "text" in block:
        check_text(block["text"], 3_000)
    for text in block.get("fields", []):
        check_text(text, 2_000)
    need(len(block.get("fields", [1])) <= 10, "more than 10 fields")


def header(block: Table) -> None:
    only(block, "text")
    plain(block.get("text"), 150)


def divider(block: Table) -> None:
    only(block)


def context(block: Table) -> None:
    only(block, "elements")
    need(0 < len(block["elements"]) <= 10, "1 to 10 elements")
    for element in block["elements"]:
        if element.get("type") == "image":
            image(element)
        else:
            check_text(element, 3_000)


def image(element: Table) -> None:
    need(set(element) == {"type", "image_url", "alt_text"}, f"image with {sorted(element)}")
    need(str(element["image_url"]).startswith("https://"), "image_url that nobody can load")
    need(len(element["image_url"]) <= 3_000, "image_url too long")
    need(isinstance(element["alt_text"], str) and 0 < len(element["alt_text"]) <= 2_000, "alt_text")


def actions(block: Table) -> None:
    only(block, "elements")
    elements: Any = block.get("elements")
    need(isinstance(elements, list) and 0 < len(elements) <= 25, "1 to 25 elements")
    ids = [element.get("action_id") for element in elements]
    need(len(set(ids)) == len(ids), "action_id twice in a block")
    for element in elements:
        check_element(element, ("button", "static_select"))


def input_block(block: Table) -> None:
    only(block, "label", "element", "optional", "hint", "dispatch_action")
    plain(block.get("label"), 2_000)
    if "hint" in block:
        plain(block["hint"], 2_000)
    need(isinstance(block.get("optional", False), bool), "optional")
    check_element(block["element"], ("plain_text_input", "static_select", "file_input"))


def check_element(element: Any, kinds: tuple[str, ...]) -> None:
    need(isinstance(element, dict), "element expected")
    need(element.get("type") in kinds, f"element of type {element.get('type')}")
    id = element.get("action_id")
    need(isinstance(id, str) and 0 < len(id) <= 255, "action_id of 1 to 255")
    ELEMENTS[element["type"]](element)


def button(element: Table) -> None:
    only(element, "text", "value", "style", "url", "confirm")
    plain(element.get("text"), 75)
    need(isinstance(element.get("value"), str) and len(element["value"]) <= 2_000, "value")
    need(element.get("style", "primary") in ("primary", "danger"), "style")


def select(element: Table) -> None:
    only(element, "placeholder", "options", "initial_option")
    if "placeholder" in element:
        plain(element["placeholder"], 150)
    options: Any = element.get("options")
    need(isinstance(options, list) and 0 < len(options) <= 100, "1 to 100 options")
    for option in options:
        need(set(option) <= {"text", "value", "description"}, "option")
        plain(option.get("text"), 75)
        need(isinstance(option.get("value"), str) and 0 < len(option["value"]) <= 150, "value")


def text_input(element: Table) -> None:
    only(element, "multiline", "min_length", "max_length", "initial_value", "placeholder")
    most = element.get("max_length", 3_000)
    need(isinstance(most, int) and 0 < most <= 3_000, "max_length")
    need(len(element.get("initial_value", "")) <= most, "initial_value too long")


def file_input(element: Table) -> None:
    only(element, "filetypes", "max_files")
    need(1 <= element.get("max_files", 1) <= 10, "max_files")


RICH = {
    "rich_text_section": {"elements"},
    "rich_text_list": {"elements", "style", "indent", "offset", "border"},
    "rich_text_quote": {"elements", "border"},
    "rich_text_preformatted": {"elements", "border"},
}
INLINE = {
    "text": {"text", "style"},
    "link": {"url", "text", "style", "unsafe"},
    "user": {"user_id", "style"},
    "channel": {"channel_id", "style"},
    "emoji": {"name", "unicode"},
    "date": {"timestamp", "format", "fallback", "url"},
}


def rich_text(block: Table) -> None:
    only(block, "elements")
    need(isinstance(block.get("elements"), list) and block["elements"], "elements expected")
    for element in block["elements"]:
        rich_element(element)


def rich_element(element: Any, *, listed: bool = False) -> None:
    kind = element.get("type")
    need(kind in RICH and (not listed or kind == "rich_text_section"), f"rich text of type {kind}")
    only(element, *RICH[kind])
    need(isinstance(element.get("elements"), list), "elements expected")
    if kind == "rich_text_list":
        need(element.get("style") in ("bullet", "ordered"), "style of a list")
        need(0 <= element.get("indent", 0) <= 8, "indent")
        for item in element["elements"]:
            rich_element(item, listed=True)
        return
    for one in element["elements"]:
        inline(one, bare=kind == "rich_text_preformatted")


def inline(one: Any, *, bare: bool) -> None:
    kind = one.get("type")
    need(kind in INLINE and (not bare or kind in ("text", "link")), f"{kind} in rich text")
    need(set(one) <= {"type", *INLINE[kind]}, f"{kind} with {sorted(one)}")
    if kind == "text":
        need(isinstance(one.get("text"), str) and one["text"], "empty text")
    if kind == "link":
        need(str(one.get("url", "")).startswith(("http://", "https://", "mailto:")), "url")
    style = one.get("style", {})
    need(set(style) <= {"bold", "italic", "strike", "code"}, f"style {sorted(style)}")
    need(all(value is True for value in style.values()), "style that is not true")


BLOCKS: dict[str, Callable[[Table], None]] = {
    "section": section,
    "header": header,
    "divider": divider,
    "context": context,
    "actions": actions,
    "input": input_block,
    "rich_text": rich_text,
}
ELEMENTS: dict[str, Callable[[Table], None]] = {
    "button": button,
    "static_select": select,
    "plain_text_input": text_input,
    "file_input": file_input,
}


def check_view(view: Any) -> None:
    need(isinstance(view, dict), "a view is an object")
    kind = view.get("type")
    need(kind in ("modal", "home"), f"view of type {kind}")
    known = {"blocks", "private_metadata", "callback_id"}
    known |= {"title", "submit", "close"} if kind == "modal" else set()
    only(view, *known)
    need(len(view.get("private_metadata", "")) <= 3_000, "private_metadata too long")
    need(len(view.get("callback_id", "")) <= 255, "callback_id too long")
    if kind == "modal":
        plain(view.get("title"), 24)
        for key in ("submit", "close"):
            if key in view:
                plain(view[key], 24)
    check_blocks(view.get("blocks"), 100, view=True)


def check_metadata(metadata: Any) -> None:
    need(isinstance(metadata, dict), "metadata is an object")
    need(set(metadata) == {"event_type", "event_payload"}, "metadata")
    need(isinstance(metadata["event_payload"], dict), "event_payload")
    need(len(json.dumps(metadata)) <= 8_000, "metadata too large")
