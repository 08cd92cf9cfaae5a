"""The tables of the config that belong to the desk itself; channels bring their own."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from gateway.core.model import Visibility
from gateway.core.policy import AgentProof, Assign, Deleted, Notify
from gateway.settings.ruling import ContactTable, MatrixTable, RuleTable
from gateway.settings.service import CalendarTable, Share, SlaTable, Span
from gateway.settings.table import NotYet, Table
from gateway.settings.types import (
    Address,
    Duration,
    FilePath,
    Flag,
    Language,
    Line,
    Name,
    QueueName,
    TimeOfDay,
    TimeZone,
    Whole,
    Words,
    is_address,
)

LEAST_SECRET = 16  # octets
_URL_WORDS = 'a database such as "sqlite:///../var/gateway.db" or "postgresql+psycopg://…"'
_SECRET_WORDS = (
    f"at least {LEAST_SECRET} octets without spaces, such as `openssl rand -hex 32` makes"
)
_PATTERN_WORDS = 'an address with {token} once before the @, such as "reply+{token}@acme.example"'
_PUBLIC_URL_WORDS = 'an address such as "https://desk.acme.example", without query or fragment'
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,255}(?:/[A-Za-z0-9._~/-]*)?", re.ASCII)
_SQLITE = "sqlite:///"
_POSTGRESQL = re.compile(r"(?:postgresql(?:\+psycopg)?|postgres)://(.+)", re.DOTALL)


def _signing_secret(given: SecretStr) -> SecretStr:
    secret = given.get_secret_value()
    if secret and (len(secret.encode()) < LEAST_SECRET or len(secret.split()) != 1):
        raise ValueError(_SECRET_WORDS)
    return given


def _old_secrets(given: SecretStr) -> SecretStr:
    if any(len(s.encode()) < LEAST_SECRET for s in given.get_secret_value().split()):
        raise ValueError(f"secrets of at least {LEAST_SECRET} octets each, spaces between them")
    return given


def _public_url(given: str) -> str:
    if given and not _PUBLIC_URL.fullmatch(given):
        raise ValueError(_PUBLIC_URL_WORDS)
    return given.rstrip("/")


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
PublicUrl = Annotated[str, AfterValidator(_public_url), Words("URL", _PUBLIC_URL_WORDS)]
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


def _database_url(given: SecretStr, info: ValidationInfo) -> SecretStr:
    url = given.get_secret_value()
    if url.startswith(_SQLITE):
        return SecretStr(_sqlite_url(url, info))
    if match := _POSTGRESQL.fullmatch(url):
        return SecretStr(f"postgresql+psycopg://{match[1]}")
    raise ValueError(_URL_WORDS)


def _sqlite_url(url: str, info: ValidationInfo) -> str:
    path, question, query = url.removeprefix(_SQLITE).partition("?")
    if not path or path == ":memory:":
        raise ValueError("a file: the daemon and the commands share the database")
    folder = (info.context or {}).get("folder")
    return f"{_SQLITE}{folder / path if folder else path}{question}{query}"


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url), Words("database URL", _URL_WORDS)]


class DatabaseTable(Table):
    """[database]: where everything is kept."""

    url: DatabaseUrl = Field(
        SecretStr("sqlite:///../var/gateway.db"),
        validate_default=True,
        description='SQLite file, or "postgresql+psycopg://user:password@host/name"',
    )


class AgentTable(Table):
    """[[agents]]: somebody who answers."""

    name: Name = Field(description="what requesters and colleagues know them as")
    email: Address = Field(description="where they get and send mail; names them everywhere")
    tier: Whole = Field(1, ge=1, le=9, description="1 answers first, higher ones are escalated to")
    queues: tuple[QueueName, ...] = Field(
        (), description="the queues they work in; empty: every queue that is not restricted"
    )
    skills: tuple[Name, ...] = Field((), description="what they know, for assignment by skill")
    lead: Flag = Field(False, description="leads their queues: hears what nobody else would")
    language: Language = Field("", description="of what the desk tells them; empty: the desk's")
    shift: Line = Field("", description="the calendar in which they work; empty: always")
    limit: Whole = Field(
        0, ge=0, description="most open tickets that the desk gives them by itself; 0: no limit"
    )
    on_call: Flag = Field(False, description="hears of steps while nobody is on shift")
    notify: tuple[Name, ...] = Field(
        ("email",),
        description='how they hear of their tickets: "email", "slack", "telegram", or several',
    )
    slack: Line = Field(
        "", examples=["U0123456789"], description="their member id in Slack; empty: not there"
    )
    telegram: Whole = Field(0, ge=0, description="their user id on Telegram; 0: not there")


class InRooms(StrEnum):
    """Whether tickets of a queue are shown in the agents' rooms."""

    AUTO = "auto"
    SHOWN = "shown"
    HIDDEN = "hidden"


