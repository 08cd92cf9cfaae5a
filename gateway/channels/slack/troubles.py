"""What is in the way of the channel: told once, and once more when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gateway.core.ports import Door, Trouble

BOT_TOKEN = "slack.bot_token"  # noqa: S105 - the key of the config
APP_TOKEN = "slack.app_token"  # noqa: S105 - the key of the config
LINE = "slack"

WORDS = {
    BOT_TOKEN: "Slack does not take the app's bot token any more ({code}). Nothing goes out by "
    "Slack, and what is said there is not heard. Install the app in the workspace again, put the "
    "new token into the config, and restart the daemon.",
    APP_TOKEN: "Slack does not take the app-level token ({code}), so nothing that is said in "
    "Slack is heard. Make a new one with the scope connections:write, see that Socket Mode is on, "
    "put the token into the config, and restart the daemon.",
    LINE: "Slack cannot be reached ({code}). The desk goes on trying; what is said in Slack "
    "meanwhile comes in afterwards, as far as Slack brings it again.",
}


class Troubles:
    """Tells the desk's door what is wrong, each thing once."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._open: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def there(self, key: str, code: str) -> None:
        """Something is wrong."""
        if key not in self._open:
            self._open.add(key)
            words = WORDS[key].format(code=code)
            self._soon(self._door.report(Trouble(channel="slack", key=key, words=words)))

    def over(self, key: str) -> None:
        """It is over, if it was there."""
        if key in self._open:
            self._open.discard(key)
            said = Trouble(channel="slack", key=key, words="Slack works again.", over=True)
            self._soon(self._door.report(said))

    def _soon(self, telling: Awaitable[None]) -> None:
        task = asyncio.ensure_future(telling)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


OnCode = Callable[[str], None]
