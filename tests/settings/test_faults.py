"""What an operator reads when the config is wrong: the place, what was found, what is expected."""

import os
from pathlib import Path

import pytest

from gateway.settings.faults import ConfigError
from gateway.settings.load import load
from tests.settings.conftest import DESK, SECTIONS, Faults

DURATION = 'expected a duration such as "30s", "15m", "4h", "2d"'
WRONG = [
    ('reopen_within = "soon"', f'3: desk.reopen_within: found "soon", {DURATION}'),
    ("reopen_within = 14", f"3: desk.reopen_within: found 14, {DURATION}"),
    ('keep_raw = "1bd"', f'3: desk.keep_raw: found "1bd", {DURATION}; working days'),
    ('timezone = "Mars/Base"', '3: desk.timezone: found "Mars/Base", expected a time zone'),
    ('timezone = "../../etc/passwd"', "3: desk.timezone: found"),
    ('language = "klingon!"', '3: desk.language: found "klingon!", expected a language code'),
    ('language = ""', '3: desk.language: found "", expected a language code'),
    ('agent_proof = "none"', '3: desk.agent_proof: found "none", expected one of "auto", "both"'),
    ('name = "A\\nBcc: x@y"', '3: desk.name: found "A\\nBcc: x@y", expected one line of text'),
    ("name = 7", "3: desk.name: found 7, expected a name"),
    ("name = true", "3: desk.name: found true, expected a name"),
    ('reopen_witin = "1d"', "3: desk.reopen_witin: found an unknown key (did you mean"),
    ("zzz = 1", "3: desk.zzz: found an unknown key, expected one of name, address, timezone"),
    (
        'digest = "8.30"',
        '3: desk.digest: found "8.30", expected a time of day such as "08:30", or "" for none',
    ),
    (
        'digest = "24:00"',
        '3: desk.digest: found "24:00", expected a time of day such as "08:30", or "" for none',
    ),
    ('reply_address = "reply@x.example"', "3: desk.reply_address: found"),
    ('reply_address = "a@{token}.example"', "3: desk.reply_address: found"),
    ('secret = "tooshort"', "3: desk.secret: found a value that is not shown here, expected at"),
    ('secret_env = "A"\nsecret_file = "b"', "3: desk.secret_env: found it beside secret_file"),
    ("secret_env = 3", "3: desk.secret_env: found 3, expected the name of a variable"),
    ('name_file = "nowhere"', '3: desk.name_file: cannot read "nowhere": No such file'),
    ("caps = 3", "3: desk.caps: found 3, expected a table"),
    ("caps = { per_domain = 0 }", "3: desk.caps.per_domain: found 0, expected a whole number"),
    ("[desk.caps]\noverall = true", "4: desk.caps.overall: found true, expected a whole number"),
    ("agents = []\n", "3: desk.agents: found an unknown key"),
    ("[agents]\nname = 'x'", "3: agents: found a table, expected [[agents]] tables"),
    ("[[agents]]\nname = 'x'", "3: agents[1].email: not given, expected a mail address"),
    ("[[agents]]\nemail = 'bea at acme'", '4: agents[1].email: found "bea at acme", expected a m'),
    ("[[agents]]\ntier = '2'", '4: agents[1].tier: found "2", expected a whole number from 1 to 9'),
    ("[[agents]]\nqueues = 'support'", '4: agents[1].queues: found "support", expected a list'),
    ("[[agents]]\nqueues = [\n1]", "4: agents[1].queues[1]: found 1, expected"),
    ("[slack]\n", "3: slack.bot_token: not given, expected the bot token of the desk's Slack app"),
    ("[telegramm]\n", '3: telegramm: found an unknown key (did you mean "telegram"?)'),
    ("[emial]\n", '3: emial: found an unknown key (did you mean "email"?)'),
    ("[database]\nurl = 'mysql://x:geheim@y'", "4: database.url: found a value that is not shown"),
    ("[database]\nurl = 'sqlite:///:memory:'", "4: database.url: found a value that is not shown"),
    ("[log]\nlevel = 'loud'", '4: log.level: found "loud", expected one of "debug", "info"'),
    ("[email]\nbulk = 'eat'", '4: email.bulk: found "eat", expected one of "ticket", "attach"'),
    ("[[email.sources]]\nmatch = 'x'", "4: email.sources[1].match: found the unknown name"),
    ("contacts_file = 'x'\n[x]", "3: desk.contacts_file: found an unknown key"),
    (
        'agent_proof = "both"\n[email]\nauthentication = { evaluate = false }',
        '3: desk.agent_proof: found "both", and [email] gives no verdict on who sent a message, ',
    ),
    ("[[email.mailbox]]\nhost = 'x'", "3: email.mailbox[1].user: not given, expected a name"),
    (
        "[[email.mailbox]]\nhost = 'x'\nuser = 'u'",
        "3: email.mailbox[1].password: not given, expected the password of u at x",
    ),
    (
        "[[email.mailbox]]\nhost = 'x'\nuser = 'u'\nauth = 'xoauth2'",
        "3: email.mailbox[1].oauth2: not given, expected a table with provider and client_id",
    ),
    (
        "[[email.mailbox]]\nhost = 'x'\nuser = 'u'\npassword = 'p'\n"
        "after = 'move'\nmove_to = 'INBOX'",
        '8: email.mailbox[1].move_to: found "INBOX", expected another folder',
    ),
    (
        "[[email.mailbox]]\nhost = 'x'\nuser = 'u'\npassword = 'p'\n"
        "[[email.mailbox]]\nhost = 'X'\nuser = 'u'\npassword = 'p'",
        '7: email.mailbox[2]: found "INBOX" of "u", which email.mailbox[1] has',
    ),
    ("[email]\ndkim = { domain = 'x' }", "4: email.dkim.selector: not given beside domain"),
    ("[email.dkim]\nkey_file = 'none.pem'", "4: email.dkim.key_file: found"),
    ("[email.dkim]\nkey_file = 'gateway.toml'", "4: email.dkim.key_file: found no PEM in"),
    ("[email.dkim]\ndomain = 'é.example'", '4: email.dkim.domain: found "é.example", expected a'),
    (
        "[email.authentication]\nnameservers = ['ns.example']",
        '4: email.authentication.nameservers[1]: found "ns.example", expected an IP address',
    ),
    (
        "[email.authentication]\nrelays = ['10.0.0.0/99']",
        '4: email.authentication.relays[1]: found "10.0.0.0/99", expected an IP address or network',
    ),
    ("[email.listen]\nport = 70000", "4: email.listen.port: found 70000, expected a whole number"),
    ("[email.listen]\ntls_key = 'none.pem'", "4: email.listen.tls_key: found"),
    ("[email.listen]\nidle_timeout = '0s'", '4: email.listen.idle_timeout: found "0s", expected'),
    ("[email.send]\nmaildir = ''", "4: email.send.maildir: found neither host nor maildir"),
    ("[email.send]\nhost = 'mx'\nuser = 'me'", "3: email.send.password: not given, expected the"),
    (
        "[[email.trusted_authserv]]\nid = 'mx'\npeers = ['ten']",
        '5: email.trusted_authserv[1].peers[1]: found "ten", expected an IP address',
    ),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said[:40] for _, said in WRONG])
