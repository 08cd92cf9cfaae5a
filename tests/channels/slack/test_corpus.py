"""Payloads in the shapes that Slack gives them, each with what is to be read in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.channels.slack.reading import ReadOptions, read
from gateway.core.model import Message
from gateway.core.ports import Incoming
from tests.channels.slack.kit import NOON

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))
OPTIONS = ReadOptions(room="C0TRIAGE")
# What Slack's reference lists for the Events API, and as subtypes of a message.
EVENTS = """
    app_deleted app_home_opened app_installed app_rate_limited app_requested app_uninstalled
    app_uninstalled_team assistant_thread_context_changed assistant_thread_started call_rejected
    channel_archive channel_created channel_deleted channel_history_changed channel_id_changed
    channel_left channel_rename channel_shared channel_unarchive channel_unshared dnd_updated
    dnd_updated_user email_domain_changed emoji_changed entity_details_requested file_change
    file_comment_added file_comment_deleted file_comment_edited file_created file_deleted
    file_public file_shared file_unshared function_executed grid_migration_finished
    grid_migration_started group_archive group_close group_deleted group_history_changed group_left
    group_open group_rename group_unarchive im_close im_created im_history_changed im_open
    invite_requested link_shared member_joined_channel member_left_channel message_metadata_deleted
    message_metadata_posted message_metadata_updated pin_added pin_removed reaction_added
    reaction_removed resources_added resources_removed scope_denied scope_granted
    shared_channel_invite_accepted shared_channel_invite_approved shared_channel_invite_declined
    shared_channel_invite_received shared_channel_invite_requested star_added star_removed
    subteam_created subteam_members_changed subteam_self_added subteam_self_removed subteam_updated
    team_access_granted team_access_revoked team_domain_change team_join team_rename tokens_revoked
    user_change user_huddle_changed user_profile_changed user_resource_denied user_resource_granted
    user_resource_removed user_status_changed workflow_deleted workflow_published
    workflow_step_deleted workflow_step_execute workflow_unpublished
""".split()
SUBTYPES = """
    assistant_app_thread bot_add bot_disable bot_enable bot_message bot_remove channel_archive
    channel_convert_to_private channel_convert_to_public channel_join channel_leave channel_name
    channel_posting_permissions channel_purpose channel_topic channel_unarchive document_mention
    ekm_access_denied file_comment file_mention file_share group_archive group_join group_leave
    group_name group_purpose group_topic group_unarchive huddle_thread me_message message_changed
    message_deleted message_replied pinned_item reminder_add reply_broadcast thread_broadcast
    unpinned_item
""".split()


def incoming(payload: Any, envelope: Any) -> Incoming:
    raw = json.dumps(payload).encode()
    return Incoming(
        channel="slack", external_id="evt:1", raw=raw, received_at=NOON, envelope=envelope
    )


def facts(message: Message) -> dict[str, Any]:
    chat = message.chat
    made: dict[str, Any] = {
        "ignored": message.ignored,
        "author": message.author.address,
        "name": message.author.name,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "language": message.language,
        "own_key": message.own_key,
        "refers_to": list(message.refers_to),
    }
    if chat is None:
        return made
    return made | {
        "where": chat.where.value,
        "conversation": chat.conversation,
        "place": chat.place,
        "overheard": chat.overheard,
        "pressed": chat.pressed,
        "ticket": chat.ticket,
        "request": chat.request.says if chat.request else None,
        "edit": [chat.edit.key, chat.edit.deleted] if chat.edit else None,
        "same": [party.address for party in chat.same],
        "files": [[f.ref, f.name, f.type, f.size, f.problem] for f in chat.files],
    }


def test_every_event_and_subtype_of_the_documentation_is_there():
    there = {path.stem for path in CORPUS}
    assert {f"event.{kind}" for kind in EVENTS} - there == set()
    assert {f"message.{kind}" for kind in SUBTYPES} - there == set()


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_payload_is_read_as_it_says(path: Path):
    sample = json.loads(path.read_text())
    found = facts(read(incoming(sample["payload"], sample["envelope"]), OPTIONS))
    expected = {"ignored": ""} | sample["expect"]

    assert {key: found.get(key) for key in expected} == expected


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_no_payload_raises_without_its_envelope_or_with_holes(path: Path):
    payload = json.loads(path.read_text())["payload"]
    read(incoming(payload, {}), OPTIONS)
    for holed in _holed(payload):
        message = read(incoming(holed, {}), OPTIONS)
        json.dumps(facts(message))


def _holed(stored: Any) -> list[Any]:
    """The same with one thing in it being something else, for each thing at each level."""
    made: list[Any] = []
    if isinstance(stored, dict):
        for key, value in stored.items():
            odds: tuple[Any, ...] = (None, 7, [], {}, "")
            made += [stored | {key: odd} for odd in odds]
            made += [stored | {key: holed} for holed in _holed(value)]
    if isinstance(stored, list):
        made += [[holed] for one in stored[:1] for holed in _holed(one)] + [[None], [[]], [7]]
    return made
