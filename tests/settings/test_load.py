import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from gateway.channels.email.settings import EmailTable, Protocol
from gateway.core.policy import AgentProof, Notify
from gateway.settings.faults import ConfigError
from gateway.settings.load import load
from gateway.settings.plugins import Plugins
from gateway.settings.types import parse_duration, spell_duration
from tests.settings.conftest import DESK, SECTIONS, Load

WHOLE = """
[desk]
name = "Acme Support"
address = "Support@Acme.example"
timezone = "Europe/Madrid"
agent_proof = "both"
answer_delay = "60s"
digest = ""
templates = "templates"

[database]
url = "sqlite:///../var/gateway.db"

[email]
trusted_authserv = [{ id = "mx.acme.example", peers = ["10.0.0.5"] }]
dkim = { domain = "", selector = "", key_file = "" }

[email.listen]
protocol = "lmtp"

[[agents]]
name = "Bea Ruiz"
email = "Bea@acme.example"
slack = ""
telegram = 0
tier = 2
queues = ["network"]
limit = 0
shift = ""
on_call = false

[[queues]]
name = "network"
addresses = ["net@acme.example"]
assign = "manual"
skill = ""
notify = "lead"
"""


def test_every_key_of_a_whole_config_arrives(read: Load, tmp_path: Path):
    loaded = read(WHOLE)
    desk, [agent], [queue] = loaded.settings.desk, loaded.settings.agents, loaded.settings.queues
    assert (desk.name, desk.address) == ("Acme Support", "support@acme.example")
    assert desk.answer_delay == timedelta(seconds=60)
    assert desk.agent_proof is AgentProof.BOTH
    assert desk.templates == tmp_path / "templates"
    assert (agent.email, agent.tier, agent.queues) == ("bea@acme.example", 2, ("network",))
    assert (queue.addresses, queue.notify) == (("net@acme.example",), Notify.LEAD)


def test_a_channels_table_comes_as_its_own_model(read: Load, tmp_path: Path):
    email = read(WHOLE).sections["email"]
    assert isinstance(email, EmailTable)
    assert email.listen is not None
    assert email.listen.protocol is Protocol.LMTP
    assert email.trusted_authserv[0].peers == ("10.0.0.5",)
    assert email.send.maildir == tmp_path / "../var/outgoing"


def test_a_channel_without_a_table_is_not_there(read: Load):
    assert read(DESK).sections == {}


@pytest.mark.parametrize(
    ("url", "becomes"),
    [
        ("sqlite:///../var/gateway.db", "sqlite:///{folder}/../var/gateway.db"),
        ("sqlite:////srv/gateway.db", "sqlite:////srv/gateway.db"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://h/d?x=1", "postgresql+psycopg://h/d?x=1"),
    ],
)
def test_a_database_counts_from_the_configs_folder(
    read: Load, tmp_path: Path, url: str, becomes: str
):
    database = read(f'{DESK}[database]\nurl = "{url}"').settings.database
    assert database.url.get_secret_value() == becomes.format(folder=tmp_path)


def test_the_default_database_counts_from_the_configs_folder_too(read: Load, tmp_path: Path):
    url = read(DESK).settings.database.url.get_secret_value()
    assert url == f"sqlite:///{tmp_path}/../var/gateway.db"


def test_a_string_comes_from_the_environment_or_a_file(read: Load, tmp_path: Path):
    (tmp_path / "address").write_text("support@acme.example\n")
    loaded = read(
        '[desk]\naddress_file = "address"\nname_env = "NAME"\nreopen_within_env = "REOPEN"\n'
        'secret_env = "UNSET"',
        {"NAME": "Acme", "REOPEN": "3d"},
    )
    desk = loaded.settings.desk
    assert (desk.address, desk.name) == ("support@acme.example", "Acme")
    assert desk.reopen_within == timedelta(days=3)
    assert desk.secret.get_secret_value() == ""


@pytest.mark.parametrize("environ", [{}, {"SMTP_PASSWORD": ""}])
def test_an_unset_password_is_no_fault_where_nobody_logs_in(read: Load, environ: dict[str, str]):
    relay = '[email.send]\nhost = "mx"\nuser = ""\npassword_env = "SMTP_PASSWORD"'
    email = read(DESK + relay, environ).sections["email"]
    assert isinstance(email, EmailTable)
    assert email.send.password.get_secret_value() == ""


def test_secrets_are_in_no_repr(read: Load):
    loaded = read(
        f'{DESK}secret_env = "S"\n[database]\nurl = "postgresql://u:pg-geheim@h/d"\n'
        '[email.send]\nhost = "mx"\nuser = "u"\npassword_env = "P"',
        {"S": "0123456789-geheim", "P": "relay-geheim"},
    )
    assert "geheim" not in repr(loaded) + str(loaded.settings) + str(loaded.sections)


def test_a_section_that_the_file_lacks_is_not_looked_up(tmp_path: Path):
    path = tmp_path / "gateway.toml"
    path.write_text(DESK)

    class Touchy(dict[str, type[BaseModel]]):
        def __getitem__(self, name: str) -> type[BaseModel]:
            raise AssertionError(f"{name} was imported")

    assert load(path, Touchy(SECTIONS), {}).sections == {}


def test_a_channel_that_came_later_is_taken_though_a_row_refuses_its_name(tmp_path: Path):
    path = tmp_path / "gateway.toml"
    path.write_text(f"{DESK}[slack]\nbulk = 'drop'")
    assert list(load(path, {"slack": EmailTable}, {}).sections) == ["slack"]


def test_plugins_are_folders_with_a_plugin_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for folder, file in [("post", "plugin.py"), ("half", "other.py"), ("bad", "plugin.py")]:
        (tmp_path / "net_plugins" / folder).mkdir(parents=True)
        for name in ("__init__.py", file):
            (tmp_path / "net_plugins" / folder / name).write_text("")
    (tmp_path / "net_plugins" / "__init__.py").write_text("")
    (tmp_path / "net_plugins/bad/plugin.py").write_text("raise RuntimeError('not asked for')")
    (tmp_path / "net_plugins/post/plugin.py").write_text(
        "from gateway.channels.email.settings import EmailTable as settings\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    plugins = Plugins("net_plugins")
    assert list(plugins) == ["bad", "post"]
    assert plugins["post"] is EmailTable
    assert "half" not in plugins
    with pytest.raises(KeyError):
        plugins["half"]


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_500)))
def test_a_spelled_duration_reads_as_itself(duration: timedelta):
    whole = timedelta(seconds=int(duration.total_seconds()))
    assert parse_duration(spell_duration(whole)) == whole


