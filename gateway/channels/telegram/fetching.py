"""Files that lie at Telegram until they are fetched. No address of one is ever shown."""

from __future__ import annotations

from telegram.error import BadRequest, TelegramError

from gateway.channels.telegram.failures import send_error, words_of
from gateway.channels.telegram.wire import TelegramBot
from gateway.core.ports import MaybeSentError, PermanentError, TemporaryError


async def fetch(bot: TelegramBot, ref: str, most: int) -> bytes:
    """See `core.ports.Fetches`."""
    try:
        file = await bot.get_file(ref)
        if file.file_size is not None and file.file_size > most:
            raise PermanentError(_too_large(file.file_size, most))
        data = bytes(await file.download_as_bytearray())
    except BadRequest as error:
        raise PermanentError(_refused(error)) from None
    except TelegramError as error:
        meant = send_error(error)
        if isinstance(meant, MaybeSentError):
            raise TemporaryError(str(meant)) from None
        raise meant from None
    if len(data) > most:
        raise PermanentError(_too_large(len(data), most))
    return data


def _too_large(size: int, most: int) -> str:
    return f"it has {size} octets, and at most {most} are taken"


def _refused(error: BadRequest) -> str:
    if "too big" in error.message.lower():
        return "Telegram lets bots fetch files of up to 20 MB"
    return f"Telegram does not give it: {words_of(error)}"
