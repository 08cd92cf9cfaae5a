"""The methods of the Bot API that a desk uses, and what each takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.bot_api import values as v
from tests.servers.bot_api.refusing import Refusal, bad, forbidden
from tests.servers.bot_api.world import Group, Json, World

LARGEST_UPLOAD = 50_000_000
LARGEST_DOWNLOAD = 20_000_000
_MISSING = "message text is empty"
_CAPTION = v.text(1_024, long="message caption is too long")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file within a request."""

    name: str
    type: str
    data: bytes = field(repr=False)


Given = dict[str, Any]
Does = Callable[[World, Given], Any]


@dataclass(frozen=True, kw_only=True)
class Method:
    does: Does
    needs: dict[str, v.Check] = field(default_factory=dict)
    takes: dict[str, v.Check] = field(default_factory=dict)


def call(world: World, name: str, given: Given, files: dict[str, Upload]) -> Any:
    """Carry out a method. Raises Refusal."""
    method = METHODS.get(name)
    if method is None:
        raise Refusal(404, "Not Found: method not found")
    for key in method.needs:
        if key not in given and key not in files:
            raise bad(f'parameter "{key}" is required')
    known = method.needs | method.takes
    unknown = set(given) - set(known)
    if unknown:
        raise bad(f"unknown parameter {sorted(unknown)}")
    checked = {key: known[key](key, value) for key, value in given.items()}
    _not_too_large(files)
    with world.lock:
        return method.does(world, checked | {"files": files})


def _not_too_large(files: dict[str, Upload]) -> None:
    for file in files.values():
        if not file.data:
            raise bad("file must be non-empty")
        if len(file.data) > LARGEST_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")


def _place(world: World, given: Given) -> tuple[int, int]:
    """Where a message goes, if it may."""
    chat, topic = given["chat_id"], given.get("message_thread_id", 0)
    if chat in world.people:
        person = world.people[chat]
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if person.gone:
            raise forbidden("user is deactivated")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat, 0
    group = _group(world, chat)
    if topic and topic not in group.topics:
        raise bad("message thread not found")
    return chat, topic


def _group(world: World, chat: int, *, topics: bool = False) -> Group:
    group = world.groups.get(chat)
    if group is None:
        raise bad("chat not found")
    if group.moved_to:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=group.moved_to,
        )
    if group.bot in ("kicked", "left"):
        raise forbidden(f"bot was kicked from the {group.type} chat")
    if topics and not group.is_forum:
        raise bad("the chat is not a forum")
    if topics and not (group.bot == "administrator" and group.manages_topics):
        raise bad("not enough rights to create a topic")
    return group


def _kept(world: World, given: Given, **said: Any) -> Json:
    chat, topic = _place(world, given)
    message = world.message(chat, world.bot, topic=topic) | said
    if "reply_markup" in given and "inline_keyboard" in given["reply_markup"]:
        message["reply_markup"] = given["reply_markup"]
    world.messages[chat, message["message_id"]] = message
    return message


def _send_message(world: World, given: Given) -> Json:
    entities = given.get("entities", [])
    v.fitting(given["text"], entities)
    entities = v.with_found(given["text"], entities)
    return _kept(world, given, text=given["text"], **({"entities": entities} if entities else {}))


def _captioned(given: Given) -> Json:
    caption, entities = given.get("caption"), given.get("caption_entities", [])
    v.fitting(caption or "", entities)
    said = {"caption": caption, "caption_entities": v.with_found(caption or "", entities)}
    return {key: value for key, value in said.items() if value}


def _send_file(kind: str) -> Does:
    def send(world: World, given: Given) -> Json:
        (upload,) = _attached(given, given.get(kind, f"attach://{kind}"), kind)
        return _kept(world, given, **_file(world, kind, upload), **_captioned(given))

    return send


def _file(world: World, kind: str, upload: Upload) -> Json:
    id = world.file(upload.data)
    if kind == "photo":
        if len(upload.data) > 10_000_000:
            raise bad("PHOTO_INVALID_DIMENSIONS")
        size = {"file_id": id, "file_unique_id": id, "width": 90, "height": 60}
        return {"photo": [size | {"file_size": len(upload.data)}]}
    return {
        kind: {
            "file_id": id,
            "file_unique_id": id,
            "file_name": upload.name,
            "mime_type": upload.type,
            "file_size": len(upload.data),
        }
    }


