"""The pages of the real daemon: health, metrics, and a held mail let through by its link."""

import json
import re
import socket
import urllib.error
import urllib.request

from tests.e2e.conftest import Make
from tests.e2e.gateway import ADA, BEA, Gateway, compose
from tests.e2e.sink import Sink
from tests.servers import free_port, wait_until

LINK = re.compile(r"https://desk\.acme\.example(/release/\S+)")


def with_pages(make: Make, port: int) -> Gateway:
    pages = f'\n[http]\nport = {port}\npublic_url = "https://desk.acme.example"\n'
    return make(extra={"listen": pages})


def ask(port: int, path: str, data: bytes | None = None) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_an_agent_lets_their_own_held_mail_through_by_its_link(make: Make, sink: Sink):
    port = free_port()
    with with_pages(make, port).running() as gateway:
        first = compose("The printer is on fire.")
        gateway.send(first)
        sink.wait(BEA)
        unproven = compose(
            "#reply\nPull the plug.",
            sender=f"Bea Ruiz <{BEA}>",
            subject="Re: Printer on fire",
            In_Reply_To=str(first["Message-ID"]),
        )
        gateway.send(unproven)
        asked = sink.wait(BEA, 2)
        found = LINK.search(asked.text)
        assert found is not None, asked.text

        status, page = ask(port, found[1])
        assert (status, "Pull the plug." in page) == (200, True)
        assert len(sink.to(ADA)) == 1  # the confirmation alone: looking sends nothing

        assert ask(port, found[1], b"")[0] == 200
        answer = sink.wait(ADA, 2)
        assert "Pull the plug." in answer.text
        assert ask(port, found[1], b"")[0] == 410
        log = gateway.log.read_text()
    assert found[1].rpartition("/")[2] not in log


def test_health_and_metrics_of_a_daemon_that_works(make: Make, sink: Sink):
    port = free_port()
    with with_pages(make, port).running() as gateway:
        gateway.send(compose("The printer is on fire."))
        sink.wait(BEA)
        assert ask(port, "/healthz") == (200, "ok\n")
        status, body = ask(port, "/readyz")
        assert (status, json.loads(body)["ready"]) == (200, True)
        assert json.loads(body)["parts"] == {"database": "ok", "email": "ok", "http": "ok"}

        def counted() -> bool:
            metrics = ask(port, "/metrics")[1]
            came = 'gateway_messages_in_total{channel="email",outcome="done"} 1.0'
            went = 'gateway_messages_out_total{channel="email",outcome="sent"} 2.0'
            return came in metrics and went in metrics

        wait_until(counted, "the messages to be counted")
        for somebody in (ADA, BEA, "Printer"):
            assert somebody not in ask(port, "/metrics")[1]
        findings = json.loads(gateway.run("check", "--json").stdout)["findings"]
    assert ("http", "works") in [(f["key"], f["verdict"]) for f in findings]


def test_a_port_that_is_taken_is_one_line_with_the_key(make: Make):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        gateway = with_pages(make, port)
        done = gateway.run("serve")
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert f"{gateway.config}: http.port: 127.0.0.1:{port}: the port is taken" in last
    assert "Traceback" not in done.stderr
