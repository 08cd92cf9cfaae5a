"""What Telegram's errors mean: try again, give up, or tell somebody."""

from __future__ import annotations

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from gateway.core.ports import (
    GoneError,
    MaybeSentError,
    PermanentError,
    SendError,
    TemporaryError,
    UnreachableError,
)

# Words of Telegram's by which nothing was changed because nothing had to be.
_SAME = ("message is not modified", "topic_not_modified")
_GONE = (
    "message to edit not found",
    "message to delete not found",
    "message can't be edited",
    "message_id_invalid",
    "message thread not found",
    "topic_deleted",
    "topic_id_invalid",
)
_NOBODY = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
_RIGHTS = ("not enough rights", "have no rights", "chat_admin_required", "chat_write_forbidden")
_AGAIN_FOR_TOKEN = 300.0  # seconds
# These fail before anything was sent.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def changed_nothing(error: TelegramError) -> bool:
    """Whether it is so already as it was asked for."""
    return _says(error, _SAME)


def is_gone(error: TelegramError) -> bool:
    """Whether what it is about is not there any more."""
    return _says(error, _GONE)


def retry_after(error: RetryAfter) -> float:
    """Seconds."""
    wait = error.retry_after
    return float(wait if isinstance(wait, int) else wait.total_seconds())


def send_error(error: TelegramError) -> SendError:
    """What an error means for sending. Whatever is unknown passes."""
    match error:
        case RetryAfter():
            return TemporaryError("Telegram asks for a pause", after=retry_after(error))
        case InvalidToken():
            return TemporaryError("Telegram does not take the bot's token", after=_AGAIN_FOR_TOKEN)
        case ChatMigrated():
            return TemporaryError("the group has another id now", after=0.0)
        case Forbidden():
            return _forbidden(error)
        case BadRequest():
            return _bad_request(error)
        case Conflict():
            return TemporaryError("Telegram is busy with another program of this bot")
        case NetworkError():
            return _network(error)
    return TemporaryError(f"Telegram says: {words_of(error)}")


def _forbidden(error: TelegramError) -> SendError:
    said = words_of(error).lower()
    if "blocked by the user" in said:
        return UnreachableError("they have blocked the bot")
    if "deactivated" in said:
        return UnreachableError("their account is deleted")
    if "can't initiate" in said:
        return UnreachableError("they have never written to the bot, so it may not write to them")
    if "kicked" in said or "not a member" in said:
        return PermanentError("the bot is not in the group any more: take it in again")
    return PermanentError(f"Telegram does not allow it: {words_of(error)}")


def _bad_request(error: TelegramError) -> SendError:
    if _says(error, _GONE):
        return GoneError("the topic is not there any more")
    if _says(error, _NOBODY):
        return UnreachableError("Telegram knows no such chat: they have never written to the bot")
    if _says(error, _RIGHTS):
        return PermanentError("the bot lacks rights in the group: make it an admin there")
    return PermanentError(f"Telegram does not take it: {words_of(error)}")


def _network(error: TelegramError) -> SendError:
    cause = error.__cause__
    if isinstance(cause, _UNSENT):
        return TemporaryError(f"Telegram cannot be reached ({type(cause).__name__})")
    if isinstance(cause, httpx.HTTPError):
        return MaybeSentError(f"the connection to Telegram was lost ({type(cause).__name__})")
    return TemporaryError(f"Telegram has trouble: {words_of(error)}")


def words_of(error: TelegramError) -> str:
    """Telegram's own words, at most a line."""
    return " ".join(error.message.split())[:200]


def _says(error: TelegramError, words: tuple[str, ...]) -> bool:
    said = error.message.lower()
    return isinstance(error, BadRequest) and any(word in said for word in words)