def _attached(given: Given, reference: Any, kind: str) -> list[Upload]:
    files: dict[str, Upload] = given["files"]
    name = str(reference).removeprefix("attach://")
    found = files.get(name) or files.get(kind)
    if found is None:
        raise bad(f"there is no {kind} in the request")
    return [found]


def _send_group(world: World, given: Given) -> list[Json]:
    media = given["media"]
    if not isinstance(media, list) or not 2 <= len(media) <= 10:
        raise bad("group of 2 to 10 media expected")
    kinds = {one.get("type") for one in media if isinstance(one, dict)}
    if kinds not in ({"photo"}, {"document"}):
        raise bad("documents can be grouped with documents alone")
    group = str(world.next_id())
    made = []
    for one in media:
        kind = one["type"]
        (upload,) = _attached(given, one["media"], "?")
        captioned = {
            "caption": _CAPTION("caption", one["caption"]) if "caption" in one else None,
            "caption_entities": v.entities("caption_entities", one.get("caption_entities", [])),
        }
        said = _file(world, kind, upload) | _captioned(captioned)
        made.append(_kept(world, given, media_group_id=group, **said))
    return made


def _of_bot(world: World, given: Given) -> Json:
    message = world.messages.get((given["chat_id"], given["message_id"]))
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != world.bot["id"]:
        raise bad("message can't be edited")
    return message


def _edit_text(world: World, given: Given) -> Json:
    _place(world, {"chat_id": given["chat_id"]})
    message = _of_bot(world, given)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    entities = given.get("entities", [])
    v.fitting(given["text"], entities)
    entities = v.with_found(given["text"], entities)
    return _edited(message, given, text=given["text"], entities=entities)


def _edit_caption(world: World, given: Given) -> Json:
    _place(world, {"chat_id": given["chat_id"]})
    message = _of_bot(world, given)
    if "text" in message:
        raise bad("there is no caption in the message to edit")
    caption = _captioned(given)
    return _edited(message, given, **({"caption": "", "caption_entities": []} | caption))


def _delete(world: World, given: Given) -> bool:
    _place(world, {"chat_id": given["chat_id"]})
    if (given["chat_id"], given["message_id"]) not in world.messages:
        raise bad("message to delete not found")
    message = _of_bot(world, given)
    if message.get("date", 0) < 0:  # the tests' way to say that it is older than two days
        raise bad("message can't be deleted for everyone")
    del world.messages[given["chat_id"], given["message_id"]]
    return True


def _edited(message: Json, given: Given, **said: Any) -> Json:
    wanted = said | {"reply_markup": given.get("reply_markup")}
    if all((message.get(key) or None) == (value or None) for key, value in wanted.items()):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    for key, value in wanted.items():
        message.pop(key, None)
        if value:
            message[key] = value
    message["edit_date"] = message["date"] + 1
    return message


def _create_topic(world: World, given: Given) -> Json:
    group = _group(world, given["chat_id"], topics=True)
    id = world.next_id()
    topic = {"message_thread_id": id, "name": given["name"], "icon_color": 7322096}
    group.topics[id] = topic | {"closed": False}
    return topic


def _topic(world: World, given: Given) -> Json:
    group = _group(world, given["chat_id"], topics=True)
    topic = group.topics.get(given["message_thread_id"])
    if topic is None:
        raise bad("TOPIC_ID_INVALID")
    return topic


def _edit_topic(world: World, given: Given) -> bool:
    return _change(_topic(world, given), "name", given["name"])


def _close(*, closed: bool) -> Does:
    return lambda world, given: _change(_topic(world, given), "closed", closed)


def _change(topic: Json, key: str, value: Any) -> bool:
    if topic[key] == value:
        raise bad("TOPIC_NOT_MODIFIED")
    topic[key] = value
    return True


def _pin(world: World, given: Given) -> bool:
    _of_bot(world, given)
    if given["chat_id"] in world.groups:
        _group(world, given["chat_id"]).pinned.append(given["message_id"])
    return True


def _answer(world: World, given: Given) -> bool:
    world.answered.append(given)
    return True


