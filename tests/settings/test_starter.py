import re
import tomllib
from pathlib import Path

from pydantic import BaseModel

from gateway.channels.email.settings import EmailTable
from gateway.settings.models import Settings
from gateway.settings.reference import reference
from gateway.settings.starter import Facts, starter
from gateway.settings.table import inner
from tests.settings.conftest import SECTIONS, Load

ROOT = Path(__file__).parents[2]


def test_the_starter_is_a_config_that_loads(read: Load, tmp_path: Path):
    loaded = read(starter(Facts(), SECTIONS))
    email = loaded.sections["email"]
    assert isinstance(email, EmailTable)
    assert email.listen is not None
    assert (email.listen.host, email.listen.port) == ("127.0.0.1", 2525)
    assert email.send.maildir == tmp_path / "../var/outgoing"
    assert [a.email for a in loaded.settings.agents] == ["bea@acme.example"]


def test_what_the_starter_shows_behind_a_hash_is_right_as_well(read: Load):
    lines = starter(Facts(), SECTIONS).splitlines()
    shown = [line.removeprefix("# ") for line in lines if not line.startswith("# No secret")]
    text = "\n".join(line for line in shown if "=" in line.split("#")[0] or line.startswith("["))
    environ = {
        "GATEWAY_SECRET": "the-secret-of-today",
        "GATEWAY_PREVIOUS_SECRETS": "an-old-secret-of-bea",
        "SMTP_PASSWORD": "x",
        "IMAP_PASSWORD": "x",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_SIGNING_SECRET": "x",
        "TELEGRAM_BOT_TOKEN": "1:a",
        "TELEGRAM_WEBHOOK_SECRET": "x",
    }
    assert read(text, environ).settings.desk.language == "en"


def test_hostile_facts_stay_strings():
    name = 'A" \n[desk]\nx = "\\ \x7f'
    text = starter(Facts(desk_name=name), SECTIONS)
    assert tomllib.loads(text)["desk"]["name"] == name


def test_a_relay_is_written_without_its_password(read: Load):
    text = starter(Facts(relay_host="mx.acme.example", relay_user="desk"), SECTIONS)
    email = read(text, {"SMTP_PASSWORD": "geheim"}).sections["email"]
    assert isinstance(email, EmailTable)
    assert (email.send.user, email.send.password.get_secret_value()) == ("desk", "geheim")


def test_every_field_has_a_line_of_explanation():
    models: list[type[BaseModel]] = [Settings, *SECTIONS.values()]
    for model in models:
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            held = inner(field)
            models += [held.model] if held else []


def test_the_reference_names_every_key_and_every_refused_one():
    page = reference(SECTIONS)
    assert "| `port` | number | `2525` | the port to listen on |" in page
    assert all(f"`{row.key}`" in page for row in Settings.not_yet if row.key not in SECTIONS)
    assert "| `address` | mail address | must be given |" in page


def test_the_shipped_pages_are_in_step():
    again = "run `python -m gateway.cli.reference`"
    assert (ROOT / "docs/reference/config.md").read_text() == reference(SECTIONS), again
    assert (ROOT / "config/gateway.example.toml").read_text() == starter(Facts(), SECTIONS), again


def test_the_container_starts_with_the_variables_of_its_examples(read: Load, tmp_path: Path):
    """What `docker compose up` runs with, once both examples are copied and filled in."""
    config = (ROOT / "deploy/container.toml").read_text()
    wanted = set(re.findall(r'^\w+_env = "(\w+)"', config, re.M))
    given = dict(
        re.findall(r"^(\w+)=(.*)$", (ROOT / "deploy/gateway.env.example").read_text(), re.M)
    )
    assert wanted == set(given)
    given["GATEWAY_SECRET"] = "0123456789abcdef0123456789abcdef"
    loaded = read(config, given)
    assert loaded.settings.database.url.get_secret_value() == given["GATEWAY_DATABASE_URL"]
    email = loaded.sections["email"]
    assert isinstance(email, EmailTable)
    assert str(email.send.maildir).startswith("/var/lib/gateway/")


def test_compose_waits_for_the_real_server_and_keeps_what_the_image_keeps():
    compose, image = (ROOT / "compose.yaml").read_text(), (ROOT / "Dockerfile").read_text()
    assert "condition: service_healthy" in compose
    assert re.findall(r"pg_isready --host \S+", compose) == ["pg_isready --host 127.0.0.1"]
    assert "- gateway:/var/lib/gateway\n" in compose
    assert "VOLUME /var/lib/gateway\n" in image
    assert ":/etc/gateway/gateway.toml:ro\n" in compose
    assert "GATEWAY_CONFIG=/etc/gateway/gateway.toml " in image
