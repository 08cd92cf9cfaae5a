"""`gateway check --round-trip`: whether mail to a signed address comes back to the desk."""

import json
from pathlib import Path

from tests.e2e.conftest import Make
from tests.e2e.gateway import Gateway
from tests.e2e.sink import open_sink
from tests.servers import free_port


def verdicts(gateway: Gateway) -> list[tuple[str, str]]:
    done = gateway.run("check", "--json", "--round-trip", "--within", "5")
    found = json.loads(done.stdout)["findings"]
    return [
        (f["verdict"], f["said"])
        for f in found
        if f["key"] == "desk.reply_address" and "longest" not in f["said"]
    ]


def test_a_provider_that_delivers_signed_addresses_is_said_to_work(make: Make, tmp_path: Path):
    (tmp_path / "provider").mkdir()
    port = free_port()
    with (
        open_sink(tmp_path / "provider", acme_example=port) as provider,
        make(port=port, relay=provider.port).running() as gateway,
    ):
        assert verdicts(gateway) == [
            ("works", "mail to support+0.…@acme.example comes back to the desk")
        ]
        (row,) = gateway.cli("inbox", "list")
        assert row["state"] == "dropped"
        assert gateway.cli("ticket", "list") == []
        assert provider.received()[0].mail["Auto-Submitted"] == "auto-generated"


def test_a_provider_that_swallows_them_is_broken(make: Make):
    with make().running() as gateway:
        ((verdict, said),) = verdicts(gateway)
    assert verdict == "broken"
    assert "did not come back within 5 s" in said
    assert "set reply_address" in said


def test_without_a_relay_there_is_nothing_to_try(make: Make):
    gateway = make()
    text = gateway.config.read_text().replace('host = "127.0.0.1"\nport', "port")
    gateway.config.write_text(text)
    ((verdict, said),) = verdicts(gateway)
    assert verdict == "doubtful"
    assert "no relay" in said
