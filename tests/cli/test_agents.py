import pytest

from gateway.core.addresses import AddressKind
from gateway.settings.load import load
from gateway.settings.policy import address_book
from tests.cli.conftest import Shell


def test_the_agents_as_json(shell: Shell):
    bea, carla = shell("agent", "list", "--json").json
    assert bea == {
        "name": "Bea Ruiz",
        "address": "bea@acme.example",
        "tier": 2,
        "queues": ["support"],
        "skills": [],
        "lead": True,
        "accounts": {},
        "notify": ["email"],
        "language": "en",
    }
    assert carla["lead"] is False


def test_the_agents_for_people(shell: Shell):
    out = shell("agent", "list").out
    assert "bea@acme.example" in out
    assert "Carla Ruiz" in out


@pytest.mark.parametrize("wanted", ["bea@acme.example", "BEA@acme.example", "Bea Ruiz", "bea"])
def test_a_standing_address_is_signed_for_its_agent(shell: Shell, wanted: str):
    made = shell("agent", "address", wanted).out.strip()
    settings = load(shell.config, {}, {}).settings
    book = address_book(settings, settings.desk.secret.get_secret_value().encode())
    signed = book.read(made)
    assert signed is not None
    assert signed.kind is AddressKind.STANDING
    assert book.made_for(signed, "bea@acme.example")
    assert not book.made_for(signed, "carla@acme.example")


def test_a_standing_address_stays_the_same_from_day_to_day(shell: Shell):
    settings = load(shell.config, {}, {}).settings
    book = address_book(settings, settings.desk.secret.get_secret_value().encode())
    asked = shell("agent", "address", "bea@acme.example").out.strip()
    assert asked == book.standing("bea@acme.example", queue="support")


def test_a_name_that_two_have_is_refused_with_both(shell: Shell):
    done = shell("agent", "address", "ruiz")
    assert done.status == 2
    assert done.err == (
        'gateway: "ruiz" may be any of Bea Ruiz <bea@acme.example>, '
        "Carla Ruiz <carla@acme.example>: give the address\n"
    )


def test_an_unknown_agent_is_refused_with_the_nearest(shell: Shell):
    done = shell("agent", "address", "bae@acme.example")
    assert done.status == 2
    assert 'did you mean "bea@acme.example"?' in done.err
