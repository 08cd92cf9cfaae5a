"""`gateway contact erase`: asked first, then gone."""

import pytest

from gateway.store.database import Database
from tests.cli.conftest import Shell
from tests.cli.test_acting import ADA, new


def test_what_somebody_wrote_is_erased(shell: Shell, database: Database):
    number = new(shell)
    done = shell("contact", "erase", "Ada@Example.org", "--yes", "--json").json
    assert done == {"address": ADA, "entries": 1, "subjects": 1, "arrivals": 0}
    ticket = shell("ticket", "show", str(number), "--json").json
    assert ticket["subject"] == "(erased)"
    assert "burns" not in str(ticket)
    assert shell("contact", "erase", ADA, "--yes").out == f"There is nothing of {ADA}.\n"


def test_it_asks_first(shell: Shell, database: Database):
    number = new(shell)
    ended = shell("contact", "erase", ADA)
    assert ended.status != 0
    assert "burns" in str(shell("ticket", "show", str(number), "--json").json)


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        ("ada", "expected a mail address such as ada@example.org"),
        ("bea@acme.example", "bea@acme.example is an agent"),
        ("telegram:", "expected a mail address"),
    ],
)
def test_what_cannot_be_erased_is_said(shell: Shell, database: Database, whose: str, said: str):
    ended = shell("contact", "erase", whose, "--yes")
    assert ended.status == 2
    assert said in ended.err
