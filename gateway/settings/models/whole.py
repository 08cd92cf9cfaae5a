"""The whole config but for the channels' tables."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from gateway.settings.models.database import DatabaseTable
from gateway.settings.models.desk import DeskTable
from gateway.settings.models.people import AgentTable, QueueTable
from gateway.settings.models.process import HttpTable, LogTable
from gateway.settings.ruling import ContactTable, MatrixTable, RuleTable
from gateway.settings.service import CalendarTable, SlaTable
from gateway.settings.table import NotYet, Table
from gateway.settings.types import (
    FilePath,
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
