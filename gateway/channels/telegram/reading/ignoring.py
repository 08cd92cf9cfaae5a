"""Updates that say nothing to a desk: kept, each with its kind."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.channels.telegram.reading.context import NAME, author_of, fingerprint
from gateway.channels.telegram.reading.fields import Table, table, words
from gateway.core.model import Message

# What happened in a chat, as fields of a message of Telegram's own.
_SERVICE = (
    *("new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo"),
    *("delete_chat_photo", "group_chat_created", "supergroup_chat_created", "channel_chat_created"),
    *("message_auto_delete_timer_changed", "migrate_to_chat_id", "migrate_from_chat_id"),
    *("pinned_message", "successful_payment", "refunded_payment", "users_shared", "chat_shared"),
    *("connected_website", "write_access_allowed", "passport_data", "proximity_alert_triggered"),
    *("boost_added", "chat_background_set", "forum_topic_created", "forum_topic_edited"),
    *("forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden"),
    *("general_forum_topic_unhidden", "giveaway_created", "giveaway_completed"),
    *("video_chat_scheduled", "video_chat_started", "video_chat_ended"),
    *(
        "video_chat_participants_invited",
        "web_app_data",
        "gift",
        "unique_gift",
        "gift_upgrade_sent",
    ),
    *("paid_message_price_changed", "direct_message_price_changed", "chat_owner_changed"),
    *("chat_owner_left", "checklist_tasks_done", "checklist_tasks_added", "managed_bot_created"),
    *("suggested_post_approved", "suggested_post_approval_failed", "suggested_post_declined"),
    *("suggested_post_paid", "suggested_post_refunded", "poll_option_added", "poll_option_deleted"),
)


# What a message says to somebody, each as a field.
_SAYS = frozenset(
    "text caption live_photo animation audio document paid_media photo sticker story video"
    " video_note voice checklist contact dice game poll venue location invoice giveaway"
    " giveaway_winners".split()
)
# What surrounds that.
_AROUND = frozenset(
    "message_id message_thread_id from sender_chat chat date edit_date is_topic_message"
    " reply_to_message external_reply quote via_bot media_group_id author_signature".split()
)


def says_nothing(messages: Sequence[Table]) -> str:
    """The kind of a message that nobody says, or of which nothing is known; else empty."""
    first = messages[0]
    if happened := next((key for key in _SERVICE if key in first), ""):
        return happened
    if any(_SAYS & set(message) for message in messages):
        return ""
    named = next((str(key) for key in first if key not in _AROUND), "nothing")
    return f"message with {words({'kind': named}, 'kind')}"


def ignored(kind: str, stored: Table, id: object) -> Message:
    """An update of a kind that is not used."""
    return Message(
        channel=NAME,
        author=author_of(stored),
        fingerprint=fingerprint("ignored", id, kind),
        ignored=kind[:100],
    )


def membership(stored: Table, id: object) -> Message:
    """The bot was blocked, or taken into a group or out of it."""
    status = words(table(stored, "new_chat_member"), "status") or "?"
    where = words(table(stored, "chat"), "type") or "?"
    return ignored(f"my_chat_member: {status} in a {where} chat", stored, id)
