"""Mail of machines, in the forms that programs and providers really send, and some of people's.

Each mail in ``machines/`` is read as ``expected.json`` beside it says.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.channels.email.reading.kit import read

FOLDER = Path(__file__).parent / "machines"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text())


def test_every_mail_has_its_expectation():
    assert sorted(EXPECTED) == sorted(path.stem for path in FOLDER.glob("*.eml"))


@pytest.mark.parametrize("name", EXPECTED)
def test_machine_is_told_from_a_person(name: str):
    message = read((FOLDER / f"{name}.eml").read_bytes())
    bounce = message.bounce
    assert {
        "automatic": message.automatic,
        "recipients": [[r.address, r.status] for r in bounce.recipients] if bounce else None,
        "temporary": bounce.temporary if bounce else None,
        "returned_id": bounce.returned_id if bounce else None,
    } == EXPECTED[name]
    assert bool(message.automatic_because) is (message.automatic is not None)