def _get_file(world: World, given: Given) -> Json:
    data = world.files.get(given["file_id"])
    if data is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(data) > LARGEST_DOWNLOAD:
        raise bad("file is too big")
    found = {"file_id": given["file_id"], "file_unique_id": given["file_id"]}
    return found | {"file_size": len(data), "file_path": f"documents/{given['file_id']}"}


def _get_chat(world: World, given: Given) -> Json:
    _place(world, given)
    more = {"accent_color_id": 1, "max_reaction_count": 1, "accepted_gift_types": _GIFTS}
    return world.chat(given["chat_id"]) | more


_GIFTS = dict.fromkeys(
    (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    ),
    False,
)
_RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats"
    " can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories"
    " can_edit_stories can_delete_stories can_pin_messages"
).split()


def _get_member(world: World, given: Given) -> Json:
    group = _group(world, given["chat_id"])
    if given["user_id"] != world.bot["id"]:
        raise bad("PARTICIPANT_ID_INVALID")
    found = {"user": world.bot, "status": group.bot}
    if group.bot != "administrator":
        return found
    return found | dict.fromkeys(_RIGHTS, True) | {"can_manage_topics": group.manages_topics}


def _leave(world: World, given: Given) -> bool:
    _group(world, given["chat_id"]).bot = "left"
    world.left.append(given["chat_id"])
    return True


_CHAT: dict[str, v.Check] = {"chat_id": v.chat}
_PLACE: dict[str, v.Check] = {"message_thread_id": v.integer, "reply_markup": v.keyboard}
_CAPTIONED: dict[str, v.Check] = {"caption": _CAPTION, "caption_entities": v.entities}
_TOPIC = _CHAT | {"message_thread_id": v.integer}
_NAME = v.text(128, empty="topic name is empty", long="topic name is too long")
_MESSAGE = _CHAT | {"message_id": v.integer}
_TEXT: dict[str, v.Check] = {"text": v.text(4_096, empty=_MISSING)}
_WITH_TEXT: dict[str, v.Check] = {"entities": v.entities, "link_preview_options": v.preview}


def _reference(name: str, given: Any) -> Any:
    return given


METHODS: dict[str, Method] = {
    "getMe": Method(does=lambda world, _given: world.bot),
    "sendMessage": Method(does=_send_message, needs=_CHAT | _TEXT, takes=_PLACE | _WITH_TEXT),
    "sendPhoto": Method(
        does=_send_file("photo"), needs=_CHAT | {"photo": _reference}, takes=_PLACE | _CAPTIONED
    ),
    "sendDocument": Method(
        does=_send_file("document"),
        needs=_CHAT | {"document": _reference},
        takes=_PLACE | _CAPTIONED,
    ),
    "sendMediaGroup": Method(
        does=_send_group,
        needs=_CHAT | {"media": v.document},
        takes={"message_thread_id": v.integer},
    ),
    "deleteMessage": Method(does=_delete, needs=_MESSAGE),
    "editMessageText": Method(
        does=_edit_text,
        needs=_MESSAGE | _TEXT,
        takes=_WITH_TEXT | {"reply_markup": v.keyboard},
    ),
    "editMessageCaption": Method(
        does=_edit_caption, needs=_MESSAGE, takes=_CAPTIONED | {"reply_markup": v.keyboard}
    ),
    "createForumTopic": Method(does=_create_topic, needs=_CHAT | {"name": _NAME}),
    "editForumTopic": Method(does=_edit_topic, needs=_TOPIC | {"name": _NAME}),
    "closeForumTopic": Method(does=_close(closed=True), needs=_TOPIC),
    "reopenForumTopic": Method(does=_close(closed=False), needs=_TOPIC),
    "pinChatMessage": Method(does=_pin, needs=_MESSAGE, takes={"disable_notification": v.boolean}),
    "answerCallbackQuery": Method(
        does=_answer,
        needs={"callback_query_id": v.text(64)},
        takes={"text": v.text(200), "show_alert": v.boolean},
    ),
    "getFile": Method(does=_get_file, needs={"file_id": v.text(200)}),
    "getChat": Method(does=_get_chat, needs=_CHAT),
    "getChatMember": Method(does=_get_member, needs=_CHAT | {"user_id": v.integer}),
    "leaveChat": Method(does=_leave, needs=_CHAT),
}
