"""Promises on real stores: said by mail, reminded once through restarts, kept by an answer."""

from pathlib import Path

from gateway.core.model import EntryKind
from tests.runtime.desk import Desk, mail, reply_to

ADA = "ada@example.org"
BEA = "bea@acme.example"


def promised(desk: Desk) -> None:
    desk.receive(mail())
    (notice,) = desk.sent_to(BEA, "new_ticket")
    text = "#promise 15:00\n\nI look into it, and you hear from me by three."
    desk.receive(reply_to(notice, text, f"Bea <{BEA}>"), to=notice.reply_to or "", sender=BEA)


def test_it_is_said_in_an_answer_and_kept_by_the_next(desk: Desk):
    promised(desk)
    made = desk.ticket(1).promise
    assert made is not None
    assert (made.by, made.due_at.hour, made.is_open) == (BEA, 14, True)  # 15:00 in Madrid
    (answer,) = desk.sent_to(ADA, "answer")
    assert "promise" not in answer.document.text.replace("I look into it", "")
    desk.clock.advance(hours=1)
    desk.act(1, text="Pull the plug.")
    kept = desk.ticket(1).promise
    assert kept is not None
    assert kept.kept_at == desk.clock()
    desk.clock.advance(days=1)
    desk.run()
    assert desk.sent_to(BEA, "reminder") + desk.sent_to(BEA, "overdue") == []
    changed = [
        e for e in desk.history(1, EntryKind.CHANGE) if (e.change or {})["what"] == "promise"
    ]
    assert [e.because_code for e in changed] == ["by_command", "promise_kept"]


def test_it_reminds_once_through_restarts(desk: Desk, url: str, tmp_path: Path):
    promised(desk)
    later = [Desk(url, tmp_path) for _ in range(3)]
    for hours in (4, 5):
        for other in later:
            other.clock.now = desk.clock()
            other.clock.advance(hours=hours, minutes=31)
            other.fire()
        for other in later:
            other.run()
    for other in later:
        other.close()
    kinds = [row.kind for row in desk.outgoing() if row.to.address == BEA]
    assert kinds.count("reminder") == kinds.count("overdue") == 1
    sent = [o.document.text for other in later for o in other.relay.to(BEA)]
    assert "Promised answer was due Monday 5 January, 15:00" in "".join(sent)


def test_the_digest_has_it(url: str, tmp_path: Path):
    desk = Desk(url, tmp_path, desk='digest = "10:05"')
    try:
        promised(desk)
        desk.clock.advance(minutes=6)
        with desk.clockwork() as clock:
            clock.make_round()
        desk.run()
        (digest,) = desk.sent_to(BEA, "digest")
        assert "promised answer is due 5 Jan, 15:00" in digest.document.text
    finally:
        desk.close()