class QueueTable(Table):
    """[[queues]]: a pile of tickets. Without any there is one, "support"."""

    name: QueueName = Field(description="what agents call it")
    addresses: tuple[Address, ...] = Field(
        (), description="what arrives for these lands here; answers come from the first"
    )
    label: Line = Field("", description="what requesters see as its name; empty: the desk's name")
    assign: Assign = Field(
        Assign.MANUAL,
        description="who gets a new ticket: whoever takes it, the next one in turn, or who has "
        "fewest open ones",
    )
    skill: Line = Field("", description="what an agent must know to be given its tickets")
    restricted: Flag = Field(False, description="only its own agents see it")
    notify: Notify = Field(
        Notify.QUEUE, description="who hears of a new ticket: its agents, a lead, or nobody"
    )
    sla: Line = Field(
        "default", description='its policy; "default" counts where there is one, empty: none'
    )
    rooms: InRooms = Field(
        InRooms.AUTO,
        description="whether its tickets are shown to everybody in the agents' rooms of chats: "
        '"auto" means not those of a restricted queue',
    )
    say_when: Flag = Field(
        False, description="confirmations say until when the policy has an answer due"
    )
    still_working: Share = Field(
        "",
        examples=["80%"],
        description="when who wrote hears that it is being worked on: a share of the time "
        "allowed for each target; empty: never",
    )
    ask_solved: Flag = Field(
        True, description="who wrote is asked whether it is solved, when an agent resolves it"
    )
    remind_requester: tuple[Span, ...] | None = Field(
        None, examples=[["1bd"]], description="as in [desk], for its own tickets"
    )
    resolve_unanswered: Span | None = Field(
        None, examples=["3bd"], description="as in [desk], for its own tickets"
    )


class HttpTable(Table):
    """[http]: health, metrics, and links. Leave the table out and there is none."""

    host: Name = Field("127.0.0.1", description="the address to listen on")
    port: Whole = Field(8080, ge=1, le=65_535, description="the port to listen on")
    public_url: PublicUrl = Field(
        "",
        examples=["https://desk.acme.example"],
        description="where people reach it, by the proxy before it; empty: mails hold no links",
    )


class LogLevel(StrEnum):
    """The least weight of a log line that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"
    HUMAN = "human"
    JSON = "json"


class LogTable(Table):
    """[log]: what is told on standard error."""

    level: LogLevel = Field(LogLevel.INFO, description="the least weight of a line")
    format: LogFormat = Field(
        LogFormat.AUTO, description='"auto": for people on a terminal, JSON lines elsewhere'
    )


class TopKeys(Table):
    """Keys that stand above all tables."""

    contacts_file: FilePath = Field(
        None,
        description="more contacts: CSV with the columns match, kind, tags, name, language, "
        "timezone",
    )


class Settings(TopKeys):
    """The whole config but for the channels' tables."""

    # A row goes when its feature comes; a channel of that name that is there counts for itself.
    not_yet: ClassVar[tuple[NotYet, ...]] = ()

    desk: DeskTable = Field(description="who the desk is, and its habits")
    database: DatabaseTable = Field(DatabaseTable(), description="where everything is kept")
    agents: tuple[AgentTable, ...] = Field((), description="somebody who answers")
    queues: tuple[QueueTable, ...] = Field((), description="a pile of tickets")
    http: HttpTable | None = Field(
        None, description="health, metrics and links; leave the table out and there is none"
    )
    calendars: tuple[CalendarTable, ...] = Field((), description="when somebody works")
    sla: tuple[SlaTable, ...] = Field((), description="how soon somebody answers")
    rules: tuple[RuleTable, ...] = Field((), description="what is done with which messages")
    contacts: tuple[ContactTable, ...] = Field((), description="who people are")
    priority_matrix: MatrixTable = Field(
        MatrixTable(), description="the priority that an impact and an urgency give"
    )
    log: LogTable = Field(LogTable(), description="what is told on standard error")
