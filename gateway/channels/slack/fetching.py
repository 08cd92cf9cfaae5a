"""Files of Slack's: the token goes to the hosts that keep them, and nowhere else."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

import aiohttp

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import LostError, SlackError
from gateway.channels.slack.reading.fields import table, words
from gateway.core.ports import PermanentError, TemporaryError

_HOSTS = frozenset(("files.slack.com",))
_MOST_REDIRECTS = 3
_GONE = {
    "file_not_found": "it is gone from Slack",
    "file_deleted": "it was deleted in Slack",
    "missing_scope": "the app may not read files: install it anew",
}


class Files:
    """Fetches files by their id. ``api_url`` is where the Web API is."""

    def __init__(self, web: Web, api_url: str) -> None:
        self._web = web
        self._api = urlsplit(api_url)

    async def fetch(self, ref: str, most: int) -> bytes:
        """See `core.ports.Fetches`."""
        url = await self._where(ref)
        try:
            return await self._download(url, most)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise TemporaryError(f"Slack did not hand it over ({type(error).__name__})") from None

    async def _where(self, ref: str) -> str:
        try:
            said = await self._web.look_up("files.info", file=ref)
        except SlackError as error:
            if error.code in _GONE:
                raise PermanentError(_GONE[error.code]) from None
            raise TemporaryError(str(error), after=error.after) from None
        except LostError as error:
            raise TemporaryError(str(error)) from None
        file = table(said, "file")
        url = words(file, "url_private_download") or words(file, "url_private")
        if not url:
            raise PermanentError("Slack does not say where it lies")
        return url

    async def _download(self, url: str, most: int) -> bytes:
        for passed_on in range(_MOST_REDIRECTS + 1):
            if not self._is_slacks(urlsplit(url)):
                why = "Slack asks to log in: the app may not read it"
                raise PermanentError(why if passed_on else "it does not lie with Slack")
            headers = {"Authorization": f"Bearer {self._web.token.get_secret_value()}"}
            session = self._web.session()
            async with session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308):
                    url = urljoin(url, answer.headers.get("Location", ""))
                    continue
                return await _octets(answer, most)
        raise PermanentError("Slack sends from one place to the next")

    def _is_slacks(self, url: SplitResult) -> bool:
        """Whether the token may go there: Slack's own hosts, or the one that stands for them."""
        if (url.scheme, url.netloc) == (self._api.scheme, self._api.netloc):
            return True
        return url.scheme == "https" and url.netloc in _HOSTS


async def _octets(answer: aiohttp.ClientResponse, most: int) -> bytes:
    if answer.status == 429:
        raise TemporaryError("Slack asks to slow down", after=30)
    if answer.status in (401, 403):
        raise PermanentError("the app may not read it: is it in that channel?")
    if answer.status in (404, 410):
        raise PermanentError("it is gone from Slack")
    if answer.status != 200:
        raise TemporaryError(f"Slack answered {answer.status}")
    got = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        got += chunk
        if len(got) > most:
            raise PermanentError(f"it is larger than {most // 1_000_000} MB")
    return bytes(got)
