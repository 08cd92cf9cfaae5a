"""Buttons under a message. What one says is in it: pressing it needs nothing to be remembered."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from gateway.channels.telegram.reading.pressing import ASKS
from gateway.core.chat import Action

_MOST_OCTETS = 64  # of what a button carries
_LONGEST_ROW = 30  # characters that a phone shows in one row
_IN_ROW = 3
NOTHING = " "
"""What a button carries that only stands above others."""


def keyboard_of(actions: Sequence[Action]) -> InlineKeyboardMarkup | None:
    """The buttons, in rows; None where there are none. Choices stand in a row of their own."""
    rows: list[list[InlineKeyboardButton]] = []
    plain: list[InlineKeyboardButton] = []
    for action in actions:
        if action.choices:
            rows += [*_rows(plain), *_choices(action)]
            plain = []
        elif button := _button(action.label, (ASKS if action.asks else "") + action.says):
            plain.append(button)
    rows += _rows(plain)
    return InlineKeyboardMarkup(rows) if rows else None


def _choices(action: Action) -> list[list[InlineKeyboardButton]]:
    found = (_button(label, says) for label, says in action.choices)
    chosen = [button for button in found if button is not None]
    if not chosen:
        return []
    head = [InlineKeyboardButton(action.label, callback_data=NOTHING)] if action.label else []
    return [*([head] if head else []), *_rows(chosen, most=5)]


def _button(label: str, says: str) -> InlineKeyboardButton | None:
    """A button; None for one that Telegram would not take."""
    if not label.strip() or not says or len(says.encode()) > _MOST_OCTETS:
        return None
    return InlineKeyboardButton(label, callback_data=says)


def _rows(
    buttons: Sequence[InlineKeyboardButton], most: int = _IN_ROW
) -> list[list[InlineKeyboardButton]]:
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        row = rows[-1] if rows else []
        wide = sum(len(b.text) for b in (*row, button)) > _LONGEST_ROW
        if row and len(row) < most and not wide:
            row.append(button)
        else:
            rows.append([button])
    return rows
