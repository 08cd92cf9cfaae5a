"""Internal stays internal: marked words are looked for in everything that goes out to others."""

import re

from tests.e2e.gateway import ADA, BEA, CARLA, Gateway, compose, reply
from tests.e2e.sink import Received, Sink
from tests.servers import wait_until

BOB = "bob@example.net"
SECRET = "xyzzy-internal"
# Signed addresses of agents' kinds begin with other letters than a requester's; what is looked
# for is each address that an agent was given.
SIGNED = re.compile(r"support\+\d+\.[a-z2-7]{31}@acme\.example")


def outside(sink: Sink) -> list[Received]:
    return [r for r in sink.received() if r.recipient not in (BEA, CARLA)]


def decoded(received: Received) -> str:
    """All that a mail says: headers, each text decoded, and its raw form."""
    parts = [p for p in received.mail.walk() if p.get_content_maintype() == "text"]
    return "\n".join([received.raw, received.sender, *(p.get_content() for p in parts)])


def test_nothing_internal_reaches_people_outside(gateway: Gateway, sink: Sink):
    gateway.send(compose("Help!", Cc=f"Bob <{BOB}>"))
    notice = sink.wait(BEA)
    # Notes: by mail, by shell, with an attachment, and quoted by somebody.
    note = reply(notice, f"#note\nShe is difficult, {SECRET}-1.", sender=BEA)
    note.add_attachment(
        f"{SECRET}-2".encode(), maintype="text", subtype="plain", filename=f"{SECRET}-3.txt"
    )
    gateway.send(note)
    done = gateway.run("ticket", "note", "1", "--as", CARLA, "--text", f"Agreed, {SECRET}-4.")
    assert done.returncode == 0, done.stderr
    told = sink.wait(BEA, 2)
    assert f"{SECRET}-4" in told.text
    gateway.send(reply(told, f"Not for her eyes: {SECRET}-5.", sender=BEA))
    # Commands with words in them.
    gateway.send(reply(notice, f"#escalate {SECRET}-6\n#tag {SECRET}-7", sender=BEA))
    sink.wait(CARLA, where=lambda r: f"{SECRET}-6" in r.text)
    # A wrong command, whose text must not go out.
    gateway.send(reply(notice, f"#resolv\nSecretly {SECRET}-8.", sender=BEA))
    sink.wait(BEA, where=lambda r: "#resolv" in r.text)
    # An answer under which a note is quoted, and the notice itself without quote marks.
    quoting = compose(
        f"Here you are.\n\n> Agreed, {SECRET}-4.\n\n{notice.text}",
        sender=BEA,
        to=notice.reply_address,
        subject=str(notice.mail["Subject"]),
        In_Reply_To=notice.message_id,
    )
    gateway.send(quoting)
    gateway.send(reply(notice, "A plain answer.", sender=BEA))
    sink.wait(ADA, where=lambda r: "A plain answer." in r.text)
    sink.wait(BOB, where=lambda r: "A plain answer." in r.text)

    given_to_agents = {
        address
        for r in sink.received()
        if r.recipient in (BEA, CARLA)
        for address in SIGNED.findall(decoded(r).replace("=\n", ""))
    }
    assert given_to_agents
    for received in outside(sink):
        said = decoded(received)
        for internal in (SECRET, BEA, CARLA, "#note", "#escalate", *given_to_agents):
            assert internal not in said, (received.recipient, internal)


def test_an_agents_answer_shows_what_they_wrote_above_the_mark_alone(gateway: Gateway, sink: Sink):
    """A client that quotes without any sign of it."""
    gateway.send(compose("Help!"))
    notice = sink.wait(BEA)
    answer = compose(
        f"Pull the plug.\n\n{notice.text}",
        sender=f"Bea Ruiz <{BEA}>",
        to=notice.reply_address,
        subject=f"RE: {notice.mail['Subject']}",
        In_Reply_To=notice.message_id,
    )
    gateway.send(answer)
    wait_until(lambda: len(sink.received()) > 2, "an answer, or a question to its author")

    for received in outside(sink):
        assert "above this line" not in received.text
        assert notice.reply_address not in decoded(received)
