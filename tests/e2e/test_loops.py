"""No loops: desks and vacation responders that write to each other fall silent by themselves."""

import time
from pathlib import Path

import pytest

from tests.e2e.conftest import Make
from tests.e2e.gateway import BEA, Gateway, compose, reply
from tests.e2e.sink import Sink, open_sink
from tests.servers import free_port, wait_until

QUIET = 4.0  # seconds without a mail that count as silence
SUPPORT_A, SUPPORT_B = "support@a.example", "support@b.example"


def until_silent(sink: Sink, most: int) -> int:
    """Wait until nothing has been sent for a while; AssertionError for more than ``most``."""
    last, since = -1, time.monotonic()

    def silent() -> bool:
        nonlocal last, since
        count = len(sink.received())
        assert count <= most, "a loop"
        if count != last:
            last, since = count, time.monotonic()
        return time.monotonic() - since > QUIET

    wait_until(silent, "silence", 60)
    return last


def between(sink: Sink, *places: str) -> int:
    """How many mails went to the desks themselves, by any address of theirs."""
    return sum(r.recipient.endswith(places) for r in sink.received())


def test_two_desks_that_write_to_each_other_fall_silent(make: Make, tmp_path: Path):
    ports = free_port(), free_port()
    with open_sink(tmp_path, a_example=ports[0], b_example=ports[1]) as post:
        a, b = (
            make(
                folder=tmp_path / name,
                url=f"sqlite:///{tmp_path}/{name}/gateway.db",
                support=f"support@{name}.example",
                secret=f"a-secret-of-desk-{name}",
                bea=f"bea@{name}-agents.example",
                port=port,
                relay=post.port,
            )
            for name, port in zip("ab", ports, strict=True)
        )
        with a.running(), b.running():
            # A person behind one desk writes to the other, and somebody answers there.
            a.send(compose("Do you have lamps?", sender=SUPPORT_B, to=SUPPORT_A))
            notice = post.wait("bea@a-agents.example")
            until_silent(post, most=10)
            a.send(reply(notice, "We do.", sender="bea@a-agents.example"))
            post.wait("bea@b-agents.example")
            until_silent(post, most=20)
            # Somebody at one desk opens a ticket for the other.
            done = b.run("ticket", "new", "--for", SUPPORT_A, "--subject", "Lamps", "--text", "Hm.")
            assert done.returncode == 0, done.stderr
            until_silent(post, most=30)

            assert between(post, "@a.example", "@b.example") <= 6
            assert len(a.cli("ticket", "list")) + len(b.cli("ticket", "list")) <= 5


def test_two_desks_fall_silent_though_everything_between_them_is_stripped(
    make: Make, tmp_path: Path
):
    """No field of a machine, no reference, another subject each time: each mail is a new ticket."""
    ports = free_port(), free_port()
    with open_sink(tmp_path, strip=True, a_example=ports[0], b_example=ports[1]) as post:
        a, b = (
            make(
                folder=tmp_path / name,
                url=f"sqlite:///{tmp_path}/{name}/gateway.db",
                support=f"support@{name}.example",
                secret=f"a-secret-of-desk-{name}",
                bea=f"bea@{name}-agents.example",
                port=port,
                relay=post.port,
            )
            for name, port in zip("ab", ports, strict=True)
        )
        with a.running(), b.running():
            a.send(compose("Do you have lamps?", sender=SUPPORT_B, to=SUPPORT_A))
            post.wait(SUPPORT_B)
            until_silent(post, most=60)

            assert between(post, "@a.example", "@b.example") <= 8
            assert len(a.cli("ticket", "list")) + len(b.cli("ticket", "list")) <= 9
            notes = [r for r in post.received() if "the same words came more than" in r.text]
            assert 1 <= len(notes) <= 2  # a desk tells its lead, once


@pytest.mark.parametrize("away", ["away-from@vacation.example", "away-reply@vacation.example"])
def test_a_desk_and_a_vacation_responder_fall_silent(make: Make, tmp_path: Path, away: str):
    port = free_port()
    with (
        open_sink(tmp_path, acme_example=port) as post,
        # The desk's agents have mail elsewhere: bea@acme.example would go to the desk.
        make(port=port, relay=post.port, bea="bea@agents.example").running() as desk,
    ):
        desk.send(compose("Help!", sender=away))
        post.wait(away)
        until_silent(post, most=40)
        assert len(post.to(away)) <= 4  # it says the same three times, and then nobody answers

        notice = post.wait("bea@agents.example")
        before = len(post.to(away))
        desk.send(reply(notice, "Come in.", sender="bea@agents.example"))
        post.wait(away, before + 1)
        until_silent(post, most=80)
        assert len(post.to(away)) <= before + 5


def test_a_desk_between_two_vacation_responders_falls_silent(make: Make, tmp_path: Path):
    """The requester's and the agent's: neither says that it is one."""
    port = free_port()
    with open_sink(tmp_path, acme_example=port) as post:
        agent = "away-reply@agents.example"
        with make(port=port, relay=post.port, bea=agent).running() as desk:
            desk.send(compose("Help!", sender="away-reply@vacation.example"))
            post.wait(agent)
            until_silent(post, most=30)


def test_a_mail_to_the_desk_from_itself_makes_no_loop(light: Gateway, sink: Sink):
    light.send(compose("Who am I?", sender="support@acme.example"))
    sink.wait(BEA)

    assert until_silent(sink, most=3) >= 1
    assert sink.to("support@acme.example") == []
