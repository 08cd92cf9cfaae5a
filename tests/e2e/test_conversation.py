"""A conversation as people have it, through the real daemon and real SMTP on both sides."""

import re

from tests.e2e.gateway import ADA, BEA, CARLA, SUPPORT, Gateway, compose, reply
from tests.e2e.sink import Sink

BOB = "bob@example.net"
COMMAND_LINE = re.compile(r"(?m)^#\w+")


def test_a_whole_conversation(gateway: Gateway, sink: Sink):
    # Ada writes, and hears that it arrived.
    gateway.send(compose("The printer is on fire.\n\n-- \nAda Byron\nSales"))
    confirmation = sink.wait(ADA)
    assert confirmation.sender == ""
    assert confirmation.mail["Auto-Submitted"] == "auto-replied"
    assert "1" in confirmation.mail["Subject"] + confirmation.text
    # Bea is told, with all she needs.
    notice = sink.wait(BEA)
    assert str(notice.mail["From"].addresses[0].display_name) == "Ada Byron via Acme Support"
    assert "goes to Ada Byron <ada@example.org>" in notice.text.splitlines()[0]
    assert "The printer is on fire." in notice.text
    # Bea answers with Reply, and a command.
    gateway.send(reply(notice, "#high\nPull the plug, please.\n\nBea", sender=f"Bea Ruiz <{BEA}>"))
    answer = sink.wait(ADA, 2)
    assert str(answer.mail["From"].addresses[0].addr_spec) == SUPPORT
    assert answer.mail["From"].addresses[0].display_name == "Bea Ruiz (Acme Support)"
    assert "Pull the plug, please." in answer.text
    for internal in (BEA, "On Mon, 5 Jan", "above this line", notice.reply_address):
        assert internal not in answer.raw
    assert not COMMAND_LINE.search(answer.text)
    assert answer.mail["Auto-Submitted"] in (None, "no")
    # Ada replies; Bea hears it.
    gateway.send(reply(answer, "I did. It still burns.", sender=f"Ada Byron <{ADA}>"))
    told = sink.wait(BEA, 2)
    assert "It still burns." in told.text
    # Bea solves it; a thanks changes nothing.
    gateway.send(reply(told, "#resolve\nA new one is on its way.", sender=BEA))
    last = sink.wait(ADA, 3)
    assert "A new one is on its way." in last.text
    gateway.send(reply(last, "Thank you!", sender=ADA))
    sink.wait(BEA, 3)

    (ticket,) = gateway.cli("ticket", "list")
    assert (ticket["number"], ticket["state"], ticket["priority"]) == (1, "resolved", "high")
    assert ticket["assignee"] == {"name": "Bea Ruiz", "address": BEA}
    assert gateway.said(1) == [
        "The printer is on fire.",
        "Pull the plug, please.\n\nBea",
        "I did. It still burns.",
        "A new one is on its way.",
        "Thank you!",
    ]
    assert all(e["because"] for e in gateway.ticket(1)["entries"])


def test_one_thread_in_every_client(gateway: Gateway, sink: Sink):
    first = compose("Help!")
    gateway.send(first)
    notice = sink.wait(BEA)
    gateway.send(reply(notice, "How?", sender=BEA))
    answer = sink.wait(ADA, 2)

    for received in sink.to(ADA):
        assert str(first["Message-ID"]) in received.mail["References"]
    assert answer.mail["In-Reply-To"]
    assert answer.mail["Subject"].lower().startswith("re:")
    ids = [received.message_id for received in sink.received()]
    assert len(set(ids)) == len(ids)


def test_people_in_copy_take_part(gateway: Gateway, sink: Sink):
    gateway.send(compose("Bob knows more.", Cc=f"Bob <{BOB}>, {CARLA}"))
    notice = sink.wait(BEA)
    gateway.send(reply(notice, "Bob, is it so?", sender=BEA))
    to_bob = sink.wait(BOB)
    assert ADA in str(to_bob.mail["To"])
    gateway.send(reply(to_bob, "It is.", sender=f"Bob <{BOB}>"))
    told = sink.wait(BEA, 2)

    assert "It is." in told.text
    assert gateway.said(1) == ["Bob knows more.", "Bob, is it so?", "It is."]
    roles = [e["author"]["role"] for e in gateway.ticket(1)["entries"] if e["kind"] == "message"]
    assert roles == ["requester", "agent", "participant"]


