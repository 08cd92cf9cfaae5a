"""`gateway check`: tries out what the [telegram] table names, and changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

from telegram import ChatMemberAdministrator, ChatMemberOwner, WebhookInfo
from telegram.error import ChatMigrated, InvalidToken, TelegramError

from gateway.channels.telegram.failures import words_of
from gateway.channels.telegram.settings import Mode, TelegramTable
from gateway.channels.telegram.wire import TelegramBot
from gateway.core.ports import Finding, Verdict

_TOKEN, _MODE, _ROOM = "telegram.token", "telegram.mode", "telegram.agents_chat"


async def check_telegram(table: TelegramTable, bot: TelegramBot, hook_url: str) -> list[Finding]:
    """What works. ``hook_url`` is where Telegram is to post, empty where nothing serves that."""
    try:
        me = await bot.get_me()
    except InvalidToken:
        return [_broken(_TOKEN, "Telegram does not take it: get one from @BotFather")]
    except TelegramError as error:
        return [_broken("telegram.api_url", f"{table.api_url} cannot be asked: {words_of(error)}")]
    found = [_works(_TOKEN, f"it is the token of @{me.username}")]
    if table.agents_chat and not me.can_read_all_group_messages:
        found.append(
            _doubtful(
                _TOKEN,
                "the bot's privacy mode is on: as an admin of the group it sees what agents write "
                "all the same; else switch it off with @BotFather (/setprivacy)",
            )
        )
    found += [finding async for finding in _of_webhook(table, bot, hook_url)]
    return found + [finding async for finding in _of_room(table, bot, me.id)]


async def _of_webhook(
    table: TelegramTable, bot: TelegramBot, hook_url: str
) -> AsyncIterator[Finding]:
    info = await _webhook(bot)
    if info is None:
        yield _doubtful(_MODE, "Telegram does not say whether a webhook is set")
    elif table.mode is Mode.POLLING and info.url:
        yield _doubtful(
            _MODE,
            "a webhook is set, by another program or an earlier config: the daemon takes it off",
        )
    elif table.mode is Mode.WEBHOOK and not hook_url:
        yield _broken(_MODE, '"webhook" needs the table [http] with public_url')
    elif table.mode is Mode.WEBHOOK and not hook_url.startswith("https://"):
        yield _broken(_MODE, f"Telegram posts to https alone, and http.public_url gives {hook_url}")
    elif table.mode is Mode.WEBHOOK and info.url == hook_url and info.last_error_message:
        yield _doubtful(_MODE, f"Telegram could not post lately: {info.last_error_message[:200]}")
    elif table.mode is Mode.WEBHOOK:
        yield _works(_MODE, f"Telegram is to post to {hook_url}")
    else:
        yield _works(_MODE, "messages are fetched, and nothing is in the way of that")


async def _webhook(bot: TelegramBot) -> WebhookInfo | None:
    try:
        return await bot.get_webhook_info()
    except TelegramError:
        return None


async def _of_room(table: TelegramTable, bot: TelegramBot, me: int) -> AsyncIterator[Finding]:
    if not table.agents_chat:
        return
    try:
        group = await bot.get_chat(table.agents_chat)
        member = await bot.get_chat_member(table.agents_chat, me)
    except ChatMigrated as moved:
        yield _broken(_ROOM, f"the group became a supergroup: its id is {moved.new_chat_id} now")
        return
    except TelegramError as error:
        yield _broken(_ROOM, f"the bot is not in that group: {words_of(error)}")
        return
    if not group.is_forum:
        yield _broken(_ROOM, "the group has no topics: switch them on in its settings")
    owns = isinstance(member, ChatMemberOwner)
    manages = isinstance(member, ChatMemberAdministrator) and bool(member.can_manage_topics)
    if not owns and not manages:
        yield _broken(_ROOM, "the bot is no admin there that may manage topics: make it one")
    elif group.is_forum:
        yield _works(_ROOM, f"the bot can make topics in {group.title}")


def _works(key: str, said: str) -> Finding:
    return Finding(key=key, verdict=Verdict.WORKS, said=said)


def _doubtful(key: str, said: str) -> Finding:
    return Finding(key=key, verdict=Verdict.DOUBTFUL, said=said)


def _broken(key: str, said: str) -> Finding:
    return Finding(key=key, verdict=Verdict.BROKEN, said=said)