@pytest.mark.parametrize("text", ["", "1", "h", "-1h", "1.5h", "1h 2m", "1w", "٣d", "9999999999d"])
def test_what_is_no_duration_is_refused(text: str):
    with pytest.raises(ValueError, match="a duration"):
        parse_duration(text)


VALUE = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**62), 2**62),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
        st.sampled_from(["1d", "a@b.example", "UTC", "sqlite:///x", "{token}@x"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=4,
)
TABLES = ["desk", "database", "log", "email", "email.listen", "email.send", "desk.caps"]
LISTS = ["agents", "queues", "email.trusted_authserv", "rules", "email.mailbox"]
KEYS = ["name", "address", "email", "addresses", "queues", "tier", "port", "url", "secret", "caps"]
KEYS += ["host", "maildir", "timezone", "reply_address", "peers", "id", "name_env", "name_file"]
KEYS += ["tls_key", "level", "bulk", "dkim", "limit", "restricted", "notify", "previous_secrets"]


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{k} = {_toml(v)}' for k, v in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(v) for v in value)}]"
    return json.dumps(value, ensure_ascii=False)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_config_is_right_or_told(tmp_path: Path, data: st.DataObject):
    heads = data.draw(st.lists(st.sampled_from(TABLES + LISTS), unique=True, max_size=5))
    lines = []
    for head in heads:
        lines.append(f"[[{head}]]" if head in LISTS else f"[{head}]")
        values = data.draw(st.dictionaries(st.sampled_from(KEYS), VALUE, max_size=4))
        lines += [f"{key} = {_toml(value)}" for key, value in values.items()]
    path = tmp_path / "gateway.toml"
    path.write_text("\n".join(lines))
    told = _told(path)
    assert all(line.isprintable() for line in told)


def _told(path: Path) -> list[str]:
    try:
        load(path, SECTIONS, {})
    except ConfigError as error:
        return str(error).splitlines() or ["no fault at all, and yet refused: \0"]
    return []


def test_the_pages_are_there_where_their_table_is(read: Load):
    assert read(DESK).settings.http is None
    found = read(f"{DESK}\n[http]\n").settings.http
    assert found is not None
    assert (found.host, found.port, found.public_url) == ("127.0.0.1", 8080, "")


@pytest.mark.parametrize(
    "url",
    [
        "desk.acme.example",
        "ftp://desk.acme.example",
        "https://",
        "https://a.example/?x=1",
        "https://a.example/#x",
        "https://a b.example",
        "https://user:secret@a.example",
        "javascript:alert(1)",
    ],
)
def test_a_public_url_that_is_none_is_said(read: Load, url: str):
    with pytest.raises(ConfigError) as told:
        read(f'{DESK}\n[http]\npublic_url = "{url}"\n')
    (fault,) = told.value.faults
    assert fault.key == "http.public_url"
    assert "such as" in fault.expected


def test_a_public_url_ends_without_a_slash(read: Load):
    found = read(f'{DESK}\n[http]\npublic_url = "https://a.example/desk/"\n').settings.http
    assert found is not None
    assert found.public_url == "https://a.example/desk"
