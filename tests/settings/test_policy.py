import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.core.addresses import AddressKind
from gateway.core.policy import Bulk, Caps
from gateway.settings.faults import ConfigError
from gateway.settings.places import files_folder, secret_path
from gateway.settings.policy import address_book, key_id, policy_of
from gateway.settings.secret import desk_secret
from tests.settings.conftest import DESK, Faults, Load

AGENT = '[[agents]]\nname = "Bea"\nemail = "bea@acme.example"\n'
QUEUES = """
[[queues]]
name = "net"
addresses = ["net@acme.example"]
[[queues]]
name = "board"
restricted = true
[[agents]]
name = "Carla"
email = "carla@acme.example"
queues = ["board"]
language = "it"
"""
TODAY = date(2026, 3, 1)


def test_the_core_gets_what_the_operator_said(read: Load):
    caps = "[desk.caps]\noverall = 7\n"
    policy = policy_of(read(f"{DESK}language = 'es'\nauto_close_after = '1d'\n{caps}").settings)
    assert policy.desk_address == "support@acme.example"
    assert policy.auto_close_after == timedelta(days=1)
    assert policy.caps == Caps(overall=7)
    assert policy.language == "es"


def test_a_desk_without_queues_has_one(read: Load):
    policy = policy_of(read(DESK + AGENT).settings)
    assert policy.queue_for(("support@acme.example",)).name == "support"
    assert [a.name for a in policy.agents_of("support")] == ["Bea"]


def test_an_agent_without_queues_works_in_all_that_are_not_restricted(read: Load):
    policy = policy_of(read(DESK + AGENT + QUEUES).settings)
    assert [a.name for a in policy.agents_of("net")] == ["Bea"]
    assert [a.name for a in policy.agents_of("board")] == ["Carla"]


def test_a_restricted_queue_is_shown_in_rooms_only_where_its_config_says_so(read: Load):
    def shown(rooms: str) -> list[bool]:
        queues = QUEUES.replace("restricted = true", f'restricted = true\nrooms = "{rooms}"')
        return [q.in_rooms for q in policy_of(read(DESK + queues).settings).queues]

    assert shown("auto") == [True, False]
    assert shown("shown") == [True, True]
    assert shown("hidden") == [True, False]


def test_an_agent_is_told_in_their_language_else_the_desks(read: Load):
    policy = policy_of(read(DESK + 'language = "es"\n' + AGENT + QUEUES).settings)
    assert [a.language for a in policy.agents] == ["es", "it"]


def test_what_becomes_of_newsletters_is_the_channels_word(read: Load):
    plain, told = (read(text) for text in (DESK, f"{DESK}[email]\nbulk = 'drop'"))
    assert policy_of(plain.settings, plain.sections).bulk is Bulk.TICKET
    assert policy_of(told.settings, told.sections).bulk is Bulk.DROP


def test_what_channels_say_of_sources_and_own_lists(read: Load):
    told = read(
        f"{DESK}[email]\nown_lists = ['Help@Acme.example']\n"
        "[[email.sources]]\nmatch = 'from == \"a@b.example\"'\nmost_per_hour = 7\n"
        "[[email.sources]]\nname = 'nagios'\nmatch = 'true'\n"
    )
    policy = policy_of(told.settings, told.sections)
    assert policy.own_lists == {"help@acme.example"}
    assert policy.most_per_hour('from == "a@b.example"') == 7
    assert policy.most_per_hour("nagios") == 10
    assert policy.most_per_hour("another") == 0


def test_an_address_signed_before_a_change_of_secrets_still_verifies(read: Load):
    old, new, newer = "an-old-secret-of-bea", "the-new-secret-of-bea", "the-newest-secret-yet"
    assert len({key_id(s.encode()) for s in (old, new, newer)}) == 3
    first = address_book(read(f'{DESK}secret = "{old}"').settings, old.encode())
    signed = first.mint(AddressKind.REQUESTER, 7, "ada@example.org", today=TODAY)
    for secret, before in [(new, old), (newer, f"{new} {old}")]:
        text = f'{DESK}secret = "{secret}"\nprevious_secrets = "{before}"'
        book = address_book(read(text).settings, secret.encode())
        read_back = book.read(signed)
        assert read_back is not None
        assert read_back.number == 7
    dropped = address_book(read(f'{DESK}secret = "{newer}"').settings, newer.encode())
    assert dropped.read(signed) is None


def test_secrets_that_cannot_be_told_apart_are_refused(faults_of: Faults):
    secrets = [f"a-secret-number-{n:04}" for n in range(40)]
    one = secrets[0]
    other = next(s for s in secrets[1:] if key_id(s.encode()) == key_id(one.encode()))
    told = faults_of(f'{DESK}secret = "{one}"\nprevious_secrets = "{other}"')
    assert told[0].startswith("gateway.toml:4: desk.previous_secrets: found two secrets")


def test_the_operators_pattern_makes_the_reply_addresses(read: Load):
    settings = read(f'{DESK}reply_address = "reply+{{token}}@desk.acme.example"').settings
    made = address_book(settings, b"x" * 16).mint(AddressKind.PUBLIC, 7, "a@b", today=TODAY)
    assert made.startswith("reply+7.")
    assert made.endswith("@desk.acme.example")


def test_a_secret_that_was_not_given_is_made_once_for_its_owner_alone(read: Load, tmp_path: Path):
    loaded = read(f'{DESK}[database]\nurl = "sqlite:///data/gateway.db"')
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: desk_secret(loaded), range(16)))
    path = tmp_path / "data" / "gateway.secret"
    assert made == {path.read_bytes().strip()}
    assert len(bytes.fromhex(made.pop().decode())) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_given_secret_is_kept_nowhere(read: Load, tmp_path: Path):
    loaded = read(f'{DESK}secret_env = "S"', {"S": "sixteen-octets-x"})
    assert desk_secret(loaded) == b"sixteen-octets-x"
    assert not secret_path(loaded).exists()


def test_on_postgresql_the_made_secret_lies_beside_the_config(read: Load, tmp_path: Path):
    loaded = read(f'{DESK}[database]\nurl = "postgresql://h/d"')
    assert secret_path(loaded) == tmp_path / "gateway.secret"


def test_a_kept_secret_that_was_cut_short_is_refused(read: Load, tmp_path: Path):
    (tmp_path / "gateway.secret").write_text("abc\n")
    loaded = read(f'{DESK}[database]\nurl = "postgresql://h/d"')
    with pytest.raises(ConfigError, match=r"desk.secret: .*holds 3 octets, not at least 16"):
        desk_secret(loaded)


def test_large_contents_lie_beside_the_database(read: Load, tmp_path: Path):
    loaded = read(f'{DESK}[database]\nurl = "sqlite:///data/gateway.db?timeout=3"')
    assert files_folder(loaded) == tmp_path / "data" / "content"
