"""The morning digest on real stores, and an answer to it that runs the shift."""

from gateway.core.targets import Target
from gateway.store import deadlines
from tests.runtime.desk import Desk, mail, reply_to

BEA = "Bea Ruiz <bea@acme.example>"


def morning(desk: Desk) -> bool:
    with desk.clockwork() as clock:
        made = clock.make_round()
    desk.run()
    return made


def with_digest(url: str, tmp_path) -> Desk:
    return Desk(url, tmp_path, desk='digest = "10:05"')


def test_it_is_sent_once_a_day_at_its_hour(url: str, tmp_path):
    desk = with_digest(url, tmp_path)  # it is 10:00 in Madrid
    try:
        desk.receive(mail())
        assert not morning(desk)
        desk.clock.advance(minutes=6)
        assert morning(desk)
        assert not morning(desk)
        (digest,) = desk.sent_to("bea@acme.example", "digest")
        assert digest.document.subject == "Acme Support: 1 open"
        assert "Nobody has these:\n\n#1 Printer on fire: normal, support" in digest.document.text
        assert desk.sent_to("carla@acme.example", "agenda") == []
        desk.clock.advance(days=1)
        assert morning(desk)
        assert len(desk.sent_to("bea@acme.example", "digest")) == 2
    finally:
        desk.close()


def test_a_day_without_anything_to_say_sends_nothing(url: str, tmp_path):
    desk = with_digest(url, tmp_path)
    try:
        desk.clock.advance(minutes=6)
        assert morning(desk)
        assert desk.outgoing() == []
        assert desk.row(1).reason_code is None
    finally:
        desk.close()


def test_a_lead_gives_tickets_out_in_answer_to_it(url: str, tmp_path):
    desk = with_digest(url, tmp_path)
    try:
        for _ in range(3):
            desk.receive(mail())
        desk.clock.advance(minutes=6)
        morning(desk)
        (digest,) = desk.sent_to("bea@acme.example", "digest")
        answer = reply_to(digest, "1 carla\n2 hold 2d\n3 urgnt", BEA)
        desk.receive(answer, to=digest.reply_to or "", sender="bea@acme.example")
        assert desk.ticket(1).assignee == "carla@acme.example"
        assert desk.ticket(2).state.value == "on_hold"
        assert desk.ticket(3).priority.value == "normal"
        assert len(desk.sent_to("carla@acme.example", "assigned")) == 1
        (done,) = desk.sent_to("bea@acme.example", "shift_done")
        assert done.document.subject == "Not all of it was done: 2 of 3"
        assert "#1: 1 carla" in done.document.text
        assert "3 urgnt" in done.document.text
        with desk.database.read() as conn:
            assert deadlines.due_at(conn, 2, Target.WAKE) is not None
        # and that answer can be answered in its turn
        again = reply_to(done, "3 urgent", BEA)
        desk.receive(again, to=done.reply_to or "", sender="bea@acme.example")
        assert desk.ticket(3).priority.value == "urgent"
    finally:
        desk.close()
