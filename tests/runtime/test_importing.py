"""Old mail from files: the same road, quiet, at its own date, and twice is once."""

import mailbox
from datetime import UTC, datetime
from pathlib import Path

from gateway.channels.email.reading import lane_of
from gateway.runtime.importing import Counts, Importer, mails, total
from tests.runtime.desk import Desk, mail, reply_to

RAWS = [
    mail("Old", message_id="<old@example.org>", date="Mon, 03 Mar 2025 10:00:00 +0100"),
    mail("Older", in_reply_to="<old@example.org>", date="Tue, 04 Mar 2025 10:00:00 +0100"),
    mail("Else", subject="Else", from_="bob@example.org", date="Wed, 05 Mar 2025 10:00:00 +0100"),
]


def importer(desk: Desk, *, live: bool = False) -> Importer:
    return Importer(desk.database, desk.worker, now=desk.clock, lane_of=lane_of, live=live)


def take(desk: Desk, raws: list[bytes], *, live: bool = False) -> Counts:
    return total(list(importer(desk, live=live).take_all(iter(raws))))


def test_an_import_is_quiet_and_stands_at_the_date_of_its_mails(desk: Desk):
    counts = take(desk, RAWS)

    assert counts == Counts(read=3, accepted=3, duplicates=0, failed=0)
    assert [desk.texts(n) for n in (1, 2)] == [["Old", "Older"], ["Else"]]
    assert desk.ticket(1).created_at == datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
    assert desk.history(1)[-1].at == datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
    desk.clock.advance(days=60)
    desk.run()
    assert desk.outgoing() == []


def test_an_import_twice_adds_nothing(desk: Desk):
    take(desk, RAWS)
    before = [desk.history(n) for n in (1, 2)]

    assert take(desk, RAWS) == Counts(read=3, accepted=0, duplicates=3, failed=0)
    assert [desk.history(n) for n in (1, 2)] == before
    assert len(desk.tickets()) == 2


def test_what_came_in_live_is_not_added_again_by_an_import(desk: Desk):
    desk.receive(RAWS[0])

    assert take(desk, RAWS).duplicates == 1
    assert desk.texts(1) == ["Old", "Older"]


def test_an_import_is_taken_up_where_it_was_killed(desk: Desk):
    take(desk, RAWS[:2])

    assert take(desk, RAWS) == Counts(read=3, accepted=1, duplicates=2, failed=0)


def test_a_live_answer_to_an_imported_mail_is_live(desk: Desk):
    take(desk, RAWS)
    desk.receive(mail("And now?", in_reply_to="<old@example.org>"))

    assert desk.texts(1) == ["Old", "Older", "And now?"]
    assert [row.kind for row in desk.outgoing()] == ["reply"]


def test_a_live_import_tells_the_agents(desk: Desk):
    take(desk, RAWS[2:], live=True)
    desk.run()

    assert "new_ticket" in [row.kind for row in desk.outgoing()]
    # It is nine months old: its author would wonder at a confirmation.
    assert "confirmation" not in [row.kind for row in desk.outgoing()]


def test_mails_are_found_in_files_mboxes_and_maildirs(tmp_path: Path):
    (tmp_path / "one.eml").write_bytes(RAWS[0])
    box = mailbox.mbox(tmp_path / "many.mbox")
    for raw in RAWS:
        box.add(raw)
    box.close()
    maildir = mailbox.Maildir(tmp_path / "maildir")
    for raw in RAWS:
        maildir.add(raw)

    assert [len(list(mails(tmp_path / n))) for n in ("one.eml", "many.mbox", "maildir")] == [
        1,
        3,
        3,
    ]
    assert next(mails(tmp_path / "one.eml")) == RAWS[0]


def test_words_that_begin_like_a_postmark_part_no_mail(tmp_path: Path):
    mark = b"From ada@example.org Mon Jan  5 09:00:00 2026\n"
    first, second = b"Subject: a\n\nHello\n\nFrom here on it burns.\n", b"Subject: b\n\nx\n"
    box = tmp_path / "box"
    box.write_bytes(mark + first + b"\n" + mark + second + b"\n")
    assert list(mails(box)) == [first, second]
    (tmp_path / "one").write_bytes(mark + first)
    assert list(mails(tmp_path / "one")) == [first]
    empty = tmp_path / "empty.mbox"
    empty.write_bytes(b"")
    assert list(mails(empty)) == []


def test_a_folder_is_walked_in_order_with_the_maildirs_in_it(tmp_path: Path):
    inside = mailbox.Maildir(tmp_path / "b")
    inside.add(RAWS[1])
    (tmp_path / "b" / "tmp" / "half").write_bytes(b"not whole yet")
    (tmp_path / "a.eml").write_bytes(RAWS[0])
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.eml").write_bytes(RAWS[2])
    (tmp_path / ".hidden").write_bytes(b"no mail")
    (tmp_path / "c" / "round").symlink_to(tmp_path)
    assert list(mails(tmp_path)) == RAWS


def test_a_few_large_mails_are_a_batch(desk: Desk):
    large = [mail("x" * 9_000_000, subject=str(n)) for n in range(3)]
    assert [c.read for c in importer(desk).take_all(iter(large))] == [2, 1]


def test_what_an_agent_wrote_before_is_history_and_not_a_command(desk: Desk):
    desk.receive(mail())
    (notice,) = desk.sent_to("bea@acme.example", "new_ticket")
    answer = reply_to(notice, "Pull the plug.", "bea@acme.example")
    take(desk, [answer])
    desk.run()

    assert desk.sent_to("ada@example.org", "answer") == []