def test_a_fault_names_line_key_and_what_is_expected(faults_of: Faults, text: str, said: str):
    told = faults_of(DESK + text)
    assert any(line.startswith(f"gateway.toml:{said}") for line in told), told


CARLA = '[[agents]]\nname = "Carla"\nemail = "carla@acme.example"\n'
CROSSED = [
    (
        '[[agents]]\nname = "B"\nemail = "b@x.example"\nqueues = ["suport"]',
        'agents[1].queues: found "suport", expected one of the queues "support" '
        '(did you mean "support"?)',
    ),
    (
        '[[agents]]\nname = "B"\nemail = "b@x.example"\n'
        '[[agents]]\nname = "C"\nemail = "B@x.example"',
        'agents[2].email: found "b@x.example", which agents[1] has already',
    ),
    (
        '[[agents]]\nname = "B"\nemail = "Support@acme.example"',
        'agents[1].email: found "support@acme.example", the address of the desk',
    ),
    (
        '[[queues]]\nname = "a"\naddresses = ["x@x.example"]\n'
        '[[queues]]\nname = "b"\naddresses = ["X@x.example"]',
        'queues[2].addresses: found "x@x.example", which queues[1] has already',
    ),
    ('[[queues]]\nname = "a"\n[[queues]]\nname = "a"', 'queues[2].name: found "a", which'),
    (CARLA + 'notify = ["slack"]', 'agents[1].notify: found "slack", where they are not known'),
    (CARLA + 'notify = ["slak"]', 'agents[1].notify: found "slak"'),
    (CARLA + "notify = []", "agents[1].notify: found none"),
    (
        CARLA + 'slack = "U1"\nnotify = ["slack"]',
        'agents[1].notify: found "slack", which the desk does not use, expected a table [slack]',
    ),
    ('[[queues]]\nname = "a"\nrestricted = true', "queues[1].restricted: found a restricted queue"),
    (
        f'[[queues]]\nname = "a"\naddresses = ["{"x" * 23}@x.example"]',
        "queues[1].addresses: a signed reply address made of it would be too long, expected",
    ),
]