def test_files_go_there_and_back(gateway: Gateway, sink: Sink):
    picture = bytes(range(256)) * 400
    mail = compose("See the picture.")
    mail.add_attachment(picture, maintype="image", subtype="png", filename="smoke.png")
    gateway.send(mail)
    notice = sink.wait(BEA)
    (file,) = notice.mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("smoke.png", picture)

    answer = reply(notice, "Read this.", sender=BEA)
    answer.add_attachment(
        b"%PDF-1.4 fire drill", maintype="application", subtype="pdf", filename="Übung.pdf"
    )
    gateway.send(answer)
    heard = sink.wait(ADA, 2)
    (file,) = heard.mail.iter_attachments()

    assert (file.get_filename(), file.get_content()) == ("Übung.pdf", b"%PDF-1.4 fire drill")
    files = [e["attachments"] for e in gateway.ticket(1)["entries"] if e["kind"] == "message"]
    assert [[(f["name"], f["size"]) for f in them] for them in files] == [
        [("smoke.png", len(picture))],
        [("Übung.pdf", 19)],
    ]


def test_an_agent_opens_a_ticket_by_forwarding(gateway: Gateway, sink: Sink):
    address = gateway.run("agent", "address", BEA).stdout.strip()
    original = compose(
        "I need a desk lamp.", sender="Dora <dora@example.net>", to=BEA, subject="Lamp"
    )
    forward = compose(
        "This one is ours.", sender=f"Bea Ruiz <{BEA}>", to=address, subject="Fwd: Lamp"
    )
    forward.add_attachment(original)
    gateway.send(forward)
    opened = sink.wait(BEA)
    confirmed = sink.wait("dora@example.net")

    assert "Opened #1" in opened.text + opened.mail["Subject"]
    assert "1" in confirmed.text
    ticket = gateway.ticket(1)
    assert ticket["requester"] == {"name": "Dora", "address": "dora@example.net"}
    assert ticket["subject"] == "Lamp"
    assert gateway.said(1)[0] == "I need a desk lamp."
    assert BEA not in confirmed.raw


def test_a_call_becomes_a_ticket(gateway: Gateway, sink: Sink):
    done = gateway.run(
        "ticket", "new", "--for", ADA, "--subject", "Phone", "--text", "She called.", "--as", "Bea"
    )
    assert done.returncode == 0, done.stderr
    confirmation = sink.wait(ADA)
    gateway.send(reply(confirmation, "It was about the lamp.", sender=ADA))
    sink.wait(BEA, where=lambda r: "about the lamp" in r.text)

    assert gateway.ticket(1)["channel"] == "phone"
    assert gateway.said(1) == ["She called.", "It was about the lamp."]


def test_a_mistyped_command_sends_nothing_and_explains_itself(gateway: Gateway, sink: Sink):
    gateway.send(compose("Help!"))
    notice = sink.wait(BEA)
    gateway.send(reply(notice, "#resolv\nAll is well now.", sender=BEA))
    explained = sink.wait(BEA, 2)

    assert "#resolv" in explained.text
    assert "#resolve" in explained.text
    assert "All is well now." in explained.text
    assert [r.text for r in sink.to(ADA) if "All is well" in r.text] == []
    assert gateway.ticket(1)["state"] == "new"


def test_somebody_else_with_an_agents_name_is_held(gateway: Gateway, sink: Sink):
    gateway.send(compose("Help!"))
    confirmation = sink.wait(ADA)
    gateway.send(reply(confirmation, "#close\nGo away.", sender=f"Bea Ruiz <{BEA}>"))
    asked = sink.wait(BEA, 2)

    (held,) = gateway.cli("inbox", "list", "--held")
    assert held["ticket"] is None
    assert len(sink.to(ADA)) == 1
    assert gateway.said(1) == ["Help!"]
    assert str(held["id"]) in asked.text


def test_a_restart_in_between_changes_nothing(gateway: Gateway, sink: Sink):
    gateway.send(compose("Before."))
    confirmation = sink.wait(ADA)
    assert gateway.stop() == 0
    gateway.start()
    gateway.send(reply(confirmation, "After.", sender=ADA))
    sink.wait(BEA, where=lambda r: "After." in r.text)

    assert gateway.said(1) == ["Before.", "After."]
