"""Who the desk is, and its habits."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from gateway.core.model import Visibility
from gateway.core.policy import AgentProof, Deleted
from gateway.settings.service import Span
from gateway.settings.table import Table
from gateway.settings.types import (
    Address,
    Duration,
    FilePath,
    Flag,
    Language,
    Name,
    TimeOfDay,
    TimeZone,
    Whole,
    Words,
    is_address,
)

LEAST_SECRET = 16  # octets
_SECRET_WORDS = (
    f"at least {LEAST_SECRET} octets without spaces, such as `openssl rand -hex 32` makes"
)
_PATTERN_WORDS = 'an address with {token} once before the @, such as "reply+{token}@acme.example"'


def _signing_secret(given: SecretStr) -> SecretStr:
    secret = given.get_secret_value()
    if secret and (len(secret.encode()) < LEAST_SECRET or len(secret.split()) != 1):
        raise ValueError(_SECRET_WORDS)
    return given


def _old_secrets(given: SecretStr) -> SecretStr:
    if any(len(s.encode()) < LEAST_SECRET for s in given.get_secret_value().split()):
        raise ValueError(f"secrets of at least {LEAST_SECRET} octets each, spaces between them")
    return given


def _reply_pattern(given: str) -> str:
    local, _, domain = given.rpartition("@")
    right = local.count("{token}") == 1 and "{token}" not in domain
    if given and not (right and is_address(given.replace("{token}", "token"))):
        raise ValueError(_PATTERN_WORDS)
    return given.lower()


SigningSecret = Annotated[
    SecretStr, AfterValidator(_signing_secret), Words("secret", _SECRET_WORDS)
]
OldSecrets = Annotated[SecretStr, AfterValidator(_old_secrets), Words("secret", "secrets")]
ReplyPattern = Annotated[str, AfterValidator(_reply_pattern), Words("string", _PATTERN_WORDS)]


class CapsTable(Table):
    """[desk.caps]: the most within an hour, before the desk says no more by itself."""

    per_recipient: Whole = Field(5, ge=1, description="confirmations to one address")
    per_domain: Whole = Field(2_000, ge=1, description="confirmations to one domain")
    overall: Whole = Field(20_000, ge=1, description="confirmations to everybody together")
    per_ticket: Whole = Field(
        40, ge=1, description="messages on one ticket, before the desk falls silent there"
    )
    per_words: Whole = Field(
        3,
        ge=1,
        description="times that somebody says the same words, numbers and dates apart, before the "
        "desk takes them for a machine",
    )
    per_correspondent: Whole = Field(
        20, ge=1, description="tickets of one address within a day that are confirmed"
    )


class DeskTable(Table):
    """[desk]: who the desk is, and its habits."""

    name: Name = Field("Support", description="what requesters know the desk as")
    address: Address = Field(description="the address people write to, and that answers come from")
    timezone: TimeZone = Field("UTC", description="in which the desk tells times to people")
    language: Language = Field(
        "en",
        min_length=1,
        description="of what the desk itself says, where the requester's is not known",
    )
    secret: SigningSecret = Field(
        SecretStr(""),
        examples=["GATEWAY_SECRET"],
        description="signs reply addresses, at least 16 octets without spaces; "
        "if not given, it is made, and kept beside the database",
    )
    previous_secrets: OldSecrets = Field(
        SecretStr(""),
        examples=["GATEWAY_PREVIOUS_SECRETS"],
        description="secrets that still verify after a change, with spaces or line ends between",
    )
    reopen_within: Duration = Field(
        timedelta(days=14),
        description="a reply to a closed ticket later than this opens a new one that points back",
    )
    auto_close_after: Duration = Field(
        timedelta(days=7), description="a resolved ticket is closed after this time"
    )
    remind_requester: tuple[Span, ...] = Field(
        ("2bd", "5bd"),
        description="when a requester who does not answer is reminded, in open time since their "
        "ticket is pending; empty: never",
    )
    resolve_unanswered: Span = Field(
        "8bd",
        description="when a pending ticket is resolved that had all of its reminders, and its "
        "requester told; empty: never",
    )
    agent_proof: AgentProof = Field(
        AgentProof.AUTO,
        description="what an agent's mail must bring: their signed reply address, or without it "
        'a DMARC pass ("auto"); or "both"',
    )
    room_words: Visibility = Field(
        Visibility.INTERNAL,
        description="what agents write in a ticket's thread in a chat: seen by the team alone "
        'unless it begins with #reply ("internal"), or sent to the requester unless it begins '
        'with #note ("public")',
    )
    deleted: Deleted = Field(
        Deleted.KEEP,
        description="what becomes of words that their author deletes in a chat: the ticket keeps "
        'them, shown as deleted ("keep"), or they are erased for good ("wipe")',
    )
    answer_delay: Duration = Field(
        timedelta(0), description="how long an agent can take an answer back"
    )
    remind_promise: Duration = Field(
        timedelta(minutes=30),
        description="how long before a promised answer is due its agent is reminded; and once more "
        "when it is due",
    )
    burst_notices: Whole = Field(
        20,
        ge=0,
        le=1_000,
        description="the most notices that one agent gets within `burst_within`: further ones are "
        "kept and come as one summary. What is due or late and what is escalated is counted "
        "apart; answers to the agent's own doing are not counted. 0: no limit",
    )
    burst_within: Duration = Field(
        timedelta(minutes=10), description="the time for which `burst_notices` holds"
    )
    reply_address: ReplyPattern = Field(
        "",
        description='pattern of reply addresses, such as "reply+{token}@desk.acme.example"; '
        "empty: the queue's address with +{token}",
    )
    max_file_bytes: Whole = Field(
        26_214_400,
        ge=1,
        description="the largest file that is fetched from a chat; a larger one is named on the "
        "ticket",
    )
    keep_raw: Duration = Field(
        timedelta(days=90), description="how long messages are kept in their raw form"
    )
    digest: TimeOfDay = Field(
        "08:30",
        description="when leads hear how the desk stands and agents what is theirs, on working "
        "days; empty: never",
    )
    hand_over: Flag = Field(
        True,
        description="whether at the end of a shift who comes on hears what those who go leave open",
    )
    templates: FilePath = Field(
        None, description="folder of message templates that replace those of the package"
    )
    caps: CapsTable = Field(CapsTable(), description="the most confirmations within an hour")

    @property
    def old_secrets(self) -> tuple[str, ...]:
        """The secrets that only verify. Handle with care: they are in clear."""
        return tuple(self.previous_secrets.get_secret_value().split())
