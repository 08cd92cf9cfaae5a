"""The [memory] table."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field, SecretStr

from gateway.settings.table import Table
from gateway.settings.types import Secret


class Purpose(StrEnum):
    """What a network that forgets everything may be used for."""

    TEST = "test"


class MemoryTable(Table):
    """[memory]: a network within the process, whose messages are gone with it; never for use."""

    for_tests: ClassVar = True

    purpose: Purpose = Field(
        description='"test": said outright, so that nobody has such a channel by accident'
    )
    password: Secret = Field(
        SecretStr(""), examples=["MEMORY_PASSWORD"], description="what the network asks for"
    )
