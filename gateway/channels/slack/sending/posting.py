"""Posts, edits and uploads; what may have been posted is looked for before it is posted again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import GONE, NO_THREAD, LostError, SlackError, send_error
from gateway.channels.slack.keys import Place, place_of
from gateway.channels.slack.memory import Threads
from gateway.channels.slack.sending.documents import CARD, Post, posts_of
from gateway.channels.slack.sending.faces import Face, Faces, without_face
from gateway.channels.slack.sending.places import Places, Target
from gateway.channels.slack.sending.uploading import Uploads
from gateway.core.ports import MaybeSentError, Outbound, Receipt, TemporaryError

_MARK = "helpdesk_message"  # the type of the metadata by which a post is known again
_NOT_THERE = frozenset(
    "user_not_in_channel channel_not_found not_in_channel is_archived cannot_reply".split()
)
_LOOKED_AT = 200  # messages of a thread or conversation, newest first
log = structlog.get_logger(__name__)


class Poster:
    """Sends one thing at a time; see `core.ports.Channel.send`."""

    def __init__(self, web: Web, places: Places, threads: Threads, faces: Faces) -> None:
        self._web = web
        self._faces = faces
        self._places = places
        self._threads = threads
        self._uploads = Uploads(web)

    async def send(self, outbound: Outbound) -> Receipt:
        """Post it, or edit what it replaces. Raises SendError."""
        try:
            return await self._send(outbound)
        except (SlackError, LostError) as error:
            raise send_error(error) from None

    async def _send(self, outbound: Outbound) -> Receipt:
        if outbound.edits and (place := place_of(outbound.edits)) is not None:
            edited = await self._edit(outbound, place)
            if edited is not None:
                return edited
        target = await self._places.target(outbound)
        if outbound.alone and not target.place.direct:
            alone = await self._show(outbound, target.place)
            if alone is not None:
                return alone
            target = Target(place=await self._places.direct(outbound.to.address))
        try:
            return await self._post(outbound, target)
        except SlackError as error:
            if error.code not in NO_THREAD or not self._places.is_of_a_person(outbound, target):
                raise
        return await self._post(outbound, await self._places.instead(outbound))

    async def _post(self, outbound: Outbound, target: Target) -> Receipt:
        titled = not target.place.ts and target.place.direct
        posts = posts_of(outbound, titled=titled, face=await self._face(outbound))
        before = await self._posted(outbound, target.place) if outbound.attempt > 1 else {}
        keys: list[str] = []
        under = target.place
        for number, post in enumerate(posts):
            ts = before.get(number) or await self._one(outbound, under, post, number)
            keys.append(Place(under.channel, ts).key)
            if number in before and outbound.kind == CARD:  # the ticket may stand otherwise now
                await self._replace(outbound, Place(under.channel, ts), post, number)
            if number == 0 and not under.ts:
                await self._began(target, ts)
                # What follows in a channel hangs below the first; a private chat goes on.
                under = under if under.direct and not target.talk else Place(under.channel, ts)
        remark = await self._uploads.send(outbound, under, again=outbound.attempt > 1)
        return Receipt(keys=tuple(keys), words=len(keys), remark=remark)

    async def _began(self, target: Target, ts: str) -> None:
        await self._places.began(target, ts)
        if not target.place.direct:
            await self._threads.try_to_note(Place(target.place.channel, ts).key)

    async def _one(self, outbound: Outbound, place: Place, post: Post, number: int) -> str:
        """Post one message; its time stamp. A lost answer is looked for at once."""
        try:
            said = await self._call(
                "chat.postMessage",
                channel=place.channel,
                thread_ts=place.ts or None,
                **_arguments(post),
                metadata=_metadata(outbound, number),
            )
        except LostError as lost:
            if not lost.maybe:
                raise
            return await self._found(outbound, place, number, lost)
        return str(said.get("ts", ""))

    async def _found(self, outbound: Outbound, place: Place, number: int, lost: LostError) -> str:
        """The post of a call without an answer. Raises where it is not there, or not to be seen."""
        try:
            found = await self._posted(outbound, place)
        except LostError:
            raise lost from None  # it is looked for before it is posted again
        except SlackError as error:
            log.warning("slack_cannot_look", error=error.code)
            said = f"{lost}, and the app may not look whether it is there ({error.code})"
            raise MaybeSentError(said) from None
        if number in found:
            return found[number]
        raise TemporaryError(str(lost))

    async def _posted(self, outbound: Outbound, place: Place) -> dict[int, str]:
        """What is there already of it: the time stamp of each part."""
        method = "conversations.replies" if place.ts else "conversations.history"
        said = await self._web.look_up(
            method,
            channel=place.channel,
            ts=place.ts or None,
            limit=str(_LOOKED_AT),
            oldest=f"{outbound.created_at.timestamp() - 60:.6f}",
            include_all_metadata="true",
        )
        messages = said.get("messages")
        found: dict[int, str] = {}
        for message in messages if isinstance(messages, list) else []:
            payload = _payload(message)
            if payload.get("id") == outbound.message_id:
                found.setdefault(int(payload.get("part", 0)), str(message.get("ts", "")))
        return found

    async def _show(self, outbound: Outbound, place: Place) -> Receipt | None:
        """Show it to one person alone; None where Slack cannot do that there."""
        try:
            for post in posts_of(outbound, titled=False):
                await self._web.call(
                    "chat.postEphemeral",
                    channel=place.channel,
                    user=outbound.to.address,
                    thread_ts=place.ts or None,
                    **_arguments(post, unfurl=False),
                )
        except SlackError as error:
            if error.code in _NOT_THERE:
                return None
            raise
        return Receipt(remark="shown to them alone")

    async def _edit(self, outbound: Outbound, place: Place) -> Receipt | None:
        """Replace what was posted, all pieces of it; None where its beginning is gone."""
        target = (await self._places.target(outbound)).place
        titled = place.direct and target.ts == place.ts
        posts = posts_of(outbound, titled=titled, face=await self._face(outbound))
        there = [place, *filter(None, map(place_of, outbound.pieces))]
        if not await self._replace(outbound, there[0], posts[0], 0):
            return None
        under = target if target.ts and target.channel == place.channel else place
        before = await self._posted(outbound, under) if outbound.attempt > 1 else {}
        keys = [place.key]
        for number, post in enumerate(posts[1:], 1):
            old = there[number] if number < len(there) else None
            if old is not None and await self._replace(outbound, old, post, number):
                keys.append(old.key)
                continue
            ts = before.get(number) or await self._one(outbound, under, post, number)
            keys.append(Place(place.channel, ts).key)
        for surplus in there[len(posts) :]:
            await self._take_away(surplus)
        return Receipt(keys=tuple(keys), words=len(keys))

    async def _replace(self, outbound: Outbound, place: Place, post: Post, number: int) -> bool:
        """Have one message say something else; False where it is gone."""
        try:
            await self._call(
                "chat.update",
                channel=place.channel,
                ts=place.ts,
                text=post.text,
                blocks=post.blocks,
                metadata=_metadata(outbound, number),
            )
        except SlackError as error:
            if error.code in GONE:
                return False
            raise
        return True

    async def _face(self, outbound: Outbound) -> Face | None:
        return await self._faces(outbound.face) if outbound.face is not None else None

    async def _call(
        self, method: str, *, blocks: list[dict[str, Any]], **arguments: Any
    ) -> Mapping[str, Any]:
        """Slack refuses all of a post of which it cannot load a picture: then it goes without."""
        try:
            return await self._web.call(method, blocks=blocks, **arguments)
        except SlackError as error:
            bare = without_face(blocks)
            if error.code != "invalid_blocks" or bare == blocks:
                raise
            log.info("slack_picture_left_out")
            return await self._web.call(method, blocks=bare, **arguments)

    async def _take_away(self, place: Place) -> None:
        """A piece for which there are no words any more goes."""
        try:
            await self._web.call("chat.delete", channel=place.channel, ts=place.ts)
        except SlackError as error:
            if error.code not in GONE:
                raise


def _arguments(post: Post, *, unfurl: bool = True) -> dict[str, Any]:
    """``text`` stands for the blocks where they cannot be shown: in notifications."""
    made: dict[str, Any] = {"text": post.text, "blocks": post.blocks}
    return made | ({"unfurl_links": False, "unfurl_media": False} if unfurl else {})


def _metadata(outbound: Outbound, number: int) -> dict[str, Any]:
    payload = {"id": outbound.message_id, "part": number}
    return {"event_type": _MARK, "event_payload": payload}


def _payload(message: object) -> Mapping[str, Any]:
    metadata = message.get("metadata") if isinstance(message, dict) else None
    if not isinstance(metadata, dict) or metadata.get("event_type") != _MARK:
        return {}
    payload = metadata.get("event_payload")
    return payload if isinstance(payload, dict) else {}
