"""Python before 3.11.5 misreads a group that is repeated possessively: Debian 12 has such a one.

It goes on from where the last, vain round left off (CPython issue 106052), so that each header
swallowed the next one. An atomic group around the repetition, ``(?>(?:…)*)``, is right in all.
"""

import re
from pathlib import Path

import gateway

SOURCES = sorted(Path(gateway.__file__).parent.rglob("*.py"))
_OF_A_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[0-9,]+\})\+")


def test_no_group_is_repeated_possessively():
    found = [
        f"{path}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if _OF_A_GROUP.search(line)
    ]
    assert found == []


def test_such_a_group_is_found():
    assert _OF_A_GROUP.search(r"((?:[^\n]*+\n(?=[ \t]))*+[^\n]*+)")
    assert not _OF_A_GROUP.search(r"(?>(?:[^\n]*+\n(?=[ \t]))*)[^\n]*+")
