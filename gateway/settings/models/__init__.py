"""The tables of the config that belong to the desk itself; channels bring their own."""

from gateway.settings.models.database import DatabaseTable, DatabaseUrl
from gateway.settings.models.desk import LEAST_SECRET, CapsTable, DeskTable
from gateway.settings.models.people import AgentTable, InRooms, QueueTable
from gateway.settings.models.process import HttpTable, LogFormat, LogLevel, LogTable
from gateway.settings.models.whole import Settings, TopKeys

__all__ = [
    "LEAST_SECRET",
    "AgentTable",
    "CapsTable",
    "DatabaseTable",
    "DatabaseUrl",
    "DeskTable",
    "HttpTable",
    "InRooms",
    "LogFormat",
    "LogLevel",
    "LogTable",
    "QueueTable",
    "Settings",
    "TopKeys",
]