@pytest.mark.parametrize(("text", "said"), CROSSED, ids=[said[:40] for _, said in CROSSED])
def test_what_does_not_fit_together_is_a_fault(faults_of: Faults, text: str, said: str):
    told = faults_of(DESK + text)
    assert len(told) == 1
    assert said in told[0]


def test_all_faults_are_told_at_once_in_the_order_of_the_file(faults_of: Faults):
    told = faults_of(
        '[desk]\nadress = "support@acme.example"\nreopen_within = "soon"\n'
        '[[agents]]\nname = "B"\nemail = "b@x.example"\ntier = 0\nqueues = ["none"]\n'
        '[[agents]]\nname = "C"\nemail = "b@x.example"\n'
        '[email.listen]\nport = 0\n[[sla]]\nname = ""'
    )
    assert [line.split(": ")[1] for line in told] == [
        *("desk.address", "desk.adress", "desk.reopen_within", "agents[1].tier"),
        *("agents[1].queues", "agents[2].email", "email.listen.port", "sla[1].name"),
    ]


def test_a_config_without_a_desk_asks_for_its_address(faults_of: Faults):
    assert faults_of("") == [
        'gateway.toml: desk.address: not given, expected a mail address such as "support@acme.'
        'example"'
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[desk]\nname = Acme\n", "gateway.toml:2: not TOML: Invalid value"),
        ('[desk]\nname = "Acme', "gateway.toml:2: not TOML: "),
        ("[desk]\nname = 1\nname = 2\n", "gateway.toml:3: not TOML: Cannot overwrite a value"),
    ],
)
def test_a_syntax_error_names_its_line(faults_of: Faults, text: str, said: str):
    told = faults_of(text)
    assert len(told) == 1
    assert told[0].startswith(said)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path):
    path = tmp_path / "none.toml"
    with pytest.raises(ConfigError, match="there is no such file, expected a config"):
        load(path, SECTIONS, {})
    path.write_bytes(b"[desk]\nname = '\xff'")
    with pytest.raises(ConfigError, match="octet 15 is not UTF-8"):
        load(path, SECTIONS, {})
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path, SECTIONS, {})


def test_a_password_that_a_relay_needs_must_be_there(faults_of: Faults):
    relay = '[email.send]\nhost = "mx.acme.example"\nuser = "desk"\npassword_env = "SMTP_PASSWORD"'
    assert faults_of(DESK + relay) == [
        'gateway.toml:6: email.send.password_env: the environment variable "SMTP_PASSWORD" is not '
        "set, expected the password of desk at mx.acme.example"
    ]


def test_no_secret_is_ever_told(faults_of: Faults, tmp_path: Path):
    secrets = ["hunter2-hunter2!x", "pg-password-42", "relay-password-7"]
    (tmp_path / "kept").write_text(secrets[2])
    told = faults_of(
        f'{DESK}secret = "{secrets[0]} with spaces"\n[database]\nurl = "mysql://me:{secrets[1]}@h"'
        '\n[email.send]\nhost = "mx"\nuser = "u"\npassword_file = "kept"\nport = "x"'
    )
    assert len(told) == 3
    assert not [s for s in secrets if s in os.linesep.join(told)]
