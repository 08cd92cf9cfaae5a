"""What Slack's errors mean: try again, give up, or tell somebody."""

from __future__ import annotations

from gateway.core.ports import (
    GoneError,
    PermanentError,
    SendError,
    TemporaryError,
    UnreachableError,
)

# The token itself is of no use any more: nothing works until an operator has seen to it.
OF_THE_TOKEN = frozenset(
    "invalid_auth not_authed account_inactive token_revoked token_expired no_permission"
    " org_login_required ekm_access_denied access_denied app_uninstalled not_allowed_token_type"
    " two_factor_setup_required team_access_not_granted".split()
)
# That person cannot be reached by Slack at all.
_OF_THE_PERSON = {
    "user_not_found": "Slack knows nobody by this id",
    "users_not_found": "Slack knows nobody by this id",
    "user_disabled": "they have left the workspace",
    "user_not_visible": "Slack does not let the app see them",
    "cannot_dm_bot": "it is a bot",
    "cannot_message_user": "Slack does not let the app write to them",
    "messages_tab_disabled": "the app may not be written to: switch on its Messages tab",
}
_OF_THE_PLACE = {
    "channel_not_found": "the channel is gone, or the app is not in it",
    "not_in_channel": "the app is not in the channel: invite it there",
    "is_archived": "the channel is archived",
    "thread_locked": "the thread is locked",
    "restricted_action": "the workspace does not let the app post there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "the channel takes replies alone",
    "restricted_action_thread_locked": "the thread is locked",
    "restricted_action_non_threadable_channel": "the channel has no threads",
}
_OF_THE_MESSAGE = frozenset(
    "msg_too_long no_text invalid_blocks invalid_blocks_format msg_blocks_too_long"
    " invalid_arguments invalid_arg_name invalid_array_arg metadata_too_large"
    " metadata_must_be_sent_from_app"
    " too_many_attachments attachment_payload_limit_exceeded unknown_method".split()
)
NO_THREAD = frozenset(("thread_not_found", "cannot_reply_to_message"))
"""What it was to be said below is not there any more."""
GONE = frozenset(("message_not_found", "cant_update_message", "edit_window_closed"))
"""What was to be edited is not there any more."""


class SlackError(Exception):
    """Slack refused: ``code`` is its word for why.

    ``after`` is the least wait in seconds, where it named one; ``needed`` the missing scope.
    """

    def __init__(self, code: str, *, after: float | None = None, needed: str = "") -> None:
        super().__init__(f"Slack says {code}" + (f" (scope {needed})" if needed else ""))
        self.code = code
        self.after = after
        self.needed = needed


class LostError(Exception):
    """There was no answer, or none that could be read. ``maybe``: it may have been done."""

    def __init__(self, said: str, *, maybe: bool) -> None:
        super().__init__(said)
        self.maybe = maybe


def unreachable(code: str) -> str:
    """Why nobody is reached, where an error says that of the person; else empty."""
    return _OF_THE_PERSON.get(code, "")


def send_error(error: SlackError | LostError) -> SendError:
    """What a refusal means for sending. Whatever is unknown passes."""
    if isinstance(error, LostError):
        return TemporaryError(str(error))
    if said := unreachable(error.code):
        return UnreachableError(f"{said} ({error.code})")
    if error.code in NO_THREAD:
        return GoneError("the thread is not there any more")
    if said := _OF_THE_PLACE.get(error.code, ""):
        return PermanentError(f"{said} ({error.code})")
    if error.code == "missing_scope":
        return PermanentError(f"the app lacks the scope {error.needed or '?'}: install it anew")
    if error.code in OF_THE_TOKEN:
        return TemporaryError(f"Slack does not take the app's token ({error.code})", after=300)
    if error.code in _OF_THE_MESSAGE:
        return PermanentError(f"Slack does not take the message as it is ({error.code})")
    return TemporaryError(str(error), after=error.after)
