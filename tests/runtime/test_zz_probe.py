import random
from datetime import timedelta
from tests.runtime.desk import mail, reply_to, Desk, START
from gateway.core.model import EntryKind


def rnd(
    n, alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюяĀāĂăĄąĆćĈĉĊċČčĎďĐđĒē漢字仮名交文章語彙長短高低"
):
    d = random.Random(3)
    return "".join(d.choice(alphabet) for _ in range(n))


def test_long_ids(desk):
    r = []
    for mid in (f"<{rnd(980)}@x>", f"<{'a' * 900}{random.Random(1).randbytes(40).hex()}@x>"):
        raw = mail("x", message_id=mid, from_=f"Ada <{rnd(60)}@example.org>")
        row = desk.receive(raw)
        r.append((row.state, row.error))
    raw = mail("y", from_="Ada <" + random.Random(5).randbytes(900).hex() + "@example.org>")
    row = desk.receive(raw)
    r.append((row.state, row.error))
    raw = mail("y", from_="Ada <" + rnd(900) + "@example.org>")
    row = desk.receive(raw)
    r.append((row.state, row.error))
    raw = mail(
        "y",
        cc="Ada <"
        + rnd(900)
        + "@example.org>, "
        + ", ".join(f"p{i}@example.org" for i in range(3000)),
        references=" ".join(f"<{rnd(900)}{i}@x>" for i in range(300)),
    )
    row = desk.receive(raw)
    r.append((row.state, row.error))
    print(r)
    print([(len(t.requester.address), len(t.participants)) for t in desk.tickets()])
    assert all(s == "done" for s, _ in r)


def test_updated_at(desk):
    desk.receive(mail())
    desk.act(1, "take")
    before = desk.ticket(1)
    desk.clock.advance(hours=1)
    (c,) = desk.sent_to("ada@example.org", "confirmation")
    desk.receive(reply_to(c, "Still", "Ada Byron <ada@example.org>"), to=c.reply_to)
    after = desk.ticket(1)
    assert len(desk.texts(1)) == 2
    assert after.updated_at > before.updated_at


def test_release_late(desk):
    desk.receive(mail())
    (n,) = desk.sent_to("bea@acme.example", "new_ticket")
    raw = reply_to(
        n, "Water it.", "Bea Ruiz <bea@acme.example>", to="support@acme.example", reply_to=""
    )
    row = desk.receive(raw, sender="bea@acme.example")
    print(row.state, row.reason)
    desk.clock.advance(days=6)
    from gateway.store import inbox

    with desk.database.write() as conn:
        inbox.release(conn, row.id, "op", now=desk.clock())
    from gateway.core.ports import TemporaryError

    desk.relay.script = [TemporaryError("busy")]
    desk.run()
    rows = [(o.kind, o.to.address, o.state, o.created_at, o.error) for o in desk.outgoing()]
    print(rows)
    assert not [r for r in rows if r[2] == "failed"]


def test_dup_words(desk):
    raw = mail("Twins", message_id="<t@x>")
    desk.receive(raw)
    row = desk.receive(b"Received: x\r\n" + raw)
    print(row.reason)
    assert "entry 0" not in row.reason
